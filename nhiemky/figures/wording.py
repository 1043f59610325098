"""Figures, targets and judgements in the words of an office."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nhiemky.ledger import kinds
from nhiemky.ledger.models import EntryCount, EntryMoney, Statement
from nhiemky.rules import vietnamese
from nhiemky.rules.indicators import Definition, Measure
from nhiemky.rules.quantities import Comparator, Grade, Percent, Ratio, Total, Value
from nhiemky.rules.targets import Aim, Judgement, Reason, Spec, State

NOT_GRADED = gettext_lazy("chưa có kết quả xếp loại")


_COMPARATORS = {
    Comparator.GT: gettext_lazy("trên"),
    Comparator.GTE: gettext_lazy("ít nhất"),
    Comparator.LT: gettext_lazy("gần"),
    Comparator.APPROX: gettext_lazy("khoảng"),
}


def compared(text: str, comparator: Comparator | str) -> str:
    """'trên 100', 'gần 150 triệu đồng', 'ít nhất 3', 'khoảng 20'."""
    word = _COMPARATORS.get(Comparator(comparator))
    return f"{word} {text}" if word else text


def word_of(definition: Definition) -> str:
    """The unit word shown after the number; empty where the text already ends with it."""
    worded = (Measure.COUNT, Measure.SHARE, Measure.TARGETS, Measure.PER_UNIT, Measure.PERSONS, Measure.MEMBERS)
    if definition.measure in worded:
        return kinds.words()[definition.word].label
    if definition.measure is Measure.STOCK:
        word = kinds.subjects()[definition.subject].word
        return kinds.words()[word].label if word else ""
    if definition.measure in (Measure.RATIO, Measure.STATED, Measure.GRADED):
        return "%"
    return _("đồng") if definition.measure is Measure.MONEY else ""


def is_money(definition: Definition) -> bool:
    """Whether the value is an amount of đồng."""
    if definition.measure is Measure.STOCK:
        return kinds.subjects()[definition.subject].type == "money"
    return definition.measure is Measure.MONEY


def value_text(value: Value | None, definition: Definition) -> str:
    """The value as the report shows it, without its unit word; empty when nothing is known."""
    if isinstance(value, Ratio):
        parts = f"{vietnamese.number(value.numerator)}/{vietnamese.number(value.denominator)}"
        return compared(parts if value.percent else f"{share_text(value)} ({parts})", value.comparator)
    if isinstance(value, Percent):
        return compared(vietnamese.percent(value.value), value.comparator)
    if isinstance(value, Grade):
        return kinds.grades()[value.code].label
    return total_text(value, money=is_money(definition)) if value else ""


def full_text(value: Value | None, definition: Definition) -> str:
    """The value with its unit word: 'trên 100 lượt', '52/52 trường', '96,2%', '1.636 triệu đồng'."""
    text, word = value_text(value, definition), word_of(definition)
    joined = isinstance(value, Percent | Grade) or is_money(definition) or not word or not text
    if isinstance(value, Ratio) and word == "%":
        return f"{text} ({share_text(value)})"
    return text if joined else f"{text} {word}"


def share_text(value: Ratio) -> str:
    """'77,8%' of a share, '1,5' of an average per unit, '–' over nothing."""
    if not value.denominator:
        return "–"
    if value.percent:
        return vietnamese.share(value.numerator, value.denominator)
    hundredths = (value.numerator * 200 + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(hundredths, 100)
    return vietnamese.number(whole) + (f",{rest:02d}".rstrip("0") if rest else "")


def total_text(value: Total, *, money: bool = False) -> str:
    """A sum; vague parts that could not be added are named behind it."""
    known = ""
    if value.value is not None:
        known = compared(vietnamese.money(value.value) if money else vietnamese.number(value.value), value.comparator)
    vague = ", ".join(dict.fromkeys(value.vague))
    if known and vague:
        return _("%(known)s, chưa kể “%(vague)s”") % {"known": known, "vague": vague}
    return known or vague


def count_text(row: EntryCount) -> str:
    """'trên 100 lượt', '52/52 trường', 'hàng trăm tập thể, cá nhân'."""
    word = kinds.words()[row.word].label
    if row.value is None:
        return f"{row.text} {word}"
    number = vietnamese.number(row.value)
    if row.out_of is not None:
        number = f"{number}/{vietnamese.number(row.out_of)}"
    return f"{compared(number, row.comparator)} {word}"


def money_row_text(row: EntryMoney) -> str:
    """'gần 150 triệu đồng', or the words of a vague amount."""
    return row.text if row.value is None else compared(vietnamese.money(row.value), row.comparator)


def statement_text(row: Statement) -> str:
    """The value of a statement with its unit word."""
    subject = kinds.subjects()[row.subject]
    if row.grade:
        return kinds.grades()[row.grade].label
    if row.percent is not None:
        return compared(vietnamese.percent(row.percent), row.comparator)
    if subject.type == "money":
        return compared(vietnamese.money(row.value or 0), row.comparator)
    word = kinds.words()[subject.word].label if subject.word else ""
    return f"{compared(vietnamese.number(row.value or 0), row.comparator)} {word}".strip()


# --- targets -----------------------------------------------------------------------------------------------------


def aim_text(spec: Spec, definition: Definition) -> str:
    """The target as a resolution writes it: 'từ 300 – 500 người', 'từ 90% trở lên', 'hoàn thành tốt … trở lên'."""
    if spec.aim is Aim.GRADE and spec.grade:
        return _("%(grade)s trở lên") % {"grade": kinds.grades()[spec.grade.code].label}
    low, high = _bound(spec.low, definition), _bound(spec.high, definition)
    word = word_of(definition)
    joined = word == "%" or is_money(definition) or definition.measure is Measure.SHARE
    word = "" if joined else f" {word}"
    if definition.measure is Measure.PER_UNIT:
        word += _(" mỗi cấp công đoàn")
    return str(_AIMS[spec.aim]) % {"low": low, "high": high, "word": word}


_AIMS = {
    Aim.EQ: "%(low)s%(word)s",
    Aim.GTE: gettext_lazy("từ %(low)s%(word)s trở lên"),
    Aim.GT: gettext_lazy("trên %(low)s%(word)s"),
    Aim.LTE: gettext_lazy("không quá %(high)s%(word)s"),
    Aim.RANGE: gettext_lazy("từ %(low)s – %(high)s%(word)s"),
}


def _bound(value: Decimal | None, definition: Definition) -> str:
    if value is None:
        return ""
    if is_money(definition):
        return vietnamese.money(int(value))
    if definition.measure in (Measure.RATIO, Measure.STATED, Measure.GRADED, Measure.SHARE):
        return vietnamese.percent(value)
    whole = value == value.to_integral_value()
    return vietnamese.number(int(value) if whole else value.normalize())


_STATES = {
    State.MET: gettext_lazy("đạt"),
    State.ON_COURSE: gettext_lazy("theo tiến độ"),
    State.BEHIND: gettext_lazy("chậm tiến độ"),
    State.NOT_MET: gettext_lazy("không đạt"),
    State.NOT_MEASURABLE: gettext_lazy("chưa đo được"),
}
_REASONS = {
    Reason.REACHED: gettext_lazy("đã đạt mức đề ra"),
    Reason.REACHED_SO_FAR: gettext_lazy("lần đo gần nhất đạt mức đề ra, kỳ chưa kết thúc"),
    Reason.PACE: gettext_lazy("đạt phần tương ứng với thời gian đã qua"),
    Reason.BELOW_PACE: gettext_lazy("thấp hơn phần tương ứng với thời gian đã qua"),
    Reason.BELOW: gettext_lazy("thấp hơn mức đề ra"),
    Reason.EXCEEDED: gettext_lazy("vượt quá mức cho phép"),
    Reason.WITHIN: gettext_lazy("trong mức cho phép"),
    Reason.NO_RECORD: gettext_lazy("trong kỳ chưa ghi việc hay số liệu nào"),
    Reason.HALF: gettext_lazy("mới có một trong hai số để tính tỷ lệ"),
    Reason.ONLY_VAGUE: gettext_lazy("số liệu chỉ ghi bằng chữ, chưa có con số"),
    Reason.NO_BASE: gettext_lazy("chưa có số liệu làm mẫu số"),
    Reason.NOT_BEGUN: gettext_lazy("chưa đến kỳ thực hiện"),
    Reason.YEAR_MISSED: gettext_lazy("có năm không đạt mức đề ra"),
    Reason.YEAR_UNKNOWN: gettext_lazy("có năm chưa có số liệu"),
    Reason.ONLY_ABOUT: gettext_lazy("số liệu chỉ ghi “khoảng”, chưa biết đã đạt hay chưa"),
    Reason.INCOMPLETE: gettext_lazy("có việc không nêu con số nên chưa biết tổng"),
    Reason.PART_OF_YEAR: gettext_lazy("chỉ một phần của năm nằm trong kỳ nên không đánh giá"),
}


def state_text(judgement: Judgement) -> str:
    return str(_STATES[judgement.state])


def reason_text(judgement: Judgement) -> str:
    return str(_REASONS[judgement.reason])


def as_of_text(day: date) -> str:
    return _("đến ngày %(day)s") % {"day": vietnamese.day(day)}


def tree_text(boundaries: date | None) -> str:
    """'cây tổ chức lúc đó', 'cây tổ chức ngày 01/07/2025': on which tree a figure was made."""
    if boundaries is None:
        return _("cây tổ chức lúc đó")
    return _("cây tổ chức ngày %(day)s") % {"day": vietnamese.day(boundaries)}
