"""Writes of what members paid, owe, or need not pay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import keep, settle
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions.persons import refuse_stranger
from nhiemky.members.models import Dues, Person
from nhiemky.members.queries.persons import cluster_of
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import span as written_span
from nhiemky.units.models import Unit


@action("members.dues.record")
def record_dues(
    *, by: User, unit: Unit, person: Person, months: Span, state: str, wage: int | None = None, paid: int | None = None,
    code: str = "",
) -> Dues:  # fmt: skip
    """What is said of the member's dues for these whole months; what was said of the same months before is superseded.

    Of a row that reaches beyond these months the others stay as they were, unless an amount was written for all.
    """
    refuse_stranger(person, unit)
    if state not in catalogue.terms("catalogue/dues.toml", "state"):
        raise Refusal(_("Danh mục không có tình trạng “%(code)s”. Hãy dùng mã có trong danh mục.") % {"code": state})
    if months.starts_on is None or months.ends_before is None or {months.starts_on.day, months.ends_before.day} != {1}:
        raise Refusal(_("Đoàn phí ghi theo tháng trọn. Hãy chọn từ tháng nào đến tháng nào."))
    if paid is not None and state != "paid":
        raise Refusal(_("Chỉ ghi số tiền khi đã đóng. Hãy bỏ số tiền hoặc chọn “đã đóng”."))
    _make_room(by, unit, person, months)
    dues = Dues(person=person, unit=unit, state=state, wage=wage, paid=paid, recorded_at=clock.now(), recorded_by=by)
    if code:
        dues.code = code
    dues.span = months
    keep(dues)
    write_event(subject=f"dues:{dues.code}", unit=unit.code, data={"person": person.code})
    return dues


@action("members.dues.record_all", calls=("members.dues.record",))
def record_dues_of_unit(
    *, by: User, unit: Unit, months: Span, states: Mapping[Person, tuple[str, int | None]], code: str
) -> list[Dues]:
    """The same months of many members at once: person -> state, and the wage it was reckoned on. All or none.

    The n-th row has the code `<code>-<n>`.
    """
    if not states:
        raise Refusal(_("Không có đoàn viên nào để ghi. Hãy mở sổ đoàn viên của đơn vị."))
    made, faults = [], []
    for at, (person, (state, wage)) in enumerate(states.items()):
        try:
            made.append(
                record_dues(by=by, unit=unit, person=person, months=months, state=state, wage=wage, code=f"{code}-{at}")
            )
        except Refusal as refusal:
            faults += [f"{person.name}: {sentence}" for sentence in refusal.sentences]
    if faults:
        raise Refusal.of(faults[:20])
    write_event(subject=f"dues:{code}", unit=unit.code, data={"rows": len(made)})
    return made


def _make_room(by: User, unit: Unit, person: Person, months: Span) -> None:
    settle(Dues, "person", person)
    now = clock.now()
    known = Dues.objects.filter(person__in=cluster_of(person), unit=unit, superseded_at__isnull=True)
    for row in known if person.pk else []:
        if not row.span.overlaps(months):
            continue
        rest = _outside(row.span, months)
        if rest and row.paid is not None:
            raise Refusal(
                _("Các tháng %(span)s đã ghi chung một số tiền. Hãy ghi lại trọn các tháng đó.")
                % {"span": written_span(row.span)}
            )
        Dues.objects.filter(pk=row.pk).update(superseded_at=now)
        for span in rest:
            kept: dict[str, Any] = {"person": row.person, "unit": unit, "state": row.state, "wage": row.wage}
            part = Dues(**kept, recorded_at=now, recorded_by=by)
            part.span = span
            keep(part)


def _outside(whole: Span, months: Span) -> list[Span]:
    """The parts of a span that lie before and after the months."""
    first, end = whole.starts_on or date.min, whole.ends_before or date.max
    assert months.starts_on and months.ends_before
    found = []
    if first < months.starts_on:
        found.append(Span(whole.starts_on, months.starts_on))
    if months.ends_before < end:
        found.append(Span(months.ends_before, whole.ends_before))
    return found
