"""What an applied event did, read back from the rows that bear its code, and the rows that turn it back."""

from __future__ import annotations

from nhiemky.foundation.events import superseded_by, written_by
from nhiemky.members.models import Membership
from nhiemky.reforms.models import Reorganisation
from nhiemky.reforms.rows import Do, Row
from nhiemky.rules.histories import Changes
from nhiemky.rules.reorganisations import Dissolve, Found, Merge, Move, Split, Step, reversed_steps
from nhiemky.rules.timeline import Precision, Span
from nhiemky.rules.trees import Placed, Succession
from nhiemky.units.models import Placement, UnitKind, UnitLife, UnitName
from nhiemky.units.models import Succession as SuccessionRow

_SPAN = ("starts_on", "ends_before", "start_precision", "end_precision")


def changes_of(event: Reorganisation) -> Changes[str]:
    """The rows that went and came, by codes of units."""

    def lives(rows: object) -> tuple[tuple[str, Span], ...]:
        return tuple((unit, _span(*span)) for unit, *span in rows.values_list("unit__code", *_SPAN))  # type: ignore[attr-defined]

    def edges(rows: object) -> tuple[Placed[str], ...]:
        values = rows.values_list("unit__code", "parent__code", *_SPAN)  # type: ignore[attr-defined]
        return tuple(Placed(unit, parent, _span(*span)) for unit, parent, *span in values)

    code = event.code
    successions = written_by(SuccessionRow, code).values_list("unit__code", "successor__code", "day", "heir")
    return Changes(
        event.day,
        lives(superseded_by(UnitLife, code).order_by("pk")),
        lives(written_by(UnitLife, code).order_by("pk")),
        edges(superseded_by(Placement, code).order_by("pk")),
        edges(written_by(Placement, code).order_by("pk")),
        tuple(Succession(*row) for row in successions.order_by("pk")),
    )


def _span(starts_on: object, ends_before: object, start: str, end: str) -> Span:
    return Span(starts_on, ends_before, Precision(start), Precision(end))  # type: ignore[arg-type]


def reversing_rows(event: Reorganisation) -> list[Row]:
    """The rows of a plan that brings back what stood before: units, places, names, and the members who came along."""
    rows = [row for step in reversed_steps(changes_of(event)) for row in _rows(step)]
    for name in superseded_by(UnitName, event.code).select_related("unit"):
        rows.append(Row(Do.RENAME, name.unit.code, name=name.name, short=name.short_name))
    for kind in superseded_by(UnitKind, event.code).select_related("unit"):
        rows.append(Row(Do.RETYPE, kind.unit.code, kind=kind.kind, block=kind.block))
    rows += _members(event)
    return [Row(**{**vars(row), "at": at}) for at, row in enumerate(rows, 1)]


def _rows(step: Step[str]) -> list[Row]:
    if isinstance(step, Found):
        return [Row(Do.REVIVE, step.unit, step.parent or "")]
    if isinstance(step, Move):
        return [Row(Do.MOVE, step.unit, step.parent or "")]
    if isinstance(step, Merge):
        return [Row(Do.MERGE, unit, step.into) for unit in step.sources]
    if isinstance(step, Split):
        return [Row(Do.SPLIT, step.source, part) for part in step.parts]
    assert isinstance(step, Dissolve)
    return [Row(Do.END, step.unit)]


def _members(event: Reorganisation) -> list[Row]:
    """Whoever came along and is still there goes back to where they were."""
    written = written_by(Membership, event.code)
    was = dict(written.filter(leaving="reorganised").values_list("person__code", "unit__code"))
    there = written.filter(joining="reorganised", superseded_at__isnull=True, ends_before__isnull=True)
    return [
        Row(Do.ALLOT, unit, was[person], person=person)
        for unit, person in there.order_by("pk").values_list("unit__code", "person__code")
        if person in was
    ]
