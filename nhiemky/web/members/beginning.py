"""From when a unit is counted from its register of members: the day, what it changes, and the act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from nhiemky.figures.queries.cutover import changes_of, straddling
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.members.actions import begin_register
from nhiemky.members.models import RegisterBegun
from nhiemky.rules import vietnamese
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of
from nhiemky.web import access


@access.form
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """The day is typed; what it changes is shown; then it is written."""
    unit = access.unit_to_administer(request, code)
    typed = (request.POST.get("tu") or request.GET.get("tu", "")).strip()[:20]
    if not typed:
        faults = [_("Chưa có ngày. Hãy ghi ngày/tháng/năm, ví dụ 1/1/2026.")] if request.method == "POST" else []
        return _page(request, unit, typed, None, faults)
    try:
        day = _day(unit, typed)
        if request.method == "POST":
            return _write(request, unit, day)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return _page(request, unit, typed, None, refusal.sentences)
    return _page(request, unit, typed, day)


def _day(unit: Unit, typed: str) -> date:
    try:
        day = vietnamese.parse_day(typed)
    except ValueError:
        raise Refusal(
            _("Ngày “%(given)s” chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 1/1/2026.") % {"given": typed}
        ) from None
    if not unit.lives_on(day):
        raise Refusal(_("Đơn vị không hoạt động vào ngày đó. Hãy kiểm tra ngày."))
    return day


def _write(request: HttpRequest, unit: Unit, day: date) -> HttpResponse:
    known = _begun(unit)
    if known and known.begins_on == day:
        messages.info(
            request, _("Đã tính theo sổ từ ngày %(day)s rồi; không ghi lần hai.") % {"day": vietnamese.day(day)}
        )
    else:
        begin_register(by=request.user, unit=unit, begins_on=day)
        messages.success(
            request, _("Từ ngày %(day)s, số đoàn viên của đơn vị tính theo sổ.") % {"day": vietnamese.day(day)}
        )
    return redirect("web.members.begin", unit.code)


def _begun(unit: Unit) -> RegisterBegun | None:
    return RegisterBegun.objects.filter(unit=unit, superseded_at__isnull=True).select_related("recorded_by").first()


def _page(request: HttpRequest, unit: Unit, typed: str, day: date | None, faults: Sequence[str] = ()) -> HttpResponse:
    known = _begun(unit)
    context = {
        "unit": card(unit, last_day_of(unit, access.today())),
        "typed": typed,
        "day": vietnamese.day(day) if day else "",
        "changes": list(changes_of(unit, day)) if day else [],
        "straddling": straddling(unit, day) if day else 0,
        "known": known,
        "known_day": vietnamese.day(known.begins_on) if known else "",
        "same": bool(known and known.begins_on == day),
        "faults": faults,
        "fictional": unit.fictional,
    }
    return render(request, "web/members/begin.html", context, status=422 if faults else 200)
