"""The action door: the only way to write. It opens the transaction, asks the policy and demands an audit event."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from nhiemky.foundation import batch, clock, policies
from nhiemky.foundation.models import AuditHead

ACTIONS: dict[str, Callable[..., Any]] = {}


class Door:
    """One opened action: its name, who opened it, the actions it may call, the events written so far."""

    def __init__(self, name: str, by: Any, calls: tuple[str, ...]) -> None:
        self.name, self.by, self.calls, self.events = name, by, calls, 0


current: ContextVar[Door | None] = ContextVar("door", default=None)


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """A transaction; in a batch, where nothing is written yet, what the action kept is forgotten if it fails."""
    waiting = batch.opened()
    if waiting is None:
        with transaction.atomic():
            yield
        return
    mark = waiting.mark()
    try:
        yield
    except BaseException:
        waiting.back_to(mark)
        raise


def action(name: str, *, calls: tuple[str, ...] = ()) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An action called `name`, which may call the actions in `calls`; those are not asked for a policy again."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def opened(*, by: Any, **given: Any) -> Any:
            outer = current.get()
            if outer is not None and name not in outer.calls:
                raise RuntimeError(f"{outer.name} calls {name} without saying so in calls=")
            door = Door(name, by, calls)
            token = current.set(door)
            try:
                with _all_or_nothing():
                    if outer is None:
                        # one writer at a time: what an action checks still holds when it writes
                        AuditHead.objects.select_for_update().get(pk=1)
                        policies.require(name, by, given, clock.today())
                    result = function(by=by, **given)
                    if not door.events:
                        raise RuntimeError(f"{name} wrote no audit event")
                    return result
            finally:
                current.reset(token)

        ACTIONS[name] = opened
        return opened

    return decorate
