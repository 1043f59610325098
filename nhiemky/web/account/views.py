"""Signing in, in one step or with a second factor in two, and out."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from nhiemky.foundation.models import User
from nhiemky.foundation.second_factor import Kind, factors_of, passkey_wanted
from nhiemky.rules.vietnamese import clean
from nhiemky.units.queries import somebody_has_a_grant
from nhiemky.web.account import signing, throttle
from nhiemky.web.account.signing import has_domain
from nhiemky.web.errors import refusal

LONGEST_NAME = User._meta.get_field("username").max_length


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
        # a phone begins a word with a capital, and no log-in name has one
        self.fields["username"].widget.attrs["autocapitalize"] = "none"

    def clean_username(self) -> str:
        """As it was made: every log-in name is in small letters, and none is longer."""
        return clean(self.cleaned_data["username"]).lower()[:LONGEST_NAME]


class SignIn(LoginView):
    """The password is right: in, or on to the second factor."""

    template_name = "web/account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        return signing.password_was_right(self.request, form.get_user(), self.get_redirect_url())

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        return super().get_context_data(mail=bool(settings.MAIL), begun=somebody_has_a_grant(), **given)


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step: a code, a recovery code or a passkey."""
    user = signing.waiting(request)
    if user is None:
        return redirect("web.account.sign_in")
    faults: list[str] = []
    if request.method == "POST":
        if throttle.codes_are_locked(request, user):
            return locked_out(request)
        faults = signing.faults_of_factor(request, user)
        if not faults:
            return signing.let_in(request, user, signing.wanted(request), proved=True)
    context = {"faults": faults} | ways_of(request, user)
    return render(request, "web/account/code.html", context, status=422 if faults else 200)


def ways_of(request: HttpRequest, user: User) -> dict[str, Any]:
    """How this person can show a second factor here."""
    kinds = {factor.type for factor in factors_of(user)}
    keys = Kind.WEBAUTHN in kinds and has_domain(request)
    return {"app": Kind.TOTP in kinds, "passkey": json.dumps(passkey_wanted(user)) if keys else ""}


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """After too many wrong passwords or codes."""
    sentence = _(
        "Sai mật khẩu hoặc mã quá nhiều lần nên tài khoản tạm khóa 15 phút. Hãy thử lại sau, hoặc nhờ người quản trị."
    )
    return refusal([sentence], 429)
