"""The tree of units on a day, and the page of a unit."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents.queries import issued
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.members.queries import posts_in
from nhiemky.reforms.queries.standing import was_applied_at
from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import Span
from nhiemky.units.history import in_order_of_tree
from nhiemky.units.models import Unit
from nhiemky.units.queries import (
    alive_on,
    ancestors_on,
    card,
    cards,
    last_day_of,
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

MOST_UNITS = 300
MOST_BELOW = 24
PER_PAGE = 20
LONGEST_SEARCH = 100


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
    found = cards((search_units(text, day, among) if text else among).filter(alive_on(day)), day)
    children = tree_on(day)
    rows = in_order_of_tree(found, children)
    parents = {child: parent for parent, below in children.items() for child in below}
    # of a unit found without its parent, the parent is told beside it
    here = {each.id for each in found}
    lone = {parents[each.id] for each in found if each.id in parents and parents[each.id] not in here}
    named = {unit.id: unit.short for unit in names_of(lone, day).values()} if lone else {}
    return {
        "q": text,
        "typed_day": typed,
        "day": vietnamese.day(day),
        "is_today": day == access.today(),
        "fault": fault,
        "root": card(root, day) if root else None,
        "rows": [(min(depth, 6), unit, named.get(parents.get(unit.id, 0), "")) for depth, unit in rows[:MOST_UNITS]],
        "count": vietnamese.number(len(rows)),
        "more": vietnamese.number(len(rows) - MOST_UNITS) if len(rows) > MOST_UNITS else "",
        "fictional": any(unit.fictional for unit in found),
        "mixed": len({unit.fictional for unit in found}) > 1,
    }


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
        "ended": row.ends_before is not None and row.ends_before <= today,
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
        "may_record": access.can(request, Right.RECORD, row) and row.span.holds(today),
        "documents": list(issued(row.code)[:5]),
        "administers": access.can(request, Right.ADMINISTER, row),
        # of use to whoever plans for the units below, and to all once something was applied
        "reforms": (bool(below) and access.may_reorganise(request, row)) or was_applied_at(row),
        "fictional": row.fictional,
    }
    return render(request, "web/units/unit.html", context | listed)


def _statements(request: HttpRequest, unit: Unit) -> dict[str, Any]:
    page = Paginator(statements_of(unit), PER_PAGE).get_page(request.GET.get("trang"))
    return {
        "page": page,
        "count": vietnamese.number(page.paginator.count),
        "records": [shown(each) for each in page],
    }
