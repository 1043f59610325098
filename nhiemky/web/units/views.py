"""The tree of units on a day, and the page of a unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents.queries import issued
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.members.queries import posts_in
from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import ONE_DAY, Span
from nhiemky.units.history import in_order_of_tree
from nhiemky.units.models import Unit
from nhiemky.units.queries import (
    UnitCard,
    alive_on,
    ancestors_on,
    away_on,
    card,
    cards,
    days_of_change,
    edges_known,
    ever_below,
    last_day_of,
    living_on,
    names_of,
    periods_of,
    search_units,
    tree_on,
    units_below_on,
)
from nhiemky.web import access
from nhiemky.web.charts.links import picture_of
from nhiemky.web.dates import typed_span
from nhiemky.web.figures.asking import latest_of
from nhiemky.web.records.listing import list_of_work
from nhiemky.web.records.rows import shown, statements_of
from nhiemky.web.units.lifeline import moments_of, standing_of, territory_text

MOST_UNITS = 300
MOST_BELOW = 24
MOST_DAYS = 3
PER_PAGE = 20
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Shortcut:
    """A day one often asks for."""

    label: str
    href: str
    current: bool


@access.signed_in
@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    readable = access.units_to_read(request)
    template = "web/units/_tree.html" if access.is_fragment(request) else "web/units/tree.html"
    context = _tree(request, readable)
    response = render(request, template, context, status=422 if context["fault"] else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _tree(request: HttpRequest, readable: Any) -> dict[str, Any]:
    """The units alive on the day asked for, in the order of the tree of that day."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    typed, fault, day = request.GET.get("ngay", "").strip(), "", access.today()
    if typed:
        try:
            day = vietnamese.parse_day(typed)
        except ValueError:
            fault = _("Ngày “%(given)s” chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 12/6/2023.") % {"given": typed}
    root = readable.filter(code=request.GET.get("goc", "")).first()
    among = units_below_on(root, day).filter(pk__in=readable.values("pk")) if root else readable
    with_ended = request.GET.get("ca") == "ket-thuc"
    if root and with_ended:
        among = readable.filter(pk__in=ever_below(root)).exclude(pk=root.pk)
    shown = living_on(day) | Q(ends_before__lte=day) if with_ended else living_on(day)
    found = cards((search_units(text, day, among) if text else among).filter(shown), day)
    children = tree_on(day)
    if with_ended:
        # one that has ended stands under its last parent
        for child, parent in away_on(day).parents.items():
            children.setdefault(parent, []).append(child)
    rows = in_order_of_tree(found, children)
    parents = {child: parent for parent, below in children.items() for child in below}
    # of a unit found without its parent, the parent is told beside it
    here = {each.id for each in found}
    lone = {parents[each.id] for each in found if each.id in parents and parents[each.id] not in here}
    named = {unit.id: unit.short for unit in names_of(lone, day).values()} if lone else {}
    kept = {"goc": root.code if root else "", "q": text}
    return {
        "q": text,
        "typed_day": typed,
        "with_ended": with_ended,
        "days": _days(
            kept | {"ca": "ket-thuc" if with_ended else ""}, day, ever_below(root) if root else _reached(readable)
        ),
        "back": _href(kept | {"ca": "ket-thuc" if with_ended else ""}),
        "other": _href(kept | {"ngay": typed if not fault else "", "ca": "" if with_ended else "ket-thuc"}),
        "day": vietnamese.day(day),
        "is_today": day == access.today(),
        "fault": fault,
        "root": card(root, day) if root else None,
        "rows": [
            (min(depth, 6), unit, named.get(parents.get(unit.id, 0), ""), with_ended and _ended(unit, day))
            for depth, unit in rows[:MOST_UNITS]
        ],
        "count": vietnamese.number(len(rows)),
        "more": vietnamese.number(len(rows) - MOST_UNITS) if len(rows) > MOST_UNITS else "",
        "fictional": any(unit.fictional for unit in found),
        "mixed": len({unit.fictional for unit in found}) > 1,
    }


def _ended(unit: UnitCard, day: date) -> str:
    return (
        _("kết thúc %(day)s") % {"day": vietnamese.partial(unit.life.end)}
        if unit.life.end and unit.life.last_day < day
        else ""
    )


def _reached(readable: QuerySet[Unit]) -> Any:
    """What the person reads, as a sub-query; None for somebody who reads all."""
    return readable.values("pk") if readable.query.where else None


def _days(kept: dict[str, str], shown: date, among: Any) -> list[Shortcut]:
    """Today, and the eve of the last days on which something was reorganised among the units."""
    today = access.today()
    eves = [(changed, changed - ONE_DAY) for changed in days_of_change(among, today, MOST_DAYS)]
    return [
        Shortcut(_("Hôm nay"), _href(kept), shown == today),
        *(
            Shortcut(
                _("Trước %(day)s") % {"day": vietnamese.day(changed)},
                _href(kept | {"ngay": vietnamese.day(eve)}),
                shown == eve,
            )
            for changed, eve in eves
        ),
    ]


def _href(kept: dict[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in kept.items() if value})


@access.signed_in
@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponse:
    row = access.unit_to_read(request, code)
    today = access.today()
    typed, period_faults = {name: request.GET.get(name, "").strip() for name in ("tu", "den")}, []
    if any(typed.values()):
        try:
            return redirect("web.reports.report", row.code, typed_span(typed["tu"], typed["den"]).isoformat())
        except Refusal as refusal:
            period_faults = list(refusal.sentences)
    day = last_day_of(row, today)
    here = card(row, day)
    above = ancestors_on(row, day)
    below = tree_on(day).get(row.pk, [])
    names = names_of([*above, *below], day)
    readable = set(access.units_to_read(request).filter(pk__in=above).values_list("pk", flat=True))
    kind = "so-ke" if request.GET.get("xem") == "so-ke" else "viec"
    listed = _statements(request, row) if kind == "so-ke" else list_of_work(request, row)
    children = sorted((names[each] for each in below), key=lambda each: vietnamese.fold(each.name))
    context = {
        "unit": here,
        "life": vietnamese.span(here.life) if here.life.starts_on or here.life.ends_before else "",
        "standing": standing_of(request, row, above[0] if above else None),
        "territory": _territory(row, day),
        "above": [(names[each], each in readable) for each in reversed(above)],
        "periods": [(each, vietnamese.span(each.span), each.span.holds(today)) for each in periods_of(row)],
        "typed": typed,
        "period_faults": period_faults,
        "below": children[:MOST_BELOW],
        "below_count": vietnamese.number(len(children)),
        "below_more": vietnamese.number(len(children) - MOST_BELOW) if len(children) > MOST_BELOW else "",
        "posts": [(post, vietnamese.span(post.span)) for post in posts_in(row, Span.on(day))],
        "day": vietnamese.day(day),
        "chart": picture_of(row, "cham-lo", latest_of(row, today).period),
        "may_set": access.can(request, Right.ISSUE, row),
        "kind": kind,
        "may_record": access.can(request, Right.RECORD, row) and row.lives_on(today),
        "documents": list(issued(row.code)[:5]),
        "administers": access.can(request, Right.ADMINISTER, row),
        "fictional": row.fictional,
    }
    return render(request, "web/units/unit.html", context | listed)


def _territory(unit: Unit, day: date) -> str:
    """Where the unit lies, when that is not its parent's own area."""
    place = edges_known().filter(alive_on(day), unit=unit).values_list("territory", flat=True).first()
    return territory_text(place) if place else ""


@access.signed_in
@require_safe
def life(request: HttpRequest, code: str) -> HttpResponse:
    """What happened to the unit from its founding on."""
    row = access.unit_to_read(request, code)
    day = last_day_of(row, access.today())
    context = {
        "unit": card(row, day),
        "moments": moments_of(request, row),
        "fictional": row.fictional,
        "today": vietnamese.day(access.today()),
    }
    return render(request, "web/units/life.html", context)


def _statements(request: HttpRequest, unit: Unit) -> dict[str, Any]:
    page = Paginator(statements_of(unit), PER_PAGE).get_page(request.GET.get("trang"))
    return {
        "page": page,
        "count": vietnamese.number(page.paginator.count),
        "records": [shown(each) for each in page],
    }
