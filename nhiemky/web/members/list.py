"""The members of a unit and of those below it, on a day: filtered, in the order of names, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.foundation.models import User
from nhiemky.foundation.roles import Right
from nhiemky.members.masking import Sight, near_units, sight_of
from nhiemky.members.models import Person
from nhiemky.members.purposes import reasons
from nhiemky.members.queries.register import Listing, Sum, Wanted
from nhiemky.members.standings import kinds
from nhiemky.rules import vietnamese
from nhiemky.units.models import Unit
from nhiemky.units.queries import UnitCard, card, cards, last_day_of, units_below_on
from nhiemky.web import access
from nhiemky.web.members.asking import Asked, age_labels, searched, token_of
from nhiemky.web.members.rows import rows_shown

PER_PAGE = 50
MOST_CHOICES = 500
GROUPS = ("group", "trade_group", "section", "trade_section")


@dataclass(frozen=True)
class Scope:
    """Which units a list speaks of, and how near the reader stands to the first of them."""

    unit: Unit
    card: UnitCard
    ids: tuple[int, ...]
    below: tuple[UnitCard, ...]
    groups: tuple[UnitCard, ...]
    sight: Sight
    # whether the reader may see the birth date of everybody: else a list of ages, day by day, would tell it
    all_near: bool

    @classmethod
    def of(cls, request: HttpRequest, unit: Unit, asked: Asked) -> Scope:
        assert isinstance(request.user, User)
        readable = access.units_to_read(request)
        below = units_below_on(unit, asked.day).filter(pk__in=readable.values("pk"))
        ids = list(below.values_list("pk", flat=True))
        shown = cards(below, asked.day) if len(ids) <= MOST_CHOICES else []
        chosen = next((each for each in shown if each.code == asked.below), None)
        if chosen:
            inside = units_below_on(Unit(pk=chosen.id), asked.day).filter(pk__in=readable.values("pk"))
            scope = [chosen.id, *inside.values_list("pk", flat=True)]
        else:
            scope = [unit.pk] if asked.own else [unit.pk, *ids]
        near = near_units(request.user, access.today())
        return cls(
            unit=unit,
            card=card(unit, last_day_of(unit, asked.day)),
            ids=tuple(scope),
            below=tuple(each for each in shown if each.kind not in GROUPS),
            groups=tuple(each for each in shown if each.kind in GROUPS),
            sight=sight_of(request.user, unit, access.today()),
            all_near=near is None or near.issuperset(scope),
        )

    def wanted(self, asked: Asked) -> Wanted:
        group = next((each.id for each in self.groups if each.code == asked.group), None)
        # what is masked from afar is not told by a filter either: it then speaks of the unit itself alone
        units = self.ids
        if asked.standing and kinds()[asked.standing].secrecy == "sensitive":
            units = () if self.sight is Sight.FAR else (self.unit.pk,)
        if only_last_four(asked) and self.sight is Sight.FAR:
            units = ()
        return asked.wanted(units, group, by_year=not self.all_near)


def only_last_four(asked: Asked) -> bool:
    """Four digits and no name: of everybody in reach they would tell who has them."""
    found = searched(asked.text)
    return "last_four" in found and not found["words"]


@access.form
def members(request: HttpRequest, code: str) -> HttpResponse:
    unit = access.unit_to_read(request, code)
    asked = Asked.of(request, access.today())
    if request.method == "POST":
        # names and numbers are personal: the address of the answer holds them veiled
        there = reverse("web.members.list", args=[unit.code])
        return redirect(f"{there}?{asked.query(tim=token_of(request))}")
    scope = Scope.of(request, unit, asked)
    context = _frame(request, scope, asked) | listed(request, scope.wanted(asked), asked)
    return render(request, "web/members/list.html", context, status=422 if asked.faults else 200)


def listed(request: HttpRequest, wanted: Wanted, asked: Asked) -> dict[str, Any]:
    """A page of persons, how many there are, and where the next page begins."""
    after = Person.objects.filter(code=request.GET.get("sau", "")[:64]).first() if request.GET.get("sau") else None
    listing = Listing.of(wanted)
    persons = listing.page(after, PER_PAGE + 1)
    shown = persons[:PER_PAGE]
    return {
        "rows": rows_shown(request, shown, asked.day),
        "sums": sums_line(listing.sum()) if shown or after else "",
        "next": f"?{asked.query(sau=shown[-1].code)}" if len(persons) > PER_PAGE else "",
        "first": f"?{asked.query()}" if after else "",
        "asked": asked,
        "faults": asked.faults,
    }


def sums_line(found: Sum) -> str:
    """'128 người · nữ 70 (54,7%)'; of a long list only that it is long."""
    if found.more:
        return _("trên %(count)s người") % {"count": vietnamese.number(found.count)}
    line = _("%(count)s người") % {"count": vietnamese.number(found.count)}
    if found.count and found.women:
        line += " · " + _("nữ %(women)s (%(share)s)") % {
            "women": vietnamese.number(found.women), "share": vietnamese.share(found.women, found.count),
        }  # fmt: skip
    return line


def _frame(request: HttpRequest, scope: Scope, asked: Asked) -> dict[str, Any]:
    unit, rows = scope.card, chips(asked)
    standings = {
        code: kind.short
        for code, kind in kinds().items()
        if code != "party" and (kind.secrecy != "sensitive" or scope.sight is Sight.NEAR)
    }
    return {
        "unit": unit,
        "fictional": unit.fictional,
        "day": vietnamese.day(asked.day),
        "is_today": asked.day == access.today(),
        "scoped": bool(scope.below),
        "below": [(each.code, each.short) for each in scope.below],
        "groups": [(each.code, each.short) for each in scope.groups],
        "standings": standings.items(),
        "chips": rows,
        "told": [chip.label for _title, choices in rows for chip in choices[1:] if chip.current]
        + _more(asked, scope, standings),
        # what the other filters say, for a form that asks for some of them anew
        "kept": [(name, value) for name, value in request.GET.items() if name in ("tim", "gioi", "tuoi", "dang")],
        "detailed": bool(
            asked.typed_day or asked.below or asked.group or asked.standing or asked.moved or asked.own or asked.faults
        ),
        "near": scope.sight is Sight.NEAR,
        "only_near": only_last_four(asked) and scope.sight is Sight.FAR,
        "may_record": access.can(request, Right.RECORD, scope.unit),
        "add": reverse("web.members.new", args=[scope.unit.code]),
        "bring_in": reverse("web.members.import", args=[scope.unit.code]),
        "reasons": reasons().items(),
        "query": asked.query(),
        "all": Asked(day=asked.day, typed_day=asked.typed_day).query(),
        "clear": asked.query(tim=""),
    }


def _more(asked: Asked, scope: Scope, standings: dict[str, str]) -> list[str]:
    """What the list is narrowed to beside the filters used most."""
    places = {each.code: each.short for each in (*scope.below, *scope.groups)}
    said = [
        places.get(asked.below),
        places.get(asked.group),
        standings.get(asked.standing),
        {"vao": _("mới về trong kỳ"), "roi": _("đã rời trong kỳ")}.get(asked.moved),
        _("riêng đơn vị này") if asked.own else None,
    ]
    return [each for each in said if each]


@dataclass(frozen=True)
class Chip:
    """One choice of a filter: where it leads, and whether it is the one that holds."""

    label: str
    href: str
    current: bool


def chips(asked: Asked) -> list[tuple[str, list[Chip]]]:
    """The filters that are used most, each as a row of choices."""
    rows = (
        (_("Giới tính"), "gioi", asked.sex, {"nu": _("nữ"), "nam": _("nam")}),
        (_("Tuổi"), "tuoi", asked.age, age_labels()),
        (_("Đảng"), "dang", asked.party, {"co": _("đảng viên"), "khong": _("chưa vào Đảng")}),
    )
    return [
        (
            title,
            [Chip(_("tất cả"), f"?{asked.query(**{name: ''})}", not value)]
            + [Chip(label, f"?{asked.query(**{name: code})}", code == value) for code, label in labels.items()],
        )
        for title, name, value, labels in rows
    ]
