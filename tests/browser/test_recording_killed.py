"""The server killed (kill -9) at random moments (fifty in `./dev long`) while people record: nothing acknowledged is lost, nothing doubled."""

import http.client
import os
import random
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser.killable import Site
from tests.browser.recorder import Recorder, picture

KILLS = int(os.environ.get("NHIEMKY_KILLS", "12"))
PEOPLE = 3
# what a person sees of a server that died
CUT = (OSError, http.client.HTTPException)


def test_kills_lose_and_double_nothing() -> None:
    luck = random.Random(3)
    began = time.monotonic()
    with TemporaryDirectory(prefix="nhiemky-kill-") as folder:
        site = Site(Path(folder))
        try:
            site.start()
            first = Recorder(site.port)
            first.sign_in("nho-quan")
            sheet = Sheet()
            for _ in range(KILLS):
                people = [
                    threading.Thread(target=work, args=(site, first.cookies, sheet, luck.random()))
                    for _ in range(PEOPLE)
                ]
                site.working.set()
                for person in people:
                    person.start()
                time.sleep(luck.uniform(0.05, 0.6))
                site.kill()
                for person in people:
                    person.join()
                site.start()
            written, at_first = notes_in(folder), len(sheet.acknowledged)
            unanswered = {fields["ghi-chu"] for fields in sheet.unanswered.values()}
            # the forms that got no answer are sent again, as a person would
            again = Recorder(site.port, first.cookies)
            for fields in list(sheet.unanswered.values()):
                again.post(fields)
                sheet.acknowledged.add(fields["ghi-chu"])
        finally:
            site.stop()
        checked = subprocess.run([*site.command, "check"], env=site.environment, capture_output=True, text=True)
        notes = notes_in(folder)
        files = number_of_files(folder)
    lost, doubled = sheet.acknowledged - set(notes), len(notes) - len(set(notes))
    print(
        f"\n{KILLS} kills in {time.monotonic() - began:.0f} s: {sheet.posted} posted, {at_first} acknowledged at once, "
        f"{sheet.cut} cut off and sent again ({len(unanswered & set(written))} of them had been written); in the database {len(notes)} with {files} files; "
        f"lost {len(lost)}, doubled {doubled}"
    )
    assert sheet.cut >= KILLS // 5, "the kills hit nobody: nothing was tested"
    assert not sheet.faults
    assert files
    assert not lost
    assert not doubled
    assert set(notes) == sheet.acknowledged
    assert checked.returncode == 0, checked.stdout


def notes_in(folder: str) -> list[str]:
    with closing(sqlite3.connect(Path(folder) / "nhiemky.sqlite3")) as base:
        return [note for (note,) in base.execute("SELECT note FROM ledger_entry WHERE note LIKE 'kill-%'")]


def number_of_files(folder: str) -> int:
    with closing(sqlite3.connect(Path(folder) / "nhiemky.sqlite3")) as base:
        return base.execute("SELECT count(*) FROM ledger_evidence").fetchone()[0]


class Sheet:
    """What the people know: what was acknowledged, and the forms that got no answer."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.acknowledged: set[str] = set()
        self.unanswered: dict[str, dict[str, str]] = {}
        self.faults: list[str] = []
        self.posted = self.cut = 0


def work(site: "Site", cookies: dict[str, str], sheet: Sheet, seed: float) -> None:
    luck = random.Random(seed)
    person = Recorder(site.port, cookies)
    while site.working.is_set():
        try:
            fields = person.form(f"kill-{luck.getrandbits(60):x}")
        except CUT:
            return
        with sheet.lock:
            sheet.posted += 1
            sheet.unanswered[fields["ma"]] = fields
        try:
            person.post(fields, picture(luck.getrandbits(16)) if luck.random() < 0.5 else b"")
            # a double tap now and then
            if luck.random() < 0.2:
                person.post(fields)
        except CUT:
            with sheet.lock:
                sheet.cut += 1
            return
        except Exception as fault:
            with sheet.lock:
                sheet.faults.append(repr(fault))
            return
        with sheet.lock:
            sheet.acknowledged.add(fields["ghi-chu"])
            del sheet.unanswered[fields["ma"]]
