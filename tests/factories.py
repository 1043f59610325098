"""What the tests of the lower floors share: laws that Hypothesis holds, and units made by the real actions.

NHIEMKY_EXAMPLES=20 draws twenty times as many examples, each run other ones; without it every run draws the same, and
on PostgreSQL a third of them: SQLite has shown that the law holds, the second engine shows that SQL says the same.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pprint import pformat
from types import ModuleType
from typing import Any, TypeVar

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from pytest_django.plugin import DjangoDbBlocker

from nhiemky.foundation.models import User
from nhiemky.foundation.roles import Role
from nhiemky.rules.timeline import Span
from nhiemky.units.actions import found_unit, give_grant, place_unit
from nhiemky.units.models import Grant, Placement, Unit

TIMES = int(os.environ.get("NHIEMKY_EXAMPLES", "0"))
ALWAYS = Span(None, None)
Smaller = Callable[[Any], Iterable[Any]]
Made = TypeVar("Made")


class Law:
    """A plain function that raises AssertionError, and what is drawn for it.

    Hypothesis finds the smallest broken example; with `smaller` we do, from the one argument and what it yields.
    """

    def __init__(
        self,
        check: Callable[..., None],
        drawn: tuple[SearchStrategy, ...],
        examples: int,
        smaller: Smaller | None,
        from_seed: int | None,
    ) -> None:
        self.from_seed = from_seed
        self.check, self.drawn, self.examples, self.smaller = check, drawn, examples, smaller
        self.broken_by: Any = None

    def __str__(self) -> str:
        return self.check.__name__.removeprefix("check_")

    def hold(self) -> None:
        """Fails with the smallest example that breaks the law."""
        times = self.examples * (TIMES or 1) if draws_all() else -(-self.examples // 3)
        if self.smaller is None:
            self._run(times, (Phase.generate, Phase.shrink))
        elif self.is_broken_within(times):
            example = self._smallest(self.broken_by)
            print(f"The smallest example that breaks {self}:\n{pformat(example, sort_dicts=False, width=110)}")
            self.check(example)

    def is_broken_within(self, examples: int) -> bool:
        """Whether one of so many examples breaks the law."""
        try:
            self._run(examples, (Phase.generate,))
        except AssertionError:
            return True
        return False

    def _smallest(self, example: Any) -> Any:
        assert self.smaller is not None
        for less in self.smaller(example):
            try:
                self.check(less)
            except AssertionError:
                return self._smallest(less)
        return example

    def _run(self, examples: int, phases: tuple[Phase, ...]) -> None:
        chosen = settings(
            derandomize=not TIMES,
            database=None,
            deadline=None,
            max_examples=examples,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )

        @functools.wraps(self.check)
        def recorded(**drawn: Any) -> None:
            try:
                self.check(**drawn)
            except AssertionError:
                self.broken_by = next(iter(drawn.values()))
                raise

        asked = chosen(given(*self.drawn)(recorded))
        if self.from_seed is not None and not TIMES:
            asked = seed(self.from_seed)(asked)
        asked()


def draws_all() -> bool:
    """Whether laws draw all their examples here: only then is it asked how often the hard cases are among them."""
    return bool(TIMES) or connection.vendor == "sqlite"


def law(
    *drawn: SearchStrategy, examples: int = 200, smaller: Smaller | None = None, from_seed: int | None = None
) -> Callable[[Callable[..., None]], Law]:
    """`from_seed`: what is drawn stays the same when the words of the law change, by which Hypothesis draws else."""
    return lambda check: Law(check, drawn, examples, smaller, from_seed)


def laws_in(module: dict[str, Any] | ModuleType) -> list[Law]:
    names = module if isinstance(module, dict) else vars(module)
    return [each for each in names.values() if isinstance(each, Law)]


@contextmanager
def rolled_back() -> Iterator[None]:
    """What one example writes is gone before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def taken_back(blocker: DjangoDbBlocker, make: Callable[[], Made]) -> Iterator[Made]:
    """Of a fixture for many tests: what `make` gives, and at the end nothing it wrote was ever there.

    Every test runs in a savepoint inside this transaction and finds all as it was made. Let `make` give codes rather
    than rows: a test may change a row.
    """
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        made = make()
    yield made
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def clerk() -> User:
    """The account of the command line, which may do everything everywhere."""
    return User.objects.get(username="dong-lenh")


def a_unit(code: str, kind: str = "grassroots", block: str = "", life: Span = ALWAYS) -> Unit:
    name = f"Đơn vị thử {code}"
    return found_unit(by=clerk(), code=code, name=name, short=name, kind=kind, block=block, life=life, fictional=True)


def put(unit: Unit, parent: Unit, valid: Span = ALWAYS) -> Placement:
    return place_unit(by=clerk(), unit=unit, parent=parent, valid=valid)


def a_user(username: str, **fields: Any) -> User:
    return User.objects.create_user(username, display_name=f"Người thử {username}", **fields)


def let(user: User, unit: Unit | None, role: Role = Role.OFFICER, *, below: bool = False) -> Grant:
    return give_grant(by=clerk(), unit=unit, user=user, role=role, below=below, starts_on=date(2020, 1, 1))
