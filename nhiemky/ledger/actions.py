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
from nhiemky.foundation.files import Kept, store
from nhiemky.foundation.models import Source, User, new_code
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger import checks
from nhiemky.ledger.checks import Money
from nhiemky.ledger.digests import digest_of_entry, digest_of_evidence, digest_of_statement
from nhiemky.ledger.evidence import of_files
from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, EntryPerson, Evidence, Row, Statement
from nhiemky.ledger.queries import chain_of
from nhiemky.members.models import Person
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit


class AlreadyWritten(Refusal):
    """A row with this code is there: the same form came twice."""

    def __init__(self, code: str) -> None:
        super().__init__(_("Việc này đã được ghi trước đó."))
        self.code = code


@action("ledger.entry.record", calls=("ledger.evidence.attach",))
def record_entry(*, by: User, unit: Unit, **given: Any) -> Entry:
    """One piece of work or one published total; the fields are those of `_write_entry`."""
    return _write_entry({}, by=by, unit=unit, **given)


@action("ledger.entry.correct", calls=("ledger.evidence.attach",))
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


@action("ledger.entry.erase_names")
def erase_names(*, by: User, entry: Entry, reason: str) -> int:
    """Erase the names of the people in the entry and in every row of its chain; their number stays.

    Those of the register are named no more either, so that the rows say something else: the trail is told what.
    """
    if not clean(reason):
        raise Refusal(_("Chưa có lý do. Hãy ghi vì sao xóa tên."))
    named = EntryPerson.objects.filter(entry__in=chain_of(entry))
    linking = set(named.filter(person__isnull=False).values_list("entry", flat=True))
    erased = named.exclude(name="", person=None).update(name="", person=None)
    for row in chain_of(entry).filter(pk__in=linking).order_by("pk"):
        written_now = digest_of_entry(row, row.counts.all(), row.money.all(), row.people.count())
        write_event(subject=f"entry:{row.code}", unit=row.unit.code, data={"row": written_now})
    write_event(
        subject=f"entry:{entry.code}:names",
        unit=entry.unit.code,
        data={"erased": erased, "reason": clean(reason)[:300]},
    )
    return erased


@action("ledger.evidence.attach")
def attach_evidence(*, by: User, entry: Entry, files: Sequence[Kept]) -> list[Evidence]:
    """Files for an entry; those it has already are not kept twice. Each file is on the disk before its row."""
    if faults := list(of_files(entry, files)):
        raise Refusal.of(faults)
    known = set(Evidence.objects.filter(entry__in=chain_of(entry)).values_list("digest", flat=True))
    new = {each.digest: each for each in files if each.digest not in known}
    rows = []
    for each in new.values():
        store(each)
        row = Evidence.objects.create(
            entry=entry, digest=each.digest, name=each.name, media_type=each.media_type, size=len(each.data),
            recorded_at=clock.now(), recorded_by=by,
        )  # fmt: skip
        write_event(subject=f"evidence:{row.code}", unit=entry.unit.code, data={"row": digest_of_evidence(row)})
        rows.append(row)
    if not rows:
        raise Refusal(_("Tệp này đã có ở việc này. Hãy chọn tệp khác."))
    return rows


@action("ledger.statement.record")
def record_statement(*, by: User, unit: Unit, **given: Any) -> Statement:
    """What a unit states of itself; the fields are those of `_write_statement`."""
    return _write_statement({}, by=by, unit=unit, **given)


@action("ledger.statement.correct")
def correct_statement(*, by: User, statement: Statement, reason: str, **given: Any) -> Statement:
    """A new row in the place of `statement`, which stays visible."""
    return _write_statement(_in_place_of(statement, reason), by=by, unit=statement.unit, **given)


@action("ledger.statement.cancel")
def cancel_statement(*, by: User, statement: Statement, reason: str) -> Statement:
    """A row that says the statement never held; it stays visible."""
    cancelled = Statement(
        unit=statement.unit, subject=statement.subject, coverage=statement.coverage, value=statement.value,
        percent=statement.percent, grade=statement.grade, comparator=statement.comparator,
        **_in_place_of(statement, reason), cancels=True, recorded_at=clock.now(), recorded_by=by,
    )  # fmt: skip
    cancelled.span = statement.span
    keep(cancelled)
    write_event(
        subject=f"statement:{cancelled.code}",
        unit=statement.unit.code,
        data={"cancels": statement.code, "row": digest_of_statement(cancelled)},
    )
    return cancelled


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
    people: Sequence[str | Person] = (),
    files: Sequence[Kept] = (),
    code: str = "",
    source: Source | None = None,
    places: Sequence[str] = (),
) -> Entry:
    if code and Entry.objects.filter(code=code).exists():
        raise AlreadyWritten(code)
    faults = list(checks.of_entry(unit, kind, period, counts, money, details or {}, beneficiaries, today))
    faults += [*checks.of_people(people), *of_files(chain.get("replaces"), files)]
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
    linked = [each for each in people if isinstance(each, Person)]
    named = [_named(entry, at, each) for at, each in enumerate(people, 1)]
    keep(entry, *numbers, *paid, *named)
    row = digest_of_entry(entry, numbers, paid, len(people), [each.code for each in linked])
    data: dict[str, Any] = {"kind": kind, "replaces": _code(entry.replaces), "row": row}
    if files:
        data["files"] = sorted({each.digest for each in files})
    write_event(subject=f"entry:{entry.code}", unit=unit.code, data=data)
    if files:
        attach_evidence(by=by, entry=entry, files=files)
    return entry


def _named(entry: Entry, at: int, who: str | Person) -> EntryPerson:
    """A name as it was given, or a person of the register, whose name is theirs to change."""
    if isinstance(who, Person):
        return EntryPerson(entry=entry, position=at, person=who)
    return EntryPerson(entry=entry, position=at, name=clean(who))


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
    if code and Statement.objects.filter(code=code).exists():
        raise AlreadyWritten(code)
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
        raise Refusal(_("Chưa có lý do. Hãy ghi vì sao sửa hoặc hủy."))
    if row.cancels:
        raise Refusal(_("Bản ghi này đã hủy. Hãy ghi một việc mới."))
    written(row)
    if type(row).objects.filter(replaces=row).exists() or waiting_rows(type(row), "replaces", row):
        raise Refusal(_("Bản ghi này đã được sửa hoặc hủy trước đó. Hãy mở bản mới nhất rồi sửa."))
    return {"replaces": row, "first": row.first or row, "reason": clean(reason)[:300]}
