"""Middleware: uploads that are too large, and refusals, answered in sentences."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from nhiemky.foundation import disk
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.web.errors import disk_is_full, pressed_elsewhere, refusal

Answer = Callable[[HttpRequest], HttpResponse]
# addresses whose form takes several files at once
_SEVERAL_FILES = ("/ghi-viec/", "/sua/", "/minh-chung/")
# whose form takes a list of members
_SHEET = "/doan-vien/nap/"


def upload_limit(answer: Answer) -> Answer:
    """Refuse a body over the limit before any of it is parsed."""

    def handle(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        several = request.path.endswith(_SEVERAL_FILES)
        sheet = request.path.endswith(_SHEET)
        limit = settings.EVIDENCE_LIMIT if several else settings.SHEET_LIMIT if sheet else settings.UPLOAD_LIMIT
        # headroom for the fields and boundaries around the files themselves
        if length.isdigit() and int(length) > limit + 100_000:
            alone = _("Tệp lớn hơn 10 MB nên không nhận được. Hãy giảm dung lượng tệp rồi gửi lại.")
            together = _("Các tệp cộng lại lớn hơn 40 MB nên không nhận được. Hãy bớt tệp rồi gửi lại.")
            long = _("Tệp lớn hơn 40 MB nên không nhận được. Hãy chia danh sách thành nhiều tệp.")
            return refusal([together if several else long if sheet else alone], 413)
        return answer(request)

    return handle


def kept_by_nobody(answer: Answer) -> Answer:
    """Pages and files of a signed-in person are kept by no cache between them and us, and asked for anew each time."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return handle


def head_without_body(answer: Answer) -> Answer:
    """Answer HEAD with the head only: the server would send the body, and spoil the next answer on the line."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if request.method == "HEAD" and not response.streaming:
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    return handle


class refusals:
    """Show a Refusal that a view did not catch as a page with its sentences, and say what a full disk and an address of a button mean."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        return pressed_elsewhere(response) if isinstance(response, HttpResponseNotAllowed) else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError) and "locked" in str(exception):
            sentence = _("Hệ thống đang bận ghi một tệp lớn. Chưa có gì được ghi; hãy thử lại sau một phút.")
            response = refusal([sentence], 503)
            response.headers["Retry-After"] = "60"
            return response
        if not isinstance(exception, Refusal):
            return disk_is_full() if disk.is_full(exception) else None
        return refusal(exception.sentences, 403 if isinstance(exception, NotAllowed) else 422)
