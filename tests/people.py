"""An installation in which nobody has signed in yet, and the codes of an authenticator app."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from nhiemky.foundation.models import Installation, User
from nhiemky.foundation.queries import COMMAND_LINE
from nhiemky.units.models import Grant

PASSWORD = "mot cau that dai"


def nobody_yet() -> None:
    """Takes back who may do what, and that this is a demonstration; the test's transaction brings both again."""
    Grant.objects.exclude(user__username=COMMAND_LINE).delete()
    Installation.objects.all().delete()


def no_demonstration() -> None:
    Installation.objects.all().delete()


def code_now(secret: str, later: int = 0) -> str:
    """What the app shows `later` half minutes from now."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1] + later))


def sign_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post("/dang-nhap/", {"username": username, "password": password})


def add_app(client: Client) -> str:
    """The secret that the page shows, proved with its code of half a minute ago."""
    page = client.get("/tai-khoan/hai-lop/ung-dung/").content.decode()
    [shown] = re.findall(r'<code class="secret">([^<]+)</code>', page)
    secret = shown.replace(" ", "")
    answer = client.post("/tai-khoan/hai-lop/ung-dung/", {"code": code_now(secret, -1)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def somebody(username: str) -> User:
    return User.objects.create_user(username, PASSWORD, display_name=f"Người thử {username}")
