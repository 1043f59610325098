"""A list of members before it is written: every row and cell with its state, what is to be decided, and writing it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from nhiemky.foundation import background
from nhiemky.foundation.background import State as JobState
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.members.importing import preview
from nhiemky.members.importing.drafts import Draft, Stage
from nhiemky.members.importing.spool import Decision, Looked, Spool, open_spool
from nhiemky.members.importing.tasks import look_in_background, write, write_in_background
from nhiemky.members.models import SheetImport
from nhiemky.rules import vietnamese
from nhiemky.units.models import Unit
from nhiemky.units.queries import card
from nhiemky.web import access
from nhiemky.web.members.importing import draft_to_change, sheet_answer
from nhiemky.web.members.importing_shown import (
    decision_words,
    legend,
    outcome_sentence,
    rows_shown,
    work_shown,
)

PAGE = 50
# what the list may be narrowed to: name in the address -> condition on a row of the spool, key of its count
FILTERS = {
    "": ("1", "all"),
    "quyet-dinh": ("open", "open_all"),
    "loi": ("state = 5", "error"),
    "luu-y": ("state = 4", "warning"),
    "doi": ("state = 3", "changed"),
    "moi": ("state = 2", "new"),
    "nhu-so": ("state = 1", "same"),
}


class _Rows:
    """The rows of a filter as a paginator wants them."""

    def __init__(self, spool: Spool, where: str) -> None:
        self._spool, self._where = spool, where

    def __len__(self) -> int:
        return self._spool.count(self._where)

    def __getitem__(self, part: slice) -> list[Looked]:
        return self._spool.page(self._where, part.start, part.stop - part.start)


@never_cache
@access.form
def show(request: HttpRequest, code: str, draft: str) -> HttpResponse:
    unit = access.unit_to_record(request, code)
    kept = _settled(draft_to_change(request, unit, draft), unit)
    if kept.stage is Stage.MAPPING:
        return redirect("web.members.import_columns", unit.code, kept.code)
    if kept.stage is Stage.WRITTEN:
        return _result(request, unit, kept)
    if kept.stage in (Stage.LOOKING, Stage.WRITING):
        return _progress(request, unit, kept)
    if request.method == "POST":
        _decide(request, kept)
        where = request.POST.get("loc", "")
        page = request.POST.get("trang", "")
        query = f"?loc={where}" if where in FILTERS and where else "?"
        return redirect(f"{request.path}{query}{f'&trang={page}' if page.isdigit() else ''}")
    return _preview(request, unit, kept)


def _settled(draft: Draft, unit: Unit) -> Draft:
    """The draft, with what became of work that was broken off, or was done from another page."""
    if draft.stage is not Stage.WRITTEN and (row := SheetImport.objects.filter(code=draft.code).first()):
        draft.is_written(row.counts)
    elif draft.stage in (Stage.LOOKING, Stage.WRITING):
        job = _job(draft)
        if job is not None and job.state in (JobState.FAILED, JobState.STOPPED):
            draft.stage = Stage.MAPPING if draft.stage is Stage.LOOKING else Stage.READY
            draft.fault = job.sentence or _("Việc này bị ngắt giữa chừng; chưa có gì được ghi vào sổ. Hãy làm lại.")
            draft.save()
    return draft


def _job(draft: Draft) -> background.Job | None:
    task = look_in_background if draft.stage is Stage.LOOKING else write_in_background
    return background.latest(task, draft.code)


def _progress(request: HttpRequest, unit: Unit, draft: Draft) -> HttpResponse:
    context = {
        "unit": card(unit, access.today()),
        "fictional": unit.fictional,
        "draft": draft,
        "work": work_shown(draft, _job(draft)),
    }
    if access.is_fragment(request):
        return render(request, "web/members/_import_work.html", context)
    return render(request, "web/members/import_work.html", context)


def _result(request: HttpRequest, unit: Unit, draft: Draft) -> HttpResponse:
    context = {
        "unit": card(unit, access.today()), "fictional": unit.fictional, "draft": draft, "words": outcome_sentence(draft.counts),
        "left_out": draft.counts.get("faulty", 0) + draft.counts.get("out", 0), "has_report": draft.report_path.exists(),
    }  # fmt: skip
    answer = render(request, "web/members/import_result.html", context)
    if access.is_fragment(request):
        answer.headers["HX-Refresh"] = "true"
    return answer


def _preview(request: HttpRequest, unit: Unit, draft: Draft) -> HttpResponse:
    chosen = request.GET.get("loc", "")
    chosen = chosen if chosen in FILTERS else ""
    with open_spool(draft.rows_path) as spool:
        counts = spool.counts()
        found: Any = _Rows(spool, FILTERS[chosen][0])
        page = Paginator(found, PAGE).get_page(request.GET.get("trang"))
        rows = rows_shown(list(page.object_list), draft, unit, request.user, access.today())  # type: ignore[arg-type]
        forecast = spool.forecast(draft.without_faulty_cells)
        offered = spool.offered()
    words = decision_words(True)
    context = {
        "unit": card(unit, access.today()), "fictional": unit.fictional, "draft": draft, "rows": rows, "page": page, "filter": chosen,
        "query": f"loc={chosen}&" if chosen else "", "chips": _chips(counts, chosen), "legend": legend(),
        "counts": counts, "waiting": vietnamese.number(counts["open"]) if counts["open"] else "",
        "bulk": [(str(each), words[each], vietnamese.number(offered[each])) for each in Decision if each in offered],
        "forecast": outcome_sentence(forecast), "writes": forecast["new"] + forecast["amended"],
        "faulty_cells": draft.without_faulty_cells or counts["soft"] > 0, "faults": [draft.fault] if draft.fault else [],
        "outside": draft.counts.get("outside", 0),
    }  # fmt: skip
    answer = render(request, "web/members/import_preview.html", context)
    if access.is_fragment(request):
        answer.headers["HX-Refresh"] = "true"
    return answer


def _chips(counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    labels = {
        "": _("tất cả"),
        "quyet-dinh": _("cần quyết định"),
        "loi": _("lỗi"),
        "luu-y": _("lưu ý"),
        "doi": _("đổi"),
        "moi": _("mới"),
        "nhu-so": _("như sổ"),
    }
    counts = counts | {"all": sum(counts[each] for each in ("same", "new", "changed", "warning", "error"))}
    return [
        {"key": key, "label": labels[key], "count": counts[name], "is_current": key == chosen}
        for key, (_where, name) in FILTERS.items()
        if counts[name] or not key or key == chosen
    ]


def _decide(request: HttpRequest, draft: Draft) -> None:
    """Decisions row by row, for all rows at once, and whether rows with faulty cells are written without those."""
    draft.fault = ""
    if "o-sai" in request.POST:
        draft.without_faulty_cells = request.POST["o-sai"] == "bo-o"
        draft.save()
        messages.success(request, _("Đã ghi nhận lựa chọn."))
        return
    with open_spool(draft.rows_path) as spool:
        if "tat-ca" in request.POST:
            wanted = request.POST["tat-ca"]
            done = spool.decide(Decision(wanted)) if wanted in set(Decision) and wanted else 0
        else:
            done = 0
            for name, value in request.POST.items():
                found = re.fullmatch(r"dong-(\d{1,7})", name)
                if found and value in set(Decision) and value:
                    done += spool.decide(Decision(value), int(found[1]))
    if done:
        messages.success(request, _("Đã chọn cho %(count)s dòng.") % {"count": vietnamese.number(done)})
    else:
        messages.error(request, _("Chưa chọn dòng nào. Hãy chọn ở từng dòng, hoặc chọn cho tất cả."))
    draft.save()


@access.signed_in
@require_POST
def apply(request: HttpRequest, code: str, draft: str) -> HttpResponse:
    unit = access.unit_to_record(request, code)
    kept = _settled(draft_to_change(request, unit, draft), unit)
    if kept.stage is not Stage.READY:
        return redirect("web.members.import_preview", unit.code, kept.code)
    try:
        with open_spool(kept.rows_path) as spool:
            waiting, count = spool.count("open AND decision = ''"), spool.count()
        if waiting:
            raise Refusal(
                _("Còn %(count)s dòng trùng chưa quyết định. Hãy chọn cho từng dòng hoặc cho tất cả.")
                % {"count": vietnamese.number(waiting)}
            )
        if count <= preview.AT_ONCE_ROWS:
            write(kept, unit, request.user, lambda _done: None)  # type: ignore[arg-type]
        else:
            kept.stage, kept.fault = Stage.WRITING, ""
            kept.save()
            background.enqueue(write_in_background, kept.code)
    except NotAllowed:
        raise
    except Refusal as refusal:
        # the button was pressed twice, and the other was first; or the draft was given up from another page
        if _settled(draft_to_change(request, unit, draft), unit).stage is not Stage.WRITTEN:
            kept.stage, kept.fault = Stage.READY, " ".join(refusal.sentences)
            kept.save()
    return redirect("web.members.import_preview", unit.code, kept.code)


@access.signed_in
@require_safe
def report(request: HttpRequest, code: str, draft: str) -> HttpResponse:
    unit = access.unit_to_record(request, code)
    kept = draft_to_change(request, unit, draft)
    try:
        data = kept.report_path.read_bytes()
    except OSError:
        raise Http404 from None
    return sheet_answer(data, _("Kết quả nạp đoàn viên") + ".xlsx")
