"""The particulars of a person as boxes, and what was typed into them as columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.members.masking import Sight, is_masked, shown
from nhiemky.members.models import Person
from nhiemky.members.particulars import Field, choices, fields, read, written
from nhiemky.web.members.boxes import Box, Typed, choose

FIRST = ("name", "born", "sex", "id_number")
_MODES = {"phone": "tel", "email": "email", "id_number": "numeric"}


def codes_of(group: str) -> list[str]:
    """The fields of a group, without those that a form asks first."""
    return [each.code for each in fields().values() if each.group == group]


def boxes(typed: Typed, codes: Iterable[str], person: Person | None = None, sight: Sight = Sight.NEAR) -> list[Box]:
    """A box for each field; what the reader may not see stands beside its box, masked."""
    return [_box(typed, fields()[code], person, sight) for code in codes]


def _box(typed: Typed, field: Field, person: Person | None, sight: Sight) -> Box:
    masked = person is not None and is_masked(field.code, sight)
    value = "" if person is None or masked else written(person, field.code)
    more: dict[str, Any] = {"help": _help(field.kind), "mode": _MODES.get(field.kind, "")}
    if masked and person is not None:
        more["kept"] = shown(person, field.code, sight)
    if field.kind == "name":
        more["wanted"] = True
    if field.kind == "choice":
        options = tuple(choices(field.choices).items())
        more |= {"kind": "radio" if len(options) < 3 else "choice", "options": options}
        value = "" if person is None or masked else getattr(person, field.code)
        if more["kind"] == "choice":
            more["options"] = choose(options)
    if field.kind == "yes_no":
        more["kind"], value = "check", "1" if value else ""
    if field.kind in ("date", "phone", "id_number", "code"):
        more["short"] = True
    return typed.box(field.code, field.label, value, **more)


def _help(kind: str) -> str:
    said = {
        "date": _("Ví dụ 5/6/1988, 06/1988 hoặc 1988."),
        "id_number": _("12 chữ số (CMND cũ 9 chữ số)."),
    }
    return said.get(kind, "")


def columns(
    typed: Typed, codes: Iterable[str], person: Person | None = None, sight: Sight = Sight.NEAR
) -> dict[str, Any]:
    """The columns that the boxes fill; what is wrong stands beside its box. A masked box left empty changes nothing."""
    values: dict[str, Any] = {}
    for code in codes:
        text = typed.given.get(code, "")
        if not text.strip() and person is not None and is_masked(code, sight):
            continue
        found = read(code, text, typed.today)
        if found.error:
            typed.wrong[code] = found.error
        if found.warning:
            typed.warnings[code] = found.warning
        values |= found.values
    return values


def emptied(typed: Typed, person: Person, sight: Sight) -> dict[str, Any]:
    """The columns of the masked fields that are to be forgotten."""
    values: dict[str, Any] = {}
    for code in maskable(person, sight):
        if typed.given.get(f"xoa-{code}"):
            values |= read(code, "", typed.today).values
    return values


def maskable(person: Person, sight: Sight) -> list[str]:
    """The fields that are masked for the reader and hold something."""
    return [code for code in fields() if is_masked(code, sight) and written(person, code)]
