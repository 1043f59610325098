"""What the stories of recording share: forms sent back as a browser would, and the latest entry."""

import re
from html import unescape

from django.test import Client

from tests.web.conftest import SUOI_MONG

NEW = f"/don-vi/{SUOI_MONG}/ghi-viec/"
STATE = f"/don-vi/{SUOI_MONG}/ke-khai/"


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return words(answer)


def words(answer: object) -> str:
    return unescape(re.sub(r"\s+", " ", answer.content.decode()))  # type: ignore[attr-defined]


def form_at(client: Client, path: str) -> dict[str, str]:
    """The fields of the form as a browser would send them back untouched."""
    page = shown(client, path)
    form = page[page.index('name="ma"') - 60 :]
    given = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and "csrf" not in name[1] and 'type="file"' not in tag:
            given[name[1]] = value[1] if value else ""
    for name, inside in re.findall(
        r'<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', client.get(path).content.decode(), re.S
    ):
        given[name] = unescape(inside)
    for name, inside in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        given[name] = chosen[1] if chosen else ""
    return given


def record(client: Client, kind: str = "visit", **typed: str):
    fields = form_at(client, f"{NEW}?viec={kind}") | {name.replace("_", "-"): value for name, value in typed.items()}
    return client.post(NEW, fields)


def latest():
    from nhiemky.ledger.models import Entry

    return Entry.objects.order_by("-pk")[0]
