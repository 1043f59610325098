"""What was written wrongly of a unit, a term or a named period: a new row stands, the old one stays known."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from nhiemky.figures.actions import adopt_target
from nhiemky.figures.queries.board import target_coded, targets_in
from nhiemky.foundation.models import AuditEvent, User
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Role
from nhiemky.rules.targets import Aim, Basis
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.units.actions import close_term, name_period, open_term
from nhiemky.units.actions.amending import amend_unit, correct_period, correct_term
from nhiemky.units.models import Term, Unit, UnitKind
from nhiemky.units.queries import card, period_named, periods_of, rows_of, term_known
from tests.factories import a_unit, a_user, let

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]

TODAY = date(2025, 6, 1)
WHOLE = Span.parse("2023..2028")
RUNS = Span.between(PartialDate.parse("2023"), None)


@pytest.fixture
def unit() -> Unit:
    return a_unit("sua-thu", "grassroots")


@pytest.fixture
def term(clerk: User, unit: Unit) -> Term:
    return open_term(by=clerk, unit=unit, label="2023–2028", period=RUNS, planned=WHOLE)


def fresh(unit: Unit) -> Unit:
    return Unit.objects.get(pk=unit.pk)


def as_it_is(unit: Unit) -> dict[str, str]:
    here = card(unit, TODAY)
    return {each: getattr(here, each) for each in ("name", "short", "kind", "block", "note")}


def test_kind_block_and_note_are_amended_and_the_old_kind_is_kept(clerk: User, unit: Unit) -> None:
    [before] = UnitKind.objects.filter(unit=unit)
    amend_unit(
        by=clerk, unit=unit, **as_it_is(unit) | {"kind": "section", "block": "sxkd", "note": " Dưới LĐLĐ Y \r\n"}
    )
    here = card(fresh(unit), TODAY)
    assert (here.kind, here.block, here.note) == ("section", "sxkd", "Dưới LĐLĐ Y")
    old, new = UnitKind.objects.filter(unit=unit).order_by("pk")
    assert (old.pk, old.kind, old.span) == (before.pk, before.kind, new.span)
    assert old.superseded_at == new.recorded_at
    assert unit.names.count() == 1
    event = AuditEvent.objects.order_by("number").last()
    assert event and (event.action, event.data) == ("units.unit.amend", {"changed": ["kind", "note"]})
    amend_unit(by=clerk, unit=fresh(unit), **as_it_is(fresh(unit)) | {"kind": "district"})
    assert card(unit, TODAY).block == "", "only the grassroots has a block"


@pytest.mark.parametrize("given", [{"kind": "x"}, {"block": "x"}, {"note": "x" * 2001}, {"name": " "}])
def test_a_wrong_amendment_changes_nothing(clerk: User, unit: Unit, given: dict[str, str]) -> None:
    before = as_it_is(unit)
    with pytest.raises(Refusal):
        amend_unit(by=clerk, unit=unit, **before | {"kind": "section", "note": "mới"} | given)
    assert as_it_is(fresh(unit)) == before and UnitKind.objects.filter(unit=unit).count() == 1


def test_a_term_is_corrected_and_the_first_row_stays(clerk: User, unit: Unit, term: Term) -> None:
    planned = Span.parse("2022-10-20..2027")
    made = correct_term(
        by=clerk, term=term, label="2022–2027", period=Span(date(2022, 10, 20), None), planned=planned, ordinal=5,
        motto="Đổi mới",
    )  # fmt: skip
    [period] = periods_of(unit)
    assert (period.key, period.span, period.term) == ("2022-2027", planned, made)
    term.refresh_from_db()
    assert term.superseded_at == made.recorded_at and term.label == "2023–2028"
    with pytest.raises(Refusal, match="đã được sửa"):
        correct_term(by=clerk, term=term, label="2020–2025", period=WHOLE)
    # addresses and documents keep the label that was wrong
    assert period_named(fresh(unit), "2023-2028") == period
    assert period_named(fresh(unit), "2019-2024") is None
    again = correct_term(by=clerk, term=made, label="2022–2027", period=Span(date(2022, 11, 1), None), planned=planned)
    assert term_known(fresh(unit), term) == again
    assert rows_of(again) == [again.pk, made.pk, term.pk]


def test_a_corrected_term_may_not_meet_another(clerk: User, unit: Unit, term: Term) -> None:
    before = open_term(by=clerk, unit=unit, label="2018–2023", period=Span.parse("2018..2022"))
    for given in (
        {"label": "2023–2028", "period": Span.parse("2018..2022")},
        {"label": "2018–2024", "period": Span.parse("2018..2024")},
        {"label": "", "period": Span.parse("2018..2022")},
        {"label": "2018–2023", "period": Span.parse("2018..2022"), "ordinal": 400},
    ):
        with pytest.raises(Refusal):
            correct_term(by=clerk, term=before, **given)
    assert Term.objects.filter(unit=unit, superseded_at=None).count() == 2
    correct_term(by=clerk, term=before, label="2018–2023", period=Span.parse("2017..2022"))


def target_of(clerk: User, unit: Unit, term: Term, **given: Any) -> str:
    wanted: dict[str, Any] = {
        "indicator": "new_members_admitted",
        "aim": Aim.GTE,
        "basis": Basis.TERM,
        "low": Decimal(3),
    }
    return adopt_target(by=clerk, unit=unit, term=term, **{"period": term.whole} | wanted | given).code


def test_targets_of_the_whole_term_follow_its_days(clerk: User, unit: Unit, term: Term) -> None:
    whole, yearly = target_of(clerk, unit, term), target_of(clerk, unit, term, basis=Basis.YEARLY)
    by_date = target_of(clerk, unit, term, basis=Basis.BY_DATE, period=Span.parse("2023..2025"))
    own = target_of(clerk, unit, term, period=Span.parse("2024..2026"))
    planned = Span.parse("2022-10..2027")
    corrected = correct_term(
        by=clerk, term=term, label="2022–2027", period=Span.parse("2022-10..2022-10"), planned=planned
    )
    close = correct_term(
        by=clerk, term=corrected, label="2022–2027", period=Span.between(PartialDate.parse("2022-10"), None),
        planned=planned,
    )  # fmt: skip
    [period] = periods_of(fresh(unit))
    found = {row.code: row.span for row in targets_in(fresh(unit), period.span)}
    assert found == {
        whole: planned, yearly: planned, by_date: Span.parse("2022-10..2025"), own: Span.parse("2024..2026")
    }  # fmt: skip
    shown = target_coded(whole)
    assert shown and (shown.term, shown.span) == (close, planned)


def test_a_term_that_closed_keeps_the_plan_of_its_targets(clerk: User, unit: Unit, term: Term) -> None:
    code = target_of(clerk, unit, term)
    closed = close_term(by=clerk, term=term, last=PartialDate.parse("2025-03"))
    shown = target_coded(code)
    assert shown and (shown.term, shown.span) == (closed, WHOLE)
    # closed by mistake: it runs again
    correct_term(by=clerk, term=closed, label="2023–2028", period=RUNS, planned=WHOLE)
    [period] = periods_of(fresh(unit))
    assert period.span == WHOLE


def test_a_named_period_is_corrected(clerk: User, unit: Unit) -> None:
    named = name_period(by=clerk, unit=unit, kind="campaign", label="Tháng 5", period=Span.parse("2025-05"))
    made = correct_period(by=clerk, named=named, label="Tháng Công nhân", period=Span.parse("2025-04..2025-05"))
    [period] = periods_of(fresh(unit))
    assert (period.label, period.span, made.kind) == ("Tháng Công nhân", Span.parse("2025-04..2025-05"), "campaign")
    assert period_named(fresh(unit), "thang-5") == period
    with pytest.raises(Refusal, match="đã được sửa"):
        correct_period(by=clerk, named=named, label="Khác", period=Span.parse("2025-05"))
    with pytest.raises(Refusal):
        correct_period(by=clerk, named=made, label="", period=Span.parse("2025-05"))


def test_only_who_answers_amends_and_who_issues_corrects(clerk: User, unit: Unit, term: Term) -> None:
    auditor, officer, neighbour = (a_user(each) for each in ("sua-kiem-tra", "sua-can-bo", "sua-hang-xom"))
    let(auditor, unit, Role.AUDITOR)
    let(officer, unit, Role.OFFICER)
    let(neighbour, a_unit("sua-ben-canh", "grassroots"))
    for by in (auditor, officer, neighbour):
        with pytest.raises(NotAllowed):
            amend_unit(by=by, unit=unit, **as_it_is(unit) | {"note": "x"})
    for by in (auditor, neighbour):
        with pytest.raises(NotAllowed):
            correct_term(by=by, term=term, label="2023–2028", period=WHOLE)
    correct_term(by=officer, term=term, label="2023–2028", period=Span(date(2023, 2, 1), None), planned=WHOLE)
