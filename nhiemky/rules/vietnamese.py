"""The Vietnamese language as an office writes it: folding for search, order of names, numbers, money, dates.

Folding and order are made here because no database collation puts the given name first, SQLite folds only
ASCII, and `đ` survives Unicode decomposition.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache

from nhiemky.rules.timeline import PartialDate, Precision, Span

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def fold(text: str) -> str:
    """Lower case, no diacritics, đ as d, single spaces: what search compares."""
    return " ".join(filter(None, map(_folded, text.split())))


# the same words come again and again: a list of 200,000 members has a few hundred
@lru_cache(maxsize=1 << 15)
def _folded(word: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return bare.casefold().replace("đ", "d")


def clean(text: str) -> str:
    """NFC, single spaces, no control characters: what is stored of a name typed by a person."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return " ".join(text.split())
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())


def sort_key(text: str) -> str:
    """A string whose plain order is the order of the Vietnamese alphabet (a ă â … d đ …), tones last."""
    words = [_keys(word) for word in text.split(" ")]
    # a space stands before every digit, so that "an" comes before "anh"
    return "00".join(letters for letters, _tones in words) + " " + "0".join(tones for _letters, tones in words)


@lru_cache(maxsize=1 << 15)
def _keys(word: str) -> tuple[str, str]:
    """The order of a word's letters, and of its tones."""
    letters, tones = [], []
    for char in unicodedata.normalize("NFC", word.casefold()):
        parts = unicodedata.normalize("NFD", char)
        tone = next((_TONES[p] for p in parts if p in _TONES), 0)
        base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in _TONES))
        position = _ALPHABET.find(base) if base else -1
        letters.append(f"{position + 11:02d}" if position >= 0 else "00" if char.isspace() else f"05{char}")
        tones.append(str(tone))
    return "".join(letters), "".join(tones)


def name_sort_key(full_name: str) -> str:
    """Order of persons: given name, then family and middle names."""
    words = full_name.split()
    return " ".join(sort_key(part) for part in ([*words[-1:], " ".join(words[:-1])] if words else [""]))


_SHORT = (
    ("công đoàn cơ sở thành viên", "CĐCSTV"),
    ("công đoàn cơ sở", "CĐCS"),
    ("nghiệp đoàn cơ sở", "NĐCS"),
    ("liên đoàn lao động", "LĐLĐ"),
    ("công đoàn", "CĐ"),
)


def short_unit_name(name: str) -> str:
    """'Công đoàn cơ sở Trường Mầm non Hoa Sen' -> 'CĐCS Trường Mầm non Hoa Sen'; another name as it is."""
    lowered = name.casefold()
    for long, short in _SHORT:
        if lowered.startswith(f"{long} "):
            return short + name[len(long) :]
    return name


def number(value: int | Decimal) -> str:
    """1636000 -> '1.636.000'; Decimal('96.2') -> '96,2'."""
    whole, dot, rest = f"{value:,}".partition(".")
    return whole.replace(",", ".") + ("," + rest if dot else "")


def money(vnd: int) -> str:
    """Whole đồng as an office writes them: '1.636 triệu đồng', '1,6 tỷ đồng', '15.500 đồng'."""
    if vnd and vnd % 100_000_000 == 0 and abs(vnd) >= 1_000_000_000:
        return f"{number(_plain(Decimal(vnd) / 1_000_000_000))} tỷ đồng"
    if vnd and vnd % 1_000_000 == 0:
        return f"{number(vnd // 1_000_000)} triệu đồng"
    return f"{number(vnd)} đồng"


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def percent(value: Decimal) -> str:
    """Decimal('96.2') -> '96,2%'; the digits the source gave, no more."""
    return f"{number(_plain(value))}%"


def share(numerator: int, denominator: int) -> str:
    """7, 9 -> '77,8%': one decimal, halves up, none when it is whole."""
    tenths = (numerator * 2000 + denominator) // (2 * denominator)
    return percent(Decimal(tenths) / 10)


def day(value: date) -> str:
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def partial(value: PartialDate) -> str:
    """'12/06/2023', '06/2023' or '2023': no more than is known."""
    if value.precision is Precision.DAY:
        return day(value.first)
    if value.precision is Precision.MONTH:
        return f"{value.first.month:02d}/{value.first.year:04d}"
    return f"{value.first.year:04d}"


def named(value: PartialDate) -> str:
    """'ngày 12/06/2023', 'tháng 06/2023' or 'năm 2023'."""
    words = {Precision.DAY: "ngày", Precision.MONTH: "tháng", Precision.YEAR: "năm"}
    return f"{words[value.precision]} {partial(value)}"


def span(value: Span) -> str:
    """'2018 – 11/06/2023', '12/06/2023', 'từ 2023', 'đến 2022' or 'không rõ ngày'."""
    start, end = value.start, value.end
    if start and end:
        return partial(start) if start == end else f"{partial(start)} – {partial(end)}"
    if start:
        return f"từ {partial(start)}"
    return f"đến {partial(end)}" if end else "không rõ ngày"


_TYPED_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def parse_day(text: str) -> date:
    """'12/6/2023' (day first, as people here write it) or '2023-06-12'; ValueError otherwise."""
    found = _TYPED_DAY.fullmatch(text.strip())
    written = f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text.strip()
    parsed = PartialDate.parse(written)
    if parsed.precision is not Precision.DAY:
        raise ValueError(text)
    return parsed.first


_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(value: int) -> str:
    """11 -> 'XI'; ordinals of congresses, 1 to 399."""
    if not 0 < value < 400:
        raise ValueError(value)
    written = ""
    for size, sign in _ROMAN:
        while value >= size:
            written, value = written + sign, value - size
    return written
