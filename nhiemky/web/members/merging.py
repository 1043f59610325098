"""Two records that may be one person: side by side, what a merge changes, the merge, and how it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Right
from nhiemky.ledger.queries import entries_naming
from nhiemky.members.actions import merge_persons, unmerge_persons
from nhiemky.members.actions.merging import what_forbids
from nhiemky.members.masking import Sight, shown, sight_of
from nhiemky.members.models import Person, PersonMerge
from nhiemky.members.particulars import fields
from nhiemky.members.queries.merges import keepers_of, lookalikes, merges_of, weight_of
from nhiemky.members.queries.persons import memberships_known, unit_keeping
from nhiemky.rules import vietnamese
from nhiemky.rules.vietnamese import fold
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of, names_of
from nhiemky.web import access
from nhiemky.web.frame import answered
from nhiemky.web.members.asking import text_in, token_of
from nhiemky.web.members.links import person_href

OTHER = "kia"


@dataclass(frozen=True)
class Row:
    """One particular of both records, as far as the reader may see it."""

    label: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        return bool(self.one and self.other) and self.is_apart

    @property
    def is_apart(self) -> bool:
        return fold(self.one) != fold(self.other)


@dataclass(frozen=True)
class Side:
    """A record as a column of the comparison."""

    person: Person
    unit: str
    memberships: tuple[str, ...]
    weight: str


@access.form
def merge(request: HttpRequest, code: str) -> HttpResponse:
    """Which other record is the same person; then both side by side; then the merge."""
    person = access.person_to_read(request, code)
    _refuse_reader(request, person)
    with_code = request.POST.get("voi") or request.GET.get("voi", "")
    if not with_code and request.method == "POST":
        # a name is personal: the address of the answer holds it veiled
        token = token_of(request)
        return redirect(reverse("web.members.merge", args=[person.code]) + (f"?tim={token}" if token else ""))
    if not with_code:
        return _pick(request, person)
    other = access.person_to_read(request, with_code)
    if other.pk == person.pk:
        messages.info(request, _("Hai hồ sơ này đã là một người."))
        return redirect("web.members.merge", person.code)
    _refuse_reader(request, other)
    keeps_other, reason = request.POST.get("giu") == OTHER, request.POST.get("ly-do", "").strip()
    kept, dropped = (other, person) if keeps_other else (person, other)

    def write() -> None:
        merge_persons(by=request.user, unit=unit_keeping(person), kept=kept, dropped=dropped, reason=reason)

    def done(_merged: None) -> HttpResponse:
        messages.success(request, _("Đã gộp. Từ nay hai hồ sơ là một người: %(name)s.") % {"name": kept.shown})
        return redirect("web.members.merge", kept.code)

    return answered(request, partial(_compare, request, person, other), write, done)


@access.signed_in
@require_POST
def unmerge(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """The records are two persons again."""
    person = access.person_to_read(request, code)
    row = get_object_or_404(PersonMerge.objects.select_related("kept", "dropped"), pk=key)
    if person.pk not in {row.kept.root_id, row.dropped.root_id}:
        raise Http404
    try:
        unmerge_persons(by=request.user, unit=unit_keeping(person), merge=row)
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, " ".join(refusal.sentences))
    else:
        messages.success(request, _("Đã tách: hai hồ sơ lại là hai người, mỗi hồ sơ giữ nguyên những gì đã ghi."))
    return redirect("web.members.merge", row.kept.code)


def _refuse_reader(request: HttpRequest, person: Person) -> None:
    unit = unit_keeping(person)
    if not access.can(request, Right.RECORD, unit):
        raise NotAllowed(
            _("Bạn có quyền xem hồ sơ này, chưa được giao quyền gộp hồ sơ ở đơn vị quản lý. Hãy nhờ người quản trị.")
        )


def _pick(request: HttpRequest, person: Person) -> HttpResponse:
    text = text_in(request)
    found = lookalikes(person, text, access.units_to_read(request))
    on = access.today()
    keepers = keepers_of(each.pk for each in found)
    names = names_of(set(keepers.values()), on)
    unit = unit_keeping(person)
    context = {
        "person": person,
        "href": person_href(person.code),
        "unit": card(unit, last_day_of(unit, on)) if unit else None,
        "q": text,
        "found": [
            # who looks through a list sees the year of birth, wherever the record is kept
            (each, names[keepers[each.pk]].short if each.pk in keepers else "", shown(each, "born", Sight.FAR))
            for each in found
        ],
        "merges": merges_of(person),
        "may_record": True,
        "fictional": person.fictional,
    }
    return render(request, "web/members/merge_pick.html", context)


def _sight(request: HttpRequest, unit: Unit | None) -> Sight:
    return sight_of(request.user, unit, access.today()) if unit else Sight.FAR  # type: ignore[arg-type]


def _compare(request: HttpRequest, person: Person, other: Person, faults: Sequence[str], status: int) -> HttpResponse:
    units = [unit_keeping(each) for each in (person, other)]
    sights = [_sight(request, unit) for unit in units]
    rows = [
        Row(field.label, shown(person, code, sights[0]), shown(other, code, sights[1]))
        for code, field in fields().items()
    ]
    # at first the record that says more
    fuller = sum(bool(row.other) for row in rows) > sum(bool(row.one) for row in rows)
    keeps_other = request.POST.get("giu", OTHER if fuller else "") == OTHER
    forbidden = [] if faults else what_forbids(person, other)
    context: dict[str, Any] = {
        "one": _side(person, units[0], access.today()),
        "other": _side(other, units[1], access.today()),
        # what is to be weighed comes first, what says nothing stands behind a fold
        "apart": sorted((row for row in rows if row.is_apart), key=lambda row: not row.differs),
        "alike": [row for row in rows if row.one and not row.is_apart],
        # what the person would lack under one record and has under the other
        "only_one": ", ".join(row.label for row in rows if row.one and not row.other),
        "only_other": ", ".join(row.label for row in rows if row.other and not row.one),
        "together": _weight(person, other),
        "keeps_other": keeps_other,
        "reason": request.POST.get("ly-do", ""),
        "faults": faults or forbidden,
        "forbidden": bool(what_forbids(person, other)) if faults else bool(forbidden),
        "action": reverse("web.members.merge", args=[person.code]),
        "fictional": person.fictional or other.fictional,
    }
    return render(request, "web/members/merge.html", context, status=status)


def _side(person: Person, unit: Unit | None, on: date) -> Side:
    rows = sorted(memberships_known(person), key=lambda row: (row.starts_on or date.min, row.pk))
    names = names_of({row.unit_id for row in rows} | ({unit.pk} if unit else set()), on)
    return Side(
        person,
        names[unit.pk].short if unit else "",
        tuple(f"{names[row.unit_id].short}: {vietnamese.span(row.span)}" for row in rows),
        _weight(person),
    )


def _weight(*people: Person) -> str:
    """'2 lần là đoàn viên · 1 chức danh · 3 việc có tên', of these records together."""
    weights = [weight_of(each) for each in people]
    return _("%(memberships)s lần là đoàn viên · %(posts)s chức danh · %(entries)s việc có tên") % {
        "memberships": vietnamese.number(sum(each.memberships for each in weights)),
        "posts": vietnamese.number(sum(each.posts for each in weights)),
        "entries": vietnamese.number(entries_naming([each.root_id for each in people])),
    }
