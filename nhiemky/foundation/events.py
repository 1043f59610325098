"""Rows that a reorganisation writes and supersedes, in any room: found by its code, and taken back."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from nhiemky.foundation.many import these
from nhiemky.foundation.models import User, new_code

AT_ONCE = 2_000


def written_by(model: Any, cause: str) -> QuerySet[Any]:
    """The rows of the model that the event wrote, the superseded ones too."""
    found: QuerySet[Any] = model.objects.filter(cause=cause).exclude(cause="")
    return found


def superseded_by(model: Any, cause: str) -> QuerySet[Any]:
    """The rows of the model that the event superseded."""
    found: QuerySet[Any] = model.objects.filter(superseded_cause=cause).exclude(superseded_cause="")
    return found


def built_upon(model: Any, cause: str) -> QuerySet[Any]:
    """The rows that the event wrote and something later superseded: it cannot be taken back from under that."""
    return written_by(model, cause).filter(superseded_at__isnull=False)


def supersede(model: Any, rows: Iterable[Model], cause: str, at: datetime) -> None:
    """The event supersedes these rows."""
    known = these(row.pk for row in rows)
    model.objects.filter(pk__in=known).update(superseded_at=at, superseded_cause=cause)


def write(model: Any, rows: Iterable[Model]) -> list[Any]:
    """Insert the rows, many at once; those that replace another of them come after it."""
    found: list[Any] = model.objects.bulk_create(list(rows), batch_size=AT_ONCE)
    return found


def take_back(model: Any, cause: str, at: datetime, by: User) -> int:
    """As if the event had never been: what it wrote goes, what it superseded comes again as new rows. How many came.

    A row that comes again stands for the older event that wrote it, so that this one can be taken back as well.
    """
    names = {field.name for field in model._meta.concrete_fields}
    written = list(written_by(model, cause))
    gone = list(superseded_by(model, cause))
    model.objects.filter(pk__in=these(row.pk for row in written)).update(superseded_at=at)
    model.objects.filter(pk__in=these(row.pk for row in gone)).update(cause="")
    successor = {row.replaces_id: row for row in written if row.replaces_id} if "replaces" in names else {}
    again = []
    for row in gone:
        new = copy.copy(row)
        new._state = copy.copy(row._state)
        new.pk = None
        new._state.adding = True
        new.recorded_at, new.recorded_by, new.superseded_at, new.superseded_cause = at, by, None, ""
        if "code" in names:
            new.code = new_code()
        if "replaces" in names:
            new.replaces = successor.get(row.pk, row)
        again.append(new)
    return len(write(model, again))
