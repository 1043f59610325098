"""A full disk: pages are read on, what cannot be written is said so, and nobody hears that written work was not."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.session import SessionStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, DataError, OperationalError
from django.test import Client, RequestFactory
from psycopg.errors import DiskFull
from pytest_django.fixtures import Settings

from nhiemky.ledger.models import Entry
from nhiemky.web import errors
from nhiemky.web.middleware import refusals
from tests.web.forms import NEW, form_at

ClientOf = Callable[..., Client]
FULL = [
    OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    OperationalError("database or disk is full"),
    OperationalError("disk I/O error"),
]


def postgresql() -> OperationalError:
    fault = OperationalError("could not extend file")
    fault.__cause__ = DiskFull("could not extend file")
    return fault


def told(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def fill(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no session can be written; the framework then says that it was deleted meanwhile."""

    def fails(self: Any, *given: Any, **named: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("django.contrib.sessions.models.Session.save", fails)


@pytest.mark.parametrize("fault", [*FULL, postgresql()], ids=str)
def test_a_write_that_fails_says_what_to_do(rf: RequestFactory, fault: Exception) -> None:
    answer = refusals(lambda _: pytest.fail("not called")).process_exception(rf.post("/"), fault)
    assert answer is not None and answer.status_code == 507
    assert "đã đầy nên chưa ghi được gì" in told(answer) and "người cài đặt" in told(answer)
    assert "còn nguyên" in told(answer) and "gửi lại" in told(answer)


@pytest.mark.parametrize("fault", [OSError(errno.EACCES, "x"), OperationalError("no such table: x"), DataError("x")])
def test_other_faults_are_not_blamed_on_the_disk(rf: RequestFactory, fault: Exception) -> None:
    assert refusals(lambda _: pytest.fail("not called")).process_exception(rf.post("/"), fault) is None


def test_a_fault_before_the_view_says_it_too(rf: RequestFactory) -> None:
    for fault, status in ((FULL[1], 507), (ValueError(), 500)):
        try:
            raise fault
        except Exception:
            assert errors.failed(rf.get("/")).status_code == status


def with_a_sentence(client: Client) -> Client:
    """Its next page has something to say, and would take it out of the session."""
    session = client.session
    request = RequestFactory().get("/")
    request.session = session
    session["_messages"] = SessionStorage(request).serialize_messages([Message(25, "Đã ghi một việc.")])
    session.save()
    return client


def test_reading_goes_on_when_a_sentence_cannot_be_taken_out(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = with_a_sentence(client_of("hu-cau"))
    fill(monkeypatch)
    for page in ("/", "/don-vi/", "/don-vi/hc-suoi-mong/", "/"):
        answer = client.get(page)
        assert answer.status_code == 200, told(answer)
        assert "Cookie" in answer["Vary"] and "Đã ghi một việc." in told(answer)


def test_an_ended_session_is_told_on_a_form_and_not_on_a_page(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = with_a_sentence(client_of("suoi-mong", raise_request_exception=False))
    given = form_at(client_of("suoi-mong"), f"{NEW}?viec=visit") | {"so-luot": "1"}

    def gone(self: Any, *given: Any, **named: Any) -> None:
        raise DatabaseError("Forced update did not affect any rows.")

    monkeypatch.setattr("django.contrib.sessions.models.Session.save", gone)
    assert client.get("/").status_code == 200
    assert client.post(NEW, given).status_code == 400


def test_signing_in_says_that_the_disk_is_full(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(raise_request_exception=False)
    fill(monkeypatch)
    assert client.get("/dang-nhap/").status_code == 200
    answer = client.post("/dang-nhap/", {"username": "hu-cau", "password": "nhiem-ky-dung-thu"})
    assert answer.status_code == 507 and "đã đầy" in told(answer)
    assert client.get("/").status_code == 302, "nobody is signed in"


def test_work_that_was_written_is_not_called_unwritten(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last room went to the work; only the sentence for the next page found none."""
    client = client_of("suoi-mong")
    given = form_at(client, f"{NEW}?viec=visit") | {"so-luot": "1"}
    fill(monkeypatch)
    before = Entry.objects.count()
    answer = client.post(NEW, given)
    assert answer.status_code == 302 and Entry.objects.count() == before + 1


def test_a_photo_that_finds_no_room_is_told_and_nothing_is_recorded(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    client = client_of("suoi-mong", raise_request_exception=False)
    given = form_at(client, f"{NEW}?viec=visit") | {"so-luot": "1"}
    files = {"tep": SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")}
    before = Entry.objects.count()

    def fails(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as while_full:
        while_full.setattr("nhiemky.foundation.files.os.fsync", fails)
        answer = client.post(NEW, given | files, headers={"Accept": "application/json"})
    assert answer.status_code == 507 and "đã đầy" in told(answer)
    assert Entry.objects.count() == before
    assert not [path for path in tmp_path.rglob("*") if path.is_file()], "half a file stays"
