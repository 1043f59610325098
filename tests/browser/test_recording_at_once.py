"""One form sent many times at the same moment makes one row, on either engine."""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import pytest

from tests.browser.killable import Site
from tests.browser.recorder import Recorder

pytestmark = pytest.mark.both_engines
AT_ONCE = 8
ROUNDS = 6


@contextmanager
def a_database() -> Iterator[str]:
    """A database of its own on the server under test; none on SQLite, where the folder holds it."""
    if os.environ.get("NHIEMKY_TEST_ENGINE") != "postgresql":
        yield ""
        return
    import psycopg

    dsn = os.environ["NHIEMKY_DATABASE"]
    given = dj_database_url.parse(dsn)
    name = f"nhiemky_site_{secrets.token_hex(4)}"
    at = {"host": given["HOST"] or given["OPTIONS"].get("host"), "user": given["USER"], "port": given["PORT"] or None}
    with psycopg.connect(dbname="postgres", autocommit=True, password=given["PASSWORD"] or None, **at) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield dsn.replace(f"/{given['NAME']}", f"/{name}", 1)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_form_sent_at_once_is_written_once(tmp_path: Path) -> None:
    with a_database() as database:
        site = Site(tmp_path, database)
        try:
            site.start()
            person = Recorder(site.port)
            person.sign_in("nho-quan")
            for turn in range(ROUNDS):
                note = f"cung-luc-{turn}"
                fields = person.form(note)
                answers: list[object] = []
                gate = threading.Barrier(AT_ONCE)
                threads = [
                    threading.Thread(target=send, args=(site, person, fields, gate, answers)) for _ in range(AT_ONCE)
                ]
                for each in threads:
                    each.start()
                for each in threads:
                    each.join()
                assert len(answers) == AT_ONCE and len(set(answers)) == 1, answers
                assert str(answers[0]).startswith("/ban-ghi/")
                _status, _to, page = person.ask("GET", f"/don-vi/nho-quan/?xem=viec&q={note}")
                assert page.count('class="rec-what"') == 1
        finally:
            site.stop()


def send(site: Site, person: Recorder, fields: dict[str, str], gate: threading.Barrier, answers: list[object]) -> None:
    same = Recorder(site.port, person.cookies)
    gate.wait()
    try:
        answers.append(same.post(fields))
    except Exception as fault:
        answers.append(repr(fault))
