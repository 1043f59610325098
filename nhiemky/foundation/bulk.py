"""Very many new rows in one go, past the ORM: `executemany` on SQLite, COPY on PostgreSQL.

For the few actions that write a hundred thousand rows; everything else keeps to `foundation.batch`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any

from django.db import connection
from django.db.models import Model

ROOM = 128 * 1024
# hardly anything is left behind in circles: looking for it costs more than the room it takes
TIDIED_AFTER = 20


@contextmanager
def steadily() -> Iterator[Callable[[], None]]:
    """Memory is tidied when the work asks for it, after some parts of it, and not every few hundred objects."""
    was, parts = gc.isenabled(), count(1)

    def tidy() -> None:
        if not next(parts) % TIDIED_AFTER:
            # the young ones only: what the last parts left behind
            gc.collect(1)

    gc.disable()
    try:
        yield tidy
    finally:
        if was:
            gc.enable()


@contextmanager
def roomy() -> Iterator[None]:
    """More of the database held in memory while very much is written: SQLite's usual 2 MB would be read over and over."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        usual = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA cache_size = -{ROOM}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {usual}")


def reserved_ids(model: type[Model], count: int) -> Sequence[int]:
    """So many keys that no other row will have; inside a transaction, where nobody else writes on SQLite."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        first = int(cursor.fetchone()[0]) + 1
    return range(first, first + count)


def moment(at: datetime) -> Any:
    """A moment as `insert` wants it."""
    return connection.ops.adapt_datetimefield_value(at)


def insert(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """New rows of the columns named by `fields`, prepared for the database: text, whole numbers, dates as ISO, None."""
    names_of: dict[str, Any] = {each.name: each.column for each in model._meta.concrete_fields}
    columns = [str(names_of[name]) for name in fields]
    quote = connection.ops.quote_name
    names = f"{quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {names} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {names} VALUES ({marks})", rows)  # type: ignore[arg-type]  # noqa: S608 - names of our own tables
