"""What a person is owed of their own data: who may open what is masked, who did, all that is kept, and forgetting."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from nhiemky.documents.sheets import Column, Sheet, write_workbook
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.members.actions import erase_person, give_consent, reveal_person, tell_person, withdraw_consent
from nhiemky.members.masking import Sight, is_masked, shown, sight_of
from nhiemky.members.models import Person
from nhiemky.members.particulars import fields, written
from nhiemky.members.purposes import erasures, purposes, reasons
from nhiemky.members.queries.privacy import Part, all_kept_of, consents_of, readings_at, readings_of
from nhiemky.rules import vietnamese
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of
from nhiemky.web import access
from nhiemky.web.dates import moment, typed_day
from nhiemky.web.files import attachment
from nhiemky.web.frame import answered
from nhiemky.web.members.links import person_href

PER_PAGE = 50


@never_cache
@access.form
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Masked particulars in clear, once: asked for with a reason, and the unit sees who did."""
    person, unit = access.person_to_record(request, code)
    masked = _masked(request, person, unit)
    reason, codes = request.POST.get("ly-do", ""), request.POST.getlist("muc")

    def page(faults: Sequence[str], status: int, found: Mapping[str, str] | None = None) -> HttpResponse:
        context = _frame(person, unit) | {
            "masked": [(each, fields()[each].label, text, each in codes or not codes) for each, text in masked.items()],
            "found": [(fields()[each].label, text) for each, text in (found or {}).items()],
            "reasons": reasons().items(),
            "typed": {"reason": reason},
            "faults": faults,
        }
        return render(request, "web/members/reveal.html", context, status=status)

    def write() -> dict[str, str]:
        asked = [each for each in codes if each in masked]
        return reveal_person(by=request.user, unit=unit, person=person, codes=asked, reason=reason)

    return answered(request, page, write, lambda found: page((), 200, found))


def _masked(request: HttpRequest, person: Person, unit: Unit) -> dict[str, str]:
    """What is kept of the person and hidden from this reader: code -> as a page shows it."""
    assert isinstance(request.user, User)
    sight = sight_of(request.user, unit, access.today())
    return {each: shown(person, each, sight) for each in fields() if is_masked(each, sight) and written(person, each)}


@access.signed_in
@require_safe
def readings(request: HttpRequest, code: str) -> HttpResponse:
    """Who opened what of the unit's members, and why."""
    unit = access.unit_to_read(request, code)
    before = request.GET.get("truoc", "")
    last = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
    rows = readings_at(unit, last, PER_PAGE + 1)
    here = card(unit, last_day_of(unit, access.today()))
    context = {
        "unit": here,
        "fictional": here.fictional,
        "rows": [(row, moment(row.at), person_href(row.code) if row.code else "") for row in rows[:PER_PAGE]],
        "next": f"?truoc={rows[PER_PAGE - 1].number}" if len(rows) > PER_PAGE else "",
        "first": "?" if last else "",
    }
    return render(request, "web/members/readings.html", context)


@never_cache
@access.form
def own_data(request: HttpRequest, code: str) -> HttpResponse:
    """All that is kept of a person, as a file for that person; purposes, consents, and who read what."""
    person, unit = access.person_to_record(request, code)
    assert isinstance(request.user, User)
    held, near = consents_of(person), sight_of(request.user, unit, access.today()) is Sight.NEAR

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = _frame(person, unit) | {
            "near": near,
            "purposes": [(each, held.get(each.code)) for each in purposes().values()],
            "readings": [(row, moment(row.at)) for row in readings_of(person, most=10)],
            "today": vietnamese.day(access.today()),
            "may_erase": access.can(request, Right.ADMINISTER, unit),
            "faults": faults,
        }
        return render(request, "web/members/own_data.html", context, status=status)

    def write() -> HttpResponse:
        if (format := request.POST.get("tai", "")) in ("xlsx", "json"):
            return _own_file(request, person, unit, format)
        _consent(request, person, unit)
        messages.success(request, _("Đã ghi."))
        return redirect("web.members.own_data", person.code)

    return answered(request, page, write, lambda answer: answer)


def _consent(request: HttpRequest, person: Person, unit: Unit) -> None:
    purpose = request.POST.get("muc-dich", "")
    day = typed_day(request.POST.get("ngay", "") or vietnamese.day(access.today()), _("Ngày"))
    if request.POST.get("viec") == "rut":
        withdraw_consent(by=request.user, unit=unit, person=person, purpose=purpose, withdrawn_on=day)
    else:
        give_consent(by=request.user, unit=unit, person=person, purpose=purpose, given_on=day)


def _own_file(request: HttpRequest, person: Person, unit: Unit, format: str) -> HttpResponse:
    tell_person(by=request.user, unit=unit, person=person)
    parts = all_kept_of(person)
    name = f"du-lieu-{person.code}"
    if format == "xlsx":
        return attachment(write_workbook([_sheet(part) for part in parts]), "xlsx", name)
    data = json.dumps(_as_json(person, parts), ensure_ascii=False, indent=2).encode()
    answer = HttpResponse(data, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


def _sheet(part: Part) -> Sheet:
    return Sheet(part.title, part.title, tuple(Column(each, 30) for each in part.headings), part.rows)


def _as_json(person: Person, parts: list[Part]) -> dict[str, Any]:
    return {
        "code": person.code,
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "parts": [
            {"title": part.title, "rows": [dict(zip(part.headings, row, strict=True)) for row in part.rows]}
            for part in parts
        ],
    }


@never_cache
@access.form
def erase(request: HttpRequest, code: str) -> HttpResponse:
    """What goes and what stays, then for ever."""
    person, unit = access.person_to_record(request, code)
    access.unit_to_change(request, unit.code, Right.ADMINISTER)
    reason = request.POST.get("ly-do", "")

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = _frame(person, unit) | {"reasons": erasures().items(), "reason": reason, "faults": faults}
        return render(request, "web/members/erase.html", context, status=status)

    def write() -> None:
        if not request.POST.get("dong-y"):
            raise Refusal(_("Hãy đánh dấu đồng ý: xóa rồi không lấy lại được."))
        erase_person(by=request.user, unit=unit, person=person, reason=reason)

    def done(_erased: None) -> HttpResponse:
        messages.success(request, _("Đã xóa thông tin của người này. Số đoàn viên các kỳ trước không đổi."))
        return redirect("web.members.list", unit.code)

    return answered(request, page, write, done)


def _frame(person: Person, unit: Unit) -> dict[str, Any]:
    here = card(unit, last_day_of(unit, access.today()))
    return {
        "person": person,
        "address": person_href(person.code),
        "unit": here,
        "fictional": here.fictional,
    }
