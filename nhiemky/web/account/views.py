"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nhiemky.web.errors import refusal


class SignInForm(AuthenticationForm):
    """User name and password, with errors that say what to do."""

    error_messages = {
        "invalid_login": gettext_lazy(
            "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy kiểm tra phím Caps Lock rồi nhập lại."
        ),
        "inactive": gettext_lazy("Tài khoản này đã ngừng dùng. Hãy hỏi người quản trị của đơn vị."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, sentence in (
            ("username", _("Chưa ghi tên đăng nhập.")),
            ("password", _("Chưa ghi mật khẩu.")),
        ):
            field = self.fields[name]
            field.error_messages["required"] = sentence
            attributes = field.widget.attrs
            attributes.pop("autofocus", None)
            attributes["aria-describedby"] = "sign-in-errors"


sign_in = LoginView.as_view(
    template_name="web/account/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
)
sign_out = LogoutView.as_view()


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """After too many wrong passwords."""
    sentence = _("Sai mật khẩu quá nhiều lần nên tài khoản tạm khóa 15 phút. Hãy thử lại sau, hoặc nhờ người quản trị.")
    return refusal([sentence], 429)
