"""What each column of a sheet holds, by its heading: accents, capitals and signs aside, small slips forgiven."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache

from nhiemky.foundation import catalogue
from nhiemky.members.particulars import PLACE, Field, columns, fields
from nhiemky.rules.vietnamese import fold

# several columns may be parts of one name
NAME_PARTS = ("family_name", "given_name", "name")
# a heading that differs by a letter or two is the same; a short one might be another word
ALIKE, LONG_ENOUGH = 0.88, 7


@cache
def known_columns() -> dict[str, Field]:
    """Everything a column may hold, in the order in which one chooses."""
    parts = {
        row["code"]: Field(row["code"], row["label"], row["kind"], headings=tuple(row["headings"]))
        for row in catalogue.rows(PLACE, "part")
    }
    return fields() | columns() | parts


@cache
def _headings() -> dict[str, str]:
    """Normal form of a heading -> code. A label weighs more than what another column is called besides."""
    found: dict[str, str] = {}
    for each in known_columns().values():
        for heading in each.headings:
            found.setdefault(normal(heading), each.code)
    for each in known_columns().values():
        # 'Tên' alone is the whole name, unless the family name has a column of its own
        if each.code != "given_name":
            found[normal(each.label)] = each.code
    return found


def normal(heading: str) -> str:
    """'Ngày, tháng, năm sinh (dd/mm/yyyy)' -> 'ngay thang nam sinh'."""
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"\([^)]*\)", " ", fold(heading)) or fold(heading)))


def meaning(heading: str) -> str:
    """The code of what a column with that heading holds; empty when nobody can tell."""
    upper, slash, lower = heading.rpartition(" / ")
    tried = [heading, f"{upper} {lower}", lower, upper] if slash else [heading]
    forms = [form for form in map(normal, tried) if form]
    for form in forms:
        if code := _headings().get(form):
            return code
    for form in forms:
        if code := _alike(form):
            return code
    return ""


@cache
def _alike(form: str) -> str:
    if len(form) < LONG_ENOUGH:
        return ""
    found = {
        code
        for known, code in _headings().items()
        if abs(len(known) - len(form)) <= 2 and SequenceMatcher(None, known, form).ratio() >= ALIKE
    }
    return found.pop() if len(found) == 1 else ""


def recognised(labels: Sequence[str]) -> dict[int, str]:
    """Number of a column -> what it holds; each thing once, the parts of a name apart."""
    found: dict[int, str] = {}
    for at, label in enumerate(labels):
        code = meaning(label)
        beside = found.get(at - 1) == code == "name"
        if normal(label) == "ten" and "family_name" in found.values():
            code = "given_name"
        if code and (beside or code not in found.values()):
            found[at] = code
    return found


def how_many_known(labels: Sequence[str]) -> int:
    """How many different things the headings name; none where the names of persons are missing."""
    codes = set(recognised(labels).values())
    return len(codes) if codes & set(NAME_PARTS) else 0


def signature(labels: Sequence[str]) -> str:
    """What sheets with the same headings have in common."""
    return hashlib.sha256("|".join(map(normal, labels)).encode()).hexdigest()[:32]


def faults(mapping: Mapping[int, str]) -> list[str]:
    """The codes that two columns claim, though only one can hold them."""
    codes = [code for code in mapping.values() if code != "name"]
    return sorted({code for code in codes if codes.count(code) > 1})
