"""A draft begun, and its words changed: title, day, decision and file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from nhiemky.foundation.files import Kept
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.reforms.actions import amend_reorganisation, discard_reorganisation, draft_reorganisation
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.rules import vietnamese
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit
from nhiemky.units.queries import card
from nhiemky.web import access
from nhiemky.web.dates import typed_day
from nhiemky.web.frame import answered, typed_in, underscored
from nhiemky.web.once import again_or_fresh, code_in, write_once
from nhiemky.web.records.recording import handed_in
from nhiemky.web.reforms.planning import draft_to_change, rows_in

BOXES = {"ten": "title", "so": "decision", "co-quan": "decided_by", "ghi-chu": "note"}
DAYS = ("ngay", "ngay-quyet-dinh")


@access.form
def new(request: HttpRequest, code: str) -> HttpResponse:
    """What it is called, from when, by which decision; then its rows."""
    unit = access.unit_to_reorganise(request, code)
    typed = typed_in(request, (*BOXES, *DAYS))

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = {
            "unit": card(unit, access.today()), "fictional": unit.fictional, "typed": underscored(typed),
            "faults": faults, "had_file": "tep" in request.FILES, "code": again_or_fresh(request, unit, "sap-xep", status),
        }  # fmt: skip
        return render(request, "web/reforms/draft.html", context, status=status)

    def done(event: Reorganisation) -> HttpResponse:
        return redirect("web.reforms.event", event.code)

    return answered(request, page, lambda: _drafted(request, unit, typed), done)


def _drafted(request: HttpRequest, unit: Unit, typed: dict[str, str]) -> Reorganisation:
    code = code_in(request, unit, "sap-xep")
    day, decided_on, file = _read(request, typed)
    texts = {field: typed[box] for box, field in BOXES.items()}

    def same(event: Reorganisation) -> bool:
        said = (event.title, event.day, event.decision, event.decided_on, event.decided_by)
        digest = file.digest if file else ""
        return (*said, event.file.digest if event.file else "") == (
            clean(texts["title"]), day, clean(texts["decision"]), decided_on, clean(texts["decided_by"]), digest,
        )  # fmt: skip

    return write_once(
        lambda: Reorganisation.objects.filter(code=code, unit=unit).select_related("unit").first(),
        same,
        lambda: draft_reorganisation(
            by=request.user, unit=unit, day=day, code=code, file=file, decided_on=decided_on, **texts
        ),
    )[0]


def _read(request: HttpRequest, typed: dict[str, str]) -> tuple[date, date | None, Kept | None]:
    """The two days and the file; every fault of them at once."""
    faults: list[str] = []
    days: list[date | None] = []
    for box, name in (("ngay", _("Ngày có hiệu lực")), ("ngay-quyet-dinh", _("Ngày quyết định"))):
        try:
            days.append(typed_day(typed[box], name) if typed[box] or box == "ngay" else None)
        except Refusal as refusal:
            faults += refusal.sentences
    if not clean(typed["ten"]):
        faults.append(_("Chưa có tên việc sắp xếp. Hãy ghi ngắn gọn, ví dụ: Kết thúc cấp huyện."))
    files, wrong = handed_in(request)
    faults += wrong
    if faults:
        raise Refusal.of(faults)
    assert days[0] is not None
    return days[0], days[1], files[0] if files else None


@access.form
def edit(request: HttpRequest, code: str) -> HttpResponse:
    event = draft_to_change(request, code)
    if isinstance(event, HttpResponse):
        return event
    begun = {box: getattr(event, field) for box, field in BOXES.items()}
    begun |= {
        "ngay": vietnamese.day(event.day),
        "ngay-quyet-dinh": vietnamese.day(event.decided_on) if event.decided_on else "",
    }
    typed = typed_in(request, (*BOXES, *DAYS), begun)

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = {
            "unit": card(event.unit, access.today()), "fictional": event.unit.fictional, "typed": underscored(typed),
            "faults": faults, "event": event, "had_file": "tep" in request.FILES,
        }  # fmt: skip
        return render(request, "web/reforms/draft.html", context, status=status)

    def write() -> Reorganisation:
        day, decided_on, file = _read(request, typed)
        texts = {field: typed[box] for box, field in BOXES.items()}
        return amend_reorganisation(
            by=request.user, event=event, day=day, rows=rows_in(event), file=file, decided_on=decided_on, **texts
        )

    return answered(request, page, write, lambda _event: redirect("web.reforms.event", event.code))


@access.signed_in
@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    event = draft_to_change(request, code)
    if isinstance(event, HttpResponse):
        return event
    try:
        discard_reorganisation(by=request.user, event=event)
    except NotAllowed:
        raise
    except Refusal as refusal:
        if Reorganisation.objects.get(pk=event.pk).state != State.DISCARDED:
            messages.error(request, " ".join(refusal.sentences))
            return redirect("web.reforms.event", event.code)
    messages.success(request, _("Đã bỏ phương án “%(title)s”; tổ chức không đổi gì.") % {"title": event.title})
    return redirect("web.reforms.list", event.unit.code)
