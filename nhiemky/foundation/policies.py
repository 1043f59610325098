"""Who may do which action. Rooms add their rows to POLICIES; the reach over the tree is registered from above."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import NotAllowed
from nhiemky.foundation.roles import Right

Reach = Callable[[Any, Right, Any, date], bool]
_reach: list[Reach] = []


@dataclass(frozen=True)
class Policy:
    """The right an action asks for, and the unit it acts on; no unit means the whole installation.

    No right is asked for what everybody may do with their own account: then `user=` is who does it.
    """

    right: Right | None
    unit: Callable[[Mapping[str, Any]], Any] = lambda given: given["unit"]


POLICIES: dict[str, Policy] = {}


def whole_installation(given: Mapping[str, Any]) -> None:
    """For actions that belong to no unit."""


OWN_ACCOUNT = Policy(None, whole_installation)


def register_reach(reach: Reach) -> None:
    """Called once at start-up by the room that knows the tree."""
    _reach[:] = [reach]


def may(user: Any, right: Right, unit: Any, on: date) -> bool:
    """Whether the user has the right at the unit on that day; None stands for the whole installation."""
    return bool(user and user.is_active and _reach and _reach[0](user, right, unit, on))


def require(action: str, user: Any, given: Mapping[str, Any], on: date) -> None:
    """Refuse unless the action's policy lets the user do it."""
    policy = POLICIES[action]
    if policy.right is None:
        allowed = bool(user and user.is_active and given["user"] == user)
    else:
        allowed = may(user, policy.right, policy.unit(given), on)
    if not allowed:
        raise NotAllowed(
            _("Bạn chưa được giao quyền làm việc này ở đơn vị này. Hãy nhờ người quản trị của đơn vị giao quyền.")
        )
