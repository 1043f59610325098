"""People who write while backups are made, and what must be true of every backup then.

    python -m tests.foundation.backup.writing VAR_FOLDER [BACKUPS] [WRITERS]

prints it for an installation with the demonstration in it (NHIEMKY_DATABASE names one on PostgreSQL).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.foundation.backup.installation import Installation

WRITER = """
import sys
from datetime import date
from pathlib import Path
from nhiemky.foundation.models import AuditEvent, User
from nhiemky.units.models import Unit
from nhiemky.ledger.actions import cancel_entry, correct_entry, record_entry
from nhiemky.ledger.checks import Money
from nhiemky.rules.indicators import Count
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span
log, stop = open(sys.argv[1], "a"), Path(sys.argv[2])
by, unit = User.objects.get(username="dong-lenh"), Unit.objects.get(code="hc-suoi-mong")
number = 0
while not stop.exists():
    number += 1
    given = dict(kind="hardship", period=Span.on(date(2024, 1 + number % 12, 3)), today=date(2025, 1, 1),
        counts=[Count("luot", Quantity(number))], money=[Money(Quantity(1000 * number))], note="viết trong lúc sao lưu")
    entry = record_entry(by=by, unit=unit, **given)
    if number % 5 == 0:
        entry = correct_entry(by=by, entry=entry, reason="nhầm số", **given)
    if number % 7 == 0:
        entry = cancel_entry(by=by, entry=entry, reason="ghi hai lần")
    event = AuditEvent.objects.get(subject=f"entry:{entry.code}")
    print(event.number, event.digest, file=log, flush=True)
"""

MAKER = """
import json, sys, time
from pathlib import Path
from nhiemky.foundation import clock
from nhiemky.foundation.backup.making import make_backup
folder, count, logs = Path(sys.argv[1]), int(sys.argv[2]), [Path(each) for each in sys.argv[3:]]
def acknowledged():
    return max((int(line.split()[0]) for log in logs for line in log.read_text().splitlines() if line.count(" ") == 1), default=0)
for number in range(count):
    before, begun = acknowledged(), time.perf_counter()
    made = make_backup(folder / f"{number}.zip", at=clock.now())
    took, after = time.perf_counter() - begun, acknowledged()
    print(json.dumps({"before": before, "held": made.audit, "after": after, "took": took}), flush=True)
    time.sleep(0.02)
"""


@dataclass(frozen=True)
class UnderWriting:
    """A backup, and the last event acknowledged to anybody before it began and after it was done."""

    path: Path
    before: int
    held: int
    after: int
    took: float


def make_under_writing(installation: Installation, folder: Path, backups: int, writers: int) -> list[UnderWriting]:
    """Backups made in a process of their own while others record, correct and cancel as fast as they can."""
    stop, logs = folder / "stop", [folder / f"log-{number}" for number in range(writers)]
    for log in logs:
        log.touch()
    writing = [
        subprocess.Popen(
            [sys.executable, "-c", f"import django; django.setup()\n{WRITER}", str(log), str(stop)],
            env=installation.environment, stderr=subprocess.PIPE,
        )
        for log in logs
    ]  # fmt: skip
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and not all(log.stat().st_size for log in logs):
            time.sleep(0.05)
        told = installation.python(MAKER, str(folder), str(backups), *map(str, logs))
    finally:
        stop.touch()
        faults = [process.communicate(timeout=120)[1] for process in writing]
    assert not any(faults), faults[0].decode()
    lines = [json.loads(line) for line in told.splitlines()]
    return [UnderWriting(folder / f"{number}.zip", **line) for number, line in enumerate(lines)]


def faults_of(made: UnderWriting, digests: dict[int, str]) -> list[str]:
    """Why this backup is no point between two acknowledged pieces of work; nothing when it is one."""
    from nhiemky.foundation.backup.archive import Reader

    reader = Reader(made.path)

    def table(name: str) -> list[dict[str, Any]]:
        names = reader.manifest["tables"][name]["columns"]
        return [dict(zip(names, json.loads(line), strict=True)) for line in reader.lines(f"tables/{name}.jsonl")]

    events = table("foundation_auditevent")
    [head] = table("foundation_audithead")
    found = []
    if made.held < made.before:
        found.append(f"acknowledged before it began and not in it: {made.before} > {made.held}")
    if [event["number"] for event in events] != list(range(1, made.held + 1)):
        found.append("the events are not the first ones of the trail")
    if (head["number"], head["digest"]) != (made.held, events[-1]["digest"]):
        found.append("the end of the trail is another")
    found += [
        f"event {two['number']} does not follow" for one, two in pairwise(events)
        if two["previous"] != one["digest"]
    ]  # fmt: skip
    found += [f"event {event['number']} is another" for event in events
              if digests.get(event["number"], event["digest"]) != event["digest"]]  # fmt: skip
    said = {event["subject"] for event in events if "row" in event["data"]}
    there = {f"entry:{row['code']}" for row in table("ledger_entry")}
    there |= {f"statement:{row['code']}" for row in table("ledger_statement")}
    if said != there:
        found.append(f"{len(said ^ there)} rows without their event, or events without their row")
    whole = {row["entry_id"] for row in table("ledger_entrycount")} & {
        row["entry_id"] for row in table("ledger_entrymoney")
    }
    mine = [row for row in table("ledger_entry") if row["note"] == "viết trong lúc sao lưu"]
    found += [f"half of entry {row['code']}" for row in mine if row["id"] not in whole]
    reader.close()
    return found


def acknowledged(folder: Path) -> dict[int, str]:
    """Number -> digest of every event that a writer was told of."""
    lines = [line.split() for log in folder.glob("log-*") for line in log.read_text().splitlines()]
    return {int(number): digest for number, digest in lines}


def main(var: str, backups: str = "20", writers: str = "3") -> int:
    installation = Installation(Path(var), os.environ.get("NHIEMKY_DATABASE", ""))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = make_under_writing(installation, folder, int(backups), int(writers))
        digests, bad = acknowledged(folder), 0
        for each in made:
            faults = faults_of(each, digests)
            bad += bool(faults)
            print(f"{each.path.name:>7}: acknowledged before {each.before:5}, held {each.held:5}, after {each.after:5}, "
                  f"{each.took:.2f} s  {'; '.join(faults) or 'a point of the trail'}")  # fmt: skip
        print(f"{len(made)} backups while {writers} wrote {len(digests)} times: {bad} wrong")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
