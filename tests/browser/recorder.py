"""A plain HTTP client that signs in and records, for tests that break the server under it."""

import http.client
import io
import json
import re
import secrets
from urllib.parse import urlencode

from PIL import Image

from tests.browser.site import PASSWORD

UNIT = "nho-quan"
FORM = f"/don-vi/{UNIT}/ghi-viec/"


def picture(shade: int = 0) -> bytes:
    """A small photograph, another one for each shade."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade % 256, shade // 256 % 256, 90)).save(out, "JPEG")
    return out.getvalue()


class Recorder:
    """One person at one device."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port = port
        self.cookies = dict(cookies or {})

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, str]:
        """Status, where to, and the page."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
            line.request(method, path, body, sent)
            answer = line.getresponse()
            text = answer.read().decode("utf-8", "replace")
            for header in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = header.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.headers.get("Location", ""), text
        finally:
            line.close()

    def sign_in(self, login: str) -> None:
        _status, _to, page = self.ask("GET", "/dang-nhap/")
        fields = {"csrfmiddlewaretoken": mark_in(page), "username": login, "password": PASSWORD}
        status, _to, _page = self.ask("POST", "/dang-nhap/", urlencode(fields).encode(), **{"Content-Type": URLENCODED})
        assert status == 302, "signed in"

    def form(self, note: str) -> dict[str, str]:
        """The fields of a fresh form, filled in."""
        status, _to, page = self.ask("GET", f"{FORM}?viec=visit")
        assert status == 200, status
        code = re.search(r'name="ma" value="([^"]+)"', page)
        assert code
        return {
            "csrfmiddlewaretoken": mark_in(page), "ma": code[1], "viec": "visit", "ngay": "2026-01-05",
            "so-luot": "1", "tien-0": "500k", "ghi-chu": note,
        }  # fmt: skip

    def post(self, fields: dict[str, str], photo: bytes = b"") -> str:
        """Where the piece of work stands, once the server has acknowledged it."""
        if photo:
            boundary = secrets.token_hex(8)
            parts = [
                f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()
            ]
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="tep"; filename="a.jpg"\r\n\r\n'
            body = "".join(parts).encode() + head.encode() + photo + f"\r\n--{boundary}--\r\n".encode()
            kind = f"multipart/form-data; boundary={boundary}"
        else:
            body, kind = urlencode(fields).encode(), URLENCODED
        status, _to, page = self.ask("POST", FORM, body, Accept="application/json", **{"Content-Type": kind})
        if status != 200:
            raise RuntimeError(f"{status}: {page[:200]}")
        return json.loads(page)["href"]


URLENCODED = "application/x-www-form-urlencoded"


def mark_in(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]
