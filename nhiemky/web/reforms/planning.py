"""The rows of a draft read and written, and what a page of it begins with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from nhiemky.foundation import background
from nhiemky.foundation.refusals import Refusal
from nhiemky.reforms.actions import amend_reorganisation, rows_of, stamp_of
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.reforms.rows import Row
from nhiemky.reforms.tasks import apply_in_background
from nhiemky.web import access


def numbered(rows: Iterable[Row]) -> list[Row]:
    """The rows by their place in the list."""
    return [replace(row, at=at) for at, row in enumerate(rows, 1)]


def rows_in(event: Reorganisation) -> list[Row]:
    return numbered(rows_of(event))


def draft_to_change(request: HttpRequest, code: str) -> Reorganisation | HttpResponse:
    """The draft; where it is a draft no more, or is being applied, the way to the page that says so."""
    event = access.reorganisation_to_change(request, code)
    if event.state != State.DRAFT or at_work(event):
        return redirect("web.reforms.event", event.code)
    return event


def job_of(event: Reorganisation) -> background.Job | None:
    """The work ordered last to apply the draft as it is now."""
    return background.latest(apply_in_background, event.code, stamp_of(event))


def at_work(event: Reorganisation) -> background.Job | None:
    job = job_of(event) if event.state == State.DRAFT else None
    return job if job and job.unfinished else None


def save_rows(request: HttpRequest, event: Reorganisation, rows: Sequence[Row]) -> Reorganisation:
    """The draft with these rows and the words it has."""
    return amend_reorganisation(
        by=request.user, event=event, day=event.day, rows=numbered(rows), decided_on=event.decided_on
    )


def added(request: HttpRequest, event: Reorganisation, rows: Iterable[Row]) -> int:
    """Put the rows behind those of the draft, without those that stand there already; how many."""
    there = rows_in(event)
    known = {mark_of(row) for row in there}
    new = [row for row in rows if mark_of(row) not in known]
    if new:
        save_rows(request, event, [*there, *new])
    return len(new)


def mark_of(row: Row) -> str:
    """Of what the row says, wherever it stands."""
    told = json.dumps(replace(row, at=0).as_json(), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def row_marked(rows: Sequence[Row], at: int, mark: str) -> Row:
    """The row at that place, as the page showed it; a Refusal where another stands there now."""
    row = rows[at - 1] if 0 < at <= len(rows) else None
    if row is None or mark_of(row) != mark:
        raise Refusal(_("Dòng này đã được sửa hoặc bỏ ở một trang khác. Hãy xem lại phương án."))
    return row
