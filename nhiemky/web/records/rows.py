"""Entries and statements as one line of a list, and their numbers in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.figures import wording
from nhiemky.ledger import kinds
from nhiemky.ledger.models import Entry, Row, Statement
from nhiemky.ledger.queries import last_rows
from nhiemky.rules import vietnamese
from nhiemky.rules.indicators import Coverage
from nhiemky.units.models import Unit


@dataclass(frozen=True)
class RecordShown:
    """A line of the list."""

    href: str
    what: str
    numbers: str
    money: str
    when: str
    source: str
    marks: tuple[str, ...]
    cancelled: bool


def entries_of(unit: Unit) -> QuerySet[Entry]:
    return last_rows(Entry.objects.all(), unit).prefetch_related(
        "counts", "money", "replaces__counts", "replaces__money"
    )


def statements_of(unit: Unit) -> QuerySet[Statement]:
    return last_rows(Statement.objects.all(), unit)


def numbers_of(row: Row) -> str:
    """'52/52 trường; 3 bản'; of a cancellation, what was cancelled."""
    shown = row.replaces if row.cancels and row.replaces else row
    if isinstance(shown, Statement):
        return wording.statement_text(shown)
    assert isinstance(shown, Entry)
    return "; ".join(wording.count_text(each) for each in shown.counts.all())


def money_of(row: Row) -> str:
    shown = row.replaces if row.cancels and row.replaces else row
    return "; ".join(wording.money_row_text(each) for each in shown.money.all()) if isinstance(shown, Entry) else ""


def what_of(row: Row) -> str:
    """The kind of work, or the subject of a statement, in words."""
    if isinstance(row, Entry):
        found = kinds.kinds().get(row.kind)
        return found.label if found else row.kind
    assert isinstance(row, Statement)
    subject = kinds.subjects().get(row.subject)
    return subject.label if subject else row.subject


def href_of(row: Row) -> str:
    return reverse("web.records.entry" if isinstance(row, Entry) else "web.records.statement", args=[row.code])


def marks_of(row: Entry | Statement) -> tuple[str, ...]:
    marks = [_("đã hủy")] if row.cancels else [_("đã sửa")] if row.replaces_id else []
    totals = (Coverage.OWN, Coverage.BELOW) if isinstance(row, Entry) else (Coverage.BELOW,)
    return tuple(marks + ([_("số tổng đã công bố")] if row.coverage in totals else []))


def shown(row: Entry | Statement) -> RecordShown:
    return RecordShown(
        href=href_of(row),
        what=what_of(row),
        numbers=numbers_of(row),
        money=money_of(row),
        when=vietnamese.span(row.span),
        source=row.source.title if row.source else "",
        marks=marks_of(row),
        cancelled=row.cancels,
    )
