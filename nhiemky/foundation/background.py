"""Work in the background: ordered inside an action, begun once that is committed, followed by whoever may see it.

The jobs lie in the database (django-tasks), so none is lost with the process. How far a job is lies in a small file:
it changes many times a second and nobody should wait for the database over it.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.utils.crypto import get_random_string
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from nhiemky.foundation import clock, disk
from nhiemky.foundation.refusals import Refusal

log = logging.getLogger(__name__)

POLL = 1.0
# the first tick soon, but not before the first page
FIRST_TICK = 20.0
# a job that says nothing for so long is not being worked on any more
SILENT = timedelta(minutes=3)
KEEP = timedelta(days=30)


class State(StrEnum):
    """How a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Job:
    """A job and how far it is, in thousandths; `sentence` says why it failed, when there is something to say."""

    id: str
    state: State
    done: int
    begun_at: datetime
    sentence: str
    result: Any

    @property
    def unfinished(self) -> bool:
        return self.state in (State.WAITING, State.RUNNING)


def enqueue(task: Any, *given: Any) -> None:
    """Have the task done once the transaction that is open is committed; never when it is undone."""
    transaction.on_commit(lambda: task.enqueue(*given))


def latest(task: Any, *given: Any, unfinished: bool = False) -> Job | None:
    """The job of this task, ordered with `given` where that is said, that was ordered last.

    Who may see it is for the caller to ask.
    """
    rows = DBTaskResult.objects.filter(task_path=task.module_path)
    if given:
        rows = rows.filter(args_kwargs={"args": list(given), "kwargs": {}})
    row = rows.order_by("-enqueued_at").first()
    job = _job(row) if row else None
    return job if job and (job.unfinished or not unfinished) else None


def _job(row: DBTaskResult) -> Job:
    told = _told(str(row.id))
    state = {
        TaskResultStatus.READY: State.WAITING,
        TaskResultStatus.RUNNING: State.RUNNING,
        TaskResultStatus.SUCCESSFUL: State.DONE,
    }.get(TaskResultStatus[row.status], State.FAILED)
    if state is State.RUNNING and _is_silent(row, told):
        state = State.STOPPED
    sentence = str(told.get("sentence", "")) if state is State.FAILED else ""
    return Job(str(row.id), state, int(told.get("done", 0)), row.enqueued_at, sentence, row.return_value)


def _is_silent(row: DBTaskResult, told: dict[str, Any]) -> bool:
    said = datetime.fromisoformat(told["at"]) if "at" in told else row.started_at
    return said is None or clock.now() - said > SILENT


def tell(job: str, done: int, sentence: str = "") -> None:
    """How far the job is, in thousandths."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    told = {"done": done, "at": clock.now().isoformat(), "sentence": sentence}
    disk.put(_folder() / f"{job}.json", json.dumps(told).encode())


def teller(job: str) -> Callable[[int], None]:
    """`tell` for a job, at most once a second."""
    last = [0.0]

    def say(done: int) -> None:
        now = clock.now().timestamp()
        if now - last[0] >= 1:
            last[0] = now
            tell(job, done)

    return say


def _told(job: str) -> dict[str, Any]:
    try:
        told = json.loads((_folder() / f"{job}.json").read_text())
        datetime.fromisoformat(told["at"])
        return dict(told)
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "jobs"


def forget_finished(at: datetime) -> None:
    """Close what was broken off, and delete what was finished long ago."""
    for row in DBTaskResult.objects.running():
        if _is_silent(row, _told(str(row.id))):
            row.set_failed(RuntimeError("the machine stopped meanwhile"))
    old = DBTaskResult.objects.finished().filter(finished_at__lt=at - KEEP)
    for row in old:
        (_folder() / f"{row.id}.json").unlink(missing_ok=True)
    old.delete()


def work_off() -> None:
    """Do every job that waits. Asks with a plain reading first: taking a job locks the whole of SQLite for a moment."""
    if not DBTaskResult.objects.ready().exists():
        return
    Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    ).run()


def keep_working(stop: threading.Event, tick: Callable[[], object], every: float = 300.0) -> None:
    """Work off jobs as they come and call `tick` now and then, until `stop` is set. Survives every fault of a job."""
    waited = every - FIRST_TICK
    while not stop.is_set():
        try:
            close_old_connections()
            work_off()
            if waited >= every:
                waited = 0.0
                tick()
        except Refusal as refusal:
            log.warning("%s", refusal)
        except Exception:
            log.exception("background work goes on after a fault")
            connection.close()
        stop.wait(POLL)
        waited += POLL
    connection.close()


def begin_working(tick: Callable[[], object]) -> threading.Event:
    """A thread beside the server that ends with it; set the answer to stop it sooner."""
    stop = threading.Event()
    threading.Thread(target=keep_working, args=(stop, tick), name="background", daemon=True).start()
    return stop
