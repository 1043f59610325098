"""Backup and restore of 6,000 entries with 1 GB of evidence, beside `cp` of the same bytes; the limit is two minutes.

    .venv/bin/python -m benchmarks.backup [ENTRIES] [MEGABYTES]
    .venv/bin/python -m tests.engines -- .venv/bin/python -m benchmarks.backup

Makes an installation in a folder of its own (on PostgreSQL a database of its own), backs it up, restores it into an
empty one and compares head of the trail, number of rows and every file. Peak memory is that of the command's process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

LIMIT_SECONDS = 120
FILE = 320_000

ENTRIES = """
import sys
from datetime import date, timedelta
from django.conf import settings
from nhiemky.config.demo import make_demo
from nhiemky.foundation import clock
from nhiemky.foundation.models import User
from nhiemky.units.models import Unit
from nhiemky.ledger.actions import record_entry
from nhiemky.ledger.checks import Money
from nhiemky.rules.indicators import Count
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span
make_demo(settings.DATA_DIR, clock.today())
by, unit = User.objects.get(username="dong-lenh"), Unit.objects.get(code="hc-suoi-mong")
for number in range(int(sys.argv[1])):
    record_entry(by=by, unit=unit, kind="hardship", period=Span.on(date(2019, 1, 1) + timedelta(days=number % 1800)),
        today=date(2025, 1, 1), counts=[Count("luot", Quantity(number))], money=[Money(Quantity(1000 * number))])
"""


def main(entries: int = 6000, megabytes: int = 1024) -> int:
    from tests.foundation.backup.installation import Installation, asked, evidence, files

    dsn = os.environ.get("NHIEMKY_DATABASE", "")
    with tempfile.TemporaryDirectory(prefix="nhiemky-benchmark-") as name:
        folder = Path(name)
        for each in ("from", "to"):
            (folder / each).mkdir()
        source = Installation(folder / "from", _database(dsn, "benchmark_from"))
        target = Installation(folder / "to", _database(dsn, "benchmark_to"))
        source.run("migrate")
        source.python(ENTRIES, str(entries))
        evidence(source.var, megabytes * (1 << 20) // FILE, FILE)
        os.sync()
        packed = folder / "b.zip"
        made = _timed(source.environment, "backup", str(packed))
        restored = _timed(target.environment, "restore", str(packed))
        copied = time.perf_counter()
        subprocess.run(["cp", "-r", str(source.var), str(folder / "copy")], check=True)  # noqa: S603, S607 - our own words
        os.sync()
        copied = time.perf_counter() - copied
        engine = "PostgreSQL" if dsn else "SQLite"
        print(f"{engine}: {entries} entries, {megabytes} MB of evidence in files of {FILE // 1000} kB; "
              f"the backup has {packed.stat().st_size / 2**20:.0f} MB")  # fmt: skip
        print(f"{'backup':>10}: {made[0]:6.1f} s, peak {made[1]:4.0f} MB")
        print(f"{'restore':>10}: {restored[0]:6.1f} s, peak {restored[1]:4.0f} MB")
        print(f"{'together':>10}: {made[0] + restored[0]:6.1f} s of {LIMIT_SECONDS} s")
        print(f"{'peer, cp':>10}: {copied:6.1f} s one way, neither checked nor consistent")
        question = (
            "SELECT number, digest FROM foundation_auditevent WHERE action <> 'foundation.backup.restore' ORDER BY 1"
        )
        # the event of the making came after the point that the backup holds
        same = asked(source, question)[:-1] == asked(target, question)
        counts = [asked(each, "SELECT count(*) FROM ledger_entry") for each in (source, target)]
        equal = same and counts[0] == counts[1] and files(source) == files(target)
        print(f"trail, {counts[1][0][0]} entries and every file equal: {'yes' if equal else 'NO'}")
        print(target.run("check").strip())
    return int(not equal or made[0] + restored[0] >= LIMIT_SECONDS)


def _database(dsn: str, name: str) -> str:
    if not dsn:
        return ""
    import psycopg

    address = urlsplit(dsn)
    with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
    return address._replace(path=f"/{name}").geturl()


def _timed(environment: dict[str, str], *arguments: str) -> tuple[float, float]:
    """Seconds, and megabytes at the peak."""
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "nhiemky.config.command", *arguments], env=environment)  # noqa: S603 - the same
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{arguments[0]} ended with {status}")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
