"""Dues of a member as a page shows them: what was to be paid, how that was reckoned, what is owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext as _

from nhiemky.members.models import Dues, Membership
from nhiemky.members.standings import Reckoned, months_in, reckoned
from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.rules.vietnamese import money, partial, percent
from nhiemky.rules.vietnamese import span as written

FREE = ("exempt", "paused")


@dataclass(frozen=True)
class DuesShown:
    """A row of dues: `owed` is None where it cannot be known without a wage."""

    months: str
    state: str
    owes: bool
    due: str
    paid: str
    owed: int | None
    owed_text: str
    how: tuple[str, ...]


@dataclass(frozen=True)
class DuesOfMember:
    """All rows, what is owed over them, and the months of this year of which nothing is said.

    Without a wage it is `unknown` how much is owed, or one is `unsure` whether what was paid is all."""

    rows: tuple[DuesShown, ...]
    owed: str
    unknown: bool
    unsure: bool
    missing: tuple[str, ...]
    sources: tuple[str, ...]


def dues_shown(rows: Sequence[Dues], home: Membership | None, labels: Mapping[str, str], today: date) -> DuesOfMember:
    """The dues of a member, newest first; `home` is the membership that runs."""
    shown = [_shown(row, labels) for row in rows]
    owed = sum(each.owed or 0 for each in shown)
    used = [each for row in rows if row.wage is not None and row.state not in FREE for each in _months(row)]
    unsure = {each.source for each in used if not each.checked}
    sources = [
        _("%(source)s (mức tối đa theo lương cơ sở chưa đối chiếu văn bản gốc)") % {"source": each}
        if each in unsure
        else each
        for each in dict.fromkeys(each.source for each in used)
    ]
    return DuesOfMember(
        tuple(shown), money(owed) if owed else "", any(each.owed is None and each.owes for each in shown),
        any(each.owed is None and not each.owes for each in shown),
        tuple(_missing(rows, home, today)) if home else (), tuple(sources),
    )  # fmt: skip


def _shown(row: Dues, labels: Mapping[str, str]) -> DuesShown:
    free = row.state in FREE
    months = [] if row.wage is None or free else _months(row)
    due = sum(each.due for each in months) if months else None
    owed: int | None = 0
    if row.state == "owed":
        owed = due
    elif row.paid is not None:
        owed = None if due is None else max(0, due - row.paid)
    return DuesShown(
        months=written(row.span),
        state=_("đóng thiếu") if row.state == "paid" and owed else labels.get(row.state, row.state),
        # paid in full as far as anybody knows: what is not reckoned is told apart, and is no debt
        owes=row.state == "owed" or bool(owed),
        due=money(due) if due is not None else "",
        paid="" if row.paid is None else money(row.paid),
        owed=owed,
        owed_text=money(owed) if owed else "",
        how=tuple(_how(row.wage or 0, months)),
    )


def _months(row: Dues) -> list[Reckoned]:
    return [reckoned(row.wage or 0, month) for month in months_in(row.span)]


def _how(wage: int, months: Iterable[Reckoned]) -> Iterable[str]:
    """'0,5% × 8 triệu đồng = 40.000 đồng một tháng (07/2025 – 12/2025)', a line for each rate."""
    for (per_mille, due, capped, cap), group in groupby(
        months, key=lambda each: (each.per_mille, each.due, each.capped, each.cap)
    ):
        same = [each.month for each in group]
        given = {
            "rate": percent(Decimal(per_mille) / 10), "wage": money(wage), "due": money(due),
            "months": _between(same), "cap": money(cap),
        }  # fmt: skip
        if capped:
            yield _("%(rate)s × %(wage)s vượt mức tối đa, nên %(cap)s một tháng (%(months)s)") % given
        else:
            yield _("%(rate)s × %(wage)s = %(due)s một tháng (%(months)s)") % given


def _between(months: Sequence[date]) -> str:
    first, last = (partial(PartialDate(each, Precision.MONTH)) for each in (months[0], months[-1]))
    return first if first == last else f"{first} – {last}"


def _missing(rows: Sequence[Dues], home: Membership, today: date) -> Iterable[str]:
    """The months of this year of the membership, up to this one, of which nothing was said."""
    begun = max(date(today.year, 1, 1), home.starts_on or date.min).replace(day=1)
    asked = months_in(Span(begun, date(today.year, today.month, 2)))
    silent = [month for month in asked if not any(row.span.holds(month) for row in rows)]
    for _key, group in groupby(enumerate(silent), key=lambda each: each[1].month - each[0]):
        yield _between([month for _at, month in group])


def said_of_months(row: Dues, labels: Mapping[str, str]) -> str:
    """'đã đóng 07/2025 – 12/2025'."""
    return f"{labels.get(row.state, row.state)} {written(row.span)}"
