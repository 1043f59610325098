"""Choosing what to record: the unit, and the kind of work, its own recent and frequent kinds first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from nhiemky.foundation.catalogue import Term
from nhiemky.foundation.roles import Right
from nhiemky.ledger import kinds
from nhiemky.ledger.kinds import Kind
from nhiemky.ledger.queries import kinds_recorded
from nhiemky.rules.vietnamese import fold
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, cards, grants_of, living_on, names_of, search_units, units_below_on
from nhiemky.web import access

MOST_OFTEN = 6
MOST_UNITS = 100
LONGEST_SEARCH = 100
RECENTLY = timedelta(days=400)


@dataclass(frozen=True)
class KindShown:
    """A kind to choose; `words` is what a search looks into, folded."""

    code: str
    label: str
    words: str


def matches(kind: Kind, text: str) -> bool:
    """Whether every word stands in the label or the field, in any order, with or without accents."""
    inside = _words(kind)
    return all(word in inside for word in fold(text).split())


def _words(kind: Kind) -> str:
    return fold(f"{kind.label} {kinds.fields()[kind.field].label}")


def kinds_to_pick(unit: Unit, level: str, text: str, today: date) -> dict[str, Any]:
    """Kinds of the unit's level by field of work, and the few it records most; a search looks through all kinds."""
    every = [each for each in kinds.kinds().values() if text or not level or level in each.levels]
    found = [each for each in every if matches(each, text)]
    often = [] if text else _often(unit, today)
    return {
        "q": text,
        "often": [_shown(kinds.kinds()[code]) for code in often],
        "fields": _by_field(found),
        "found": len(found),
    }


def _often(unit: Unit, today: date) -> list[str]:
    known = [code for code in kinds_recorded(unit, today - RECENTLY) if code in kinds.kinds()]
    return known[:MOST_OFTEN]


def _by_field(found: Iterable[Kind]) -> list[tuple[Term, list[KindShown]]]:
    rows = list(found)
    grouped = [(term, [_shown(kind) for kind in rows if kind.field == term.code]) for term in kinds.fields().values()]
    return [(term, shown) for term, shown in grouped if shown]


def _shown(kind: Kind) -> KindShown:
    return KindShown(kind.code, kind.label, _words(kind))


@access.signed_in
@require_safe
def pick_unit(request: HttpRequest) -> HttpResponse:
    """The units where the person records; goes straight on to the one that is their own."""
    today = access.today()
    grants = grants_of(request.user, Right.RECORD, today)  # type: ignore[arg-type]
    everywhere = any(grant.unit_id is None for grant in grants)
    own = [grant.unit for grant in grants if grant.unit and grant.unit.lives_on(today)]
    if len(own) == 1 and "chon" not in request.GET:
        return redirect("web.records.new", own[0].code)
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    among = Unit.objects.filter(living_on(today))
    if not everywhere:
        below = [units_below_on(grant.unit, today).values("pk") for grant in grants if grant.unit and grant.below]
        reached = Unit.objects.filter(pk__in=[unit.pk for unit in own])
        for each in below:
            reached |= Unit.objects.filter(pk__in=each)
        among = among.filter(pk__in=reached.values("pk"))
    # the own units stand first; of the others, those that were looked for
    mine = list(names_of([unit.pk for unit in own], today).values()) if own and not text else []
    others = among.exclude(pk__in=[unit.id for unit in mine])
    found = search_units(text, today, others) if text else others
    first = list(found.order_by("pk").values_list("pk", flat=True)[: MOST_UNITS + 1])
    context = {
        "q": text,
        "own": mine,
        "others": cards(Unit.objects.filter(pk__in=first[:MOST_UNITS]), today),
        "more": len(first) > MOST_UNITS,
        "nowhere": not grants,
    }
    return render(request, "web/records/pick_unit.html", context)


def unit_shown(unit: Unit, today: date) -> dict[str, Any]:
    """What every page of recording shows of its unit."""
    return {"unit": card(unit, today), "fictional": unit.fictional}
