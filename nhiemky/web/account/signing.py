"""How a session begins: after the password, after the second factor, and again before a change of either."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import SESSION_KEY, login, logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from nhiemky.foundation import clock
from nhiemky.foundation.actions import use_factor
from nhiemky.foundation.models import User
from nhiemky.foundation.queries import is_demonstration
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.second_factor import has_factor
from nhiemky.units.queries import reaches_below
from nhiemky.web.account import throttle

BACKEND = "django.contrib.auth.backends.ModelBackend"
WAITING, CONFIRMED, PROVED = "waiting", "confirmed_at", "factor_proved_at"
PATIENCE, FRESH = 10 * 60, 15 * 60

View = Callable[..., HttpResponse]


def password_was_right(request: HttpRequest, user: User, then: str = "") -> HttpResponse:
    """In, or on to the second factor; nothing of the session is signed in until that is shown."""
    if not has_factor(user):
        return let_in(request, user, then)
    request.session.cycle_key()
    request.session[WAITING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": clock.now().timestamp(),
        "then": then,
    }
    return redirect("web.account.code")


def waiting(request: HttpRequest) -> User | None:
    """Who has shown the password in this session and not yet the second factor."""
    kept: dict[str, Any] = request.session.get(WAITING, {})
    if not kept or clock.now().timestamp() - kept["at"] > PATIENCE:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return user if user and constant_time_compare(kept["hash"], user.get_session_auth_hash()) else None


def wanted(request: HttpRequest) -> str:
    """The page that was asked for before the password."""
    return request.session.get(WAITING, {}).get("then", "")


def let_in(request: HttpRequest, user: User, then: str = "", *, proved: bool = False) -> HttpResponse:
    """A session of this user, and the page they wanted; `proved` says that a second factor was shown."""
    request.session.pop(WAITING, None)
    request.session.pop(PROVED, None)
    login(request, user, backend=BACKEND)
    confirm_now(request, proved=proved)
    answer = redirect(safe(request, then))
    throttle.remember(answer, user)
    return answer


def confirm_now(request: HttpRequest, *, proved: bool) -> None:
    """The password, or the second factor, was shown in this session just now."""
    request.session[CONFIRMED] = now = clock.now().timestamp()
    if proved:
        request.session[PROVED] = now


def faults_of_factor(request: HttpRequest, user: User) -> list[str]:
    """What is wrong with the code or the passkey that was sent; nothing when it is the person's. Wrong ones count."""
    try:
        use_factor(by=user, user=user, code=request.POST.get("code", ""), passkey=request.POST.get("passkey", ""))
    except Refusal as refusal:
        throttle.code_was_wrong(request, user)
        return list(refusal.sentences)
    throttle.code_was_right(request, user)
    return []


def has_proved(request: HttpRequest) -> bool:
    return PROVED in request.session


def asked_late(request: HttpRequest) -> HttpResponse:
    """For a session that is older than the second factor: it ends, and begins anew once that is shown."""
    user: User = request.user  # type: ignore[assignment]
    then = request.get_full_path() if request.method == "GET" else ""
    logout(request)
    return password_was_right(request, user, then)


def end_other_sessions(request: HttpRequest) -> None:
    """Whoever else is signed in as this person, with the password alone, is out."""
    user, own = str(request.user.pk), request.session.session_key
    for row in Session.objects.filter(expire_date__gt=clock.now()).exclude(session_key=own).iterator():
        if row.get_decoded().get(SESSION_KEY) == user:
            row.delete()
    request.session.cycle_key()


def safe(request: HttpRequest, then: str) -> str:
    """The address, if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(then, {request.get_host()}, require_https=request.is_secure())
    return then if then and ours else reverse("web.home")


def confirmed(view: View) -> View:
    """For changes of how one signs in: the second factor, or where there is none the password, was shown not long ago."""

    @wraps(view)
    def asked(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        shown = PROVED if has_factor(request.user) else CONFIRMED
        if clock.now().timestamp() - request.session.get(shown, 0) > FRESH:
            back = request.path if request.method in ("GET", "HEAD") else reverse("web.account.factor")
            return redirect(f"{reverse('web.account.confirm')}?{urlencode({'next': back})}")
        return view(request, *given, **named)

    return asked


def must_have_factor(user: User) -> bool:
    """Whose reach goes below their unit; in a demonstration, where everybody knows the password, nobody."""
    return not is_demonstration() and reaches_below(user, clock.today())


def has_domain(request: HttpRequest) -> bool:
    """Whether passkeys can be had here: they belong to a name of the network, never to a number."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False
