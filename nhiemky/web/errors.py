"""Refusals and error pages in sentences. They need no database, so they show when nothing else does."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from nhiemky.foundation import disk


def refusal(sentences: Iterable[str], status: int) -> HttpResponse:
    """A page that says what was refused, why, and what to do; without a request, so that nothing asks the database."""
    titles = {
        400: _("Yêu cầu không hợp lệ"),
        403: _("Chưa được phép"),
        404: _("Không có trang này"),
        405: _("Chưa làm được"),
        410: _("Đường dẫn không còn dùng được"),
        413: _("Tệp quá lớn"),
        422: _("Chưa làm được"),
        429: _("Tạm khóa đăng nhập"),
        500: _("Hệ thống gặp lỗi"),
        503: _("Hệ thống đang bận"),
        507: _("Ổ đĩa của máy chủ đã đầy"),
    }
    shown = {"title": titles[status], "sentences": list(sentences), "status": status}
    return HttpResponse(render_to_string("web/refusal.html", shown), status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return refusal([_("Trình duyệt gửi một yêu cầu không hiểu được. Hãy quay lại trang trước rồi thử lại.")], 400)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its mark, mostly from a page left open too long."""
    sentence = _("Trang đã mở quá lâu hoặc trình duyệt chặn cookie. Hãy quay lại, tải lại trang rồi gửi lại.")
    return refusal([sentence], 403)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    sentence = _("Bạn chưa được giao quyền làm việc này. Hãy nhờ người quản trị của đơn vị giao quyền.")
    return refusal([sentence], 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    sentence = _("Không có trang này, hoặc bạn chưa được giao quyền xem. Hãy kiểm tra địa chỉ, hoặc về trang đầu.")
    return refusal([sentence], 404)


def pressed_elsewhere(refused: HttpResponse) -> HttpResponse:
    """The address of a button, opened as a page: mostly by whoever had to sign in again after pressing it."""
    sentence = _("Việc này làm bằng một nút trên trang khác, nên lần này chưa ghi gì. Hãy mở lại trang ấy rồi bấm nút.")
    answer = refusal([sentence], 405)
    answer.headers["Allow"] = refused.headers["Allow"]
    return answer


def disk_is_full() -> HttpResponse:
    return refusal(
        [
            _(
                "Ổ đĩa của máy chủ đã đầy nên chưa ghi được gì. Hãy nhờ người cài đặt Nhiệm kỳ giải phóng chỗ trên ổ đĩa."
            ),
            _("Nội dung vừa nhập còn nguyên ở trang trước: hãy quay lại trang đó và gửi lại sau."),
        ],
        507,
    )


def failed(request: HttpRequest) -> HttpResponse:
    # what failed before a view was reached, such as finding out who is signed in
    if disk.is_full(sys.exception()):
        return disk_is_full()
    sentence = _("Hệ thống gặp lỗi và chưa ghi gì cả. Hãy thử lại; nếu vẫn lỗi, hãy báo người quản trị.")
    return refusal([sentence], 500)
