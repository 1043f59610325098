"""The transfers of a unit and of those below it: what waits for an answer, and what is done."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nhiemky.foundation.roles import Right
from nhiemky.members.queries import closed_at, receives_members, to_answer, waiting_at
from nhiemky.rules import vietnamese
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of, units_below_on
from nhiemky.web import access
from nhiemky.web.transfers.shown import transfers_shown

PER_PAGE = 25


@access.signed_in
@require_safe
def transfers(request: HttpRequest, code: str) -> HttpResponse:
    unit, today = access.unit_to_read(request, code), access.today()
    below = units_below_on(unit, today).filter(pk__in=access.units_to_read(request).values("pk"))
    done = request.GET.get("xem") == "da-xong"
    context = {
        "unit": card(unit, last_day_of(unit, today)),
        "done": done,
        "may_record": access.can(request, Right.RECORD, unit) and receives_members(unit, today),
        "day": vietnamese.day(today),
        "fictional": unit.fictional,
    }
    found = _done(request, unit, below) if done else _waiting(request, unit, below)
    return render(request, "web/transfers/list.html", context | found)


def _waiting(request: HttpRequest, unit: Unit, below: Any) -> dict[str, Any]:
    today = access.today()
    mine = list(to_answer([unit.pk]))
    own = [row for row in waiting_at([unit.pk]) if row not in mine]
    others = waiting_at(below.values("pk")).exclude(Q(unit=unit) | Q(to_unit=unit))
    page = Paginator(others, PER_PAGE).get_page(request.GET.get("trang"))
    return {
        "to_answer": transfers_shown(mine, today),
        "sent": transfers_shown(own, today),
        "below": transfers_shown(list(page), today),
        "page": page,
        "below_count": vietnamese.number(page.paginator.count),
        "nothing": not (mine or own or page.paginator.count),
    }


def _done(request: HttpRequest, unit: Unit, below: Any) -> dict[str, Any]:
    rows = closed_at(Unit.objects.filter(Q(pk=unit.pk) | Q(pk__in=below.values("pk"))).values("pk"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    return {
        "closed": transfers_shown(list(page), access.today()),
        "page": page,
        "count": vietnamese.number(page.paginator.count),
    }
