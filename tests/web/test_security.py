"""Forms with their mark, headers on every page, sign-in throttled, refusals that need no database."""

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from nhiemky.web import errors
from nhiemky.web.account.views import locked_out
from nhiemky.web.middleware import refusals, upload_limit
from tests.web.conftest import PERIOD, SUOI_MONG

ClientOf = Callable[..., Client]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("web.reports.issue", [SUOI_MONG, PERIOD]),
        ("web.documents.template", []),
        ("web.account.sign_out", []),
        ("web.account.sign_in", []),
    ],
)
def test_form_without_its_mark_is_refused(client_of: ClientOf, name: str, args: list[str]) -> None:
    client = client_of("quan-tri", enforce_csrf_checks=True)
    answer = client.post(reverse(name, args=args), {"number": "1"})
    assert answer.status_code == 403
    assert "tải lại trang" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/don-vi/", "/don-vi/hc-suoi-mong/bao-cao/2018-2023/", "/dang-nhap/", "/khong/"])
def test_security_headers(client_of: ClientOf, path: str) -> None:
    answer = client_of("hu-cau").get(path) if path != "/dang-nhap/" else client_of().get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_cookies_are_kept_from_scripts(client_of: ClientOf) -> None:
    client = client_of()
    client.get("/dang-nhap/")
    client.post("/dang-nhap/", {"username": "nho-quan", "password": "nhiem-ky-dung-thu"})
    assert {"sessionid", "csrftoken"} <= client.cookies.keys()
    for cookie in client.cookies.values():
        assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_wrong_password_gets_a_sentence_and_sixth_try_is_locked(client_of: ClientOf) -> None:
    client, wrong = client_of(), {"username": "nho-quan", "password": "sai"}
    for _ in range(4):
        answer = client.post("/dang-nhap/", wrong)
        assert answer.status_code == 200
        assert "chưa đúng" in answer.content.decode()
    client.post("/dang-nhap/", wrong)
    sixth = client.post("/dang-nhap/", {"username": "nho-quan", "password": "nhiem-ky-dung-thu"})
    assert sixth.status_code == 429
    assert "15 phút" in sixth.content.decode()
    # others are not locked out with them
    other = client_of().post("/dang-nhap/", {"username": "song-lo", "password": "nhiem-ky-dung-thu"})
    assert other.status_code == 302


def test_empty_sign_in_says_what_is_missing(client_of: ClientOf) -> None:
    shown = client_of().post("/dang-nhap/", {"username": "", "password": ""}).content.decode()
    assert "Chưa ghi tên đăng nhập." in shown and "Chưa ghi mật khẩu." in shown


def test_sign_in_does_not_lead_away(client_of: ClientOf) -> None:
    given = {"username": "nho-quan", "password": "nhiem-ky-dung-thu", "next": "https://example.org/"}
    assert client_of().post("/dang-nhap/", given)["Location"] == "/"


def test_sign_out_is_a_form(client_of: ClientOf) -> None:
    client = client_of("nho-quan")
    assert client.get("/dang-xuat/").status_code == 405
    assert client.post("/dang-xuat/").status_code == 302
    assert client.get("/").status_code == 302


def test_a_button_opened_as_a_page_leads_back(client_of: ClientOf) -> None:
    """Where one lands who had to sign in again after pressing it."""
    button = reverse("web.members.import_apply", args=[SUOI_MONG, "0" * 20])
    assert client_of().post(button)["Location"].endswith(f"?next={button}")
    answer = client_of("nho-quan").get(button)
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "chưa ghi gì" in answer.content.decode() and 'href="/"' in answer.content.decode()


def test_upload_over_the_limit_is_refused_before_it_is_read(client_of: ClientOf) -> None:
    answer = client_of("quan-tri").post("/mau-van-ban/", CONTENT_LENGTH="52428800")
    assert answer.status_code == 413
    assert "10 MB" in answer.content.decode()


# These tests ask for no database, so a query would fail them.


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400),
        (errors.csrf_failed, 403),
        (errors.forbidden, 403),
        (errors.not_found, 404),
        (errors.failed, 500),
        (locked_out, 429),
    ],
)
def test_error_page_needs_no_database(rf: RequestFactory, view: Callable, status: int) -> None:
    answer = view(rf.get("/"))
    assert answer.status_code == status
    shown = answer.content.decode()
    assert 'lang="vi"' in shown and "Về trang đầu" in shown and "Hãy" in shown


def test_locked_database_is_told_without_it(rf: RequestFactory) -> None:
    answer = refusals(lambda _: pytest.fail("not called")).process_exception(
        rf.post("/"), OperationalError("database is locked")
    )
    assert answer is not None and answer.status_code == 503
    assert "thử lại" in answer.content.decode() and answer["Retry-After"]


def test_refusal_of_a_large_upload_needs_no_database(rf: RequestFactory) -> None:
    request = rf.post("/", CONTENT_LENGTH="99999999")
    assert upload_limit(lambda _: pytest.fail("was read"))(request).status_code == 413


@pytest.mark.parametrize("path", ["/khong-co/", "/don-vi/%00/", "/so-lieu/khong-co/hc-suoi-mong/", "/ban-ghi/'--/"])
def test_strange_address_is_not_found(client_of: ClientOf, path: str) -> None:
    assert client_of("hu-cau").get(path).status_code == 404
