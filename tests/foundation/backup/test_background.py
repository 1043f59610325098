"""Work in the background: done once, survives faults, never in the way of those who write."""

from __future__ import annotations

import sqlite3
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from django.db import connection

from nhiemky.foundation.backup.archive import Reader
from tests.foundation.backup.conftest import New
from tests.foundation.backup.installation import Installation, asked

pytestmark = pytest.mark.both_engines

ORDER = """
from nhiemky.foundation.models import User
from nhiemky.foundation.backup.actions import order_backup
order_backup(by=User.objects.get(username="quan-tri"))
"""
# nobody has to wait here until the first page was served
SOON = "from nhiemky.foundation import background; background.FIRST_TICK = 2.0"
POLL = """
import time
from nhiemky.foundation import background
begun = time.perf_counter()
for _ in range(50): background.work_off()
print((time.perf_counter() - begun) / 50)
"""


def wait_for(what: str, found: object, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found():  # type: ignore[operator]
            return
        time.sleep(0.2)
    pytest.fail(f"no {what} after {seconds} s")


def test_the_server_makes_what_was_ordered_and_the_backup_of_the_day(new: New, seeded: Installation) -> None:
    """One process on the laptop: pages and jobs; it stops when it is told to, and nothing of it stays."""
    import socket

    installation = new(like=seeded, anew=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    installation.python(ORDER)
    server = installation.start("serve", "--port", str(port), after=SOON)
    folder = installation.var / "backups"
    try:
        wait_for("ordered backup", lambda: list(folder.glob("theo-yeu-cau-*.zip")))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/dang-nhap/", timeout=20) as page:
            assert page.status == 200
        if connection.vendor == "sqlite":
            wait_for("backup of the day", lambda: list(folder.glob("hang-ngay-*.zip")), 90)
    finally:
        server.terminate()
        server.communicate(timeout=30)
    [made] = folder.glob("theo-yeu-cau-*.zip")
    assert Reader(made).manifest["audit"]["number"] > 0
    told = asked(installation, "SELECT action, actor_id FROM foundation_auditevent ORDER BY number DESC LIMIT 4")
    notes = [actor for action, actor in told if action == "foundation.backup.note"]
    [(person,)] = asked(installation, "SELECT id FROM foundation_user WHERE username = 'quan-tri'")
    assert person in notes, "the backup is not the deed of who ordered it"
    [(status,)] = asked(installation, "SELECT status FROM django_tasks_database_dbtaskresult")
    assert status == "SUCCESSFUL"


def test_a_worker_goes_on_after_a_fault_and_finishes_before_it_stops(new: New, seeded: Installation) -> None:
    installation = new(like=seeded, anew=True)
    installation.python(
        "from django_tasks_db.models import DBTaskResult, get_date_max\n"
        "DBTaskResult.objects.create(args_kwargs={'args': [], 'kwargs': {}}, task_path='khong.co.viec', "
        "backend_name='default', run_after=get_date_max(), priority=50)"
    )
    installation.python(ORDER)
    worker = installation.start("work")
    try:
        folder = installation.var / "backups"
        wait_for("backup", lambda: list(folder.glob("theo-yeu-cau-*.zip")))
    finally:
        worker.terminate()
        worker.communicate(timeout=60)
    assert worker.returncode == 0
    states = {state for (state,) in asked(installation, "SELECT status FROM django_tasks_database_dbtaskresult")}
    assert states == {"FAILED", "SUCCESSFUL"}


def test_tick_makes_one_a_day(new: New, seeded: Installation) -> None:
    installation = new(like=seeded)
    first = installation.run("tick")
    assert ("Đã sao lưu" in first) == (connection.vendor == "sqlite"), "by default only a laptop does it by itself"
    assert "Chưa đến lúc" in installation.run("tick")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows")
def test_asking_for_jobs_waits_for_nobody_and_stops_nobody(new: New, seeded: Installation) -> None:
    installation = new(like=seeded)
    path = installation.var / "nhiemky.sqlite3"
    writer = sqlite3.connect(path, isolation_level=None, timeout=0)
    writer.execute("BEGIN IMMEDIATE")
    took = float(installation.python(POLL))
    writer.execute("ROLLBACK")
    assert took < 0.05, f"the worker waited {took:.2f} s for somebody who writes"
    # and nobody who writes ever finds the database locked by the asking
    stop = threading.Event()
    asking = threading.Thread(target=lambda: [installation.python(POLL) for _ in iter(stop.is_set, True)])
    asking.start()
    locked = 0
    until = time.monotonic() + 3
    while time.monotonic() < until:
        try:
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("ROLLBACK")
        except sqlite3.OperationalError:
            locked += 1
    stop.set()
    asking.join()
    writer.close()
    assert locked == 0


def test_a_file_of_a_person_is_no_matter_where(new: New, seeded: Installation, tmp_path: Path) -> None:
    """A backup outside the machine's folder counts as taken elsewhere."""
    installation = new(like=seeded)
    # another test may have taken a backup of `seeded` elsewhere before
    (installation.var / "last-backup.json").unlink(missing_ok=True)
    installation.run("backup")
    assert '"taken_at": ""' in (installation.var / "last-backup.json").read_text()
    installation.run("backup", str(tmp_path / "usb.zip"))
    assert '"taken_at": ""' not in (installation.var / "last-backup.json").read_text()
