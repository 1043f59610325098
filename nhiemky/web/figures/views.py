"""The page of a figure, its panel, and its list as an Excel file."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from nhiemky.documents.sheets import write_workbook
from nhiemky.figures.queries import open_figure
from nhiemky.figures.queries.board import figure_of
from nhiemky.units.queries import card, last_day_of
from nhiemky.web import access
from nhiemky.web.figures.asking import as_typed, asked_of, told_of
from nhiemky.web.figures.boundaries import switch_of
from nhiemky.web.figures.links import figure_href
from nhiemky.web.figures.page import figure_context, targets_of
from nhiemky.web.figures.sheet import sheet_of, targets_sheet
from nhiemky.web.figures.targets import Scope
from nhiemky.web.files import attachment


@access.signed_in
@require_safe
def figure(request: HttpRequest, indicator: str, code: str) -> HttpResponse:
    unit, definition = access.unit_and_indicator(request, code, indicator)
    told = told_of(request, unit, access.today())
    asked, faults = told.asked, told.of_period
    typed = {"tu": request.GET.get("tu", "").strip(), "den": request.GET.get("den", "").strip()}
    context = figure_context(unit, definition, asked, access.today(), access.units_to_read(request))
    context |= {"typed": typed if faults else as_typed(asked.period), "faults": faults}

    def elsewhere(unit_code: str, tree: date | None) -> str:
        return figure_href(definition.code, unit_code, asked.period.isoformat(), asked.as_of, tree=tree)

    kept = {**as_typed(asked.period), "ngay": asked.as_of.isoformat()}
    context["switch"] = switch_of(request, unit, asked, elsewhere, kept, told.of_tree)
    refused = told.of_period or told.of_tree
    template = "web/figures/_panel.html" if access.is_fragment(request) else "web/figures/figure.html"
    response = render(request, template, context, status=422 if refused else 200)
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
    targets = targets_of(found, Scope(unit.code, here.short, 0), material)
    own = [targets_sheet(found, targets, here.name)] if targets else []
    opened = open_figure(found, material)
    codes = {row.unit_code for row in (*opened.people, *opened.counted, *opened.beside) if row.person}
    readable = set(access.units_to_read(request).filter(code__in=codes).values_list("code", flat=True))
    data = write_workbook(own or [sheet_of(opened, here.name, readable)])
    return attachment(data, "xlsx", f"so-lieu-{definition.code}-{unit.code}")
