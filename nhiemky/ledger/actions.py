"""Writes of the ledger. Nothing is changed in place: a correction or a cancellation is a new row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import keep, waiting_rows, written
from nhiemky.foundation.door import action
from nhiemky.foundation.models import Source, User, new_code
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger import checks
from nhiemky.ledger.checks import Money
from nhiemky.ledger.digests import digest_of_entry, digest_of_statement
from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, Row, Statement
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit


@action("ledger.entry.record")
def record_entry(*, by: User, unit: Unit, **given: Any) -> Entry:
    """One piece of work or one published total; the fields are those of `_write_entry`."""
    return _write_entry({}, by=by, unit=unit, **given)


@action("ledger.entry.correct")
def correct_entry(*, by: User, entry: Entry, reason: str, **given: Any) -> Entry:
    """A new row in the place of `entry`, which stays visible. Refuses a row that was already replaced."""
    return _write_entry(_in_place_of(entry, reason), by=by, unit=entry.unit, **given)


@action("ledger.entry.cancel")
def cancel_entry(*, by: User, entry: Entry, reason: str, code: str = "") -> Entry:
    """A row that says the entry never counts; it stays visible."""
    cancelled = Entry(
        unit=entry.unit, kind=entry.kind, coverage=entry.coverage, **_in_place_of(entry, reason), cancels=True,
        code=code or new_code(), recorded_at=clock.now(), recorded_by=by,
    )  # fmt: skip
    cancelled.span = entry.span
    keep(cancelled)
    write_event(
        subject=f"entry:{cancelled.code}",
        unit=entry.unit.code,
        data={"cancels": entry.code, "row": digest_of_entry(cancelled, (), ())},
    )
    return cancelled


@action("ledger.statement.record")
def record_statement(*, by: User, unit: Unit, **given: Any) -> Statement:
    """What a unit states of itself; the fields are those of `_write_statement`."""
    return _write_statement({}, by=by, unit=unit, **given)


@action("ledger.statement.correct")
def correct_statement(*, by: User, statement: Statement, reason: str, **given: Any) -> Statement:
    """A new row in the place of `statement`, which stays visible."""
    return _write_statement(_in_place_of(statement, reason), by=by, unit=statement.unit, **given)


def _write_entry(
    chain: Mapping[str, Any],
    /,
    *,
    by: User,
    unit: Unit,
    kind: str,
    period: Span,
    today: date,
    coverage: Coverage = Coverage.ACT,
    counts: Sequence[Count] = (),
    money: Sequence[Money] = (),
    details: Mapping[str, str] | None = None,
    beneficiaries: str = "",
    partners: Sequence[str] = (),
    note: str = "",
    code: str = "",
    source: Source | None = None,
    places: Sequence[str] = (),
) -> Entry:
    faults = list(checks.of_entry(unit, kind, period, counts, money, details or {}, beneficiaries, today))
    if faults:
        raise Refusal.of(faults)
    entry = Entry(
        unit=unit, kind=kind, coverage=coverage, details=dict(details or {}), beneficiaries=beneficiaries,
        partners=[clean(each)[:200] for each in partners], note=clean(note)[:2000], code=code or new_code(),
        source=source, places=list(places), recorded_at=clock.now(), recorded_by=by, **chain,
    )  # fmt: skip
    entry.span = period
    numbers = [
        EntryCount(entry=entry, word=each.word, out_of=each.out_of, **_columns(each.quantity)) for each in counts
    ]
    paid = [EntryMoney(entry=entry, fund=each.fund, **_columns(each.quantity)) for each in money]
    keep(entry, *numbers, *paid)
    write_event(
        subject=f"entry:{entry.code}",
        unit=unit.code,
        data={"kind": kind, "replaces": _code(entry.replaces), "row": digest_of_entry(entry, numbers, paid)},
    )
    return entry


def _write_statement(
    chain: Mapping[str, Any],
    /,
    *,
    by: User,
    unit: Unit,
    subject: str,
    period: Span,
    today: date,
    value: Quantity | None = None,
    percent: Decimal | None = None,
    grade: str = "",
    comparator: str = "eq",
    coverage: Coverage = Coverage.OWN,
    note: str = "",
    code: str = "",
    source: Source | None = None,
    places: Sequence[str] = (),
) -> Statement:
    faults = list(checks.of_statement(unit, subject, period, value, percent, grade, comparator, today))
    if faults:
        raise Refusal.of(faults)
    statement = Statement(
        unit=unit, subject=subject, coverage=coverage, value=value.value if value else None, percent=percent,
        grade=grade, comparator=value.comparator if value else comparator, note=clean(note)[:2000],
        code=code or new_code(), source=source, places=list(places), recorded_at=clock.now(), recorded_by=by, **chain,
    )  # fmt: skip
    statement.span = period
    keep(statement)
    write_event(
        subject=f"statement:{statement.code}",
        unit=unit.code,
        data={"subject": subject, "replaces": _code(statement.replaces), "row": digest_of_statement(statement)},
    )
    return statement


def _columns(quantity: Quantity) -> dict[str, Any]:
    return {"value": quantity.value, "comparator": quantity.comparator, "text": quantity.text[:60]}


def _code(row: Row | None) -> str:
    return row.code if row else ""


def _in_place_of(row: Any, reason: str) -> dict[str, Any]:
    """The fields of a row that replaces `row`; refuses one that was replaced or cancelled already."""
    if not clean(reason):
        raise Refusal(_("Chưa có lý do. Hãy ghi vì sao sửa hoặc hủy bản ghi này."))
    if row.cancels:
        raise Refusal(_("Bản ghi này đã hủy. Hãy ghi một việc mới."))
    written(row)
    if type(row).objects.filter(replaces=row).exists() or waiting_rows(type(row), "replaces", row):
        raise Refusal(_("Bản ghi này đã được sửa hoặc hủy trước đó. Hãy mở bản mới nhất rồi sửa."))
    return {"replaces": row, "first": row.first or row, "reason": clean(reason)[:300]}
