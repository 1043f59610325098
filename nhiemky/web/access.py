"""The first line of every view: who may see what. What may not be seen does not exist (404)."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from nhiemky.foundation import clock
from nhiemky.foundation.policies import may
from nhiemky.foundation.roles import Right
from nhiemky.units.models import Unit
from nhiemky.units.queries import Period, period_named

signed_in = login_required


def unit_to_read(request: HttpRequest, code: str) -> Unit:
    """The unit, if the person may read it today."""
    unit = get_object_or_404(Unit, code=code)
    if not may(request.user, Right.READ, unit, today()):
        raise Http404
    return unit


def unit_and_period(request: HttpRequest, code: str, period: str) -> tuple[Unit, Period]:
    """The unit, if the person may read it, and its period of that name."""
    unit = unit_to_read(request, code)
    found = period_named(unit, period)
    if found is None:
        raise Http404
    return unit, found


def can(request: HttpRequest, right: Right, unit: Unit | None) -> bool:
    """Whether to offer the action at all; the action door asks again."""
    return may(request.user, right, unit, today())


def whole_installation(request: HttpRequest, right: Right) -> None:
    """404 unless the person has the right over the whole installation."""
    if not may(request.user, right, None, today()):
        raise Http404


def today() -> date:
    return clock.today()
