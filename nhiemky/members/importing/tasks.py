"""A long list is looked over and written without anybody waiting for the page."""

from __future__ import annotations

from collections.abc import Callable

from django_tasks import TaskContext, task

from nhiemky.foundation import background, bulk, clock
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions.imports import apply_import
from nhiemky.members.importing import drafts
from nhiemky.members.importing.drafts import Draft, Stage
from nhiemky.members.importing.preview import look_over
from nhiemky.units.models import Unit


@task(takes_context=True)
def look_in_background(context: TaskContext, code: str) -> None:
    """Look a draft over; a Refusal is told where the draft is shown."""
    _do(context, code, _look, Stage.MAPPING)


@task(takes_context=True)
def write_in_background(context: TaskContext, code: str) -> None:
    """Write a draft; a Refusal is told where the draft is shown, and nothing was written."""
    _do(context, code, write, Stage.READY)


def write(draft: Draft, unit: Unit, by: User, tell: Callable[[int], None]) -> None:
    """Write the draft; what was handed in is forgotten, the report of what was done stays for the day."""
    with bulk.roomy():
        row = apply_import(by=by, unit=unit, draft=draft, today=clock.today(), tell=tell)
    draft.is_written(row.counts)


def _look(draft: Draft, unit: Unit, by: User, tell: Callable[[int], None]) -> None:
    look_over(draft, unit, by, clock.today(), tell)


def _do(
    context: TaskContext, code: str, work: Callable[[Draft, Unit, User, Callable[[int], None]], None], back: Stage
) -> None:
    job = str(context.task_result.id)
    background.tell(job, 0)
    draft = drafts.by_code(code)
    try:
        work(draft, Unit.objects.get(code=draft.unit), User.objects.get(pk=draft.by), background.teller(job))
    except Refusal as refusal:
        draft.stage, draft.fault = back, " ".join(refusal.sentences)
        draft.save()
        background.tell(job, 0, draft.fault)
        raise
