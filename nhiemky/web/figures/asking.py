"""The period and the tree that an address asks for, as people type them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from nhiemky.figures.queries import Asked
from nhiemky.foundation.refusals import Refusal
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import parse_day, partial
from nhiemky.units.models import Unit
from nhiemky.units.queries import periods_of
from nhiemky.web import access
from nhiemky.web.dates import parse_partial
from nhiemky.web.figures.links import TREE

LONGEST = 40


@dataclass(frozen=True)
class Told:
    """What an address asks for, with sentences on what in it cannot be: then something near it is shown."""

    asked: Asked
    of_period: tuple[str, ...] = ()
    of_tree: tuple[str, ...] = ()


def asked_of(request: HttpRequest, unit: Unit, today: date) -> Asked:
    """The period and the tree of the address; a Refusal when they cannot be."""
    asked = _period_of(request, unit, today)
    return replace(asked, boundaries=tree_of(request, unit, asked))


def told_of(request: HttpRequest, unit: Unit, today: date) -> Told:
    """The same for a page, which shows the latest period, or the tree as it was, in the place of what cannot be."""
    of_period: tuple[str, ...] = ()
    try:
        asked = _period_of(request, unit, today)
    except Refusal as refusal:
        of_period, asked = tuple(refusal.sentences), latest_of(unit, today)
    try:
        return Told(replace(asked, boundaries=tree_of(request, unit, asked)), of_period)
    except Refusal as refusal:
        return Told(asked, of_period, tuple(refusal.sentences))


def tree_of(request: HttpRequest, unit: Unit, asked: Asked) -> date | None:
    """The day whose tree the address or the form asks for; None for the tree as it was then."""
    text = typed_tree(request)
    if not text:
        return None
    try:
        day = parse_day(text)
    except ValueError:
        raise Refusal(
            _("Ngày của cây tổ chức ghi “%(given)s” chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 1/7/2025.")
            % {"given": text[:LONGEST]}
        ) from None
    access.tree_to_read(request, unit, day, asked)
    return day


def typed_tree(request: HttpRequest) -> str:
    return (request.POST if request.method == "POST" else request.GET).get(TREE, "").strip()


def _period_of(request: HttpRequest, unit: Unit, today: date) -> Asked:
    first, last = request.GET.get("tu", "").strip(), request.GET.get("den", "").strip()
    if not first and not last:
        return latest_of(unit, today)
    try:
        span = Span.between(parse_partial(first) if first else None, parse_partial(last) if last else None)
        day = date.fromisoformat(request.GET["ngay"]) if request.GET.get("ngay") else min(span.last_day, today)
    except ValueError:
        raise Refusal(
            _(
                "Kỳ từ “%(first)s” đến “%(last)s” chưa đúng. Hãy ghi ngày, tháng hoặc năm, ví dụ 12/6/2023, 6/2023, 2023."
            )
            % {"first": first, "last": last}
        ) from None
    return Asked(span, day)


def latest_of(unit: Unit, today: date) -> Asked:
    """The unit's running term, else its latest period, else this year."""
    periods = sorted(periods_of(unit), key=lambda period: not (period.term and period.span.holds(today)))
    span = periods[0].span if periods else Span(date(today.year, 1, 1), date(today.year + 1, 1, 1))
    return Asked(span, min(span.last_day, today))


def as_typed(span: Span) -> dict[str, str]:
    """The two ends as one would type them."""
    return {
        "tu": partial(span.start) if span.start else "",
        "den": partial(span.end) if span.end else "",
    }
