"""Any number of keys in one statement, on each engine."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def these(keys: Iterable[int]) -> RawSQL:
    """The keys as a sub-query: a list of parameters has a limit."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [sorted(keys)])
    return RawSQL("SELECT value FROM json_each(%s)", [str(sorted(keys))])
