"""A chart on a page of its own with the table behind it; its picture, and both as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents import charts as drawing
from nhiemky.documents.sheets import Column, Sheet, write_workbook
from nhiemky.figures.definitions import definitions, openable, spent_in
from nhiemky.figures.queries import Asked
from nhiemky.foundation.audit import version
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger import kinds
from nhiemky.rules.indicators import Measure
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of, periods_of
from nhiemky.web import access
from nhiemky.web.charts import shown
from nhiemky.web.charts.links import chart_at, chart_of, picture_of
from nhiemky.web.charts.shown import ChartShown
from nhiemky.web.figures.asking import as_typed, asked_of, told_of
from nhiemky.web.figures.boundaries import switch_of
from nhiemky.web.figures.links import TREE
from nhiemky.web.files import attachment

# what cannot be longer or shorter than another
NOT_COMPARED = (Measure.GRADE, Measure.TARGETS)
FORMATS = ("svg", "png", "xlsx")


@dataclass(frozen=True)
class Link:
    """Another chart, field or period to look at."""

    label: str
    href: str
    current: bool = False


@access.signed_in
@require_safe
def chart(request: HttpRequest, code: str, name: str) -> HttpResponse:
    unit = access.unit_to_read(request, code)
    make, told = _maker(name), told_of(request, unit, access.today())
    typed = {"tu": request.GET.get("tu", "").strip(), "den": request.GET.get("den", "").strip()}
    asked, faults = told.asked, told.of_period
    found = make(request, unit, asked)
    about, tree = _about(request), _tree(asked)
    kept = about | tree

    def elsewhere(unit_code: str, day: date | None) -> str:
        return chart_at(unit_code, name, asked.period, about | _tree(replace(asked, boundaries=day)))

    context = {
        "unit": card(unit, last_day_of(unit, asked.as_of)),
        "name": name,
        "shown": found,
        "typed": typed if faults else as_typed(asked.period),
        "faults": faults,
        "others": [
            Link(label, chart_of(unit, other, asked.period, tree), other == name) for other, label in titles().items()
        ],
        "periods": [Link(each.title, chart_of(unit, name, each.span, kept)) for each in periods_of(unit)],
        "fields": _fields(request, unit, asked) if name == "co-cau" else [],
        "indicators": _indicators() if name == "cap-duoi" else [],
        "indicator": _indicator(request),
        "kept": ({"linh-vuc": _field(request)} if name == "co-cau" else {}) | tree,
        "tree": tree,
        "switch": None
        if name == "chi-tieu"
        else switch_of(request, unit, asked, elsewhere, as_typed(asked.period) | about, told.of_tree),
        "picture": picture_of(unit, name, asked.period, {**kept, "rieng": "1"}),
        "png": picture_of(unit, name, asked.period, kept, "png"),
        "xlsx": picture_of(unit, name, asked.period, kept, "xlsx"),
        "fictional": unit.fictional,
    }
    return render(
        request, "web/charts/chart.html", context, status=422 if faults or (context["switch"] and told.of_tree) else 200
    )


@access.signed_in
@require_safe
def file(request: HttpRequest, code: str, name: str, format: str) -> HttpResponse:
    """The picture for a page (to htmx, inside a fragment), as a file, and the table behind it."""
    unit = access.unit_to_read(request, code)
    make = _maker(name)
    if format not in FORMATS:
        raise Http404
    asked = asked_of(request, unit, access.today())
    found = make(request, unit, asked)
    if format == "xlsx":
        return attachment(write_workbook([_sheet(found, unit)]), "xlsx", f"bieu-do-{name}-{unit.code}")
    width = drawing.NARROW if request.GET.get("hep") else drawing.WIDE
    if format == "svg" and access.is_fragment(request):
        # our own drawing, of known pieces only
        picture = mark_safe(drawing.inline_svg(found.chart, width)) if found.chart else ""  # noqa: S308
        # on its own page a chart need not lead there
        href = "" if request.GET.get("rieng") else chart_of(unit, name, asked.period, _about(request) | _tree(asked))
        context = {"shown": found, "picture": picture, "href": href}
        response = render(request, "web/charts/_picture.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    if found.chart is None:
        raise Refusal(found.message)
    if format == "svg":
        response = HttpResponse(drawing.svg(found.chart, width), content_type="image/svg+xml")
        patch_vary_headers(response, ["HX-Request"])
        return response
    return attachment(drawing.png(found.chart, width), "png", f"bieu-do-{name}-{unit.code}")


def titles() -> dict[str, str]:
    """The charts by the name in their address."""
    return {
        "cham-lo": _("Chăm lo theo tháng"),
        "chi-tieu": _("Tiến độ chỉ tiêu"),
        "co-cau": _("Cơ cấu chi"),
        "cap-duoi": _("So sánh cấp dưới"),
    }


def _maker(name: str) -> Callable[[HttpRequest, Unit, Asked], ChartShown]:
    if name not in titles():
        raise Http404

    def make(request: HttpRequest, unit: Unit, asked: Asked) -> ChartShown:
        about, readable = "", frozenset[str]()
        if name == "co-cau":
            about = _field(request)
        elif name == "cap-duoi":
            about, readable = (
                _indicator(request),
                frozenset(access.units_to_read(request).values_list("code", flat=True)),
            )
        return _made(name, unit, asked, access.today(), about, readable, version())

    return make


@lru_cache(maxsize=128)
def _made(
    name: str, unit: Unit, asked: Asked, today: date, about: str, readable: frozenset[str], of_version: str
) -> ChartShown:
    """The chart and its table, kept until the next write: the page, the picture and the files ask for the same."""
    short = card(unit, last_day_of(unit, asked.as_of)).short
    if name == "cham-lo":
        return shown.care(unit, short, asked, today)
    if name == "chi-tieu":
        return shown.targets(unit, short, asked, today)
    if name == "co-cau":
        return shown.shares(unit, short, asked, today, about)
    return shown.below(unit, short, asked, today, about, readable)


forget = _made.cache_clear


def _field(request: HttpRequest) -> str:
    wanted = request.GET.get("linh-vuc", "")
    return wanted if wanted in kinds.fields() else "care"


def _indicator(request: HttpRequest) -> str:
    wanted = request.GET.get("so-lieu", "")
    known = wanted in openable() and openable()[wanted].measure not in NOT_COMPARED
    return wanted if known else spent_in("care")


def _fields(request: HttpRequest, unit: Unit, asked: Asked) -> list[Link]:
    found = shown.fields_with_money(unit, asked, access.today())
    return [
        Link(label, chart_of(unit, "co-cau", asked.period, {"linh-vuc": code} | _tree(asked)), code == _field(request))
        for code, label in found
    ]


def _indicators() -> list[tuple[str, list[tuple[str, str]]]]:
    """Fields with the figures that may be compared, totals of a field first."""
    return [
        (
            term.label,
            [
                (each.code, each.label)
                for each in sorted(openable().values(), key=lambda one: one.code in definitions())
                if each.field == code and each.measure not in NOT_COMPARED
            ],
        )
        for code, term in kinds.fields().items()
    ]


def _about(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("linh-vuc", "so-lieu") if request.GET.get(name)}


def _tree(asked: Asked) -> dict[str, str]:
    return {TREE: asked.boundaries.isoformat()} if asked.boundaries else {}


def _sheet(found: ChartShown, unit: Unit) -> Sheet:
    """The table to reckon with: each figure as a number and as it is written."""
    heads: list[Column] = [Column(found.heads[0] if found.heads else _("Nội dung"), 50)]
    count = len(found.rows[0].figs) if found.rows else 0
    for head in found.heads[1 : count + 1]:
        heads += [Column(head, 20, "number"), Column(_("%(what)s, như đã ghi") % {"what": head}, 28)]
    heads.append(Column(_("Ghi chú"), 40))
    rows: list[list[Any]] = [
        [
            row.label,
            *(cell for number, fig in zip(row.numbers, row.figs, strict=True) for cell in (_plain(number), fig.text)),
            row.note,
        ]
        for row in found.rows
    ]
    notes = [found.message, *filter(None, [found.remark])]
    return Sheet(_("Biểu đồ"), f"{found.title} – {unit.code}", tuple(heads), rows, notes)


def _plain(number: Any) -> Any:
    if number is None:
        return None
    return int(number) if number == int(number) else round(float(number), 3)
