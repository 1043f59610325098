"""Wrong codes are counted with wrong passwords, and those of one person over all addresses."""

from __future__ import annotations

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Sum
from django.http import HttpRequest

from nhiemky.foundation import clock


def is_locked(request: HttpRequest, username: str) -> bool:
    """Whether this person has to wait: too many tries from here, or from everywhere together."""
    if not AxesProxyHandler.is_allowed(request, {"username": username}):
        return True
    since = clock.now() - settings.AXES_COOLOFF_TIME
    tries = AccessAttempt.objects.filter(username=username, attempt_time__gte=since)
    return (tries.aggregate(sum=Sum("failures_since_start"))["sum"] or 0) >= settings.CODE_FAILURE_LIMIT


def failed(request: HttpRequest, username: str) -> None:
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)
