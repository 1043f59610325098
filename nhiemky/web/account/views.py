"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

sign_in = LoginView.as_view(template_name="web/account/sign_in.html", redirect_authenticated_user=True)
sign_out = LogoutView.as_view()


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """After too many wrong passwords."""
    sentence = _("Sai mật khẩu quá nhiều lần nên tài khoản tạm khóa 15 phút. Hãy thử lại sau, hoặc nhờ người quản trị.")
    return render(request, "web/refusal.html", {"sentences": [sentence]}, status=429)
