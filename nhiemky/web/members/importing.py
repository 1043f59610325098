"""A list of members from Excel: handing the file in, saying what its columns hold, and giving it up."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from nhiemky.foundation import background, clock
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions.imports import JOININGS, joining_choices, remember_columns
from nhiemky.members.importing import columns, drafts, preview
from nhiemky.members.importing.drafts import Draft, Stage
from nhiemky.members.importing.tasks import look_in_background
from nhiemky.members.importing.template import template as template_file
from nhiemky.members.models import SheetImport
from nhiemky.rules import vietnamese
from nhiemky.units.models import Unit
from nhiemky.units.queries import card
from nhiemky.web import access
from nhiemky.web.members.importing_shown import ImportShown, draft_words, mapping_rows
from nhiemky.web.units.ended import no_more_members

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 10


def draft_to_change(request: HttpRequest, unit: Unit, code: str) -> Draft:
    """The draft, if it is the person's own for this unit and still kept."""
    draft = drafts.draft_of(code, by=int(request.user.pk or 0), unit=unit.code, at=clock.now())
    if draft is None:
        raise Http404
    return draft


@never_cache
@access.form
def hand_in(request: HttpRequest, code: str) -> HttpResponse:
    unit = access.unit_to_record(request, code)
    no_more_members(request, unit)
    faults: list[str] = []
    if request.method == "POST":
        given = request.FILES.get("tep")
        try:
            if not isinstance(given, UploadedFile):
                raise Refusal(_("Chưa chọn tệp. Hãy chọn tệp Excel hoặc CSV rồi bấm tiếp."))
            draft = preview.begin(by=request.user, unit=unit, name=given.name or "", data=given.read(), at=clock.now())  # type: ignore[arg-type]
            return redirect("web.members.import_columns", unit.code, draft.code)
        except Refusal as refusal:
            faults = list(refusal.sentences)
    now = clock.now()
    drafts.forget_old(now)
    rows = SheetImport.objects.filter(unit=unit).select_related("by").order_by("-at")[:SHOWN]
    mine = drafts.drafts_of(int(request.user.pk or 0), unit.code, now)
    context = {
        "unit": card(unit, access.today()),
        "fictional": unit.fictional,
        "faults": faults,
        "drafts": [_draft_shown(unit, each) for each in mine if each.stage is not Stage.WRITTEN],
        "written": [_draft_shown(unit, each) for each in mine if each.stage is Stage.WRITTEN],
        "past": [ImportShown.of(row) for row in rows],
    }
    return render(request, "web/members/import.html", context, status=422 if faults else 200)


def _draft_shown(unit: Unit, draft: Draft) -> tuple[str, str, str]:
    return draft.name, draft_words(draft), reverse("web.members.import_preview", args=[unit.code, draft.code])


@access.signed_in
@require_safe
def template(request: HttpRequest, code: str) -> HttpResponse:
    unit = access.unit_to_read(request, code)
    shown = card(unit, access.today())
    return sheet_answer(template_file(shown.name), _("Mẫu danh sách đoàn viên") + ".xlsx")


def sheet_answer(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=XLSX)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@never_cache
@access.form
def set_columns(request: HttpRequest, code: str, draft: str) -> HttpResponse:
    unit = access.unit_to_record(request, code)
    kept = draft_to_change(request, unit, draft)
    if kept.stage in (Stage.LOOKING, Stage.WRITING, Stage.WRITTEN):
        return redirect("web.members.import_preview", unit.code, kept.code)
    if request.method != "POST" and (sheet := request.GET.get("trang-tinh", "")) in kept.sheets:
        try:
            preview.choose_sheet(kept, unit, sheet)
        except Refusal as refusal:
            messages.error(request, " ".join(refusal.sentences))
        return redirect("web.members.import_columns", unit.code, kept.code)
    typed: dict[str, Any] = {
        "mapping": kept.mapping,
        "present_on": vietnamese.day(date.fromisoformat(kept.present_on)) if kept.present_on else "",
        "joining": kept.joining,
    }
    faults = [kept.fault] if kept.fault else []
    if request.method == "POST":
        typed, faults = _posted(request, kept, unit)
        if not faults:
            try:
                _take(request, unit, kept, typed)
                return redirect("web.members.import_preview", unit.code, kept.code)
            except Refusal as refusal:
                faults = list(refusal.sentences)
    context = {
        "unit": card(unit, access.today()), "fictional": unit.fictional, "draft": kept, "faults": faults, "typed": typed,
        "rows": mapping_rows(kept, typed["mapping"]), "joinings": joining_choices(),
        "wrong_day": bool(typed["present_on"]) and request.method == "POST" and "present_iso" not in typed,
        "other_sheets": [each for each in kept.sheets if each != kept.sheet],
    }  # fmt: skip
    return render(request, "web/members/import_columns.html", context, status=422 if faults and request.POST else 200)


def _posted(request: HttpRequest, draft: Draft, unit: Unit) -> tuple[dict[str, Any], list[str]]:
    known = columns.known_columns()
    mapping = {
        at: chosen
        for at in range(len(draft.labels))
        if (chosen := request.POST.get(f"cot-{at}", "")) in known
    }  # fmt: skip
    present_on = request.POST.get("co-mat", "").strip()[:20]
    typed: dict[str, Any] = {
        "mapping": mapping,
        "present_on": present_on,
        "joining": request.POST.get("cach-vao", ""),
    }
    faults = preview.mapping_faults(mapping, unit, access.today())
    if typed["joining"] not in JOININGS:
        faults.append(_("Chưa chọn những người này vào công đoàn theo cách nào. Hãy chọn một cách."))
    if present_on:
        try:
            day = vietnamese.parse_day(present_on)
            if day > access.today():
                faults.append(_("Ngày có mặt ở đơn vị ở sau hôm nay. Hãy kiểm tra ngày."))
            else:
                typed["present_iso"] = day.isoformat()
        except ValueError:
            faults.append(_("Ngày có mặt ở đơn vị chưa đúng. Hãy ghi như 1/1/2024, hoặc để trống."))
    return typed, faults


def _take(request: HttpRequest, unit: Unit, draft: Draft, typed: dict[str, Any]) -> None:
    """The columns are as the user says; they are remembered, and the rows looked over: at once where there are few."""
    draft.mapping, draft.joining = typed["mapping"], typed["joining"]
    draft.present_on, draft.fault = typed.get("present_iso", ""), ""
    if draft.mapping != columns.recognised(draft.labels):
        remember_columns(by=request.user, unit=unit, labels=draft.labels, mapping=draft.mapping)
    if (draft.folder / "file").stat().st_size <= preview.AT_ONCE_BYTES:
        preview.look_over(draft, unit, request.user, access.today())  # type: ignore[arg-type]
        return
    draft.stage = Stage.LOOKING
    draft.save()
    background.enqueue(look_in_background, draft.code)


@access.signed_in
@require_POST
def drop(request: HttpRequest, code: str, draft: str) -> HttpResponse:
    unit = access.unit_to_record(request, code)
    kept = draft_to_change(request, unit, draft)
    if kept.stage in (Stage.WRITING, Stage.WRITTEN):
        return redirect("web.members.import_preview", unit.code, kept.code)
    kept.forget()
    messages.success(request, _("Đã bỏ danh sách; tệp đã xóa khỏi hệ thống, chưa có gì được ghi."))
    return redirect("web.members.import", unit.code)
