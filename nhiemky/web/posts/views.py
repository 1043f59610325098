"""Who sits in the bodies of a unit on a day, and who ever sat in one of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.figures.definitions import openable
from nhiemky.figures.queries import Asked, figures_of, gather
from nhiemky.foundation.roles import Right
from nhiemky.members.bodies import bodies
from nhiemky.members.masking import Sight, sight_of
from nhiemky.members.models import RegisterBegun
from nhiemky.members.queries import (
    findings_of,
    history_of,
    members_counted,
    rules_of,
    situation_of,
    term_on,
)
from nhiemky.members.queries.mandates import Counted
from nhiemky.members.queries.posts import cards_of, posts_known
from nhiemky.rules import vietnamese
from nhiemky.rules.mandates import Gravity, Problem
from nhiemky.rules.quantities import Total
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of, names_of
from nhiemky.web import access
from nhiemky.web.members.links import readable_people
from nhiemky.web.posts.shown import bodies_shown, finding_shown, post_shown


@access.signed_in
@require_safe
def posts(request: HttpRequest, code: str) -> HttpResponse:
    """The bodies of the unit on the day asked for, with what is to be looked at."""
    unit = access.unit_to_read(request, code)
    typed, fault, day = request.GET.get("ngay", "").strip()[:20], "", last_day_of(unit, access.today())
    if typed:
        try:
            day = vietnamese.parse_day(typed)
        except ValueError:
            fault = _("Ngày “%(given)s” chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 12/6/2023.") % {"given": typed}
        else:
            if not unit.lives_on(day):
                fault = _("Đơn vị không hoạt động vào ngày %(day)s. Đang hiện ngày %(here)s.") % {
                    "day": vietnamese.day(day),
                    "here": vietnamese.day(last_day_of(unit, access.today())),
                }
                day = last_day_of(unit, access.today())
    may_write = access.can(request, Right.ISSUE, unit)
    context = _on(request, unit, day) | {
        "unit": card(unit, day),
        "typed_day": typed,
        "day": vietnamese.day(day),
        "iso": day.isoformat(),
        "is_today": day == access.today(),
        "fault": fault,
        "may_write": may_write,
        "fictional": unit.fictional,
    }
    return render(request, "web/posts/list.html", context, status=422 if fault else 200)


def _on(request: HttpRequest, unit: Unit, day: date) -> dict[str, Any]:
    counted = members_counted(unit, day)
    members, women, from_register = _how_many(unit, day, counted)
    posts = list(posts_known().filter(unit=unit))
    held = cards_of(row for row in posts if row.span.holds(day))
    situation = situation_of(unit, day, members, Counted(counted.members, women, counted.unknown), posts)
    ruleset, chosen = rules_of(unit, day)
    found = list(findings_of(situation, ruleset))
    own = [each for each in found if each.problem is Problem.WEIGH]
    if own and sight_of(request.user, unit, access.today()) is not Sight.NEAR:  # type: ignore[arg-type]
        # discipline and prosecution are the unit's own matter
        found = [each for each in found if each not in own]
    names = {each.person_id: each.person for each in held}
    units = {each.id: each.short for each in names_of({unit for each in found for unit in each.units}, day).values()}
    told = [(each, finding_shown(each, ruleset, names, units, situation)) for each in found] if ruleset else []
    term = term_on(unit, day)
    return {
        "bodies": bodies_shown(held, told, situation.fixed, readable_people(request, names)),
        "to_look_at": sum(each.gravity is not Gravity.NOTE for each in found),
        "people": vietnamese.number(len(names)),
        "members": vietnamese.number(members) if members is not None else "",
        "from_register": from_register,
        "ruleset": ruleset,
        "chosen": chosen,
        "term": term,
        "term_span": vietnamese.span(term.whole) if term else "",
    }


def _how_many(unit: Unit, day: date, counted: Counted) -> tuple[int | None, int, bool]:
    """Members and women: of the register once it counts for the unit, until then as the unit stated them."""
    if RegisterBegun.objects.filter(unit=unit, begins_on__lte=day, superseded_at__isnull=True).exists():
        return counted.members, counted.women, True
    stated, women = _stated(unit, day, "union_members", "female_members")
    if stated is None:
        return counted.members or None, max(counted.women, women or 0), bool(counted.members)
    return stated, max(counted.women, women or 0), False


def _stated(unit: Unit, day: date, *codes: str) -> list[int | None]:
    asked = Asked(Span.on(day), day)
    material = gather(unit, [asked.period], access.today())
    values = [each.value for each in figures_of([openable()[code] for code in codes], material, asked)]
    return [int(value.value) if isinstance(value, Total) and value.value is not None else None for value in values]


@access.signed_in
@require_safe
def body(request: HttpRequest, code: str, body: str) -> HttpResponse:
    """Everybody who ever sat in the body."""
    unit = access.unit_to_read(request, code)
    if body not in bodies():
        raise Http404
    held = history_of(unit, body)
    readable = readable_people(request, {each.person_id for each in held})
    context = {
        "unit": card(unit, last_day_of(unit, access.today())),
        "body": bodies()[body],
        "posts": [post_shown(each, readable) for each in held],
        "may_write": access.can(request, Right.ISSUE, unit),
        "fictional": unit.fictional,
    }
    return render(request, "web/posts/body.html", context)
