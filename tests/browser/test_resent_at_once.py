"""Every form that changes something, sent many times at the same moment: done once, and no answer says it was refused."""

import re
import threading
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.browser.killable import Site
from tests.browser.recorder import UNIT, URLENCODED, Recorder
from tests.browser.test_recording_at_once import a_database

pytestmark = pytest.mark.both_engines
AT_ONCE = 4
TERM = f"/don-vi/{UNIT}/nhiem-ky/2023-2028/ket-thuc/"
ADOPT = f"/don-vi/{UNIT}/chi-tieu/2023-2028/moi/"
TARGET = {
    "so-lieu": "new_members_admitted", "kieu": "gte", "muc": "300", "can-cu": "term", "ai-giao": "", "van-ban": "NQ",
    "van-ghi": "1",
}  # fmt: skip


def at_once(person: Recorder, path: str, given: dict[str, str], query: str = "") -> list[tuple[int, str, str]]:
    """The answers to the form at the address, filled in once and sent by four at the same moment."""
    _status, _to, page = person.ask("GET", path + query)
    hidden = re.findall(r'name="(csrfmiddlewaretoken|ma)" value="([^"]+)"', page)
    assert {name for name, _value in hidden} >= {"csrfmiddlewaretoken", "ma"}, path
    body = urlencode(dict(hidden) | given).encode()
    answers: list[tuple[int, str, str]] = []
    gate = threading.Barrier(AT_ONCE)

    def send() -> None:
        same = Recorder(person.port, person.cookies)
        gate.wait()
        answers.append(same.ask("POST", path, body, **{"Content-Type": URLENCODED}))

    threads = [threading.Thread(target=send) for _ in range(AT_ONCE)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers


def test_nothing_that_was_done_is_refused(tmp_path: Path) -> None:
    with a_database() as database:
        site = Site(tmp_path, database)
        try:
            site.start()
            person, keeper = Recorder(site.port), Recorder(site.port)
            person.sign_in("nho-quan")
            keeper.sign_in("quan-tri")

            def done(path: str, given: dict[str, str], query: str = "") -> None:
                answers = at_once(person, path, given, query)
                assert [status for status, _to, _page in answers] == [302] * AT_ONCE, path
                assert len({to for _status, to, _page in answers}) == 1, path

            def target() -> str:
                _status, _to, page = person.ask("GET", ADOPT.replace("moi/", ""))
                found = re.findall(r"/chi-tieu/([0-9a-f]{20})/", page)
                assert len(set(found)) == 1, "adopted once"
                return found[0]

            done(ADOPT, TARGET, "?so-lieu=new_members_admitted")
            first = target()
            done(f"/chi-tieu/{first}/sua/", TARGET | {"muc": "350", "ly-do": "gõ nhầm"})
            second = target()
            assert second != first
            done(f"/chi-tieu/{second}/rut/", {"ly-do": "đại hội bỏ"})
            done(f"/don-vi/{UNIT}/ky-bao-cao/moi/", {"loai": "school_year", "nam": "2031"})
            work = person.post(person.form("cùng lúc"))
            done(f"{work}sua/", {"viec": "visit", "ngay": "2026-01-05", "so-luot": "7", "ly-do": "gõ nhầm"})
            _status, work, _page = person.ask("GET", f"{work}sua/")
            done(f"{work}huy/", {"ly-do": "nhầm"})
            done(TERM, {"den": "30/6/2025", "van-ban": "QĐ 9"})

            invited = at_once(keeper, f"/don-vi/{UNIT}/nguoi-dung/", {"for_whom": "chị Thảo", "role": "officer"})
            assert [status for status, _to, _page in invited] == [200] * AT_ONCE
            assert sum('id="made"' in page for _status, _to, page in invited) == 1
            assert sum("không lập lần hai" in unescape(page) for _status, _to, page in invited) == AT_ONCE - 1
            _status, _to, page = keeper.ask("GET", f"/don-vi/{UNIT}/nguoi-dung/")
            assert page.count("<b>chị Thảo</b>") == 1
        finally:
            site.stop()
