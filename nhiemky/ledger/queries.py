"""Reads of the ledger: living entries and statements as the rules see them, and the history of a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Count as Tally
from django.db.models import F, Max, Prefetch, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from nhiemky.ledger import kinds
from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, EntryPerson, Evidence, Row, Statement
from nhiemky.members.models import Person
from nhiemky.members.queries import cluster_of
from nhiemky.rules.indicators import Count, Coverage, Fact, StockFact
from nhiemky.rules.quantities import Comparator, Quantity, Total
from nhiemky.rules.timeline import Precision, Span
from nhiemky.units.history import Lines
from nhiemky.units.models import Unit

R = TypeVar("R", bound=Row)


def living(rows: QuerySet[R]) -> QuerySet[R]:
    """The latest row of each chain of corrections; cancelled chains have none."""
    return rows.filter(replaced_by__isnull=True, cancels=False)


def entries_overlapping(units: Any, period: Span) -> QuerySet[Entry]:
    """Living entries of the units (ids, or a sub-query of them) whose span touches the period."""
    within = Q(ends_before__isnull=True) | Q(ends_before__gt=period.starts_on) if period.starts_on else Q()
    if period.ends_before:
        within &= Q(starts_on__isnull=True) | Q(starts_on__lt=period.ends_before)
    return living(Entry.objects.filter(unit__in=units).filter(within))


_COLUMNS = (
    "pk", "code", "unit", "kind", "coverage", "details",
    "starts_on", "start_precision", "ends_before", "end_precision", "unit__ends_before", "source", "first",
)  # fmt: skip


def facts_under(units: Any, period: Span, lines: Lines) -> list[Fact]:
    """The living entries of the units that touch the period, as rules see them.

    Each stands on the line of the tree as it was on the entry's last day, or on its unit's last living day. Read as
    plain rows in four statements: a term of a province has tens of thousands of entries.
    """
    rows = entries_overlapping(units, period)
    counts, money, people = _counts_of(rows), _money_of(rows), _people_of(rows)
    beside: dict[tuple[str, tuple[str, ...]], str] = {}
    facts = []
    for row in rows.order_by("pk").values_list(*_COLUMNS):
        pk, code, owner, kind, coverage, details, start, start_as, end, end_as, last, source, first = row
        span = Span(start, end, Precision(start_as), Precision(end_as))
        line, stood = lines.of(owner, min(span.last_day, Span(None, last).last_day))
        counted = tuple(counts.get(pk, ()))
        spoken = (kind, tuple(count.word for count in counted))
        if spoken not in beside:
            beside[spoken] = money_word(*spoken)
        facts.append(
            Fact(
                code=code,
                unit=owner,
                line=line,
                stood=stood,
                kind=kind,
                span=span,
                order=first or pk,
                counts=counted,
                money=tuple(money.get(pk, ())),
                details=details,
                coverage=Coverage(coverage),
                source=source,
                money_word=beside[spoken],
                people=tuple(people.get(pk, ())),
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


def _people_of(rows: QuerySet[Entry]) -> dict[int, list[int]]:
    """The persons of the register whom entries name, each under the one record that stands for them."""
    found: dict[int, list[int]] = {}
    plain = EntryPerson.objects.filter(entry__in=rows.values("pk"), person__isnull=False).order_by("pk")
    for entry, person in plain.values_list("entry", Coalesce("person__same_as", "person")):
        found.setdefault(entry, []).append(person)
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


def first_coded(codes: Sequence[str], most: int) -> list[str]:
    """Of the entries with these codes the first in the order of time, without reading the rest of them."""
    parts = (codes[start : start + 10_000] for start in range(0, len(codes), 10_000))
    found = [
        (start or date.min, pk, code)
        for part in parts
        for start, pk, code in Entry.objects.filter(code__in=part).values_list("starts_on", "pk", "code")
    ]
    return [code for _, _, code in sorted(found)[:most]]


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


def entries_naming(roots: Sequence[int]) -> int:
    """How many living entries name one of these persons, under whichever record."""
    named = Q(people__person__in=roots) | Q(people__person__same_as__in=roots)
    return living(Entry.objects.filter(named)).distinct().count()


def history_of(row: Any) -> list[Any]:
    """The chain the row belongs to, first record first: what it replaced, and what replaced it."""
    first = row.first_id or row.pk
    chain = type(row).objects.filter(Q(pk=first) | Q(first=first)).select_related("recorded_by")
    return list(chain.order_by("pk"))


def chain_of(entry: Entry) -> QuerySet[Entry]:
    """All rows of the entry's chain of corrections."""
    first = entry.first_id or entry.pk
    return Entry.objects.filter(Q(pk=first) | Q(first=first))


def evidence_of(entry: Entry) -> QuerySet[Evidence]:
    """The files of the entry and of the rows it replaced, first handed in first."""
    return Evidence.objects.filter(entry__in=chain_of(entry)).select_related("recorded_by", "entry").order_by("pk")


def kinds_recorded(unit: Unit, since: date) -> list[str]:
    """The kinds of work the unit recorded, most often since that day first, then the latest recorded."""
    rows = Entry.objects.filter(unit=unit, cancels=False).values("kind")
    counted = rows.annotate(lately=Tally("pk", filter=Q(starts_on__gte=since)), last=Max("pk"))
    return [row["kind"] for row in counted.order_by("-lately", "-last")]


def last_rows(rows: QuerySet[R], unit: Unit) -> QuerySet[R]:
    """The last row of each chain of the unit, cancelled ones among them, latest work first."""
    found = rows.filter(unit=unit, replaced_by__isnull=True).select_related("source", "replaces")
    return found.order_by(F("ends_before").desc(nulls_first=True), "-pk")


# --- the list of a unit's work ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sums:
    """How many pieces of work, and what they add up to."""

    entries: int
    counts: dict[str, Total]
    money: Total


def after(rows: QuerySet[Entry], place: str) -> QuerySet[Entry]:
    """The rows of `last_rows` behind a place `2024-05-02_31` (end and key of the row before); all for no place."""
    day, _line, key = place.partition("_")
    try:
        ends, pk = date.fromisoformat(day), int(key)
    except ValueError:
        return rows
    return rows.filter(Q(ends_before__lt=ends) | Q(ends_before=ends, pk__lt=pk))


def sums_of(rows: QuerySet[Entry]) -> Sums:
    """Of pieces of work that count: neither cancelled nor totals, which hold other work."""
    acts = rows.filter(cancels=False, coverage=Coverage.ACT).order_by()
    inside = acts.values("pk")
    counts: dict[str, Total] = {}
    grouped = EntryCount.objects.filter(entry__in=inside, value__isnull=False).values("word", "comparator")
    for row in grouped.annotate(sum=Sum("value")).order_by("word"):
        counts[row["word"]] = counts.get(row["word"], Total()) + Total(int(row["sum"]), Comparator(row["comparator"]))
    money = Total()
    paid = EntryMoney.objects.filter(entry__in=inside, value__isnull=False).values("comparator")
    for part in paid.annotate(sum=Sum("value")).order_by():
        money += Total(int(part["sum"]), Comparator(part["comparator"]))
    return Sums(acts.count(), counts, money)


def texts_of(rows: QuerySet[Entry]) -> Iterator[tuple[int, str, str, list[str]]]:
    """Key, kind, note and partners of each row: what a search looks into."""
    yield from rows.order_by("-pk").values_list("pk", "kind", "note", "partners").iterator(2000)


def years_recorded(unit: Unit) -> list[int]:
    """The years in which the unit's work began, latest first."""
    return [day.year for day in Entry.objects.filter(unit=unit).dates("starts_on", "year", order="DESC")]


def latest_statements(unit: Unit) -> dict[str, Statement]:
    """subject -> what the unit stated of it last."""
    rows = living(Statement.objects.filter(unit=unit)).order_by(F("ends_before").asc(nulls_first=True), "pk")
    return {row.subject: row for row in rows}


def entries_that_name(person: Person, units: Iterable[int]) -> QuerySet[Entry]:
    """Living entries of these units that were for the person, under whichever of their records, latest first."""
    named = EntryPerson.objects.filter(person__in=cluster_of(person)).values("entry")
    rows = living(Entry.objects.filter(pk__in=named, unit__in=list(units))).select_related("source", "replaces")
    return rows.prefetch_related("counts", "money", "replaces__counts", "replaces__money").order_by("-starts_on", "-pk")
