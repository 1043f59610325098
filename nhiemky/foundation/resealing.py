"""All stored secrets are sealed anew when a key was set or changed: with the old key read, with the new one written.

Digests by which secrets are found are keyed too, so they are made anew with them. All of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.policies import POLICIES, Policy, whole_installation
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.foundation.sealing import SEALED, SealedField, seal, unseal_with
from nhiemky.foundation.second_factor import PURPOSE as FACTOR

POLICIES["foundation.secrets.reseal"] = Policy(Right.ADMINISTER, whole_installation)
AT_ONCE = 2_000
# what is kept of a second factor that nobody else may know
FACTOR_SECRETS = ("secret", "seed", "migrated_codes")
Digest = Callable[[str], Mapping[str, str]]
_digests: dict[tuple[str, str], Digest] = {}


def register_digest(table: str, column: str, digest: Digest) -> None:
    """Called once at start-up by the room that searches a sealed column: what its digest columns say for a text."""
    _digests[table, column] = digest


@dataclass(frozen=True)
class Resealed:
    """How many values were looked at, and how many were written anew."""

    seen: int
    sealed: int


@action("foundation.secrets.reseal")
def reseal_all(*, by: User, former: Sequence[str]) -> Resealed:
    """Every sealed value is sealed with the key of today; `former` are keys that it may have been sealed with.

    Refuses, and changes nothing, when a value opens with none of them.
    """
    pen = _Pen([str(settings.SECRET_KEY), *former])
    for table, columns in sealed_columns():
        pen.table(table, columns)
    pen.factors()
    if pen.closed:
        raise Refusal(
            _("%(count)s mục không mở được bằng khóa nào đã cho; chưa đổi gì cả.") % {"count": pen.closed},
            _("Hãy đưa khóa đã dùng trước đây: --old-key TỆP hoặc NHIEMKY_OLD_SECRET_KEY."),
        )
    write_event(subject="secrets:sealed", data={"seen": pen.seen, "sealed": pen.written})
    return Resealed(pen.seen, pen.written)


def sealed_columns() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every table with sealed columns, and these."""
    for model in apps.get_models():
        found = tuple(str(field.column) for field in model._meta.concrete_fields if isinstance(field, SealedField))
        if found:
            yield model._meta.db_table, found


def closed_columns() -> Iterator[str]:
    """Columns in which a value stands that today's key does not open: 'table.column'."""
    key = str(settings.SECRET_KEY)
    for table, columns in sealed_columns():
        closed: set[str] = set()
        for _pk, *values in _rows(table, columns):
            for column, stored in zip(columns, values, strict=True):
                if column not in closed and unseal_with(key, stored or "", SealedField.PURPOSE) is None:
                    closed.add(column)
        yield from (f"{table}.{column}" for column in sorted(closed))


class _Pen:
    """Opens with whichever key fits and writes with today's."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = list(dict.fromkeys(keys))
        self.seen = self.written = self.closed = 0

    def opened(self, stored: str, purpose: str) -> str | None:
        found = (unseal_with(key, stored, purpose) for key in self.keys)
        return next((text for text in found if text is not None), None)

    def again(self, stored: str, purpose: str) -> str:
        """The value as it is to be stored: the same when today's key sealed it, or when nothing is sealed."""
        self.seen += 1
        text = self.opened(stored, purpose)
        if text is None:
            self.closed += 1
            return stored
        is_sealed = stored.startswith(SEALED)
        if is_sealed == settings.ENCRYPTS and (not is_sealed or unseal_with(self.keys[0], stored, purpose) is not None):
            return stored
        self.written += 1
        return seal(text, purpose)

    def table(self, table: str, columns: tuple[str, ...]) -> None:
        digested = {column: _digests[table, column] for column in columns if (table, column) in _digests}
        names = (*columns, *(name for digest in digested.values() for name in digest("")))
        quoted = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in names)
        statement = f"UPDATE {connection.ops.quote_name(table)} SET {quoted} WHERE id = %s"  # noqa: S608 - our own names
        waiting: list[list[Any]] = []
        for pk, *values in _rows(table, columns):
            fresh = [self.again(each, SealedField.PURPOSE) if each else each for each in values]
            digests = [
                value
                for column, digest in digested.items()
                for value in digest(
                    self.opened(values[columns.index(column)] or "", SealedField.PURPOSE) or ""
                ).values()
            ]
            if fresh != values or any(digests):
                waiting.append([*fresh, *digests, pk])
            if len(waiting) >= AT_ONCE:
                _run(statement, waiting)
                waiting = []
        _run(statement, waiting)

    def factors(self) -> None:
        for row in Authenticator.objects.order_by("pk"):
            before = dict(row.data)
            for name in FACTOR_SECRETS:
                value = row.data.get(name)
                if isinstance(value, str) and value:
                    row.data[name] = self.again(value, FACTOR)
                elif isinstance(value, list):
                    row.data[name] = [self.again(each, FACTOR) for each in value]
            if row.data != before:
                row.save(update_fields=["data"])


def _rows(table: str, columns: tuple[str, ...]) -> Iterator[Sequence[Any]]:
    """Keys and stored values as they lie in the table, in lots."""
    quoted = ", ".join(connection.ops.quote_name(name) for name in ("id", *columns))
    statement = f"SELECT {quoted} FROM {connection.ops.quote_name(table)} WHERE id > %s ORDER BY id LIMIT %s"  # noqa: S608 - our own names
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [last, AT_ONCE])
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def _run(statement: str, rows: list[list[Any]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)
