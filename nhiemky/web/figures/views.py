"""The page of a figure, its panel, and its list as an Excel file."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents.sheets import write_workbook
from nhiemky.figures.queries import Asked, open_figure
from nhiemky.figures.queries.board import figure_of
from nhiemky.foundation.refusals import Refusal
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import partial
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of, periods_of
from nhiemky.web import access
from nhiemky.web.dates import parse_partial
from nhiemky.web.figures.page import figure_context, targets_of
from nhiemky.web.figures.sheet import sheet_of, targets_sheet
from nhiemky.web.figures.targets import Scope
from nhiemky.web.files import attachment


@access.signed_in
@require_safe
def figure(request: HttpRequest, indicator: str, code: str) -> HttpResponse:
    unit, definition = access.unit_and_indicator(request, code, indicator)
    today, faults = access.today(), []
    typed = {"tu": request.GET.get("tu", "").strip(), "den": request.GET.get("den", "").strip()}
    try:
        asked = _asked(request, unit, today)
    except Refusal as refusal:
        faults, asked = list(refusal.sentences), _latest(unit, today)
    context = figure_context(unit, definition, asked, today, access.units_to_read(request))
    context |= {"typed": typed if faults else _as_typed(asked.period), "faults": faults}
    template = "web/figures/_panel.html" if access.is_fragment(request) else "web/figures/figure.html"
    response = render(request, template, context, status=422 if faults else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


@access.signed_in
@require_safe
def export(request: HttpRequest, indicator: str, code: str) -> HttpResponse:
    unit, definition = access.unit_and_indicator(request, code, indicator)
    today = access.today()
    asked = _asked(request, unit, today)
    found, material = figure_of(definition.code, unit, asked, today)
    here = card(unit, last_day_of(unit, asked.as_of))
    targets = targets_of(found, Scope(unit.code, here.short, 0), today, material)
    own = [targets_sheet(found, targets, here.name)] if targets else []
    data = write_workbook(own or [sheet_of(open_figure(found, material), here.name)])
    return attachment(data, "xlsx", f"so-lieu-{definition.code}-{unit.code}")


def _asked(request: HttpRequest, unit: Unit, today: date) -> Asked:
    """The period of the address; a Refusal when it cannot be one."""
    first, last = request.GET.get("tu", "").strip(), request.GET.get("den", "").strip()
    if not first and not last:
        return _latest(unit, today)
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


def _latest(unit: Unit, today: date) -> Asked:
    """The unit's latest period, else this year."""
    periods = periods_of(unit)
    span = periods[0].span if periods else Span(date(today.year, 1, 1), date(today.year + 1, 1, 1))
    return Asked(span, min(span.last_day, today))


def _as_typed(span: Span) -> dict[str, str]:
    return {
        "tu": partial(span.start) if span.start else "",
        "den": partial(span.end) if span.end else "",
    }
