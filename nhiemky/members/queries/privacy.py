"""Reads for the sake of the persons themselves: who read what of them, what they agreed to, all that is kept of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.foundation.models import AuditEvent
from nhiemky.members.models import Child, Consent, Dues, Grouping, Membership, Person, Post, Standing, Transfer
from nhiemky.members.particulars import columns, fields, written
from nhiemky.members.purposes import purposes, reasons
from nhiemky.members.queries.persons import cluster_of
from nhiemky.members.standings import kinds
from nhiemky.rules.vietnamese import partial
from nhiemky.rules.vietnamese import span as written_span
from nhiemky.units.models import Unit
from nhiemky.units.queries import names_of

ERASED = "Đã xóa"
READINGS = ("members.person.reveal", "members.list.take", "members.person.tell", "exchange.unit.export")

# rooms above tell what they keep of persons, and forget it, once they are registered
Told = Callable[[Sequence[int]], Iterator[tuple[str, Sequence[str], list[Sequence[str]]]]]
_told: list[Told] = []
_forget: list[Callable[[Sequence[Person]], None]] = []


def register_kept(told: Told, forget: Callable[[Sequence[Person]], None]) -> None:
    """Called once at start-up by a room above that keeps something of persons."""
    if told not in _told:
        _told.append(told)
        _forget.append(forget)


def received_under_erasure() -> Iterable[Callable[[Sequence[Person]], None]]:
    """What rooms above forget when a person is erased."""
    return tuple(_forget)


@dataclass(frozen=True)
class Reading:
    """Somebody read what is masked: who, when, of whom (empty for a list), which fields, why."""

    number: int
    at: datetime
    who: str
    code: str
    name: str
    fields: tuple[str, ...]
    reason: str
    count: int


def readings_at(unit: Unit, before: int | None = None, most: int = 50) -> list[Reading]:
    """What was read of the unit's members, the latest first; `before` is the number of the last one seen."""
    return _readings(AuditEvent.objects.filter(unit=unit.code), before, most)


def readings_of(person: Person, before: int | None = None, most: int = 50) -> list[Reading]:
    """What was read of the person by itself, at whichever unit."""
    subjects = [f"person:{code}" for code in cluster_of(person).values_list("code", flat=True)]
    return _readings(AuditEvent.objects.filter(subject__in=subjects), before, most)


def _readings(events: Any, before: int | None, most: int) -> list[Reading]:
    events = events.filter(action__in=READINGS).select_related("actor").order_by("-number")
    rows = list((events.filter(number__lt=before) if before else events)[:most])
    codes = [row.subject.partition(":")[2] for row in rows if row.subject.startswith("person:")]
    names = {
        person.code: person.shown for person in Person.objects.filter(code__in=codes).only("code", "name", "fictional")
    }
    found = []
    for row in rows:
        kind, _colon, code = row.subject.partition(":")
        of_person = kind == "person"
        found.append(
            Reading(
                number=row.number,
                at=row.at,
                who=str(row.actor),
                code=code if of_person else "",
                name=names.get(code, "") if of_person else "",
                fields=tuple(_field_label(each) for each in row.data.get("fields", ())),
                reason=_("xuất toàn bộ dữ liệu của đơn vị")
                if row.action == READINGS[-1]
                else reasons().get(row.data.get("reason", ""), _("giao cho chính người đó")),
                count=row.data.get("count", 1),
            )
        )
    return found


def _field_label(code: str) -> str:
    if code == "all":
        return _("tất cả những gì đang giữ")
    return fields()[code].label if code in fields() else columns()[code].label if code in columns() else code


def consents_of(person: Person) -> dict[str, Consent]:
    """By purpose: the consent that holds."""
    rows = Consent.objects.filter(person__in=cluster_of(person), withdrawn_on__isnull=True).order_by("given_on")
    return {row.purpose: row for row in rows}


@dataclass(frozen=True)
class Part:
    """A table of what is kept: its name, headings, rows of texts."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def all_kept_of(person: Person) -> list[Part]:
    """Everything that this installation keeps of the person, under whichever record, in words."""
    records = list(cluster_of(person).order_by("pk"))
    ids = [record.pk for record in records]
    units = _Units()
    parts = [
        Part(
            _("Nhân thân"),
            (_("Mục"), _("Nội dung")),
            tuple(
                (field.label, text)
                for record in records
                for code, field in fields().items()
                if (text := written(record, code))
            ),
        )
    ]
    parts += [_memberships(ids, units), _standings(ids, units), _groupings(ids, units), _posts(ids, units)]
    parts += [_dues(ids, units), _children(ids), _transfers(ids, units), _consents(ids)]
    parts += [
        Part(title, tuple(heads), tuple(tuple(row) for row in rows))
        for told in _told
        for title, heads, rows in told(ids)
    ]
    parts.append(_read(person))
    return [part for part in parts if part.rows]


class _Units:
    """Names of units, each asked for as it is called today."""

    def name(self, rows: Sequence[Any], column: str) -> dict[int, str]:
        from nhiemky.foundation import clock

        return {
            unit.id: unit.name
            for unit in names_of({getattr(row, column) for row in rows} - {None}, clock.today()).values()
        }


def _memberships(ids: Sequence[int], units: _Units) -> Part:
    rows = list(Membership.objects.filter(person__in=ids, superseded_at__isnull=True).order_by("starts_on"))
    names = units.name(rows, "unit_id")
    joinings = catalogue.terms("catalogue/joinings.toml", "joining")
    leavings = catalogue.terms("catalogue/leavings.toml", "leaving")
    return Part(
        _("Nơi sinh hoạt công đoàn"),
        (_("Công đoàn"), _("Thời gian"), _("Cách vào"), _("Lý do rời"), _("Quyết định")),
        tuple(
            (
                names.get(row.unit_id, ""), written_span(row.span), _label(joinings, row.joining),
                _label(leavings, row.leaving), "; ".join(filter(None, (row.decision, row.leaving_decision))),
            )
            for row in rows
        ),
    )  # fmt: skip


def _standings(ids: Sequence[int], units: _Units) -> Part:
    rows = list(Standing.objects.filter(person__in=ids, superseded_at__isnull=True).order_by("starts_on"))
    names = units.name(rows, "unit_id")
    return Part(
        _("Tư cách, tình trạng"),
        (_("Nội dung"), _("Thời gian"), _("Nơi ghi"), _("Quyết định"), _("Ghi chú")),
        tuple(
            (_kind(row.kind), written_span(row.span), names.get(row.unit_id, ""), row.decision, row.note)
            for row in rows
        ),
    )


def _kind(code: str) -> str:
    return kinds()[code].label if code in kinds() else code


def _groupings(ids: Sequence[int], units: _Units) -> Part:
    rows = list(Grouping.objects.filter(person__in=ids, superseded_at__isnull=True).order_by("starts_on"))
    names = units.name(rows, "group_id")
    return Part(
        _("Tổ công đoàn"), (_("Tổ"), _("Thời gian")),
        tuple((names.get(row.group_id, ""), written_span(row.span)) for row in rows),
    )  # fmt: skip


def _posts(ids: Sequence[int], units: _Units) -> Part:
    rows = list(Post.objects.filter(person__in=ids, superseded_at__isnull=True).order_by("starts_on"))
    names = units.name(rows, "unit_id")
    words = {name: catalogue.terms("catalogue/bodies.toml", name) for name in ("role", "body", "mandate")}
    return Part(
        _("Chức vụ công đoàn"),
        (_("Chức vụ"), _("Công đoàn"), _("Thời gian"), _("Hình thức"), _("Quyết định")),
        tuple(
            (
                f"{_label(words['role'], row.role)}, {_label(words['body'], row.body)}", names.get(row.unit_id, ""),
                written_span(row.span), _label(words["mandate"], row.mandate), row.decision,
            )
            for row in rows
        ),
    )  # fmt: skip


def _dues(ids: Sequence[int], units: _Units) -> Part:
    rows = list(Dues.objects.filter(person__in=ids, superseded_at__isnull=True).order_by("starts_on"))
    names, states = units.name(rows, "unit_id"), catalogue.terms("catalogue/dues.toml", "state")
    return Part(
        _("Đoàn phí"),
        (_("Công đoàn"), _("Thời gian"), _("Tình trạng"), _("Lương làm căn cứ (đồng)"), _("Đã đóng (đồng)")),
        tuple(
            (
                names.get(row.unit_id, ""), written_span(row.span), _label(states, row.state),
                "" if row.wage is None else str(row.wage), "" if row.paid is None else str(row.paid),
            )
            for row in rows
        ),
    )  # fmt: skip


def _children(ids: Sequence[int]) -> Part:
    rows = Child.objects.filter(person__in=ids, removed_at__isnull=True).order_by("born_on", "pk")
    return Part(
        _("Con"), (_("Họ và tên"), _("Ngày sinh")),
        tuple((row.name, partial(row.born) if row.born else "") for row in rows),
    )  # fmt: skip


def _transfers(ids: Sequence[int], units: _Units) -> Part:
    rows = list(Transfer.objects.filter(person__in=ids).order_by("asked_at"))
    names = units.name(rows, "unit_id") | units.name(rows, "to_unit_id")
    return Part(
        _("Chuyển sinh hoạt"),
        (_("Từ"), _("Đến"), _("Tình trạng"), _("Lý do"), _("Số giấy giới thiệu")),
        tuple(
            (
                names.get(row.unit_id, ""), names.get(row.to_unit_id or 0, row.outside), row.get_state_display(),
                row.reason, row.number,
            )
            for row in rows
        ),
    )  # fmt: skip


def _consents(ids: Sequence[int]) -> Part:
    rows = Consent.objects.filter(person__in=ids).order_by("given_on")
    return Part(
        _("Đồng ý"), (_("Mục đích"), _("Từ ngày"), _("Rút ngày")),
        tuple(
            (
                purposes()[row.purpose].label if row.purpose in purposes() else row.purpose, f"{row.given_on:%d/%m/%Y}",
                f"{row.withdrawn_on:%d/%m/%Y}" if row.withdrawn_on else "",
            )
            for row in rows
        ),
    )  # fmt: skip


def _read(person: Person) -> Part:
    from django.utils import timezone

    return Part(
        _("Ai đã xem mục được che"),
        (_("Lúc"), _("Ai"), _("Mục"), _("Lý do")),
        tuple(
            (f"{timezone.localtime(row.at):%H:%M %d/%m/%Y}", row.who, ", ".join(row.fields), row.reason)
            for row in readings_of(person, most=1000)
        ),
    )


def _label(terms: dict[str, catalogue.Term], code: str) -> str:
    return terms[code].label if code in terms else code
