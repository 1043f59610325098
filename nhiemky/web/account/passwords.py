"""One's own account: password, mail address; and a new password by a one-time address."""

from __future__ import annotations

import logging
import threading

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.core.mail import send_mail
from django.db import DatabaseError, connections
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nhiemky.foundation import clock
from nhiemky.foundation.actions import change_password, offer_password, reset_password, set_email
from nhiemky.foundation.models import OneTimeLink, Purpose, User
from nhiemky.foundation.queries import command_line, link_with
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.second_factor import factors_of, has_factor
from nhiemky.rules.vietnamese import clean
from nhiemky.web import access
from nhiemky.web.account import signing, throttle
from nhiemky.web.account.links import gone, was_used_just_now
from nhiemky.web.account.views import locked_out, ways_of

logger = logging.getLogger(__name__)


def _account(request: HttpRequest, faults: list[str] | None = None, email: str | None = None) -> HttpResponse:
    context = {
        "factors": len(factors_of(request.user)),  # type: ignore[arg-type]
        "mail": bool(settings.MAIL),
        "email": request.user.email if email is None else email,  # type: ignore[union-attr]
        "faults": faults or [],
    }
    return render(request, "web/account/account.html", context, status=422 if faults else 200)


@access.signed_in
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return _account(request)


@access.signed_in
@signing.confirmed
@require_POST
def email(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("email", "")
    try:
        set_email(by=request.user, user=request.user, email=typed)
    except Refusal as refusal:
        return _account(request, list(refusal.sentences), typed)
    messages.success(request, _("Đã lưu địa chỉ thư."))
    return redirect("web.account.account")


@access.form
def confirm(request: HttpRequest) -> HttpResponse:
    """Before something is changed about how one signs in: the second factor again, or where there is none the password."""
    user: User = request.user  # type: ignore[assignment]
    then = request.POST.get("next") or request.GET.get("next", "")
    factor = has_factor(user)
    faults: list[str] = []
    if request.method == "POST":
        if factor and throttle.codes_are_locked(request, user):
            return locked_out(request)
        if factor:
            faults = signing.faults_of_factor(request, user)
        elif not _password_is(request, request.POST.get("password", "")):
            faults = [_("Mật khẩu chưa đúng. Hãy kiểm tra phím Caps Lock rồi nhập lại.")]
        if not faults:
            signing.confirm_now(request, proved=factor)
            return redirect(signing.safe(request, then))
    context = {"faults": faults, "next": then, "factor": factor} | (ways_of(request, user) if factor else {})
    return render(request, "web/account/confirm.html", context, status=422 if faults else 200)


def _password_is(request: HttpRequest, typed: str) -> bool:
    """Whether it is the password of whoever is signed in; wrong ones are counted as at the door."""
    username = request.user.get_username()
    return bool(typed) and authenticate(request, username=username, password=typed) == request.user


@access.form
def password(request: HttpRequest) -> HttpResponse:
    faults: list[str] = []
    if request.method == "POST":
        if throttle.is_locked(request, request.user.get_username()):
            return locked_out(request)
        if not _password_is(request, request.POST.get("old", "")):
            faults = [_("Mật khẩu đang dùng chưa đúng. Hãy kiểm tra phím Caps Lock rồi nhập lại.")]
        else:
            try:
                change_password(by=request.user, user=request.user, password=request.POST.get("password", ""))
            except Refusal as refusal:
                faults = list(refusal.sentences)
            else:
                update_session_auth_hash(request, request.user)  # type: ignore[arg-type]
                messages.success(request, _("Đã đổi mật khẩu. Nơi khác đang đăng nhập tài khoản này đã bị đăng xuất."))
                return redirect("web.account.account")
    return render(request, "web/account/password.html", {"faults": faults}, status=422 if faults else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Asks for a mail with an address for a new password. The answer is the same whoever is asked for."""
    asked = request.method == "POST" and bool(settings.MAIL)
    if asked:
        named = clean(request.POST.get("who", ""))[:200]
        there = request.build_absolute_uri(reverse("web.account.reset", args=["TOKEN"]))
        if named:
            apart(named, there)
    return render(request, "web/account/forgot.html", {"mail": bool(settings.MAIL), "asked": asked})


def apart(named: str, there: str) -> None:
    """Beside the request, so that its time does not tell whether there is such an account."""

    def run() -> None:
        try:
            send_address(named, there)
        except (OSError, DatabaseError) as fault:
            # what the server answered may hold the address of a person
            logger.error("a mail was not sent: %s", type(fault).__name__)
        finally:
            connections.close_all()

    threading.Thread(target=run, daemon=True).start()


def send_address(named: str, there: str) -> None:
    """A mail to whoever has that log-in name or mail address, and a mail address at all."""
    for user in User.objects.filter(Q(username=named.lower()) | Q(email__iexact=named), is_active=True).exclude(
        email=""
    ):
        try:
            token = offer_password(by=command_line(), user=user, by_mail=True)
        except Refusal:
            continue
        send_mail(
            _("Đặt lại mật khẩu Nhiệm kỳ"),
            _(
                "Chào %(name)s,\n\nMở địa chỉ sau trong 24 giờ để đặt mật khẩu mới:\n%(address)s\n\n"
                "Nếu bạn không yêu cầu, hãy bỏ qua thư này: mật khẩu cũ vẫn dùng được."
            )
            % {"name": user.display_name, "address": there.replace("TOKEN", token)},
            None,
            [user.email],
        )


@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Behind a one-time address: a new password, then the usual door with its second factor."""
    link = link_with(Purpose.PASSWORD, token)
    if link is None or link.user is None or not link.is_open(clock.now()):
        over = gone(_("Địa chỉ đặt mật khẩu này đã dùng hoặc đã hết hạn. Hãy xin địa chỉ mới."))
        return _set_by_the_same_form(request, link) or over
    faults: list[str] = []
    if request.method == "POST":
        try:
            reset_password(by=link.user, user=link.user, link=link, password=request.POST.get("password", ""))
        except Refusal as refusal:
            if again := _set_by_the_same_form(request, link):
                return again
            faults = list(refusal.sentences)
        else:
            return _password_was_set(request, link.user)
    context = {"faults": faults, "username": link.user.username}
    return render(request, "web/account/reset.html", context, status=422 if faults else 200)


def _password_was_set(request: HttpRequest, user: User) -> HttpResponse:
    messages.success(request, _("Đã đặt mật khẩu mới. Hãy đăng nhập bằng mật khẩu này."))
    answer = redirect("web.account.sign_in")
    # whoever holds the address is the person, also while strangers guess at the old password
    throttle.remember(answer, user)
    return answer


def _set_by_the_same_form(request: HttpRequest, link: OneTimeLink | None) -> HttpResponse | None:
    """A form sent twice has set this very password just now; None for everything else."""
    if request.method != "POST" or link is None or not was_used_just_now(link):
        return None
    user = authenticate(request, username=link.used_by.username, password=request.POST.get("password", ""))  # type: ignore[union-attr]
    return _password_was_set(request, link.used_by) if user and user == link.used_by else None
