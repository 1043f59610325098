"""Laws of how an office writes: folding, order of names, numbers, money, percentages, dates."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from random import Random

import pytest
from hypothesis import strategies as st

from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import PartialDate, Span
from tests.factories import Law, law, laws_in

# every letter of the alphabet with its six tones: level, huyền, hỏi, ngã, sắc, nặng
VOWELS = [
    "aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "eèẻẽéẹ", "êềểễếệ", "iìỉĩíị",
    "oòỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "uùủũúụ", "ưừửữứự", "yỳỷỹýỵ",
]  # fmt: skip
LETTERS = ["aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "b", "c", "d", "đ", "eèẻẽéẹ", "êềểễếệ", "g", "h", "iìỉĩíị", "k", "l", "m",
           "n", "oòỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "p", "q", "r", "s", "t", "uùủũúụ", "ưừửữứự", "v", "x", "yỳỷỹýỵ"]  # fmt: skip
PLACE = {letter: (order, tone) for order, group in enumerate(LETTERS) for tone, letter in enumerate(group)}

words = st.text(st.sampled_from("".join(LETTERS)), min_size=1, max_size=4)
names = st.lists(words, min_size=1, max_size=3).map(" ".join)


def make_words(seed: int) -> list[str]:
    """Words of few letters, so that they differ by one: d or đ, a or ă, a tone, a letter more."""
    luck = Random(seed)
    few = [*luck.sample("".join(LETTERS), 3), "d", "đ", "a", "á", "ă"]
    return ["".join(luck.choices(few, k=luck.randint(1, 3))) for _ in range(6)]


def fewer(drawn: list[str]) -> list[list[str]]:
    return [drawn[:n] + drawn[n + 1 :] for n in range(len(drawn))]


like_words = st.integers(0, 2**48).map(make_words)
like_names = st.integers(0, 2**48).map(lambda seed: [" ".join(pair) for pair in pairwise(make_words(seed))])


def place_of(word: str) -> tuple[list[int], list[int]]:
    """Letters first, tones when the letters are the same."""
    return [PLACE[letter][0] for letter in word], [PLACE[letter][1] for letter in word]


@law(like_words, smaller=fewer)
def check_words_stand_in_the_order_of_the_alphabet(drawn: list[str]) -> None:
    assert sorted(drawn, key=vietnamese.sort_key) == sorted(drawn, key=place_of)


@law(like_names, smaller=fewer)
def check_persons_stand_by_given_name_first(drawn: list[str]) -> None:
    def by_hand(name: str) -> tuple:
        *before, given = name.split()
        rest = " ".join(before)
        return (
            place_of(given),
            [(-1 if c == " " else PLACE[c][0]) for c in rest],
            [PLACE.get(c, (0, 0))[1] for c in rest],
        )

    assert sorted(drawn, key=vietnamese.name_sort_key) == sorted(drawn, key=by_hand)


@law(names)
def check_search_sees_no_accents(name: str) -> None:
    folded = vietnamese.fold(name)
    assert folded.isascii()
    assert folded == vietnamese.fold(folded)
    for form in ("NFC", "NFD"):
        for spelled in (name, name.upper(), name.title(), f"  {name}\t"):
            assert vietnamese.fold(unicodedata.normalize(form, spelled)) == folded
    bare = {letter: group[0] for group in VOWELS for letter in group}
    hat = str.maketrans("ăâđêôơư", "aadeoou")
    assert folded == "".join(bare.get(c, c) for c in name).translate(hat)


@law(st.text(max_size=30))
def check_cleaning_twice_changes_nothing(text: str) -> None:
    cleaned = vietnamese.clean(text)
    assert vietnamese.clean(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn", "Cs") for c in cleaned)
    assert cleaned == " ".join(cleaned.split())


def read(text: str) -> Decimal:
    whole, _, rest = text.partition(",")
    first, *groups = whole.split(".")
    assert 1 <= len(first.lstrip("-")) <= 3 and all(len(group) == 3 for group in groups)
    return Decimal(f"{whole.replace('.', '')}.{rest or 0}")


@law(st.integers(-(10**15), 10**15))
def check_whole_numbers_are_grouped_by_threes(value: int) -> None:
    assert read(vietnamese.number(value)) == value


@law(st.decimals(0, 10**9, places=3))
def check_decimals_keep_their_digits(value: Decimal) -> None:
    assert read(vietnamese.number(value)) == value


@law(st.integers(0, 10**7), st.sampled_from([1, 10**3, 10**5, 10**6, 10**8, 10**9]))
def check_money_loses_no_dong(units: int, size: int) -> None:
    vnd = units * size
    text, _, unit = vietnamese.money(vnd).partition(" ")
    worth = {"đồng": 1, "triệu đồng": 10**6, "tỷ đồng": 10**9}[unit]
    assert read(text) * worth == vnd
    assert (worth == 10**9) == (vnd >= 10**9 and vnd % 10**8 == 0)
    assert worth > 1 or vnd % 10**6 or not vnd


@law(st.decimals(0, 1000, places=3))
def check_a_percentage_shows_the_digits_given(value: Decimal) -> None:
    text = vietnamese.percent(value)
    assert text.endswith("%")
    assert read(text[:-1]) == value
    assert "," not in text or text[-2] != "0"


@law(st.integers(0, 10**6), st.integers(1, 10**6), examples=400)
def check_a_share_is_rounded_half_up(numerator: int, denominator: int) -> None:
    exact = (Decimal(numerator) * 100 / Decimal(denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert read(vietnamese.share(numerator, denominator)[:-1]) == exact


@law(st.integers(0, 400))
def check_a_tie_is_rounded_up(twentieths: int) -> None:
    """n/2000 is a whole number of tenths of a per cent, or half way between two."""
    exact = Decimal(twentieths) / 20
    rounded = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert read(vietnamese.share(twentieths, 2000)[:-1]) == rounded
    assert rounded >= exact


@law(st.dates(date(1, 1, 1), date(9998, 12, 31)), st.sampled_from("/.-"))
def check_a_typed_day_is_day_first(day: date, sign: str) -> None:
    assert vietnamese.parse_day(vietnamese.day(day)) == day
    assert vietnamese.parse_day(f" {day.day}{sign}{day.month}{sign}{day.year:04d} ") == day
    assert vietnamese.parse_day(day.isoformat()) == day


@law(st.text(st.sampled_from("0123456789/-.W "), max_size=11) | st.text(max_size=8), examples=400)
def check_text_is_a_day_or_a_value_error(text: str) -> None:
    try:
        day = vietnamese.parse_day(text)
    except ValueError:
        return
    assert len(text.strip()) == 10 or text.count("/") + text.count(".") + text.count("-") == 2
    assert Span.on(day).last_day == day


@law(st.integers(1, 399))
def check_roman_numbers_add_up(value: int) -> None:
    sizes = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[sign] for sign in vietnamese.roman(value)]
    after = [*sizes[1:], 0]
    assert sum(-size if size < following else size for size, following in zip(sizes, after, strict=True)) == value


@pytest.mark.parametrize("held", laws_in(globals()), ids=str)
def test_law(held: Law) -> None:
    held.hold()


def test_the_fourth_month_is_no_day() -> None:
    assert vietnamese.parse_day("03/04/2026") == date(2026, 4, 3)
    assert vietnamese.parse_day("25/12/2026") == date(2026, 12, 25)


@pytest.mark.parametrize(
    "text", ["31/02/2024", "12/13/2024", "1/1/24", "", "20240131", "2024-W05-3", "2024", "2024-02", "31/12/9999"]
)
def test_text_that_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        vietnamese.parse_day(text)


def test_names_stand_as_in_a_class_register() -> None:
    expected = [
        "Lê Thị Ái", "Bùi Văn An", "Trần An", "Lê Anh", "Vũ Ân", "Hồ Dung", "Đỗ Dũng", "Lý Đan", "Cao Đức", "Mai Em",
        "Lê Thị Hoa", "Cao Thị Hòa", "Lê Thị Hòa", "Ngô Yến",
    ]  # fmt: skip
    # letters decide before tones: "An" < "Anh", while "Ái" begins with a, i
    found = expected[::-1]
    found.sort(key=vietnamese.name_sort_key)
    assert found == expected


def test_a_capital_is_the_same_letter() -> None:
    assert vietnamese.sort_key("ĐẶNG") == vietnamese.sort_key("đặng")
    assert vietnamese.sort_key("Dũng") < vietnamese.sort_key("Đan") < vietnamese.sort_key("Em")


@pytest.mark.parametrize(
    ("vnd", "text"),
    [
        (0, "0 đồng"),
        (15_500, "15.500 đồng"),
        (150_000_000, "150 triệu đồng"),
        (1_636_000_000, "1.636 triệu đồng"),
        (1_600_000_000, "1,6 tỷ đồng"),
        (1_000_000_000, "1 tỷ đồng"),
    ],
)
def test_money_is_written_as_an_office_writes_it(vnd: int, text: str) -> None:
    assert vietnamese.money(vnd) == text


@pytest.mark.parametrize(
    ("share", "text"), [((7, 9), "77,8%"), ((13, 13), "100%"), ((1, 2000), "0,1%"), ((0, 5), "0%")]
)
def test_a_share_has_one_decimal(share: tuple[int, int], text: str) -> None:
    assert vietnamese.share(*share) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        ("2018..2023-06-11", "2018 – 11/06/2023"),
        ("2023-06-12", "12/06/2023"),
        ("2023..", "từ 2023"),
        ("..2022", "đến 2022"),
        ("..", "không rõ ngày"),
        ("2022-09..2023-08", "09/2022 – 08/2023"),
    ],
)
def test_a_span_is_written_no_more_exactly_than_known(span: str, text: str) -> None:
    assert vietnamese.span(Span.parse(span)) == text


@pytest.mark.parametrize(("text", "written"), [("2018", "2018"), ("2018-06", "06/2018"), ("2018-06-01", "01/06/2018")])
def test_a_partial_date_is_written_no_more_exactly_than_known(text: str, written: str) -> None:
    assert vietnamese.partial(PartialDate.parse(text)) == written


@pytest.mark.parametrize("value", [0, -1, 400])
def test_a_congress_has_an_ordinal_in_range(value: int) -> None:
    with pytest.raises(ValueError):
        vietnamese.roman(value)
