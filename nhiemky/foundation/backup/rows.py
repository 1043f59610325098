"""Rows as lines of JSON that read the same on both engines: the values a field gives to Python, never the engine's own."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models.functions import Cast
from django.utils.duration import duration_iso_string

from nhiemky.foundation.backup.archive import LONGEST_LINE
from nhiemky.foundation.sealing import SealedField

AT_ONCE = 2000
Row = Sequence[Any]


def columns(model: type[models.Model]) -> list[str]:
    """The columns of a table, in the order in which its rows are written."""
    return [str(field.column) for field in model._meta.concrete_fields]


def lines_of(model: type[models.Model]) -> Iterator[bytes]:
    """Every row of the table by key, a line each."""
    # what is sealed stays sealed: the file is as open as the database is, and its reader needs the same key
    names = [
        Cast(field.attname, models.TextField()) if isinstance(field, SealedField) else field.attname
        for field in model._meta.concrete_fields
    ]
    writers = [_writer(field) for field in model._meta.concrete_fields]
    for row in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=AT_ONCE):
        values = [write(value) for write, value in zip(writers, row, strict=True)]
        line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if len(line) > LONGEST_LINE:
            raise ValueError(f"a row of {model._meta.db_table} is longer than a backup may hold")
        yield line


def fill(model: type[models.Model], lines: Iterable[bytes]) -> int:
    """Write the rows into the empty table; answers how many."""
    fields = model._meta.concrete_fields
    readers = [_reader(field) for field in fields]

    def rows() -> Iterator[Row]:
        for line in lines:
            values = json.loads(line)
            if not isinstance(values, list) or len(values) != len(readers):
                raise ValueError("a row with other columns than its table")
            yield [read(value) for read, value in zip(readers, values, strict=True)]

    return _FILL[connection.vendor](connection.ops.quote_name(model._meta.db_table), columns(model), rows())


def _insert(table: str, names: Sequence[str], rows: Iterator[Row]) -> int:
    quoted = ", ".join(connection.ops.quote_name(name) for name in names)
    statement = f"INSERT INTO {table} ({quoted}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608 - our own names
    count = 0
    with connection.cursor() as cursor:
        while some := list(islice(rows, AT_ONCE)):
            cursor.executemany(statement, some)
            count += len(some)
    return count


def _copy(table: str, names: Sequence[str], rows: Iterator[Row]) -> int:
    quoted = ", ".join(connection.ops.quote_name(name) for name in names)
    count = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


_FILL: dict[str, Callable[[str, Sequence[str], Iterator[Row]], int]] = {"sqlite": _insert, "postgresql": _copy}


def _same(value: Any) -> Any:
    return value


def _written(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value


def _base(field: Any) -> Any:
    return _base(field.target_field) if field.is_relation else field


# what JSON and both engines' adapters write alike
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.FloatField)


def _writer(field: Any) -> Callable[[Any], Any]:
    return _same if isinstance(_base(field), (*_PLAIN, models.JSONField)) else _written


def _reader(field: Any) -> Callable[[Any], Any]:
    base = _base(field)
    if isinstance(base, _PLAIN):
        return _same
    if isinstance(base, models.JSONField):
        # a JSON null in a column that takes no NULL is a value like any other
        empty = None if base.null else models.Value(None, models.JSONField())
        return lambda value: base.get_db_prep_save(empty if value is None else value, connection)
    return lambda value: None if value is None else base.get_db_prep_save(base.to_python(value), connection)
