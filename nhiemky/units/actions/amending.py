"""Writes that say it was never so: a unit, its term or its named period was written down wrongly."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User, new_code
from nhiemky.foundation.refusals import Refusal
from nhiemky.rules.timeline import Span
from nhiemky.units.actions import (
    LONGEST_PERIOD_LABEL,
    block_of,
    change_name,
    period_label,
    refuse_unknown_kind,
    term_label,
)
from nhiemky.units.models import NamedPeriod, Term, Unit, UnitKind
from nhiemky.units.queries import card, last_day_of

LONGEST_NOTE = 2000


@action("units.unit.amend", calls=("units.name.change",))
def amend_unit(*, by: User, unit: Unit, name: str, short: str, kind: str, block: str, note: str) -> None:
    """Name, kind, block and note as they should have been; only what differs is written.

    What changed on a day is no correction: old and new would both be true.
    """
    refuse_unknown_kind(kind, block)
    block, note = block_of(kind, block), "\n".join(note.split("\r\n")).strip()
    if len(note) > LONGEST_NOTE:
        raise Refusal(_("Ghi chú dài quá 2.000 chữ. Hãy ghi ngắn lại."))
    known = card(unit, last_day_of(unit, clock.today()))
    changed = []
    if (name.strip(), short.strip()) != (known.name, known.short):
        change_name(by=by, unit=unit, name=name, short=short)
        changed.append("name")
    if (kind, block) != (known.kind, known.block):
        _write_kind(by, unit, kind, block)
        changed.append("kind")
    if note != unit.note:
        Unit.objects.filter(pk=unit.pk).update(note=note)
        changed.append("note")
    write_event(subject=f"unit:{unit.code}", unit=unit.code, data={"changed": changed})


def _write_kind(by: User, unit: Unit, kind: str, block: str) -> None:
    """The latest kind is superseded, for the same span."""
    known = unit.kinds.filter(superseded_at__isnull=True)
    old = max(known, key=lambda row: row.starts_on or date.min, default=None)
    new = UnitKind(unit=unit, kind=kind, block=block, recorded_at=clock.now(), recorded_by=by)
    new.span = old.span if old else Span(unit.starts_on, None)
    if old:
        known.filter(pk=old.pk).update(superseded_at=new.recorded_at)
    new.save()


@action("units.term.correct")
def correct_term(
    *,
    by: User,
    term: Term,
    label: str,
    period: Span,
    planned: Span | None = None,
    ordinal: int | None = None,
    motto: str = "",
    code: str = "",
) -> Term:
    """The term was written wrongly: a new row in the place of the old one, which stays known.

    What points at the old row is read as pointing at the new one (`units.queries.term_known`).
    """
    if term.superseded_at:
        raise Refusal(_("Nhiệm kỳ %(label)s đã được sửa. Hãy mở lại trang của đơn vị.") % {"label": term.label})
    label = term_label(term.unit, label, period, ordinal, motto, own=term)
    corrected = Term(
        unit=term.unit, label=label, ordinal=ordinal, motto=motto, source=term.source, places=term.places,
        decision=term.decision, replaces=term, code=code or new_code(), recorded_at=clock.now(), recorded_by=by,
    )  # fmt: skip
    corrected.span = period
    if planned:
        corrected.planned_ends_before, corrected.planned_end_precision = planned.ends_before, planned.end_precision
    Term.objects.filter(pk=term.pk).update(superseded_at=corrected.recorded_at)
    corrected.save()
    write_event(subject=f"term:{corrected.code}", unit=term.unit.code, data={"corrects": term.code})
    return corrected


@action("units.period.correct")
def correct_period(*, by: User, named: NamedPeriod, label: str, period: Span, code: str = "") -> NamedPeriod:
    """The period was written wrongly: a new row; the old one is superseded at the moment the new one was recorded."""
    if len(label) > LONGEST_PERIOD_LABEL:
        raise Refusal(_("Tên kỳ dài quá 60 chữ. Hãy ghi ngắn lại."))
    label = period_label(named.unit, label, period, own=named.label)
    corrected = NamedPeriod(
        unit=named.unit, kind=named.kind, label=label, source=named.source, decision=named.decision,
        code=code or new_code(), recorded_at=clock.now(), recorded_by=by,
    )  # fmt: skip
    corrected.span = period
    known = NamedPeriod.objects.filter(pk=named.pk, superseded_at__isnull=True)
    if not known.update(superseded_at=corrected.recorded_at):
        raise Refusal(_("Kỳ %(label)s đã được sửa. Hãy mở lại trang của đơn vị.") % {"label": named.label})
    corrected.save()
    write_event(subject=f"period:{corrected.code}", unit=named.unit.code, data={"corrects": named.code})
    return corrected
