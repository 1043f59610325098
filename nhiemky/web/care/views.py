"""Backups: the list, a new one, and taking one away. Only for those who administer the whole installation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from nhiemky.foundation import background, clock
from nhiemky.foundation.backup import store
from nhiemky.foundation.backup.actions import AlreadyOrdered, note_download, order_backup
from nhiemky.foundation.backup.archive import CHUNK
from nhiemky.foundation.backup.store import Kept
from nhiemky.foundation.backup.tasks import make_ordered
from nhiemky.foundation.roles import Right
from nhiemky.web import access
from nhiemky.web.care.shown import ago, backup_shown, job_shown, reminder
from nhiemky.web.dates import moment


@access.signed_in
@require_safe
def backups(request: HttpRequest) -> HttpResponse:
    access.whole_installation(request, Right.ADMINISTER)
    job = job_shown(background.latest(make_ordered))
    if access.is_fragment(request):
        answer = render(request, "web/care/_job.html", {"job": job})
        if job is None or not job.running:
            answer.headers["HX-Refresh"] = "true"
        return answer
    now, known = clock.now(), store.last()
    context = {
        "rows": [backup_shown(each, now) for each in store.kept()],
        "job": job,
        "reminder": reminder(now),
        "made": known.made_at and f"{moment(known.made_at)} ({ago(known.made_at, now)})",
        "taken": known.taken_at and f"{moment(known.taken_at)} ({ago(known.taken_at, now)})",
        "keep": store.KEEP,
    }
    return render(request, "web/care/backups.html", context)


@access.signed_in
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    access.whole_installation(request, Right.ADMINISTER)
    try:
        order_backup(by=request.user)
    except AlreadyOrdered as there:
        # pressed twice, or by two: there is one, which is what was wanted
        messages.info(request, " ".join(there.sentences))
    else:
        messages.success(request, _("Đã bắt đầu tạo bản sao lưu."))
    return redirect("web.care.backups")


@never_cache
@sensitive_post_parameters("password")
@access.form
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    access.whole_installation(request, Right.ADMINISTER)
    backup = next((each for each in store.kept() if each.name == name), None)
    if backup is None:
        raise Http404
    faults: list[str] = []
    if request.method == "POST":
        # asked through the same gate as at the door, so that guessing is counted and locked
        given = request.POST.get("password", "")
        if authenticate(request, username=request.user.get_username(), password=given) == request.user:
            note_download(by=request.user, name=backup.name)
            return _file(backup)
        faults = [_("Mật khẩu chưa đúng. Hãy kiểm tra phím Caps Lock rồi nhập lại.")]
    context = {"backup": backup_shown(backup, clock.now()), "faults": faults}
    return render(request, "web/care/download.html", context, status=422 if faults else 200)


def _file(backup: Kept) -> StreamingHttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(True, backup.name) or "attachment",
        "Content-Length": str(backup.size),
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(_chunks(backup), content_type="application/zip", headers=headers)


def _chunks(backup: Kept) -> Iterator[bytes]:
    with backup.path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
    # the last byte is gone; on a full disk the reminder merely comes back
    with suppress(OSError):
        store.note_taken(backup.made_at)
