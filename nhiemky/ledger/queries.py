"""Reads of the ledger: living entries and statements as the rules see them, and the history of a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from django.db.models import Prefetch, Q, QuerySet

from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, Row, Statement
from nhiemky.rules.indicators import Count, Coverage, Fact, StockFact
from nhiemky.rules.quantities import Comparator, Quantity
from nhiemky.rules.timeline import Edge, Span, line_on
from nhiemky.units.models import Unit
from nhiemky.units.queries import edges_below, ever_below

R = TypeVar("R", bound=Row)


def living(rows: QuerySet[R]) -> QuerySet[R]:
    """The latest row of each chain of corrections; cancelled chains have none."""
    return rows.filter(replaced_by__isnull=True, cancels=False)


def entries_overlapping(unit: Unit, period: Span) -> QuerySet[Entry]:
    """Living entries of the unit and of all that ever stood below it, whose span touches the period."""
    within = Q(ends_before__isnull=True) | Q(ends_before__gt=period.starts_on) if period.starts_on else Q()
    if period.ends_before:
        within &= Q(starts_on__isnull=True) | Q(starts_on__lt=period.ends_before)
    return living(Entry.objects.filter(unit__in=ever_below(unit)).filter(within)).prefetch_related(
        Prefetch("counts", EntryCount.objects.order_by("pk")), Prefetch("money", EntryMoney.objects.order_by("pk"))
    )


def facts_under(unit: Unit, period: Span) -> tuple[list[Fact], dict[str, Entry]]:
    """The facts that belong to the unit as the tree was at each entry's last day, and their rows by code."""
    edges = edges_below(unit)
    rows = {row.code: row for row in entries_overlapping(unit, period).select_related("unit").order_by("pk")}
    facts = [fact_of(row, edges) for row in rows.values()]
    return [fact for fact in facts if unit.pk in fact.line], rows


def fact_of(row: Entry, edges: Mapping[int, Sequence[Edge]]) -> Fact:
    """The entry as the rules see it, with its line in the tree on its last living day."""
    day = min(row.span.last_day, row.unit.span.last_day)
    return Fact(
        code=row.code,
        unit=row.unit_id,
        line=line_on(edges, row.unit_id, day),
        kind=row.kind,
        span=row.span,
        order=row.pk,
        counts=tuple(Count(each.word, quantity_of(each), each.out_of) for each in row.counts.all()),
        money=tuple(quantity_of(each) for each in row.money.all()),
        details=row.details,
        coverage=Coverage(row.coverage),
    )


def quantity_of(row: EntryCount | EntryMoney) -> Quantity:
    return Quantity(row.value, Comparator(row.comparator), row.text)


def statements_about(units: Iterable[int] | QuerySet, subjects: Iterable[str] | None = None) -> QuerySet[Statement]:
    """Living statements of these units, about these subjects or about all."""
    found = living(Statement.objects.filter(unit__in=units))
    return found if subjects is None else found.filter(subject__in=list(subjects))


def stock_facts(rows: Iterable[Statement]) -> dict[str, dict[int, list[StockFact]]]:
    """subject -> unit -> the statements of a stock as the rules see them."""
    found: dict[str, dict[int, list[StockFact]]] = {}
    for row in rows:
        if row.value is None:
            continue
        quantity = Quantity(row.value, Comparator(row.comparator))
        fact = StockFact(row.code, row.unit_id, row.span, quantity, row.pk, below=row.coverage == Coverage.BELOW)
        found.setdefault(row.subject, {}).setdefault(row.unit_id, []).append(fact)
    return found


def history_of(row: R) -> list[R]:
    """The chain the row belongs to, first record first: what it replaced, and what replaced it."""
    model = type(row)
    chain = [row]
    while chain[0].replaces_id:
        chain.insert(0, model.objects.select_related("recorded_by").get(pk=chain[0].replaces_id))
    while following := model.objects.select_related("recorded_by").filter(replaces=chain[-1]).first():
        chain.append(following)
    return chain
