"""Choosing a unit for a row: by search, from those below, and those that the plan founds; no script is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from nhiemky.reforms.models import Reorganisation
from nhiemky.reforms.queries.plan import OF_ITSELF
from nhiemky.reforms.rows import Do
from nhiemky.rules.vietnamese import clean, fold
from nhiemky.units.models import Unit
from nhiemky.units.queries import alive_on, cards, ever_below, names_of, search_units, tree_on, units_below_on
from nhiemky.web.reforms.shown import about

MOST_FOUND = 20
LONGEST_SEARCH = 100


def among(event: Reorganisation, box: str, do: Do | None) -> QuerySet[Unit]:
    """The units that may stand in that box of a row."""
    below = units_below_on(event.unit, event.day)
    if box == "don-vi" and do is Do.REVIVE:
        return Unit.objects.filter(pk__in=ever_below(event.unit)).exclude(alive_on(event.day))
    if box in ("ve", "tu") or do in OF_ITSELF:
        return below | Unit.objects.filter(pk=event.unit_id)
    return below


def pick(
    request: HttpRequest, event: Reorganisation, box: str, do: Do | None, kept: Mapping[str, str], **given: Any
) -> HttpResponse:
    """The page on which a unit is looked for; a link of each goes on with what is kept."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    units = among(event, box, do)
    keys = list(units.order_by("pk").values_list("pk", flat=True)[: MOST_FOUND + 1])
    many = len(keys) > MOST_FOUND
    if len(clean(text)) > 1:
        keys = list(search_units(text, event.day, units).order_by("pk").values_list("pk", flat=True)[: MOST_FOUND + 1])
        many = len(keys) > MOST_FOUND
    elif many:
        # too many to choose from without a word of the name: those that stand directly below
        below = tree_on(event.day).get(event.unit_id, [])
        keys, many = ([each for each in below if each in set(units.values_list("pk", flat=True))], False)
    found = cards(Unit.objects.filter(pk__in=keys[: 5 * MOST_FOUND]), event.day)
    parents = {child: parent for parent, children in tree_on(event.day).items() for child in children}
    names = names_of({parents[each.id] for each in found if each.id in parents}, event.day)
    rest = {name: value for name, value in kept.items() if value and name != box}
    new = [name for name in given.pop("new", ()) if all(word in fold(name) for word in fold(text).split())]
    context = about(event) | given | {
        "q": text,
        "kept": rest,
        "box": box,
        "found": [
            (each, names[parents[each.id]].short if each.id in parents and parents[each.id] in names else "",
             urlencode(rest | {box: each.code}))
            for each in found[: MOST_FOUND if text else None]
        ],
        "new": [(name, urlencode(rest | {box: name})) for name in new],
        "more": many,
        "another": urlencode(rest | {"moi": "1"}),
    }  # fmt: skip
    return render(request, "web/reforms/pick.html", context)
