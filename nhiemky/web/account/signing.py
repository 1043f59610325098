"""How a session begins: after the password, after the second factor, and again before a change of either."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from nhiemky.foundation import clock
from nhiemky.foundation.models import User
from nhiemky.foundation.queries import is_demonstration
from nhiemky.foundation.second_factor import has_factor
from nhiemky.units.queries import reaches_below

BACKEND = "django.contrib.auth.backends.ModelBackend"
WAITING, CONFIRMED = "waiting", "confirmed_at"
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


def let_in(request: HttpRequest, user: User, then: str = "") -> HttpResponse:
    """A session of this user, and the page they wanted."""
    request.session.pop(WAITING, None)
    login(request, user, backend=BACKEND)
    request.session[CONFIRMED] = clock.now().timestamp()
    return redirect(safe(request, then))


def safe(request: HttpRequest, then: str) -> str:
    """The address, if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(then, {request.get_host()}, require_https=request.is_secure())
    return then if then and ours else reverse("web.home")


def confirmed(view: View) -> View:
    """For changes of how one signs in: the password was typed not long ago, or is asked for again."""

    @wraps(view)
    def asked(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if clock.now().timestamp() - request.session.get(CONFIRMED, 0) > FRESH:
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
