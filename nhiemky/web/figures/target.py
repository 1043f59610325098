"""A target by itself: who set it, where it was read, and the figure it is judged from. Also as the panel."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.figures.definitions import definitions
from nhiemky.figures.models import Target
from nhiemky.figures.queries.board import line_of
from nhiemky.foundation.roles import Right
from nhiemky.ledger.queries import history_of
from nhiemky.rules import vietnamese
from nhiemky.units.queries import card, last_day_of, names_of, period_named, units_below_on
from nhiemky.web import access
from nhiemky.web.figures.targets import Scope, targets_shown


@access.signed_in
@require_safe
def target(request: HttpRequest, code: str) -> HttpResponse:
    row = access.target_to_read(request, code)
    today = access.today()
    on = last_day_of(row.unit, today)
    here = card(row.unit, on)
    shown = targets_shown([line_of(row, today)], Scope(row.unit.code, here.short, units_below_on(row.unit, on).count()))
    assigner = names_of([row.assigned_by_id], on)[row.assigned_by_id] if row.assigned_by_id else None
    chain = history_of(row)
    period = period_named(row.unit, row.term.label if row.term else row.span.isoformat())
    newest = chain[-1].pk == row.pk and not row.cancels
    context = {
        "target": shown[0],
        "unit": here,
        "span": vietnamese.span(row.span),
        "period": period,
        "may_change": bool(newest and period and row.indicator in definitions())
        and access.can(request, Right.RECORD, row.unit),
        "term": row.term.label if row.term else "",
        "places": ", ".join(row.places),
        "set_by": assigner.name if assigner else _("nghị quyết của đơn vị"),
        "recorded_by": str(row.recorded_by),
        "recorded_at": row.recorded_at,
        "latest": chain[-1].code if chain[-1].pk != row.pk else "",
        "withdrawn": chain[-1].cancels,
        "steps": [(each, _step(each)) for each in chain] if len(chain) > 1 else [],
        "day": vietnamese.day(today),
        "fictional": row.unit.fictional,
    }
    template = "web/figures/_target_panel.html" if access.is_fragment(request) else "web/figures/target.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _step(row: Target) -> str:
    if row.cancels:
        return _("Rút chỉ tiêu")
    return _("Sửa chỉ tiêu") if row.replaces_id else _("Đề ra")
