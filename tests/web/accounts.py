"""What the stories of accounts share: the first person and unit, the first page's address, an invitation."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from tests.people import PASSWORD
from tests.web.conftest import SUOI_MONG

ClientOf = Callable[..., Client]
PERSON = {"display_name": "Hoàng Thị Thảo", "username": "thao", "password": PASSWORD}
UNIT = {"name": "Công đoàn cơ sở Hoa Sen", "kind": "grassroots", "block": "", "above": ""}
PEOPLE = f"/don-vi/{SUOI_MONG}/nguoi-dung/"


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())  # type: ignore[attr-defined]


def start_path() -> str:
    from nhiemky.foundation.actions import make_link
    from nhiemky.foundation.models import Purpose
    from nhiemky.foundation.queries import command_line

    return reverse("web.account.start", args=[make_link(by=command_line(), purpose=Purpose.START)[1]])


def asking(client: Client) -> dict[str, str]:
    """The form of an invitation, filled in."""
    [code] = re.findall(r'name="ma" value="([^"]+)"', client.get(PEOPLE).content.decode())
    return {"ma": code, "for_whom": "chị Thảo", "role": "officer"}


def invitation(client: Client, **asked: str) -> str:
    page = client.post(PEOPLE, asking(client) | asked)
    assert page.status_code == 200, text(page)
    [found] = re.findall(r'id="made" value="http://testserver([^"]+)"', page.content.decode())
    return found
