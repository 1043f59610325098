"""The target board of a unit in a period."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.figures import queries, wording
from nhiemky.foundation.roles import Right
from nhiemky.rules import vietnamese
from nhiemky.rules.targets import State
from nhiemky.rules.timeline import elapsed_share
from nhiemky.units.queries import card, last_day_of, names_of, periods_of, units_below_on
from nhiemky.web import access
from nhiemky.web.charts.links import chart_of
from nhiemky.web.figures.shown import Meter
from nhiemky.web.figures.targets import Scope, targets_shown
from nhiemky.web.words import first_lower, state_label


@dataclass(frozen=True)
class Chip:
    """A filter by state with how many there are."""

    state: str
    label: str
    count: str
    current: bool


@access.signed_in
@require_safe
def board(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, chosen = access.unit_and_period(request, code, period)
    today = access.today()
    lines = queries.board(unit, chosen.span, today)
    states = Counter(line.judgement.state for line in lines)
    wanted = request.GET.get("trang-thai", "")
    if wanted not in set(State):
        wanted = ""
    kept = [line for line in lines if not wanted or line.judgement.state == wanted]
    passed, whole = elapsed_share(chosen.span, today)
    here = card(unit, last_day_of(unit, today))
    scope = Scope(unit.code, here.short, units_below_on(unit, last_day_of(unit, today)).count())
    given = {line.target.assigned_by_id for line in kept if line.target.assigned_by_id}
    givers = names_of(given, last_day_of(unit, today)) if given else {}
    context = {
        "unit": here,
        "period": chosen,
        "period_lower": first_lower(chosen.title),
        "periods": periods_of(unit),
        "span": vietnamese.span(chosen.span),
        "rows": targets_shown(kept, scope, givers),
        "whole": vietnamese.number(len(lines)),
        "any": bool(lines),
        "met": wording.share_text(queries.tally(lines)) if len(lines) > states[State.NOT_MEASURABLE] else "",
        "met_of": f"{vietnamese.number(states[State.MET])}/{vietnamese.number(len(lines))}",
        "chips": [
            Chip("", _("tất cả"), vietnamese.number(len(lines)), not wanted),
            *(
                Chip(state, state_label(state), vietnamese.number(states[state]), wanted == state)
                for state in State
                if states[state]
            ),
        ],
        "wanted": state_label(State(wanted)) if wanted else "",
        "running": 0 < passed < whole,
        "elapsed": vietnamese.share(passed, whole),
        "elapsed_meter": Meter(str(passed), str(whole)),
        "day": vietnamese.day(today),
        "may_record": access.can(request, Right.RECORD, unit),
        "chart": chart_of(unit, "chi-tieu", chosen.span),
        "fictional": unit.fictional,
    }
    return render(request, "web/figures/board.html", context)
