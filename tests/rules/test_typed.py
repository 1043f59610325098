"""Laws of money and numbers as people type them: one reading or none, and never another amount than was meant."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import strategies as st

from nhiemky.rules import typed, vietnamese
from nhiemky.rules.typed import Unread, Why
from tests.factories import Law, law, laws_in

READ = {
    "15 triệu": 15_000_000, "15tr": 15_000_000, "15 TRIỆU đồng": 15_000_000, "15trđ": 15_000_000,
    "1,5 tỷ": 1_500_000_000, "1,5 tỉ": 1_500_000_000, "1 tỷ 500 triệu": 1_500_000_000, "1 ty ruoi": 1_500_000_000,
    "15.000.000": 15_000_000, "15 000 000": 15_000_000, "15\u00a0000\u00a0000 ₫": 15_000_000, "15,000,000": 15_000_000,
    "15000000": 15_000_000, "500 nghìn": 500_000, "500k": 500_000, "500 ngàn": 500_000, "1.636 triệu đồng": 1_636_000_000,
    "15 triệu 500.000": 15_500_000, "500 đồng": 500, "0": 0, "2,25 triệu": 2_250_000, "1.000": 1000,
    "1 tỷ 20 triệu 300 nghìn": 1_020_300_000, "12.500,5 nghìn": 12_500_500,
}  # fmt: skip
NOT_READ = {
    "": Why.EMPTY, "đồng": Why.EMPTY, "15": Why.UNIT, "999": Why.UNIT, "15tr5": Why.UNIT, "15 triệu 500": Why.UNIT,
    "1,500": Why.SEPARATOR, "1.5 tỷ": Why.SEPARATOR, "1,500 triệu": Why.SEPARATOR, "1.50": Why.SEPARATOR,
    "15.00.000": Why.SEPARATOR, "1.500,250 triệu": Why.SEPARATOR, "007.000": Why.SEPARATOR, "1,5,5 tỷ": Why.SEPARATOR,
    "2 triệu 3 tỷ": Why.ORDER, "1 triệu 2000 nghìn": Why.ORDER, "1 triệu 1 triệu": Why.ORDER,
    "1,5": Why.UNIT, "1.000,5": Why.FRACTION, "0,00001 nghìn": Why.FRACTION, "-5 triệu": Why.UNKNOWN, "trên 5 triệu": Why.UNKNOWN,
    "hàng trăm triệu": Why.UNKNOWN, "5 triệu đô": Why.UNKNOWN, "１５ triệu": Why.UNKNOWN, "5 m": Why.UNKNOWN,
    "2.000.000 tỷ": Why.LARGE, "15 500 nghìn 2": Why.UNIT, "1e6": Why.UNKNOWN, "5 10 triệu": Why.UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_money_as_offices_type_it(text: str) -> None:
    assert typed.money(text) == READ[text]


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_not_clear_is_not_read(text: str) -> None:
    with pytest.raises(Unread) as refused:
        typed.money(text)
    assert refused.value.why is NOT_READ[text]


amounts = st.one_of(
    st.integers(0, 10**13),
    st.integers(1, 10**6).map(lambda n: n * 1000),
    st.integers(1, 10**4).map(lambda n: n * 10**8),
)
# texts near the real ones: every sign that means something, in any order
signs = ["1", "5", "0", "00", "000", "500", ".", ",", " ", "k", "tr", "trieu", "ty", "nghin", "d", "dong", "ruoi", "15"]
near = st.lists(st.sampled_from(signs), min_size=1, max_size=7).map("".join)


def read(text: str) -> int | None:
    try:
        return typed.money(text)
    except Unread:
        return None


@law(amounts, examples=300)
def check_what_we_write_is_read_back(value: int) -> None:
    assert typed.money(f"{vietnamese.number(value)} đồng") == value
    assert typed.money(vietnamese.money(value)) == value
    assert value < 1000 or typed.money(vietnamese.number(value)) == typed.money(str(value)) == value
    assert typed.whole(vietnamese.number(value)) == value


@law(st.integers(1, 999), st.sampled_from([("nghìn", 10**3), ("k", 10**3), ("triệu", 10**6), ("tr", 10**6), ("tỷ", 10**9)]),
     st.sampled_from(["", " ", "  "]), examples=200)  # fmt: skip
def check_units_multiply(number: int, unit: tuple[str, int], space: str) -> None:
    text = f"{number}{space}{unit[0]}"
    assert read(text) == number * unit[1]
    assert read(text.upper()) == read(f" {vietnamese.fold(text)} đ ") == number * unit[1]
    assert read(unicodedata.normalize("NFD", text)) == number * unit[1]
    assert read(f"{text} rưỡi") == number * unit[1] + unit[1] // 2


@law(st.integers(1, 999), st.integers(1, 999), st.integers(1, 999), examples=100)
def check_parts_add_up_from_the_largest(billions: int, millions: int, thousands: int) -> None:
    parts = [(billions, "tỷ", 10**9), (millions, "triệu", 10**6), (thousands, "nghìn", 10**3)]
    for kept in itertools.chain.from_iterable(itertools.combinations(parts, n) for n in (2, 3)):
        right = " ".join(f"{number} {unit}" for number, unit, _size in kept)
        assert typed.money(right) == sum(number * size for number, _unit, size in kept)
        assert read(" ".join(f"{number} {unit}" for number, unit, _size in reversed(kept))) is None


def two_readers(text: str) -> set[Fraction]:
    """A bare number as a Vietnamese and as an English keyboard writes it, each strict about its groups of three."""
    found = set()
    for group, tenth in ((".", ","), (",", ".")):
        pattern = rf"(?:0|[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+|[1-9]\d*)(?:{re.escape(tenth)}\d+)?"
        if re.fullmatch(pattern, text):
            found.add(Fraction(text.replace(group, "").replace(tenth, ".")))
    return found


bare = st.lists(st.sampled_from(["1", "15", "0", "00", "000", "500", ".", ","]), min_size=1, max_size=6).map("".join)


@law(bare, examples=300)
def check_a_number_with_two_readings_is_refused(text: str) -> None:
    readings = two_readers(text)
    value = read(f"{text} triệu")
    if value is not None:
        assert Fraction(value, 10**6) in readings
    # a dot alone parts thousands here; a comma that may do so too is asked about
    if len(readings) > 1 and "," in text:
        assert value is None
    if re.fullmatch(r"\d+\.\d{1,2}", text):
        assert value is None


@law(near, examples=300)
def check_no_digit_is_dropped_or_invented(text: str) -> None:
    value = read(text)
    if value is None:
        return
    digits = re.sub(r"\D", "", text)
    has_unit = re.search(r"k|tr|ty|nghin", text)
    assert value <= typed.LARGEST
    if not has_unit and "," not in text:
        assert str(value) == digits
        assert value == 0 or value >= 1000 or "d" in text
    if has_unit and value:
        # money with a unit is at least a thousandth of it
        assert (
            digits.strip("0")[:1] == str(value)[:1] or "ruoi" in text or re.search(r"[a-z] *\d", text) or text[0] == "0"
        )


@law(near, examples=300)
def check_spaces_around_and_currency_change_nothing(text: str) -> None:
    value = read(text)
    assert read(f"  {text} ") == value
    if value is not None:
        assert read(f"{text} đồng") == value or text.endswith(("d", "dong"))


@pytest.mark.parametrize("each", laws_in(globals()), ids=str)
def test_law(each: Law) -> None:
    each.hold()


def test_the_hard_cases_are_drawn() -> None:
    """A generator that never draws a text with two readings would prove nothing."""
    parts = ["1", "15", "0", "00", "000", "500", ".", ","]
    texts = ["".join(each) for each in itertools.product(parts, repeat=4)]
    assert sum(len(two_readers(text)) > 1 and "," in text for text in texts) > 20


# --- planted bugs: each must be caught by a law -------------------------------------------------------------------


def _without(pattern: str, name: str) -> tuple[str, Any]:
    return name, re.compile(pattern)


def _bounded_never(value: int) -> int:
    return value


BUGS: dict[str, tuple[str, Any, Law]] = {
    "one comma parts thousands": (
        *_without(r"[1-9]\d{0,2}(?:,\d{3})+", "_ENGLISH"), check_a_number_with_two_readings_is_refused),
    "three digits are tenths": (*_without(r"\d{1,6}", "_TENTHS"), check_a_number_with_two_readings_is_refused),
    "a dot is a tenth": (*_without(r"\d[\d.]*", "_GROUPED"), check_a_number_with_two_readings_is_refused),
    "a small number is thousands": ("THOUSAND", 0, check_no_digit_is_dropped_or_invented),
    "k is a hundred": ("UNITS", typed.UNITS | {"k": 100}, check_units_multiply),
    "tr is a billion": ("UNITS", typed.UNITS | {"tr": 10**9}, check_units_multiply),
    "half is dropped": ("_HALF", "", check_units_multiply),
    "no currency": (*_without(r"\s*(?:dong)$", "_CURRENCY"), check_units_multiply),
    "the largest may come last": ("_parts", lambda text: sorted(RIGHT_PARTS(text), key=lambda p: -p[1]), check_parts_add_up_from_the_largest),
}  # fmt: skip
RIGHT_PARTS: Callable[[str], Any] = typed._parts


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    place, wrong, broken = BUGS[name]
    monkeypatch.setattr(typed, place, wrong)
    assert broken.is_broken_within(400)


def test_an_amount_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read("2.000.000 tỷ") is None
    monkeypatch.setattr(typed, "_bounded", _bounded_never)
    assert read("2.000.000 tỷ") is not None
