"""The page of a figure, its panel, and its list as an Excel file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from nhiemky.documents.sheets import write_workbook
from nhiemky.figures.queries import open_figure
from nhiemky.figures.queries.board import figure_of
from nhiemky.foundation.refusals import Refusal
from nhiemky.units.queries import card, last_day_of
from nhiemky.web import access
from nhiemky.web.figures.asking import as_typed, asked_of, latest_of
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
        asked = asked_of(request, unit, today)
    except Refusal as refusal:
        faults, asked = list(refusal.sentences), latest_of(unit, today)
    context = figure_context(unit, definition, asked, today, access.units_to_read(request))
    context |= {"typed": typed if faults else as_typed(asked.period), "faults": faults}
    template = "web/figures/_panel.html" if access.is_fragment(request) else "web/figures/figure.html"
    response = render(request, template, context, status=422 if faults else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


@access.signed_in
@require_safe
def export(request: HttpRequest, indicator: str, code: str) -> HttpResponse:
    unit, definition = access.unit_and_indicator(request, code, indicator)
    today = access.today()
    asked = asked_of(request, unit, today)
    found, material = figure_of(definition.code, unit, asked, today)
    here = card(unit, last_day_of(unit, asked.as_of))
    targets = targets_of(found, Scope(unit.code, here.short, 0), today, material)
    own = [targets_sheet(found, targets, here.name)] if targets else []
    opened = open_figure(found, material)
    codes = {row.unit_code for row in (*opened.people, *opened.counted, *opened.beside) if row.person}
    readable = set(access.units_to_read(request).filter(code__in=codes).values_list("code", flat=True))
    data = write_workbook(own or [sheet_of(opened, here.name, readable)])
    return attachment(data, "xlsx", f"so-lieu-{definition.code}-{unit.code}")
