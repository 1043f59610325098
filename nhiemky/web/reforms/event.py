"""An event: a draft with its rows, one that is being applied, and one that was applied or annulled."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from nhiemky.foundation.background import Job
from nhiemky.foundation.background import State as JobState
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.rules import vietnamese
from nhiemky.web import access
from nhiemky.web.dates import moment
from nhiemky.web.reforms.columns import columns_of_event
from nhiemky.web.reforms.planning import job_of, mark_of, rows_in
from nhiemky.web.reforms.shown import Names, about, event_shown, faults_by_row, rows_shown

PER_PAGE = 50


@never_cache
@access.signed_in
@require_safe
def event(request: HttpRequest, code: str) -> HttpResponse:
    found = access.reorganisation_to_read(request, code)
    if found.state == State.DRAFT:
        job = job_of(found)
        if job and job.unfinished:
            return _working(request, found, job)
        answer = _plan(request, found, job)
    else:
        answer = _done(request, found)
    if access.is_fragment(request):
        answer.headers["HX-Refresh"] = "true"
    return answer


def _working(request: HttpRequest, found: Reorganisation, job: Job) -> HttpResponse:
    percent = str(job.done // 10)
    sentence = _("Đang chờ đến lượt… Bạn có thể đóng trang này.")
    if job.state is JobState.RUNNING:
        sentence = _("Đang áp dụng: %(percent)s %%. Bạn có thể đóng trang này.") % {"percent": percent}
    context = about(found) | {"work": {"percent": percent, "sentence": sentence}}
    template = "web/reforms/_work.html" if access.is_fragment(request) else "web/reforms/work.html"
    return render(request, template, context)


def _plan(request: HttpRequest, found: Reorganisation, job: Job | None) -> HttpResponse:
    """The rows as sentences; those that cannot be so stand first, each with why."""
    rows = rows_in(found)
    told = faults_by_row(found, rows) if rows else {}
    wrong = [row for row in rows if row.at in told]
    ordered = wrong + [row for row in rows if row.at not in told]
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("trang"))
    names = Names(found, rows)
    shown = rows_shown(list(page.object_list), names, told)
    context = about(found) | {
        "rows": [(each, mark_of(row)) for each, row in zip(shown, page.object_list, strict=True)],
        "page": page,
        "count": vietnamese.number(len(rows)),
        "wrong": vietnamese.number(len(wrong)) if wrong else "",
        "faults": told.get(0, []),
        "ready": bool(rows) and not told,
        "early": found.day > access.today(),
        "broken": _why_broken(job),
        "drafted": moment(found.drafted_at),
    }
    return render(request, "web/reforms/plan.html", context)


def _why_broken(job: Job | None) -> str:
    if job is None or job.state not in (JobState.FAILED, JobState.STOPPED):
        return ""
    return job.sentence or _("Việc áp dụng bị ngắt giữa chừng; chưa có gì được ghi. Hãy xem trước rồi áp dụng lại.")


def counts_said(counts: dict[str, int]) -> list[tuple[str, str]]:
    """What an event wrote, as numbers with their words; nothing of what it did not touch."""
    words = {
        "founded": _("đơn vị thành lập"),
        "moved": _("đơn vị chuyển cấp trên"),
        "renamed": _("đơn vị đổi tên hoặc loại"),
        "ended": _("đơn vị kết thúc"),
        "members": _("lượt đoàn viên chuyển theo"),
        "posts": _("chức danh kết thúc"),
        "terms": _("nhiệm kỳ kết thúc"),
        "transfers": _("đề nghị chuyển sinh hoạt rút lại"),
        "stocks": _("số mở đầu ghi cho đơn vị tiếp nhận"),
    }
    return [(vietnamese.number(counts[key]), label) for key, label in words.items() if counts.get(key)]


def _done(request: HttpRequest, found: Reorganisation) -> HttpResponse:
    applied = found.state in (State.APPLIED, State.ANNULLED)
    turned = found.reversed_by.exclude(state=State.DISCARDED).order_by("pk")
    plans = access.may_reorganise(request, found.unit)
    context: dict[str, Any] = about(found) | {
        "columns": columns_of_event(found) if applied else None,
        "counts": counts_said(found.counts),
        "applied": f"{moment(found.applied_at)}" if found.applied_at else "",
        "ended": moment(found.ended_at) if found.ended_at else "",
        "plans": plans,
        "is_applied": found.state == State.APPLIED,
        "is_annulled": found.state == State.ANNULLED,
        "turned": [event_shown(each) for each in turned if plans or each.state in (State.APPLIED, State.ANNULLED)],
    }
    return render(request, "web/reforms/event.html", context)
