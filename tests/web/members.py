"""Members of the cast's unit, made by the real actions."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.web.conftest import SUOI_MONG, Cast
from tests.web.forms import form_at

NEW = f"/don-vi/{SUOI_MONG}/doan-vien/them/"
MANY = f"/don-vi/{SUOI_MONG}/doan-vien/them-nhieu/"
LAN = {"name": "NGUYỄN THỊ LAN", "born": "5/6/1990", "sex": "female", "id_number": "001190000456", "tu": "1/9/2024",
       "cach": "individual", "qd": "15/QĐ-CĐCS"}  # fmt: skip


def columns(**typed: str) -> dict[str, Any]:
    """The columns of particulars as they are typed."""
    from datetime import date

    from nhiemky.members.particulars import read

    values: dict[str, Any] = {}
    for code, text in typed.items():
        found = read(code, text, date(2026, 11, 24))
        assert not found.error, found.error
        values |= found.values
    return values


def a_member(cast: Cast, name: str, since: str = "2019-09-01..", **typed: str) -> Any:
    """The membership of somebody new at the cast's unit."""
    from nhiemky.foundation.models import new_code
    from nhiemky.members.actions import Newcomer, admit_members
    from nhiemky.rules.timeline import Span

    return admit_members(
        by=cast.users["suoi-mong"], unit=cast.unit, newcomers=[Newcomer(columns(name=name, **typed))],
        since=Span.parse(since), joining="individual", decision="12/QĐ", code=new_code(),
    )[0]  # fmt: skip


def people_at(cast: Cast) -> dict[str, str]:
    """What the addresses of members name: a member with a row of everything, and one who left."""
    from nhiemky.members.actions import add_child, leave_unit, record_dues, record_standing
    from nhiemky.rules.timeline import PartialDate, Span

    by, unit = cast.users["suoi-mong"], cast.unit
    stay = a_member(
        cast,
        "Nguyễn Thị Thử",
        born="5/6/1988",
        sex="nữ",
        id_number="001188000123",
        phone="0912345678",
        address="Xã Thử",
    )
    person, given = stay.person, {"by": by, "unit": unit, "person": stay.person}
    standing = record_standing(**given, kind="warning", valid=Span.parse("2026-03-05.."), note="vi phạm quy chế")
    record_dues(**given, months=Span.parse("2026-01..2026-03"), state="owed", wage=8_000_000)
    child = add_child(**given, name="Trần Gia Bảo", born=PartialDate.parse("2015-10-20"), sex="male")
    former = leave_unit(by=by, membership=a_member(cast, "Lê Cũ"), last=PartialDate.parse("2022"), leaving="left")
    return {
        "person": person.code, "stay": stay.code, "standing": standing.code, "child": child.code,
        "former": former.person.code,
    }  # fmt: skip


def sent(client: Client, path: str, **typed: str) -> dict[str, str]:
    """The fields that a browser sends: boxes that are ticked or chosen only when they are."""
    given = form_at(client, path)
    kept = {name: value for name, value in given.items() if name not in ("sex", "foreigner", "gioi", "la-ai", "sao")}
    return {name: value for name, value in kept.items() if not name.startswith("xoa-")} | typed


def members() -> int:
    from nhiemky.members.models import Membership

    return Membership.objects.count()


def newest() -> Any:
    from nhiemky.members.models import Membership

    return Membership.objects.order_by("-pk")[0]
