"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from nhiemky.foundation import clock
from nhiemky.foundation.policies import may
from nhiemky.foundation.roles import Right
from nhiemky.units.queries import grants_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """The person's places for the frame; nothing for a stranger."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"gallery": settings.GALLERY}
    today = clock.today()
    return {
        "gallery": settings.GALLERY,
        "shell_grants": grants_of(user, Right.READ, today),
        "shell_administers": may(user, Right.ADMINISTER, None, today),
        "today": today,
    }
