"""Many writes at once: inside a batch, the rows that actions keep and the events of the trail wait for each other.

The actions are the ones that write a single row; only the moment of the INSERT differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from nhiemky.foundation.models import AuditHead

LONGEST = 2_000


@dataclass(frozen=True)
class Mark:
    """How much waited, and where the trail ended, before an action began."""

    times_written: int
    lengths: dict[type[Model], int]
    head: tuple[int, str] | None


class Batch:
    """The rows that wait, by model, and the end of the trail as it will be once they are written."""

    def __init__(self) -> None:
        self.rows: dict[type[Model], list[Model]] = {}
        self.head: AuditHead | None = None
        self.times_written = 0

    def locked_head(self) -> AuditHead:
        """The end of the trail; it is this writer's until the transaction ends."""
        if self.head is None:
            self.head = AuditHead.objects.select_for_update().get(pk=1)
        return self.head

    def write(self) -> None:
        """Write what waits, rows that others point at first."""
        for model in _pointed_at_first(list(self.rows)):
            model._base_manager.bulk_create(self.rows[model])
        self.rows = {}
        self.times_written += 1
        if self.head is not None:
            self.head.save(update_fields=["number", "digest"])

    def mark(self) -> Mark:
        """Where the batch stands, for `back_to`."""
        lengths = {model: len(rows) for model, rows in self.rows.items()}
        return Mark(self.times_written, lengths, (self.head.number, self.head.digest) if self.head else None)

    def back_to(self, mark: Mark) -> None:
        """Forget what was kept since: an action that refuses leaves nothing behind."""
        older = mark.lengths if mark.times_written == self.times_written else {}
        for model, rows in self.rows.items():
            del rows[older.get(model, 0) :]
        if mark.head is None:
            self.head = None
        elif self.head is not None:
            self.head.number, self.head.digest = mark.head


_open: ContextVar[Batch | None] = ContextVar("batch", default=None)


def opened() -> Batch | None:
    return _open.get()


@contextmanager
def batch() -> Iterator[Batch]:
    """Inside an action that does many others: what they keep is written together, at the latest at the end."""
    made = Batch()
    token = _open.set(made)
    try:
        yield made
        made.write()
    finally:
        _open.reset(token)


def keep(*rows: Model) -> None:
    """Save new rows: at once, or with the batch that is open."""
    waiting = _open.get()
    for row in rows:
        if waiting is None:
            row.save(force_insert=True)
        else:
            waiting.rows.setdefault(type(row), []).append(row)


def write_if_long() -> None:
    """Write the batch that is open once it is long; called between two actions."""
    waiting = _open.get()
    if waiting and sum(map(len, waiting.rows.values())) > LONGEST:
        waiting.write()


def written(row: Any) -> Any:
    """The row, written by now: another row is to point at it by its key."""
    waiting = _open.get()
    if waiting and row.pk is None:
        waiting.write()
    return row


def as_it_is(row: Any) -> Any:
    """The row, written by now, with what another did to it since the page was opened that names it."""
    written(row)
    if _open.get() is None:
        row.refresh_from_db(fields=["superseded_at"])
    return row


def waiting_rows(model: type[Model], field: str, other: Model) -> list[Any]:
    """The rows of the model that wait and point at the other row: what the database does not say yet."""
    waiting = _open.get()
    if waiting is None:
        return []
    # a row that waits itself has no key, so it is the same object or none
    return [
        row
        for row in waiting.rows.get(model, ())
        if row._state.fields_cache.get(field) is other or (other.pk and row.__dict__[f"{field}_id"] == other.pk)
    ]


def settle(model: type[Model], field: str, other: Model) -> None:
    """Write the batch that is open if rows of the model wait that point at the other row: they are to be looked at."""
    waiting = _open.get()
    if waiting and waiting_rows(model, field, other):
        waiting.write()


def _pointed_at_first(models: list[type[Model]]) -> list[type[Model]]:
    placed: list[type[Model]] = []

    def place(model: type[Model]) -> None:
        if model in placed:
            return
        for field in model._meta.concrete_fields:
            other = field.related_model
            if other in models and other is not model:
                place(other)
        placed.append(model)

    for model in models:
        place(model)
    return placed
