"""Whole data out and in again, 200,000 lines: seconds, and the most memory that the process ever held.

    .venv/bin/python -m benchmarks.whole_exchange [LINES]
    .venv/bin/python -m tests.engines -- .venv/bin/python -m benchmarks.whole_exchange [LINES]

Makes databases of its own: a province of 100 unions whose persons, memberships, dues and entries are as many lines as
asked for, written past the actions. Each step is a process of its own. Memory is held to a limit whatever the number of
lines is: run it with 20,000 and with 200,000.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

LIMIT_MIB = 400
SECONDS = {"export": 60.0, "load": 180.0}
DAY = date(2026, 6, 1)


def main() -> int:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    server = os.environ.get("NHIEMKY_DATABASE", "")
    slow = False
    with tempfile.TemporaryDirectory() as name:
        file, again = Path(name) / "one.jsonl", Path(name) / "two.jsonl"
        steps = (
            ("here", ["fill", str(lines)]), ("here", ["export", "-o", str(file)]), ("there", ["migrate"]),
            ("there", ["load", str(file)]), ("there", ["export", "-o", str(again)]), ("there", ["load", str(file)]),
        )  # fmt: skip
        for place, step in steps:
            seconds, mib = _measured(Path(name), place, server, step)
            if step[0] in SECONDS:
                slow |= seconds > SECONDS[step[0]] * lines / 200_000 + 5 or mib > LIMIT_MIB
                print(f"{place:6}{step[0]:8}{seconds:7.1f} s{mib:7.0f} MiB  {lines / seconds:9,.0f} lines/s")
        with file.open("rb") as one:
            print(f"{sum(1 for _line in one):,} lines, {file.stat().st_size / 2**20:.0f} MiB")
        same = file.read_bytes() == again.read_bytes()
        print("the second export is the same" if same else "THE SECOND EXPORT DIFFERS")
    return int(slow or not same)


def _measured(folder: Path, place: str, server: str, step: list[str]) -> tuple[float, float]:
    environment = os.environ | {"NHIEMKY_VAR": str(folder / place)}
    if server:
        environment["NHIEMKY_DATABASE"] = _database(server, f"whole_{os.getpid()}_{place}")
    before = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.whole_exchange", "--step", *step],
        env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return time.perf_counter() - before, float(done.stdout.split()[-1])


def _database(server: str, name: str) -> str:
    import psycopg

    with psycopg.connect(server, autocommit=True) as there:
        if not there.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            there.execute(f"CREATE DATABASE {name}".encode())
    head, _slash, tail = server.rpartition("/")
    _old, mark, rest = tail.partition("?")
    return f"{head}/{name}{mark}{rest}"


def _step(arguments: list[str]) -> None:
    from nhiemky.config.command import main as run

    if arguments[0] == "fill":
        run(["migrate"])
        _fill(int(arguments[1]))
    else:
        assert run(arguments) == 0
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _fill(lines: int) -> None:
    """A quarter each: persons, memberships, dues, entries."""
    from django.db import transaction

    from nhiemky.foundation import clock
    from nhiemky.foundation.queries import command_line
    from nhiemky.ledger.models import Entry, EntryCount
    from nhiemky.members.models import Dues, Membership, Person
    from nhiemky.members.particulars import id_digests, named
    from nhiemky.rules.timeline import Span
    from nhiemky.units.actions import found_unit, place_unit

    by, at, always = command_line(), clock.now(), Span.parse("2010..")
    with transaction.atomic():
        top = found_unit(by=by, code="t", name="LĐLĐ tỉnh", short="Tỉnh", kind="province", life=always)
        units = []
        for number in range(100):
            unit = found_unit(by=by, code=f"t-{number}", name=f"CĐCS {number}", short=f"CĐCS {number}",
                              kind="grassroots", life=always)  # fmt: skip
            place_unit(by=by, unit=unit, parent=top, valid=always)
            units.append(unit)
        known = {"recorded_at": at, "recorded_by": by}
        for start in range(0, lines // 4, 2_000):
            numbers = range(start, min(start + 2_000, lines // 4))
            people = Person.objects.bulk_create(
                Person(code=f"t.p{each}", job="Giáo viên", born_on=DAY, **named(f"Nguyễn Thị Số {each}"),
                       id_number=f"{each:012}", **id_digests(f"{each:012}")) for each in numbers
            )  # fmt: skip
            rows = list(zip(numbers, people, strict=True))
            for model, more in ((Membership, {}), (Dues, {"state": "paid", "paid": 50_000})):
                model.objects.bulk_create(
                    model(code=f"t.{model.__name__[0].lower()}{each}", person=person, unit=units[each % 100],
                          starts_on=DAY, **known, **more) for each, person in rows
                )  # fmt: skip
            entries = Entry.objects.bulk_create(
                Entry(code=f"t.e{each}", unit=units[each % 100], kind="visit", coverage="act", starts_on=DAY,
                      ends_before=date(2026, 6, 2), note="Thăm hỏi đoàn viên ốm đau", **known) for each in numbers
            )  # fmt: skip
            EntryCount.objects.bulk_create(EntryCount(entry=entry, word="nguoi", value=1) for entry in entries)


if __name__ == "__main__":
    if "--step" in sys.argv:
        _step(sys.argv[sys.argv.index("--step") + 1 :])
    else:
        sys.exit(main())
