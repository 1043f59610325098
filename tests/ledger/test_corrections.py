"""A correction is a new row: once for each row, both stay, the latest counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from nhiemky.foundation import clock
from nhiemky.foundation.models import AuditEvent, User
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger.actions import cancel_entry, correct_entry, correct_statement, record_entry, record_statement
from nhiemky.ledger.checks import Money, quantity
from nhiemky.ledger.models import Entry, Row, Statement
from nhiemky.ledger.queries import history_of, living
from nhiemky.rules.indicators import Count
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, a_user, let

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

DAY = Span.parse("2024-05-04")
TODAY = date(2024, 6, 15)


@pytest.fixture
def unit(clerk: User) -> Unit:
    return a_unit("l-cs")


def visit(clerk: User, value: int, unit: Unit | None = None, old: Entry | None = None) -> Entry:
    given: dict[str, Any] = {"by": clerk, "kind": "visit", "period": DAY, "today": TODAY}
    given["counts"] = [Count("luot", quantity(value))]
    return correct_entry(entry=old, reason="nhập nhầm", **given) if old else record_entry(unit=unit, **given)


def members(clerk: User, value: int, unit: Unit | None = None, old: Statement | None = None) -> Statement:
    given: dict[str, Any] = {"by": clerk, "subject": "members", "period": DAY, "today": TODAY, "value": quantity(value)}
    if old:
        return correct_statement(statement=old, reason="nhập nhầm", **given)
    return record_statement(unit=unit, **given)


def test_a_chain_keeps_every_row_and_counts_the_last(clerk: User, unit: Unit) -> None:
    first = visit(clerk, 3, unit)
    second = visit(clerk, 4, old=first)
    third = visit(clerk, 5, old=second)
    for row in (first, second, third):
        assert history_of(row) == [first, second, third]
    assert list(living(Entry.objects.filter(unit=unit))) == [third]
    assert [row.counts.get().value for row in (first, second, third)] == [3, 4, 5]
    assert third.reason == "nhập nhầm"
    assert third.recorded_by == clerk
    gone = cancel_entry(by=clerk, entry=third, reason="ghi trùng")
    assert not living(Entry.objects.filter(unit=unit)).exists()
    assert history_of(first) == [first, second, third, gone]
    assert Entry.objects.filter(unit=unit).count() == 4


def test_a_statement_is_corrected_alike(clerk: User, unit: Unit) -> None:
    first = members(clerk, 40, unit)
    second = members(clerk, 41, old=first)
    assert history_of(first) == [first, second]
    assert list(living(Statement.objects.filter(unit=unit))) == [second]


def test_each_change_writes_one_event(clerk: User, unit: Unit) -> None:
    before = AuditEvent.objects.count()
    first = visit(clerk, 3, unit)
    second = visit(clerk, 4, old=first)
    gone = cancel_entry(by=clerk, entry=second, reason="ghi trùng")
    events = list(AuditEvent.objects.order_by("number")[before:])
    assert [event.action for event in events] == ["ledger.entry.record", "ledger.entry.correct", "ledger.entry.cancel"]
    assert [event.subject for event in events] == [f"entry:{row.code}" for row in (first, second, gone)]
    assert (events[1].data["replaces"], events[2].data["cancels"]) == (first.code, second.code)
    assert {event.unit for event in events} == {"l-cs"}


def refused(act: Any) -> str:
    before = (Entry.objects.count(), Statement.objects.count(), AuditEvent.objects.count())
    with pytest.raises(Refusal) as caught:
        act()
    assert before == (Entry.objects.count(), Statement.objects.count(), AuditEvent.objects.count())
    return str(caught.value)


def test_a_row_is_replaced_once(clerk: User, unit: Unit) -> None:
    first = visit(clerk, 3, unit)
    visit(clerk, 4, old=first)
    assert "đã được sửa hoặc hủy trước đó" in refused(lambda: visit(clerk, 5, old=first))
    assert "đã được sửa hoặc hủy trước đó" in refused(lambda: cancel_entry(by=clerk, entry=first, reason="hủy"))
    stated = members(clerk, 40, unit)
    members(clerk, 41, old=stated)
    assert "đã được sửa hoặc hủy trước đó" in refused(lambda: members(clerk, 42, old=stated))


def test_what_was_cancelled_is_not_changed_again(clerk: User, unit: Unit) -> None:
    first = visit(clerk, 3, unit)
    gone = cancel_entry(by=clerk, entry=first, reason="ghi trùng")
    assert "đã được sửa hoặc hủy trước đó" in refused(lambda: visit(clerk, 5, old=first))
    assert "đã hủy" in refused(lambda: visit(clerk, 5, old=gone))
    assert "đã hủy" in refused(lambda: cancel_entry(by=clerk, entry=gone, reason="hủy"))


@pytest.mark.parametrize("model", [Entry, Statement])
def test_two_corrections_at_the_same_time_cannot_both_stand(clerk: User, unit: Unit, model: type[Row]) -> None:
    """Whoever asks while the other has not committed is stopped by the database itself."""
    first = visit(clerk, 3, unit) if model is Entry else members(clerk, 3, unit)
    named = {"kind": "visit"} if model is Entry else {"subject": "members", "value": 4}

    def replace() -> None:
        row = model(unit=unit, coverage="act", replaces=first, recorded_at=clock.now(), recorded_by=clerk, **named)
        row.span = DAY
        row.save()

    replace()
    with pytest.raises(IntegrityError), transaction.atomic():
        replace()
    assert model.objects.filter(replaces=first).count() == 1


# ---- found by these tests


@pytest.mark.parametrize("whole", [5.5, True])
def test_the_whole_of_a_count_is_a_whole_number(clerk: User, unit: Unit, whole: Any) -> None:
    counts = [Count("nguoi", quantity(1), whole)]
    given: dict[str, Any] = {"by": clerk, "unit": unit, "kind": "health_check", "period": DAY, "today": TODAY}
    refused(lambda: record_entry(counts=counts, **given))


@pytest.mark.parametrize("value", [10**15 + 1, 2.5, True])
def test_the_action_itself_asks_for_whole_numbers_in_range(clerk: User, unit: Unit, value: Any) -> None:
    given: dict[str, Any] = {"by": clerk, "unit": unit, "kind": "visit", "period": DAY, "today": TODAY}
    refused(lambda: record_entry(counts=[Count("luot", Quantity(value))], **given))
    refused(lambda: record_entry(money=[Money(Quantity(value))], **given))


def percentage(clerk: User, unit: Unit, percent: Decimal, comparator: str = "eq") -> Statement:
    return record_statement(
        by=clerk, unit=unit, subject="members_informed_of_resolutions", period=DAY, today=TODAY,
        percent=percent, comparator=comparator,
    )  # fmt: skip


def test_a_published_percentage_keeps_its_digits_or_is_refused(clerk: User, unit: Unit) -> None:
    given = Decimal("96.2345")
    try:
        stated = percentage(clerk, unit, given)
    except Refusal:
        return
    stated.refresh_from_db()
    assert stated.percent == given


@pytest.mark.parametrize("comparator", ["~", "vague"])
def test_a_percentage_has_a_comparator_that_can_be_read(clerk: User, unit: Unit, comparator: str) -> None:
    assert refused(lambda: percentage(clerk, unit, Decimal("96.2"), comparator))


def test_vague_words_hold_no_control_characters() -> None:
    assert quantity(None, "vague", "hàng\x00 trăm\n").text == "hàng trăm"


def test_who_records_here_replaces_nothing_there(clerk: User, unit: Unit) -> None:
    """The right to record at one unit takes no entry of another out of its figures."""
    officer, theirs = a_user("canbo"), visit(clerk, 3, a_unit("l-cs-2"))
    let(officer, unit)
    with pytest.raises((Refusal, TypeError)):
        record_entry(
            by=officer, unit=unit, replaces=theirs, kind="visit", period=DAY, today=TODAY,
            counts=[Count("luot", quantity(1))],
        )  # fmt: skip
