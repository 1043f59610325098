"""Money, whole numbers and dates as people type them: '15 triệu', '1,5 tỷ', '15.000.000', '500k'.

Source: how offices here write numbers: a dot parts thousands, a comma parts tenths. What can be read in two ways
('1,500', '15') is not read at all: the person is asked again, since a wrong amount is worse than a question.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from fractions import Fraction

from nhiemky.rules.timeline import PartialDate
from nhiemky.rules.vietnamese import fold

LARGEST = 10**15
THOUSAND, MILLION, BILLION = 10**3, 10**6, 10**9
UNITS = {
    "k": THOUSAND, "nghin": THOUSAND, "ngan": THOUSAND,
    "tr": MILLION, "trieu": MILLION,
    "ty": BILLION, "ti": BILLION,
}  # fmt: skip


class Why(StrEnum):
    """Why a text was not read."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    SEPARATOR = "separator"
    UNIT = "unit"
    ORDER = "order"
    FRACTION = "fraction"
    LARGE = "large"


class Unread(ValueError):
    """The text has no reading, or more than one."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


_GROUPED = re.compile(r"0|[1-9]\d*|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?: \d{3})+")
_ENGLISH = re.compile(r"[1-9]\d{0,2}(?:,\d{3}){2,}")
# three digits after one comma may be thousands or thousandths
_TENTHS = re.compile(r"\d{1,2}|\d{4,6}")
_CURRENCY = re.compile(r"\s*(?:dong|vnd|d)$")
_PART = re.compile(r"(?P<number>\d[\d.,]*(?: \d{3}(?![\d.]))*(?:,\d+)?) ?(?P<unit>[a-z]+)? ?")
_HALF = " ruoi"


def whole(text: str) -> int:
    """'1.200' -> 1200: a whole number with or without thousands parted; Unread otherwise."""
    number = _number(" ".join(text.split()))
    if number.denominator != 1:
        raise Unread(Why.FRACTION)
    return _bounded(int(number))


def money(text: str) -> int:
    """Whole đồng: '15 triệu' -> 15000000, '1 tỷ 500 triệu', '1,5 tỷ', '15.000.000 đ', '500k'; Unread otherwise."""
    written = fold(text.replace("₫", "đ"))
    bare = _CURRENCY.sub("", written)
    half = bare.endswith(_HALF)
    parts = _parts(bare.removesuffix(_HALF))
    total, above = Fraction(0), 0
    for number, size in parts:
        value = number * (size or 1)
        if above and not (size or 1) <= value < above:
            raise Unread(Why.ORDER)
        total, above = total + value, size or 1
    last = parts[-1][1]
    if half:
        if not last:
            raise Unread(Why.UNKNOWN)
        total += Fraction(last, 2)
    # '15' may be fifteen thousand or fifteen million, '15tr5' fifteen and a half million or five đồng more
    if not last and bare == written and 0 < parts[-1][0] < THOUSAND:
        raise Unread(Why.UNIT)
    if total.denominator != 1:
        raise Unread(Why.FRACTION)
    return _bounded(int(total))


def _parts(text: str) -> list[tuple[Fraction, int]]:
    """'1 ty 500 trieu' -> (1, 10**9), (500, 10**6); a number without a unit has size 0 and stands last."""
    if not text:
        raise Unread(Why.EMPTY)
    found: list[tuple[Fraction, int]] = []
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or (found and not found[-1][1]):
            raise Unread(Why.UNKNOWN)
        unit = part["unit"]
        if unit and unit not in UNITS:
            raise Unread(Why.UNKNOWN)
        found.append((_number(part["number"]), UNITS[unit] if unit else 0))
        at = part.end()
    return found


def _number(text: str) -> Fraction:
    if not text:
        raise Unread(Why.EMPTY)
    if not re.fullmatch(r"[0-9][0-9., ]*", text):
        raise Unread(Why.UNKNOWN)
    if _ENGLISH.fullmatch(text):
        return Fraction(int(text.replace(",", "")))
    before, comma, after = text.partition(",")
    if not _GROUPED.fullmatch(before) or (comma and not _TENTHS.fullmatch(after)):
        raise Unread(Why.SEPARATOR)
    units = Fraction(int(re.sub(r"[. ]", "", before)))
    return units + Fraction(int(after), 10 ** len(after)) if comma else units


def _bounded(value: int) -> int:
    if value > LARGEST:
        raise Unread(Why.LARGE)
    return value


_DAY_FIRST = re.compile(r"(?:(\d{1,2})[/.-])?(\d{1,2})[/.-](\d{4}|\d{2})")
_IN_WORDS = re.compile(r"(?:ng[aà]y (\d{1,2}) )?th[aá]ng (\d{1,2})(?: n[aă]m |/)(\d{4})", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})(?:[/.-](\d{1,2})(?:[/.-](\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?)?)?")


def partial_date(text: str, latest: date) -> PartialDate:
    """A date as sheets write it, day first: '22-02-2022', '2022-02-22', '5/6/88', '6/1988', '1988', 'tháng 6 năm 1988'.

    ValueError for anything else. Two digits of a year are of the century that leaves the date not after `latest`.
    """
    written = text.strip()
    found = _DAY_FIRST.fullmatch(written)
    if found:
        day, month, year = found.groups()
        full = year if len(year) == 4 else f"{latest.year // 100:02d}{year}"
        parsed = PartialDate.parse(_iso(full, month, day))
        if len(year) == 2 and parsed.first > latest:
            parsed = PartialDate.parse(_iso(str(int(full) - 100), month, day))
        return parsed
    if found := _IN_WORDS.fullmatch(written):
        day, month, year = found.groups()
        return PartialDate.parse(_iso(year, month, day))
    found = _YEAR_FIRST.fullmatch(written)
    if not found:
        raise ValueError(text)
    return PartialDate.parse(_iso(*found.groups()))


def _iso(year: str, month: str | None, day: str | None) -> str:
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])
