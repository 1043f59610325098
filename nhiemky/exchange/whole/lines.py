"""Rows as lines, and the frame of a file: the line it begins with, and the one that says it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from nhiemky.exchange.whole.cells import written
from nhiemky.exchange.whole.records import Record

VERSION = 2
AT_ONCE = 1000
Line = dict[str, Any]


def lines_of(record: Record, rows: QuerySet) -> Iterator[tuple[int, Line]]:
    """Key and line of each row, in the order in which the rows were written; a thousand in memory at a time."""
    lookups = ["pk", *(lookup for cell in record.cells for lookup in cell.lookups)]
    found = iter(rows.order_by("pk").values_list(*lookups).iterator(chunk_size=AT_ONCE))
    while some := list(islice(found, AT_ONCE)):
        lines = {pk: {"type": record.name, **written(record.cells, values)} for pk, *values in some}
        for part in record.parts:
            columns = [part.parent, *(lookup for cell in part.cells for lookup in cell.lookups)]
            inside = part.model._base_manager.filter(**{f"{part.parent}__in": list(lines)}).order_by("pk")
            for parent, *values in inside.values_list(*columns):
                lines[parent].setdefault(part.name, []).append(written(part.cells, values))
        yield from lines.items()


def as_text(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def files_of(record: Record, line: Line) -> list[tuple[str, str]]:
    """The digests of files that the line names, each with the table that has its bytes."""
    found = [(line["digest"], record.name)] if record.file else []
    for part in record.parts:
        found += [(each["digest"], part.name) for each in line.get(part.name, ()) if part.file]
    return found
