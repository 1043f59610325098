"""The period that an address asks for, as people type it."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from nhiemky.figures.queries import Asked
from nhiemky.foundation.refusals import Refusal
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import partial
from nhiemky.units.models import Unit
from nhiemky.units.queries import periods_of
from nhiemky.web.dates import parse_partial


def asked_of(request: HttpRequest, unit: Unit, today: date) -> Asked:
    """The period of the address; a Refusal when it cannot be one."""
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
