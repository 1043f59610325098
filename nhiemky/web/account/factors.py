"""One's second factors: an app, passkeys, recovery codes."""

from __future__ import annotations

import json

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nhiemky.foundation import clock, second_factor
from nhiemky.foundation.actions import add_app, add_passkey, remove_factor, renew_codes
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.second_factor import Adapter, Kind
from nhiemky.rules import vietnamese
from nhiemky.web import access
from nhiemky.web.account import signing


@access.signed_in
@require_safe
def factor(request: HttpRequest) -> HttpResponse:
    """What there is, what can be added, and whether it must be."""
    rows = second_factor.factors_of(request.user)  # type: ignore[arg-type]
    context = {
        "rows": [
            (
                row,
                _("Ứng dụng lấy mã") if row.type == Kind.TOTP else str(row),
                _day(row.created_at),
                _day(row.last_used_at),
            )
            for row in rows
        ],
        "has_app": any(row.type == Kind.TOTP for row in rows),
        "codes_left": len(second_factor.recovery_codes_of(request.user)),  # type: ignore[arg-type]
        "required": signing.must_have_factor(request.user),  # type: ignore[arg-type]
        "domain": signing.has_domain(request),
    }
    return render(request, "web/account/factor.html", context)


def _day(at: object) -> str:
    return vietnamese.day(clock.local_day(at)) if at else ""  # type: ignore[arg-type]


@access.signed_in
@signing.confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """A secret for the app, until a code proves that it arrived."""
    secret = get_totp_secret()
    faults: list[str] = []
    if request.method == "POST":
        try:
            add_app(by=request.user, user=request.user, secret=secret, code=request.POST.get("code", ""))
        except Refusal as refusal:
            faults = list(refusal.sentences)
        else:
            clear_totp_secret(request)
            return _added(request)
    drawn = Adapter().build_totp_svg(Adapter().build_totp_url(request.user, secret))
    context = {
        "faults": faults,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        # drawn by our own server of our own text
        "qr": mark_safe(drawn[drawn.index("<svg") :]),  # noqa: S308
    }
    return render(request, "web/account/app.html", context, status=422 if faults else 200)


@access.signed_in
@signing.confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """A passkey that the browser makes for this site."""
    faults: list[str] = []
    if request.method == "POST":
        credential = second_factor.passkey_made(request.POST.get("passkey", ""))
        if credential is None:
            faults = [_("Trình duyệt chưa tạo được khóa truy cập. Hãy bấm “Tạo khóa truy cập” và làm theo máy.")]
        else:
            add_passkey(by=request.user, user=request.user, name=request.POST.get("name", ""), credential=credential)
            return _added(request)
    context = {
        "faults": faults,
        "domain": signing.has_domain(request),
        "asked": json.dumps(second_factor.passkey_asked(request.user)),  # type: ignore[arg-type]
        "name": request.POST.get("name", ""),
    }
    return render(request, "web/account/passkey.html", context, status=422 if faults else 200)


def _added(request: HttpRequest) -> HttpResponse:
    """The factor was shown in being added; who signed in with the password alone before there was one is out."""
    signing.confirm_now(request, proved=True)
    if len(second_factor.factors_of(request.user)) == 1:  # type: ignore[arg-type]
        signing.end_other_sessions(request)
    messages.success(request, _("Đã bật xác thực hai lớp. Hãy giữ các mã dự phòng dưới đây ở nơi an toàn."))
    return redirect("web.account.codes")


@access.signed_in
@signing.confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are left; POST makes ten new ones."""
    if request.method == "POST":
        renew_codes(by=request.user, user=request.user)
        messages.success(request, _("Đã lập mười mã dự phòng mới. Các mã cũ không dùng được nữa."))
        return redirect("web.account.codes")
    found = second_factor.recovery_codes_of(request.user)  # type: ignore[arg-type]
    return render(request, "web/account/codes.html", {"codes": [f"{code[:4]} {code[4:]}" for code in found]})


@access.signed_in
@signing.confirmed
@require_POST
def remove(request: HttpRequest, key: int) -> HttpResponse:
    row = get_object_or_404(Authenticator.objects.exclude(type=Kind.RECOVERY_CODES), pk=key, user=request.user)
    may = not signing.must_have_factor(request.user)  # type: ignore[arg-type]
    remove_factor(by=request.user, user=request.user, factor=row, last_may_go=may)
    messages.success(request, _("Đã bỏ cách xác thực này."))
    return redirect("web.account.factor")
