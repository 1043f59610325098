"""Reads of the ledger: living entries and statements as the rules see them, and the history of a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db.models import F, Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL

from nhiemky.ledger import kinds
from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, Row, Statement
from nhiemky.rules.indicators import Count, Coverage, Fact, StockFact
from nhiemky.rules.quantities import Comparator, Quantity
from nhiemky.rules.timeline import Edge, Precision, Span, line_on
from nhiemky.units.models import Unit
from nhiemky.units.queries import ever_below

R = TypeVar("R", bound=Row)


def living(rows: QuerySet[R]) -> QuerySet[R]:
    """The latest row of each chain of corrections; cancelled chains have none."""
    return rows.filter(replaced_by__isnull=True, cancels=False)


def entries_overlapping(units: Sequence[Unit], period: Span) -> QuerySet[Entry]:
    """Living entries of the units and of all that ever stood below them, whose span touches the period."""
    within = Q(ends_before__isnull=True) | Q(ends_before__gt=period.starts_on) if period.starts_on else Q()
    if period.ends_before:
        within &= Q(starts_on__isnull=True) | Q(starts_on__lt=period.ends_before)
    return living(Entry.objects.filter(unit__in=ever_below(*units)).filter(within))


_COLUMNS = (
    "pk", "code", "unit", "kind", "coverage", "details",
    "starts_on", "start_precision", "ends_before", "end_precision", "unit__ends_before", "source", "first",
)  # fmt: skip


def facts_under(units: Sequence[Unit], period: Span, edges: Mapping[int, Sequence[Edge]]) -> list[Fact]:
    """The living entries of the units and of all that ever stood below them that touch the period, as rules see them.

    Each stands on the line of the tree as it was on the entry's last day, or on its unit's last living day. Read as
    plain rows in three statements: a term of a province has tens of thousands of entries.
    """
    rows = entries_overlapping(units, period)
    counts, money = _counts_of(rows), _money_of(rows)
    lines: dict[tuple[int, date], tuple[int, ...]] = {}
    facts = []
    for row in rows.order_by("pk").values_list(*_COLUMNS):
        pk, code, owner, kind, coverage, details, start, start_as, end, end_as, last, source, first = row
        span = Span(start, end, Precision(start_as), Precision(end_as))
        day = min(span.last_day, Span(None, last).last_day)
        if (owner, day) not in lines:
            lines[owner, day] = line_on(edges, owner, day)
        counted = tuple(counts.get(pk, ()))
        facts.append(
            Fact(
                code=code,
                unit=owner,
                line=lines[owner, day],
                kind=kind,
                span=span,
                order=first or pk,
                counts=counted,
                money=tuple(money.get(pk, ())),
                details=details,
                coverage=Coverage(coverage),
                source=source,
                money_word=money_word(kind, [count.word for count in counted]),
            )
        )
    return facts


def money_word(kind: str, words: Sequence[str]) -> str:
    """The count word beside which an entry's money stands: the kind's first that it carries, else the kind's first."""
    found = kinds.kinds().get(kind)
    known = found.words if found else ()
    return next((word for word in known if word in words), known[0] if known else "")


def _counts_of(rows: QuerySet[Entry]) -> dict[int, list[Count]]:
    found: dict[int, list[Count]] = {}
    plain = EntryCount.objects.filter(entry__in=rows.values("pk")).order_by("pk")
    columns = ("entry", "word", "value", "comparator", "text", "out_of")
    for entry, word, value, comparator, text, out_of in plain.values_list(*columns):
        found.setdefault(entry, []).append(Count(word, _quantity(value, comparator, text), out_of))
    return found


def _money_of(rows: QuerySet[Entry]) -> dict[int, list[Quantity]]:
    found: dict[int, list[Quantity]] = {}
    plain = EntryMoney.objects.filter(entry__in=rows.values("pk")).order_by("pk")
    for entry, value, comparator, text in plain.values_list("entry", "value", "comparator", "text"):
        found.setdefault(entry, []).append(_quantity(value, comparator, text))
    return found


def _quantity(value: int | None, comparator: str, text: str) -> Quantity:
    return Quantity(value, Comparator(comparator), text)


def entries_coded(codes: Sequence[str]) -> list[Entry]:
    """The entries with these codes, with their numbers, unit and source."""
    ordered = (
        Prefetch("counts", EntryCount.objects.order_by("pk")),
        Prefetch("money", EntryMoney.objects.order_by("pk")),
    )
    return _coded(Entry.objects.select_related("unit", "source").prefetch_related(*ordered), codes)


def statements_coded(codes: Sequence[str]) -> list[Statement]:
    """The statements with these codes, with their unit and source."""
    return _coded(Statement.objects.select_related("unit", "source"), codes)


def _coded(rows: QuerySet[R], codes: Sequence[str]) -> list[R]:
    # a database takes only so many parameters in one statement
    parts = (codes[start : start + 10_000] for start in range(0, len(codes), 10_000))
    return [row for part in parts for row in rows.filter(code__in=part)]


def statements_about(
    units: Iterable[int] | QuerySet | RawSQL, subjects: Iterable[str] | None = None
) -> QuerySet[Statement]:
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
        fact = StockFact(
            row.code, row.unit_id, row.span, quantity, row.first_id or row.pk, below=row.coverage == Coverage.BELOW
        )
        found.setdefault(row.subject, {}).setdefault(row.unit_id, []).append(fact)
    return found


def history_of(row: Any) -> list[Any]:
    """The chain the row belongs to, first record first: what it replaced, and what replaced it."""
    first = row.first_id or row.pk
    chain = type(row).objects.filter(Q(pk=first) | Q(first=first)).select_related("recorded_by")
    return list(chain.order_by("pk"))


def last_rows(rows: QuerySet[R], unit: Unit) -> QuerySet[R]:
    """The last row of each chain of the unit, cancelled ones among them, latest work first."""
    found = rows.filter(unit=unit, replaced_by__isnull=True).select_related("source", "replaces")
    return found.order_by(F("ends_before").desc(nulls_first=True), "-pk")
