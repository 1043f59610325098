"""The page of backups: who may, what it asks, what it says, and what the trail keeps of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from nhiemky.foundation import background, clock
from nhiemky.foundation.backup import store
from nhiemky.foundation.backup.tasks import make_ordered
from nhiemky.foundation.models import AuditEvent
from nhiemky.web.care.shown import ago, reminder, size
from tests.foundation.backup.installation import backup_file
from tests.web.conftest import Cast

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
PASSWORD = "nhiem-ky-dung-thu"


@pytest.fixture(autouse=True)
def backup(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return backup_file(tmp_path / "backups" / "cua-toi.zip", {"evidence/ab/cd": bytes(5000)})


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("-number").values_list("action", flat=True)[:3])


def test_the_password_is_asked_before_everything_is_given_away(client_of: ClientOf, backup: Path) -> None:
    client, page = client_of("quan-tri"), "/sao-luu/tai/cua-toi.zip/"
    assert 'type="password"' in client.get(page).content.decode()
    for wrong in ("", "sai"):
        answer = client.post(page, {"password": wrong})
        assert answer.status_code == 422 and "Mật khẩu chưa đúng" in answer.content.decode()
    assert "foundation.backup.download" not in actions() and store.last().taken_at is None
    answer = client.post(page, {"password": PASSWORD})
    assert answer.status_code == 200 and actions()[0] == "foundation.backup.download"
    assert answer["Content-Type"] == "application/zip" and "attachment" in answer["Content-Disposition"]
    assert store.last().taken_at is None, "it is not taken before the last byte went"
    assert b"".join(answer.streaming_content) == backup.read_bytes()
    assert answer["Content-Length"] == str(backup.stat().st_size)
    assert store.last().taken_at is not None


def test_guessing_the_password_is_locked(client_of: ClientOf) -> None:
    client, page = client_of("quan-tri"), "/sao-luu/tai/cua-toi.zip/"
    for _ in range(5):
        answer = client.post(page, {"password": "sai"})
    assert answer.status_code == 429
    assert client.post(page, {"password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("login", ["kiem-tra", "hu-cau", "song-lo"])
def test_nobody_else_makes_or_takes_one(client_of: ClientOf, login: str) -> None:
    client, before = client_of(login), actions()
    assert client.post("/sao-luu/tao/").status_code == 404
    assert client.post("/sao-luu/tai/cua-toi.zip/", {"password": PASSWORD}).status_code == 404
    assert client.get("/sao-luu/", headers={"HX-Request": "true"}).status_code == 404
    assert actions() == before and background.latest(make_ordered) is None
    assert "Sao lưu" not in client.get("/").content.decode()


def test_a_stranger_makes_none(client_of: ClientOf) -> None:
    assert client_of().post("/sao-luu/tao/")["Location"].startswith("/dang-nhap/")


@pytest.mark.parametrize("name", ["khong-co.zip", "..zip", "last-backup.json", "%2e%2e%2fsecret-key", "a.zip%00"])
def test_no_other_file_is_given(client_of: ClientOf, tmp_path: Path, name: str) -> None:
    (tmp_path / "backups" / "a.zip").write_bytes(b"no backup of ours")
    for path in (f"/sao-luu/tai/{name}/", "/sao-luu/tai/a.zip/"):
        assert client_of("quan-tri").post(path, {"password": PASSWORD}).status_code == 404


def test_ordered_once_and_begun_after_the_commit(client_of: ClientOf, django_capture_on_commit_callbacks: Any) -> None:
    client = client_of("quan-tri")
    with django_capture_on_commit_callbacks() as waiting:
        assert client.post("/sao-luu/tao/")["Location"] == "/sao-luu/"
        assert background.latest(make_ordered) is None, "begun before the order was committed"
    [begin] = waiting
    begin()
    assert actions()[0] == "foundation.backup.order"
    shown = client.get("/sao-luu/").content.decode()
    assert "Đang chờ đến lượt" in shown and 'action="/sao-luu/tao/"' not in shown
    ordered = actions()
    answer = client.post("/sao-luu/tao/", follow=True)
    assert answer.redirect_chain == [("/sao-luu/", 302)] and "Đang tạo một bản sao lưu rồi" in answer.content.decode()
    assert actions() == ordered, "the one that waits is enough"


def test_progress_is_a_part_of_the_page(client_of: ClientOf, django_capture_on_commit_callbacks: Any) -> None:
    from django_tasks_db.models import DBTaskResult

    client = client_of("quan-tri")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/sao-luu/tao/")
    row = DBTaskResult.objects.get()
    row.claim("x")
    background.tell(str(row.id), 420)
    part = client.get("/sao-luu/", headers={"HX-Request": "true"})
    assert 'value="42"' in part.content.decode() and "<html" not in part.content.decode()
    assert "HX-Refresh" not in part
    background.tell(str(row.id), 420, "Ổ đĩa đầy. Hãy dọn bớt.")
    row.set_failed(ValueError())
    assert client.get("/sao-luu/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "Ổ đĩa đầy" in client.get("/sao-luu/").content.decode()


def test_a_job_whose_machine_stopped_says_so(
    client_of: ClientOf, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django_tasks_db.models import DBTaskResult

    client, now = client_of("quan-tri"), clock.now()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/sao-luu/tao/")
    DBTaskResult.objects.get().claim("x")
    assert background.latest(make_ordered, unfinished=True) is not None
    monkeypatch.setattr(clock, "now", lambda: now + background.SILENT + timedelta(seconds=5))
    assert "bị ngắt giữa chừng" in client.get("/sao-luu/").content.decode()
    background.forget_finished(clock.now())
    assert DBTaskResult.objects.get().status == "FAILED"


@pytest.mark.parametrize(
    ("made", "taken", "sentence"),
    [
        (None, None, "Chưa có bản sao lưu nào"),
        (12, None, "Bản sao lưu gần nhất cách đây 12 ngày"),
        (7, 1, ""),
        (8, 1, "cách đây 8 ngày"),
        (0, None, "Chưa có bản nào cất ngoài máy này"),
        (0, 40, "cất ngoài máy này cách đây 40 ngày"),
        (1, 30, ""),
    ],
)
def test_the_reminder(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, made: int | None, taken: int | None, sentence: str
) -> None:
    # a year after the first piece of work
    now = clock.now() + timedelta(days=365)

    def day(ago: int | None) -> Any:
        return None if ago is None else now - timedelta(days=ago)

    store._note(day(made), day(taken))
    told = " ".join(reminder(now))
    assert (sentence in told) if sentence else told == ""
    monkeypatch.setattr("nhiemky.web.home.views.clock.now", lambda: now)
    if sentence:
        assert sentence in client_of("quan-tri").get("/").content.decode()
        assert sentence not in client_of("hu-cau").get("/").content.decode()


def test_a_new_installation_is_left_in_peace_and_so_is_who_wants_no_reminder(
    cast: Cast, db: None, settings: Settings
) -> None:
    assert reminder(clock.now()) == []
    settings.BACKUP_REMIND_DAYS = 0
    assert reminder(clock.now() + timedelta(days=400)) == []


def test_a_damaged_record_of_the_last_backup_is_none(tmp_path: Path) -> None:
    for damage in ("", "{", "[]", '{"made_at": 3}', '{"made_at": "hôm qua"}'):
        (tmp_path / "last-backup.json").write_text(damage)
        assert store.last() == store.Last(None, None)


def test_only_the_machines_own_are_pruned(tmp_path: Path) -> None:
    for number in range(8):
        at = clock.now() - timedelta(days=number)
        for kind in (store.Kind.DAILY, store.Kind.UPGRADE):
            path = backup_file(store.new_path(kind, at))
            os.utime(path, (at.timestamp(), at.timestamp()))
        backup_file(tmp_path / "backups" / f"hang-ngay-cua-toi-{number}.zip")
    gone = store.prune()
    assert len(gone) == 6 and all(name.startswith(("hang-ngay-2", "truoc-nang-cap-2")) for name in gone)
    assert len([each for each in store.kept() if not each.kind]) == 9
    assert min(each.made_at for each in store.kept() if each.kind) > clock.now() - timedelta(days=4.5)


def test_words_of_size_and_time() -> None:
    now = clock.now()
    assert [size(given) for given in (1, 5 << 20, 1 << 30, 1_600_000_000)] == ["1 MB", "5 MB", "1,0 GB", "1,5 GB"]
    assert [ago(now - timedelta(days=days), now) for days in (0, 1, 1200)] == [
        "hôm nay",
        "hôm qua",
        "cách đây 1.200 ngày",
    ]
