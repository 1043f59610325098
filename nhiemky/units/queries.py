"""Reads of the tree over time: who stands where on a day, what a unit was called, its terms and periods."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from nhiemky.foundation import catalogue
from nhiemky.foundation.models import OneTimeLink, User
from nhiemky.foundation.queries import COMMAND_LINE
from nhiemky.foundation.roles import Right, Role
from nhiemky.rules.timeline import Edge, Precision, Span, edges_by_unit
from nhiemky.rules.vietnamese import fold
from nhiemky.rules.vietnamese import span as written
from nhiemky.units.models import MANAGING, Grant, Placement, Term, Unit, UnitKind, UnitName


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
    """The day, or the unit's last living day where that came before it."""
    return min(day, unit.span.last_day)


def ancestors_on(unit: Unit, day: date) -> list[int]:
    """The unit's ancestors on that day, nearest first.

    From a unit that has ended one climbs to its last parent, and from there on by the tree of the day.
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


@dataclass(frozen=True)
class Period:
    """What a report is asked for: a span with a name; `term` is set when it is a term of office."""

    key: str
    label: str
    span: Span
    kind: str
    term: Term | None = None

    @property
    def title(self) -> str:
        """'nhiệm kỳ 2018–2023', 'năm học 2022–2023', 'giai đoạn 2015–2020', 'năm 2024'."""
        prefix = {"term": "Nhiệm kỳ ", "five_years": "Giai đoạn ", "year": "Năm "}.get(self.kind, "")
        return self.label if self.label.lower().startswith(prefix.lower().strip() or " ") else prefix + self.label


def periods_of(unit: Unit) -> list[Period]:
    """The unit's terms and named periods, latest first."""
    found = [Period(key_of(term.label), term.label, term.whole, "term", term) for term in terms_of(unit)]
    found += [
        Period(key_of(row.label), row.label, row.span, row.kind)
        for row in unit.named_periods.all()
        if not row.superseded_at
    ]
    return sorted(found, key=lambda period: (period.span.starts_on or date.min, period.key), reverse=True)


def terms_of(unit: Unit) -> list[Term]:
    """The unit's terms as we know them today."""
    return [term for term in unit.terms.all() if not term.superseded_at]


def term_known(unit: Unit, term: Term | None) -> Term | None:
    """The term as we know it today: a row that points at a term may have been written before that closed."""
    if term is None or not term.superseded_at:
        return term
    later = {each.replaces_id: each for each in unit.terms.all() if each.replaces_id}
    while term.superseded_at and term.pk in later:
        term = later[term.pk]
    return term


def rows_of(term: Term | None) -> list[int]:
    """The ids of the term's row and of every row that it replaced: what was written earlier points at those."""
    if term is None or not term.replaces_id:
        return [term.pk] if term else []
    before = dict(Term.objects.filter(unit=term.unit_id).values_list("pk", "replaces_id"))
    found = [term.pk]
    while earlier := before[found[-1]]:
        found.append(earlier)
    return found


def key_of(label: str) -> str:
    """The label as part of an address: '2018-2023', 'nam-hoc-2022-2023'."""
    return re.sub(r"[^a-z0-9]+", "-", fold(label)).strip("-")


def period_named(unit: Unit, text: str) -> Period | None:
    """A term or named period by its label or key ('2018-2023'), a year ('2024'), or a span ('2024-01..2024-06')."""
    wanted = key_of(text)
    for period in periods_of(unit):
        if wanted in (period.key, period.key.removeprefix("nam-hoc-")):
            return period
    if former := _named_before(unit, wanted):
        return former
    try:
        span = Span.parse(text)
    except ValueError:
        return None
    if span.starts_on is None or span.ends_before is None:
        return None
    is_year = ".." not in text and span.start_precision is Precision.YEAR
    return Period(span.isoformat(), text if is_year else written(span), span, "year" if is_year else "span")


def _named_before(unit: Unit, key: str) -> Period | None:
    """The period that was called so until its label was corrected: addresses and documents keep the old one."""
    terms = {row.pk: term_known(unit, row) for row in unit.terms.all() if key_of(row.label) == key}
    labels = {term.label for term in terms.values() if term}
    periods = {row.recorded_at: row for row in unit.named_periods.all()}
    for row in [each for each in periods.values() if key_of(each.label) == key]:
        while row.superseded_at in periods:
            row = periods[row.superseded_at]
        labels.add(row.label)
    return next((each for each in periods_of(unit) if each.label in labels), None)


def next_term(unit: Unit, term: Term) -> Term | None:
    """The term that followed."""
    later = [each for each in terms_of(unit) if (each.starts_on or date.min) > (term.starts_on or date.min)]
    return min(later, key=lambda each: each.starts_on or date.min, default=None)


def grants_of(user: User, right: Right, on: date) -> list[Grant]:
    """The user's grants that carry the right on that day."""
    living = Grant.objects.filter(user=user, starts_on__lte=on).filter(
        Q(ends_before__isnull=True) | Q(ends_before__gt=on)
    )
    return [grant for grant in living.select_related("unit") if right in Role(grant.role).rights]


def reaches(user: User, right: Right, unit: Unit | None, on: date) -> bool:
    """Whether a grant of the user carries the right to the unit; None asks for the whole installation."""
    grants = grants_of(user, right, on)
    if any(grant.unit_id is None for grant in grants):
        return True
    if unit is None or not grants:
        return False
    if any(grant.unit_id == unit.pk for grant in grants):
        return True
    tops = {grant.unit_id for grant in grants if grant.below}
    return bool(tops and tops & set(ancestors_on(unit, on)))


def may_give(user: User, unit: Unit | None, below: bool, on: date) -> bool:
    """Whether a grant at the unit, with all below it if `below`, gives no more than the user's own reach."""
    grants = grants_of(user, Right.ADMINISTER, on)
    if any(grant.unit_id is None for grant in grants):
        return True
    if unit is None:
        return False
    tops = {grant.unit_id for grant in grants if grant.below or not below}
    own = unit.pk in tops
    return own or bool({grant.unit_id for grant in grants if grant.below} & set(ancestors_on(unit, on)))


def inviter_may_give(link: OneTimeLink, unit: Unit, on: date) -> bool:
    """Whether whoever made the invitation could still make it on that day."""
    return link.made_by.is_active and may_give(link.made_by, unit, link.below, on)


def living_grants(on: date) -> QuerySet[Grant]:
    """The grants that hold on that day, of people who still sign in, the longest standing first."""
    living = Grant.objects.filter(starts_on__lte=on, user__is_active=True).exclude(user__username=COMMAND_LINE)
    return living.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=on)).select_related("user").order_by("pk")


def grants_over(unit: Unit, on: date) -> QuerySet[Grant]:
    """The grants from above that reach the unit: of the units over it with all below, and of the whole installation."""
    above = Q(unit__in=ancestors_on(unit, on), below=True) | Q(unit__isnull=True)
    return living_grants(on).filter(above)


def somebody_has_a_grant() -> bool:
    """Whether this installation has been set up: somebody else than the command line was let in."""
    return Grant.objects.exclude(user__username=COMMAND_LINE).exists()


def reaches_below(user: User, on: date) -> bool:
    """Whether the user reaches units beyond those that they have a grant at."""
    own = [grant.unit_id for grant in grants_of(user, Right.READ, on) if grant.unit_id]
    return visible_units(user, on).exclude(pk__in=own).exists()


def visible_units(user: User, on: date) -> QuerySet[Unit]:
    """The units that the user may read on that day; ended ones through their last parent."""
    grants = grants_of(user, Right.READ, on)
    if any(grant.unit_id is None for grant in grants):
        return Unit.objects.all()
    own = Q(pk__in=[grant.unit_id for grant in grants])
    tops: set[int] = set()
    for grant in grants:
        if grant.below and grant.unit:
            below = units_below_on(grant.unit, on)
            own |= Q(pk__in=below.values("pk"))
            if _anything_ended(on):
                tops |= {grant.unit.pk, *below.values_list("pk", flat=True)}
    return Unit.objects.filter(own | Q(pk__in=_ended_below(tops, on)))


def _anything_ended(on: date) -> bool:
    return Unit.objects.filter(ends_before__lte=on).exists()


def _ended_below(tops: set[int], on: date) -> set[int]:
    """The ended units whose last parent is among `tops`, and those below them."""
    ended = edges_known().filter(
        unit__ends_before__lte=on, unit__ends_before__gt=F("starts_on")
    ) | edges_known().filter(unit__ends_before__lte=on, starts_on__isnull=True)
    last = ended.filter(Q(ends_before__isnull=True) | Q(ends_before__gte=F("unit__ends_before")))
    pairs = set(last.values_list("unit", "parent")) if tops else set()
    found: set[int] = set()
    while more := {unit for unit, parent in pairs if parent in tops | found} - found:
        found |= more
    return found


def names_of(unit_ids: Iterable[int], on: date) -> dict[int, UnitCard]:
    """Cards by id, in one statement."""
    return {each.id: each for each in cards(Unit.objects.filter(pk__in=list(unit_ids)), on)}
