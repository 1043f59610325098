"""A target is corrected and withdrawn by new rows; only the latest is judged, and nothing is lost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from nhiemky.figures.actions import adopt_target, correct_target, withdraw_target
from nhiemky.figures.models import Target
from nhiemky.figures.queries import board
from nhiemky.foundation.models import AuditEvent, Source, User
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Role
from nhiemky.rules.targets import Aim, Basis, State
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.units.actions import close_term, open_term
from nhiemky.units.models import Unit
from nhiemky.units.queries import period_named
from tests.factories import a_unit, a_user, let

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]

TERM = Span(date(2023, 1, 1), date(2028, 1, 1))
TODAY = date(2025, 6, 1)
GIVEN: dict[str, Any] = {"indicator": "new_members_admitted", "aim": Aim.GTE, "basis": Basis.TERM, "period": TERM}


@pytest.fixture
def unit() -> Unit:
    return a_unit("chi-tieu-thu", "district")


def adopt(by: User, unit: Unit, low: int, **given: Any) -> Target:
    return adopt_target(by=by, unit=unit, low=Decimal(low), **GIVEN | given)


def on_board(unit: Unit) -> list[tuple[str, Decimal | None]]:
    return [(line.target.code, line.target.low) for line in board(unit, TERM, TODAY)]


def test_only_the_latest_row_stands_and_keeps_its_place(clerk: User, unit: Unit) -> None:
    first, second = adopt(clerk, unit, 300), adopt(clerk, unit, 10, indicator="grassroots_unions_established")
    corrected = correct_target(by=clerk, target=first, reason="gõ nhầm", low=Decimal(500), **GIVEN)
    assert on_board(unit) == [(corrected.code, 500), (second.code, 10)]
    again = correct_target(by=clerk, target=corrected, reason="nhầm nữa", low=Decimal(400), **GIVEN)
    assert on_board(unit) == [(again.code, 400), (second.code, 10)]
    assert again.first == first
    withdraw_target(by=clerk, target=again, reason="đại hội bỏ chỉ tiêu này")
    assert on_board(unit) == [(second.code, 10)]
    assert Target.objects.filter(unit=unit).count() == 5
    events = AuditEvent.objects.filter(unit=unit.code, action__startswith="figures.target.").order_by("number")
    assert [event.action.rpartition(".")[2] for event in events] == ["adopt", "adopt", "correct", "correct", "withdraw"]
    assert events.last().data == {"withdraws": again.code}


def test_a_replaced_row_cannot_be_replaced_again(clerk: User, unit: Unit) -> None:
    first = adopt(clerk, unit, 300)
    correct_target(by=clerk, target=first, reason="gõ nhầm", low=Decimal(500), **GIVEN)
    with pytest.raises(Refusal, match="bản mới nhất"):
        correct_target(by=clerk, target=first, reason="gõ nhầm", low=Decimal(600), **GIVEN)
    with pytest.raises(Refusal, match="bản mới nhất"):
        withdraw_target(by=clerk, target=first, reason="bỏ")
    gone = withdraw_target(by=clerk, target=adopt(clerk, unit, 1), reason="bỏ")
    with pytest.raises(Refusal, match="đã rút"):
        correct_target(by=clerk, target=gone, reason="lấy lại", low=Decimal(600), **GIVEN)


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_change_needs_a_reason(clerk: User, unit: Unit, reason: str) -> None:
    target = adopt(clerk, unit, 300)
    with pytest.raises(Refusal, match="vì sao"):
        correct_target(by=clerk, target=target, reason=reason, low=Decimal(500), **GIVEN)
    with pytest.raises(Refusal, match="vì sao"):
        withdraw_target(by=clerk, target=target, reason=reason)
    assert on_board(unit) == [(target.code, 300)]


def test_the_database_refuses_change_and_deletion(clerk: User, unit: Unit) -> None:
    target = adopt(clerk, unit, 300)
    for change in (
        lambda: Target.objects.filter(pk=target.pk).update(low=1),
        lambda: Target.objects.filter(pk=target.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_only_who_may_record_there_changes_a_target(clerk: User, unit: Unit) -> None:
    target = adopt(clerk, unit, 300)
    neighbour, auditor = a_user("hang-xom-ct"), a_user("kiem-tra-ct")
    let(neighbour, a_unit("don-vi-ben-canh", "district"))
    let(auditor, unit, Role.AUDITOR)
    for by in (neighbour, auditor):
        with pytest.raises(NotAllowed):
            withdraw_target(by=by, target=target, reason="bỏ")
        with pytest.raises(NotAllowed):
            correct_target(by=by, target=target, reason="sửa", low=Decimal(1), **GIVEN)


def test_a_paper_is_written_once_with_the_target(clerk: User, unit: Unit) -> None:
    target = adopt(clerk, unit, 300, document="  Công văn 12 của LĐLĐ tỉnh ")
    assert target.source.title == "Công văn 12 của LĐLĐ tỉnh"
    before = Source.objects.count()
    with pytest.raises(Refusal):
        adopt(clerk, unit, -1, document="Công văn 13")
    assert Source.objects.count() == before


def test_a_term_that_closes_keeps_its_targets_and_their_bounds(clerk: User, unit: Unit) -> None:
    term = open_term(
        by=clerk, unit=unit, label="2023–2028", period=Span(date(2023, 1, 1), None), planned=TERM,
        resolution={"title": "Nghị quyết đại hội", "reference": "01-NQ", "published": "2023-01-01"},
    )  # fmt: skip
    target = adopt(clerk, unit, 300, term=term)
    closed = close_term(by=clerk, term=term, last=PartialDate.parse("2025-03"), decision="QĐ 9")
    known = Unit.objects.prefetch_related("terms", "named_periods").get(pk=unit.pk)
    period = period_named(known, "2023-2028")
    assert period.term == closed
    assert period.span.last_day == date(2025, 3, 31)
    assert closed.source.title == "Nghị quyết đại hội"
    (line,) = board(known, period.span, TODAY)
    assert (line.target.code, line.target.low) == (target.code, 300)
    assert line.judgement.state is State.NOT_MEASURABLE
    term.refresh_from_db()
    assert term.superseded_at
    with pytest.raises(Refusal, match="đã kết thúc"):
        close_term(by=clerk, term=closed, last=PartialDate.parse("2025"))
    # the days after it are free for the term that follows
    open_term(by=clerk, unit=known, label="2025–2030", period=Span(date(2025, 4, 1), None))


def test_a_term_cannot_end_before_it_begins(clerk: User, unit: Unit) -> None:
    term = open_term(by=clerk, unit=unit, label="2023–2028", period=Span(date(2023, 1, 1), None), planned=TERM)
    with pytest.raises(Refusal, match="phải sau ngày bắt đầu"):
        close_term(by=clerk, term=term, last=PartialDate.parse("2022-05"))
