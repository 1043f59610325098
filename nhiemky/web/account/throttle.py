"""Wrong passwords and wrong codes are counted apart, each from one address and over all of them.

A browser that was let in before is not stopped by what strangers try elsewhere.
"""

from __future__ import annotations

import secrets
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from nhiemky.foundation import clock
from nhiemky.foundation.models import User

KNOWN_FOR = 180 * 24 * 3600


class Handler(AxesDatabaseHandler):
    """Wrong passwords: of a name from one address, by axes; of a name from everywhere, unless the browser is known."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        name = (credentials or {}).get("username") or ""
        return _sum(_tries(name)) >= settings.EVERYWHERE_LIMIT and not _is_known(request, name)

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **given: Any
    ) -> None:
        counts = request is not None and not request.axes_locked_out  # type: ignore[attr-defined]
        super().user_login_failed(sender, credentials, request, **given)
        if counts and request and (browser := _browser(request, credentials.get("username") or "")):
            _count(request, browser)


def is_locked(request: HttpRequest, username: str) -> bool:
    """Whether no password of this person is looked at now."""
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def codes_are_locked(request: HttpRequest, user: User) -> bool:
    """Whether no code of this person is looked at now. Only who knows the password can bring this about."""
    tries = _tries(_code_key(user))
    here = tries.filter(ip_address=get_client_ip_address(request))
    return _sum(here) >= settings.AXES_FAILURE_LIMIT or _sum(tries) >= settings.EVERYWHERE_LIMIT


def code_was_wrong(request: HttpRequest, user: User) -> None:
    _count(request, _code_key(user))


def code_was_right(request: HttpRequest, user: User) -> None:
    """What was mistyped here before is forgotten."""
    AccessAttempt.objects.filter(username=_code_key(user), ip_address=get_client_ip_address(request)).delete()


def remember(response: HttpResponse, user: User) -> None:
    """This browser belongs to the person: strangers who guess elsewhere do not lock it out."""
    response.set_signed_cookie(
        _cookie(user.username),
        secrets.token_urlsafe(16),
        salt=_salt(user.username),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _is_known(request: HttpRequest, username: str) -> bool:
    """A copied cookie, tried from many addresses, soon counts for nothing."""
    browser = _browser(request, username)
    return bool(browser) and _sum(_tries(browser)) < settings.EVERYWHERE_LIMIT


def _browser(request: HttpRequest, username: str) -> str:
    kept = request.get_signed_cookie(_cookie(username), "", salt=_salt(username), max_age=KNOWN_FOR)
    return _key("browser", str(kept)) if kept else ""


def _cookie(username: str) -> str:
    return f"known-{_key('cookie', username)[:16]}"


def _salt(username: str) -> str:
    return f"nhiemky.known:{username}"


def _code_key(user: User) -> str:
    return _key("code", str(user.pk))


def _key(what: str, about: str) -> str:
    """Longer than any log-in name can be, so that nobody counts up another's codes by typing it as a name."""
    return salted_hmac(f"nhiemky.throttle.{what}", about, algorithm="sha256").hexdigest()


def _tries(key: str) -> QuerySet[AccessAttempt]:
    return AccessAttempt.objects.filter(username=key, attempt_time__gte=clock.now() - settings.AXES_COOLOFF_TIME)


def _sum(tries: QuerySet[AccessAttempt]) -> int:
    return tries.aggregate(sum=Sum("failures_since_start"))["sum"] or 0


def _count(request: HttpRequest, key: str) -> None:
    now = clock.now()
    AccessAttempt.objects.filter(username=key, attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
    row, _made = AccessAttempt.objects.get_or_create(
        username=key,
        ip_address=get_client_ip_address(request),
        user_agent="",
        defaults={"failures_since_start": 0},
    )
    AccessAttempt.objects.filter(pk=row.pk).update(failures_since_start=F("failures_since_start") + 1, attempt_time=now)
