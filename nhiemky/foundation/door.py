"""The action door: the only way to write. It opens the transaction, asks the policy and demands an audit event."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from nhiemky.foundation import clock, policies

ACTIONS: dict[str, Callable[..., Any]] = {}


class Door:
    """One opened action: its name, who opened it, the actions it may call, the events written so far."""

    def __init__(self, name: str, by: Any, calls: tuple[str, ...]) -> None:
        self.name, self.by, self.calls, self.events = name, by, calls, 0


current: ContextVar[Door | None] = ContextVar("door", default=None)


def action(name: str, *, calls: tuple[str, ...] = ()) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An action called `name`, which may call the actions in `calls`; those are not asked for a policy again."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def opened(*, by: Any, **given: Any) -> Any:
            outer = current.get()
            if outer is not None and name not in outer.calls:
                raise RuntimeError(f"{outer.name} calls {name} without saying so in calls=")
            if outer is None:
                policies.require(name, by, given, clock.today())
            door = Door(name, by, calls)
            token = current.set(door)
            try:
                with transaction.atomic():
                    result = function(by=by, **given)
                    if not door.events:
                        raise RuntimeError(f"{name} wrote no audit event")
                    return result
            finally:
                current.reset(token)

        ACTIONS[name] = opened
        return opened

    return decorate
