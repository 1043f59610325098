"""Error pages in sentences."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its mark, mostly from a page left open too long."""
    sentence = _("Trang đã mở quá lâu hoặc trình duyệt chặn cookie. Hãy tải lại trang rồi gửi lại.")
    return render(request, "web/refusal.html", {"sentences": [sentence]}, status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    sentence = _("Không có trang này, hoặc bạn chưa được giao quyền xem. Hãy kiểm tra địa chỉ, hoặc về trang đầu.")
    return render(request, "web/refusal.html", {"sentences": [sentence]}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    sentence = _("Hệ thống gặp lỗi và chưa ghi gì cả. Hãy thử lại; nếu vẫn lỗi, hãy báo người quản trị.")
    return render(request, "web/refusal.html", {"sentences": [sentence]}, status=500)
