"""A chair begins with what the command printed, invites a colleague, who forgets her password and later leaves."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from nhiemky.config.command import main
from nhiemky.foundation.audit import broken_links
from nhiemky.foundation.models import AuditEvent
from tests.people import PASSWORD, add_app, code_now, nobody_yet, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
HOME = "/don-vi/cdcs-truong-mam-non-hoa-sen/"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one address that the command prints."""
    assert main(arguments) == 0
    [address] = re.findall(r"http://127.0.0.1:8201(/\S*)", capsys.readouterr().out)
    return address


def test_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    nobody_yet()
    old = printed(capsys, "start", "--no-serve", "--port", "8201")
    address = printed(capsys, "start", "--no-serve", "--port", "8201")
    chair, lan = Client(), Client()
    assert chair.get(old).status_code == 410 and chair.get(address).status_code == 200
    unit = {"name": "Công đoàn cơ sở Trường Mầm non Hoa Sen", "kind": "grassroots", "block": "su_nghiep", "above": ""}
    person = {"display_name": "Trần Văn An", "username": "an.tran", "password": PASSWORD}
    assert chair.post(address, unit | person)["Location"] == "/"
    assert printed(capsys, "start", "--no-serve", "--port", "8201") == "/"
    # the test's database holds other units, which this chair keeps too: so a second factor comes first
    secret = add_app(chair)
    assert "Để bắt đầu" in chair.get("/").content.decode()

    [code] = re.findall(r'name="ma" value="([^"]+)"', chair.get(f"{HOME}nguoi-dung/").content.decode())
    given = {"ma": code, "for_whom": "chị Lan", "role": "officer"}
    page = chair.post(f"{HOME}nguoi-dung/", given).content.decode()
    [invitation] = re.findall(r'value="http://testserver(/loi-moi/[^"]+)"', page)
    assert (
        lan.post(invitation, {"display_name": "Lê Thị Lan", "username": "lan.le", "password": PASSWORD}).status_code
        == 302
    )
    assert lan.get(HOME).status_code == 200 and lan.get(f"{HOME}nguoi-dung/").status_code == 404

    # she forgets; whoever keeps the server prints an address, never a password
    forgotten = printed(capsys, "password", "lan.le", "--port", "8201")
    assert Client().post(forgotten, {"password": "mot cau moi that dai"}).status_code == 302
    assert lan.get(HOME).status_code == 302
    assert sign_in(lan, "lan.le").status_code == 200
    assert sign_in(lan, "lan.le", "mot cau moi that dai").status_code == 302

    # the chair loses the phone
    lost = Client()
    assert sign_in(lost, "an.tran")["Location"] == "/dang-nhap/ma/"
    assert main(["second-factor", "off", "an.tran"]) == 0
    assert "an.tran" in capsys.readouterr().out
    assert lost.post("/dang-nhap/ma/", {"code": code_now(secret)}).status_code == 422
    assert sign_in(Client(), "an.tran")["Location"] == "/"

    add_app(chair)
    [ended] = re.findall(rf'action="({HOME}nguoi-dung/\d+/cho-thoi/)"', _row(chair, "Lê Thị Lan"))
    assert chair.post(ended).status_code == 302
    assert lan.get(HOME).status_code == 404
    assert list(broken_links()) == []
    done = set(AuditEvent.objects.values_list("action", flat=True))
    assert {
        "units.installation.begin",
        "units.invitation.make",
        "units.invitation.accept",
        "units.grant.end",
        "foundation.password.offer",
        "foundation.password.reset",
        "foundation.second_factor.add_app",
        "foundation.second_factor.switch_off",
    } <= done


def _row(client: Client, name: str) -> str:
    page = client.get(f"{HOME}nguoi-dung/").content.decode()
    [row] = [part for part in page.split("<li>") if f"<b>{name}</b>" in part]
    return row
