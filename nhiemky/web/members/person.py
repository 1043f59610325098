"""The page of a member: who this is, where they belong, and what is kept of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.foundation import catalogue
from nhiemky.foundation.roles import Right
from nhiemky.ledger.queries import entries_that_name
from nhiemky.members.masking import Sight, is_masked, shown, sight_of
from nhiemky.members.models import Person
from nhiemky.members.particulars import fields, groups
from nhiemky.members.queries import Life, life_of, unit_keeping
from nhiemky.members.queries.merges import merges_of
from nhiemky.rules.vietnamese import span
from nhiemky.units.queries import UnitCard, names_of
from nhiemky.web import access
from nhiemky.web.members.dues import states
from nhiemky.web.members.lifeline import children, standings, stays
from nhiemky.web.members.reckoning import dues_shown
from nhiemky.web.records.rows import shown as shown_record
from nhiemky.web.words import first_lower

MOST_WORK = 20


@access.signed_in
@require_safe
def person(request: HttpRequest, code: str) -> HttpResponse:
    row = access.person_to_read(request, code)
    if row.code != code:
        # two records were found to be one person
        return redirect("web.members.person", row.code)
    today = access.today()
    unit, life = unit_keeping(row), life_of(row)
    assert unit is not None or access.can(request, Right.READ, None)
    sight = sight_of(request.user, unit, today) if unit else Sight.FAR  # type: ignore[arg-type]
    names = _names(life, today)
    home = life.membership_on(today)
    readable = set(access.units_to_read(request).filter(pk__in=names).values_list("pk", flat=True))
    held, hidden = standings(life, sight, today)
    group = life.grouping_on(today)
    context = {
        "person": row,
        "unit": names.get(unit.pk) if unit else None,
        "home": home,
        "since": span(home.span) if home else "",
        "was": _was(life),
        "group": names.get(group.group_id) if group else None,
        "running": [each for each in held if each.running],
        "held": held,
        "hidden": hidden,
        "parts": _parts(row, sight),
        "stays": stays(life, names, today),
        "posts": _posts(life, names, today),
        "dues": dues_shown(life.dues, home, states(), today),
        "near": sight is Sight.NEAR,
        "children": children(life, sight, today),
        "work": [shown_record(each) for each in entries_that_name(row, readable)[:MOST_WORK]],
        "may_record": unit is not None and access.can(request, Right.RECORD, unit),
        "merges": merges_of(row),
        "open": home is not None and home.ends_before is None,
        "may_rejoin": bool(life.known) and all(each.ends_before for each in life.known),
        "readable": readable,
        "fictional": row.fictional,
    }
    return render(request, "web/members/person.html", context)


def _names(life: Life, today: date) -> dict[int, UnitCard]:
    units = {row.unit_id for row in life.memberships} | {row.unit_id for row in life.posts}
    return names_of(units | {row.group_id for row in life.groupings}, today)


def _was(life: Life) -> str:
    """The last stay of somebody who is a member nowhere today."""
    return span(life.known[0].span) if life.known else ""


def _parts(row: Person, sight: Sight) -> list[dict[str, Any]]:
    """The particulars by group: (label, value, whether it is masked), and the labels of what is not known."""
    found = []
    for group, label in groups().items():
        known: list[tuple[str, str, bool]] = []
        unknown: list[str] = []
        for each in fields().values():
            if each.group != group or each.code == "name":
                continue
            value = shown(row, each.code, sight)
            if value:
                known.append((each.label, value, is_masked(each.code, sight)))
            elif each.kind != "yes_no":
                unknown.append(first_lower(each.label))
        found.append({"label": label, "known": known, "unknown": unknown})
    return found


def _posts(life: Life, names: dict[int, UnitCard], today: date) -> list[dict[str, Any]]:
    labels = {name: catalogue.terms("catalogue/bodies.toml", name) for name in ("role", "body", "mandate")}

    def word(name: str, code: str) -> str:
        return labels[name][code].label if code in labels[name] else code

    return [
        {
            "role": word("role", row.role),
            "body": word("body", row.body),
            "mandate": word("mandate", row.mandate),
            "unit": names.get(row.unit_id),
            "span": span(row.span),
            "running": row.span.holds(today),
            "decision": row.decision and _("quyết định %(number)s") % {"number": row.decision},
        }
        for row in life.posts
    ]
