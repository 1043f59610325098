"""Backups that nobody waits for: ordered on a screen, or due by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django_tasks import TaskContext, task

from nhiemky.foundation import background, clock
from nhiemky.foundation.backup import store
from nhiemky.foundation.backup.actions import note_backup
from nhiemky.foundation.backup.making import Made, Progress, make_backup
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal

# a little less than a day, so that the hour does not wander
DUE = timedelta(hours=23)


def make_kept(kind: store.Kind, *, by: User, at: datetime, progress: Progress = lambda _done: None) -> Made:
    """A backup in the machine's own folder, with its event; the oldest of its kind give way."""
    made = make_backup(store.new_path(kind, at), at=at, progress=progress)
    store.note_made(at, made.path)
    note_backup(by=by, made=made)
    store.prune()
    return made


@task(takes_context=True)
def make_ordered(context: TaskContext, by: int) -> dict[str, Any]:
    """The backup that somebody ordered on the screen."""
    job = str(context.task_result.id)
    background.tell(job, 0)
    try:
        made = make_kept(
            store.Kind.ORDERED, by=User.objects.get(pk=by), at=clock.now(), progress=background.teller(job)
        )
    except Refusal as refusal:
        background.tell(job, 0, " ".join(refusal.sentences))
        raise
    return {"name": made.path.name, "size": made.size, "broken": len(made.broken)}


def daily_backup(at: datetime) -> Made | None:
    """The backup of the day, when it is due and the installation wants one."""
    if not settings.BACKUP_DAILY:
        return None
    latest = next((each.made_at for each in store.kept() if each.kind == store.Kind.DAILY), None)
    if latest and at - latest < DUE:
        return None
    return make_kept(store.Kind.DAILY, by=User.objects.get(username="dong-lenh"), at=at)
