"""Every file, export and background result, for each of the cast: whoever may not see the unit gets nothing of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.conftest import PERIOD, SUOI_MONG, Cast

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
# the chair of the unit, the clerk of the level above, an auditor who only reads; a neighbour, a chair below, a stranger
READS = ("suoi-mong", "hu-cau", "kiem-tra", "quan-tri")
BLIND = ("ben-canh", "chu-tich", "song-lo")

REPORT = [f"/don-vi/{SUOI_MONG}/bao-cao/{PERIOD}/tai/{format}/" for format in ("docx", "pdf", "xlsx")]
CHARTS = [
    f"/don-vi/{SUOI_MONG}/bieu-do/{name}/{format}/"
    for name in ("cham-lo", "chi-tieu", "co-cau", "cap-duoi")
    for format in ("svg", "png", "xlsx")
]


def files(cast: Cast) -> list[str]:
    from django.urls import reverse

    issued = [f"/van-ban/{cast.document.code}/{format}/" for format in ("docx", "pdf", "xlsx")]
    export = reverse("web.records.export", args=[SUOI_MONG])
    return [*REPORT, *CHARTS, f"/so-lieu/hardship_support_visits/{SUOI_MONG}/excel/", export, *issued]


@pytest.mark.parametrize("login", READS)
def test_who_may_read_gets_every_file(cast: Cast, client_of: ClientOf, login: str) -> None:
    client = client_of(login)
    for path in files(cast):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.getvalue() if answer.streaming else answer.content, path
        assert answer["Cache-Control"].startswith("private"), path


@pytest.mark.parametrize("login", BLIND)
def test_who_may_not_gets_none_and_does_not_learn_that_it_is_there(cast: Cast, client_of: ClientOf, login: str) -> None:
    client = client_of(login)
    for path in files(cast):
        answer, nowhere = client.get(path), client.get(path.replace(SUOI_MONG, "khong-co"))
        assert answer.status_code == 404, path
        assert "Suối Mộng" not in answer.content.decode(), path
        if SUOI_MONG in path:
            assert answer.content == nowhere.content, path


def test_a_stranger_is_asked_who_they_are(cast: Cast, client_of: ClientOf) -> None:
    client = client_of()
    for path in [*files(cast), "/sao-luu/", "/sao-luu/tai/x.zip/"]:
        answer = client.get(path)
        assert answer.status_code == 302 and answer["Location"].startswith("/dang-nhap/"), path


@pytest.mark.parametrize("login", ["suoi-mong", "hu-cau", "kiem-tra", *BLIND])
def test_what_is_made_in_the_background_is_for_the_administrator(client_of: ClientOf, login: str) -> None:
    client = client_of(login)
    for path in ("/sao-luu/", "/sao-luu/?viec=1", "/sao-luu/tai/x.zip/"):
        assert client.get(path).status_code == 404, path
    assert client.post("/sao-luu/tao/").status_code == 404
    assert client.post("/sao-luu/tai/x.zip/", {"password": "nhiem-ky-dung-thu"}).status_code == 404


def test_a_chair_below_reads_their_own_and_nothing_above(client_of: ClientOf) -> None:
    client = client_of("chu-tich")
    assert client.get("/don-vi/hc-thcs-may-trang/").status_code == 200
    for above in (SUOI_MONG, "hc-tinh"):
        assert client.get(f"/don-vi/{above}/").status_code == 404
    assert client.get("/don-vi/hc-y-te-suoi-mong/").status_code == 404
