"""Reads of the tree over time: who stands where on a day, and what a unit was called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from nhiemky.foundation import catalogue
from nhiemky.rules.timeline import Edge, Span, edges_by_unit
from nhiemky.rules.vietnamese import fold
from nhiemky.units.models import MANAGING, Placement, Succession, Unit, UnitKind, UnitLife, UnitName


@dataclass(frozen=True)
class UnitCard:
    """A unit as it was on a day: what lists and headings show."""

    id: int
    code: str
    name: str
    short: str
    kind: str
    kind_label: str
    level: str
    block: str
    block_label: str
    block_group: str
    life: Span
    fictional: bool
    note: str = ""


def alive_on(day: date, prefix: str = "") -> Q:
    """Rows whose span holds that day."""
    return (Q(**{f"{prefix}starts_on__isnull": True}) | Q(**{f"{prefix}starts_on__lte": day})) & (
        Q(**{f"{prefix}ends_before__isnull": True}) | Q(**{f"{prefix}ends_before__gt": day})
    )


def going_on(day: date) -> Q:
    """Rows that hold on the eve of that day and on the day as well."""
    begun = Q(starts_on__isnull=True) | Q(starts_on__lt=day)
    return begun & (Q(ends_before__isnull=True) | Q(ends_before__gt=day))


def cards(units: QuerySet[Unit], on: date) -> list[UnitCard]:
    """The units as they were on that day (an ended one as on its last day), in one statement, by name."""
    names = _fact(UnitName, on)
    kinds = _fact(UnitKind, on)
    rows = units.annotate(
        name=Subquery(names.values("name")[:1]),
        short=Subquery(names.values("short_name")[:1]),
        kind=Subquery(kinds.values("kind")[:1]),
        block=Subquery(kinds.values("block")[:1]),
        sort_key=Subquery(names.values("sort_key")[:1]),
    ).order_by("sort_key", "code")
    return [_card(row) for row in rows]


def _fact(model: type[UnitName | UnitKind], on: date) -> QuerySet:
    known = model.objects.filter(unit=OuterRef("pk"), superseded_at__isnull=True)
    return known.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=on)).order_by(F("starts_on").desc(nulls_last=True))


def _card(row: Any) -> UnitCard:
    kinds = catalogue.terms("catalogue/unit-kinds.toml", "unit_kind")
    blocks = catalogue.terms("catalogue/blocks.toml", "block")
    kind, block = kinds.get(row.kind or ""), blocks.get(row.block or "")
    return UnitCard(
        id=row.pk,
        code=row.code,
        name=row.name or row.code,
        short=row.short or row.code,
        kind=row.kind or "",
        kind_label=kind.label if kind else "",
        level=kind.level if kind else "",
        block=row.block or "",
        block_label=block.label if block else "",
        block_group=block.group if block else "",
        life=row.span,
        fictional=row.fictional,
        note=row.note,
    )


def card(unit: Unit, on: date) -> UnitCard:
    return cards(Unit.objects.filter(pk=unit.pk), on)[0]


def edges_known() -> QuerySet[Placement]:
    """The edges of the managing line as we know them today."""
    return Placement.objects.filter(line=MANAGING, superseded_at__isnull=True)


def tree_on(day: date) -> dict[int, list[int]]:
    """Parent -> children on that day, over the whole tree."""
    children: dict[int, list[int]] = {}
    for unit, parent in edges_known().filter(alive_on(day)).values_list("unit", "parent"):
        children.setdefault(parent, []).append(unit)
    return children


def last_day_of(unit: Unit, day: date) -> date:
    """The day on which to look at the unit: that day; the last on which it lived before; its first, if it is to come."""
    if not unit.interrupted:
        return max(min(day, unit.span.last_day), unit.starts_on or date.min)
    lives = [life.span for life in unit.lives.all() if not life.superseded_at]
    past = [min(day, span.last_day) for span in lives if span.starts_on is None or span.starts_on <= day]
    return max(past, default=min((span.starts_on for span in lives if span.starts_on), default=day))


def living_on(day: date) -> Q:
    """Units that live on that day."""
    lives = UnitLife.objects.filter(alive_on(day), superseded_at__isnull=True, unit=OuterRef("pk"))
    return alive_on(day) & (Q(interrupted=False) | Q(Exists(lives)))


def ancestors_on(unit: Unit, day: date) -> list[int]:
    """The unit's ancestors on that day, nearest first.

    From a unit that has ended one climbs to its last parent, and from there on by the tree of the day; from one that is
    to come, to its first.
    """
    rows: dict[int, list[Placement]] = {}
    frontier = {unit.pk}
    while frontier:
        found = edges_known().filter(unit__in=frontier).select_related("unit")
        rows |= {each: [] for each in frontier}
        for row in found:
            rows[row.unit_id].append(row)
        frontier = {row.parent_id for row in found} - set(rows)
    line = [unit.pk]
    while parents := [row.parent_id for row in rows[line[-1]] if row.span.holds(last_day_of(row.unit, day))]:
        if parents[0] in line:
            break
        line.append(parents[0])
    return line[1:]


def edge_of(row: Placement) -> Edge:
    return Edge(row.unit_id, row.parent_id, row.span)


_BELOW = """
WITH RECURSIVE below(unit_id, starts_on, ends_before) AS (
    SELECT CAST(id AS bigint), {low}, {high} FROM units_unit WHERE id IN ({tops})
    UNION
    SELECT p.unit_id,
           CASE WHEN p.starts_on IS NULL OR p.starts_on < b.starts_on THEN b.starts_on ELSE p.starts_on END,
           CASE WHEN p.ends_before IS NULL OR p.ends_before > b.ends_before THEN b.ends_before ELSE p.ends_before END
    FROM units_placement p JOIN below b ON p.parent_id = b.unit_id
    WHERE p.line = 'managing' AND p.superseded_at IS NULL
      AND (p.starts_on IS NULL OR p.starts_on < b.ends_before)
      AND (p.ends_before IS NULL OR p.ends_before > b.starts_on)
)
"""
_LOW, _HIGH = date(1, 1, 1), date(9999, 12, 31)


def _below_sql(tops: int = 1) -> str:
    cast = "DATE '{}'" if connection.vendor == "postgresql" else "'{}'"
    return _BELOW.format(low=cast.format(_LOW), high=cast.format(_HIGH), tops=", ".join(["%s"] * tops) or "NULL")


def ever_below(*units: Unit) -> RawSQL:
    """The ids of the units and of all that ever stood below them, as a sub-query."""
    sql = _below_sql(len(units)) + "SELECT unit_id FROM below"  # noqa: S608 - no text of a user in it
    return RawSQL(sql, [unit.pk for unit in units])  # noqa: S611


def edges_of(units: Any) -> dict[int, list[Edge]]:
    """The known edges of the units (a sub-query of their ids), by unit."""
    return edges_by_unit(edge_of(row) for row in edges_known().filter(unit__in=units))


def units_below_on(unit: Unit, day: date) -> QuerySet[Unit]:
    """The units below on that day, all levels, the unit itself not among them."""
    sql = _below_sql() + "SELECT unit_id FROM below WHERE starts_on <= %s AND ends_before > %s"  # noqa: S608 - as above
    bound = connection.ops.adapt_datefield_value(day)
    ids = RawSQL(sql, [unit.pk, bound, bound])  # noqa: S611
    return Unit.objects.filter(pk__in=ids).filter(alive_on(day)).exclude(pk=unit.pk)


def search_units(text: str, on: date, among: QuerySet[Unit] | None = None) -> QuerySet[Unit]:
    """Units whose name holds every word, in any order, with or without accents."""
    named = UnitName.objects.filter(superseded_at__isnull=True)
    for word in fold(text).split()[:8]:
        named = named.filter(folded__contains=word)
    units = Unit.objects.all() if among is None else among
    return units.filter(pk__in=named.values("unit"))


def names_of(unit_ids: Iterable[int], on: date) -> dict[int, UnitCard]:
    """Cards by id, in one statement."""
    return {each.id: each for each in cards(Unit.objects.filter(pk__in=list(unit_ids)), on)}


def days_of_change(among: Any, until: date, most: int) -> list[date]:
    """The last days on which units came under another or others went on with them, latest first.

    `among` is a sub-query of units, or None for all.
    """
    moved = (
        edges_known()
        .filter(starts_on__lte=until, unit__placements__ends_before=F("starts_on"))
        .filter(unit__placements__superseded_at__isnull=True, unit__placements__line=MANAGING)
    )
    went_on = Succession.objects.filter(superseded_at__isnull=True, day__lte=until)
    if among is not None:
        moved, went_on = moved.filter(unit__in=among), went_on.filter(unit__in=among)
    found = {*_latest(moved, "starts_on", most), *_latest(went_on, "day", most)}
    return sorted(found, reverse=True)[:most]


def _latest(rows: QuerySet, field: str, most: int) -> list[date]:
    return list(rows.order_by(F(field).desc()).values_list(field, flat=True).distinct()[:most])
