"""What is wrong with an entry or a statement before it is written: every fault, as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger import kinds
from nhiemky.members.models import Person
from nhiemky.rules.indicators import Count
from nhiemky.rules.quantities import Comparator, Quantity
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import clean
from nhiemky.rules.vietnamese import span as written
from nhiemky.units.models import Unit

LARGEST = 10**15
MOST_PEOPLE = 500
LONGEST_NAME = 120


@dataclass(frozen=True)
class Money:
    """Whole đồng from one source of funds; an empty fund is not known."""

    quantity: Quantity
    fund: str = ""


def quantity(value: Any, comparator: str = "eq", text: str = "") -> Quantity:
    """A whole number, not negative, or the words of a vague one; a Refusal says what else was given."""
    if comparator not in set(Comparator):
        raise Refusal(
            _("Không hiểu cách so sánh “%(given)s”. Hãy dùng eq, gt, gte, lt, approx hoặc vague.")
            % {"given": comparator}
        )
    if comparator == Comparator.VAGUE:
        if value is not None or not text.strip():
            raise Refusal(_("Số không rõ (vague) chỉ ghi bằng chữ, ví dụ “hàng trăm”, không kèm con số."))
        return Quantity(None, Comparator.VAGUE, clean(text))
    if not _is_whole(value):
        raise Refusal(_("“%(given)s” không phải số nguyên. Hãy ghi số nguyên, tiền tính bằng đồng.") % {"given": value})
    if value < 0:
        raise Refusal(
            _("Số %(given)s là số âm. Hãy ghi số từ 0 trở lên; muốn bớt đi thì sửa hoặc hủy việc đã ghi.")
            % {"given": value}
        )
    if value > LARGEST:
        raise Refusal(_("Số %(given)s quá lớn. Hãy kiểm tra lại số chữ số.") % {"given": value})
    return Quantity(value, Comparator(comparator))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _of_quantity(given: Quantity) -> Iterator[str]:
    if given.value is not None and not (_is_whole(given.value) and 0 <= given.value <= LARGEST):
        yield _("“%(given)s” không phải số nguyên từ 0 đến một triệu tỷ. Hãy kiểm tra lại con số.") % {
            "given": given.value
        }


def of_entry(
    unit: Unit,
    kind: str,
    period: Span,
    counts: Sequence[Count],
    money: Sequence[Money],
    details: Mapping[str, str],
    beneficiaries: str,
    today: date,
) -> Iterator[str]:
    """Every fault of an entry."""
    yield from _of_span(unit, period, today)
    found = kinds.kinds().get(kind)
    if found is None:
        yield _("Danh mục không có loại việc “%(kind)s”. Hãy chọn một loại việc trong danh mục.") % {"kind": kind}
        return
    if not counts and not money:
        yield _("Chưa có số lượng hoặc số tiền nào. Hãy ghi ít nhất một số.")
    for number in [count.quantity for count in counts] + [each.quantity for each in money]:
        yield from _of_quantity(number)
    words = [count.word for count in counts]
    for count in counts:
        if count.word not in found.words:
            known = ", ".join(kinds.words()[word].label for word in found.words) or "–"
            yield _("Loại việc “%(kind)s” không đếm bằng “%(word)s”. Hãy dùng: %(known)s.") % {
                "kind": found.label, "word": count.word, "known": known,
            }  # fmt: skip
        elif count.out_of is not None and count.word not in found.out_of:
            yield _("Loại việc “%(kind)s” không ghi “trên tổng số”. Hãy bỏ tổng số.") % {"kind": found.label}
        whole = count.out_of
        if whole is not None and not (_is_whole(whole) and (count.quantity.value or 0) <= whole <= LARGEST):
            yield _("Số đạt lớn hơn tổng số, hoặc tổng số không hợp lệ. Hãy kiểm tra lại hai số.")
    if len(set(words)) < len(words):
        yield _("Một từ đếm được ghi hai lần. Hãy cộng lại thành một số.")
    if money and found.money == "none":
        yield _("Loại việc “%(kind)s” không có số tiền. Hãy bỏ số tiền hoặc chọn loại việc khác.") % {
            "kind": found.label
        }
    for each in money:
        if each.fund and each.fund not in kinds.funds():
            yield _("Danh mục không có nguồn tiền “%(fund)s”. Hãy chọn một nguồn trong danh mục.") % {"fund": each.fund}
    for name, value in details.items():
        if name not in found.dimensions:
            yield _("Loại việc “%(kind)s” không có mục “%(name)s”. Hãy bỏ mục này.") % {
                "kind": found.label,
                "name": name,
            }
        elif value not in kinds.dimension_values().get(name, {}):
            yield _("Mục “%(name)s” không có giá trị “%(value)s”. Hãy chọn trong danh mục.") % {
                "name": name,
                "value": value,
            }
    if beneficiaries and beneficiaries not in found.beneficiaries:
        yield _("Loại việc “%(kind)s” không có đối tượng “%(group)s”. Hãy chọn trong danh mục.") % {
            "kind": found.label, "group": beneficiaries,
        }  # fmt: skip


def of_people(people: Sequence[str | Person]) -> Iterator[str]:
    """Every fault of the names of people, and of people of the register."""
    if len(people) > MOST_PEOPLE:
        yield _("Một việc ghi nhiều nhất %(most)s tên. Hãy chia thành nhiều việc, hoặc chỉ ghi số người.") % {
            "most": MOST_PEOPLE
        }
    keys = [each.root_id for each in people if isinstance(each, Person)]
    if len(set(keys)) < len(keys):
        yield _("Một người được chọn hai lần. Hãy bỏ bớt một.")
    for name in (each for each in people if not isinstance(each, Person)):
        if len(clean(name)) > LONGEST_NAME:
            yield _("Tên “%(name)s…” dài quá 120 chữ. Hãy ghi mỗi người một dòng.") % {"name": clean(name)[:40]}


def of_statement(
    unit: Unit,
    subject: str,
    period: Span,
    value: Quantity | None,
    percent: Decimal | None,
    grade: str,
    comparator: str,
    today: date,
) -> Iterator[str]:
    """Every fault of a statement."""
    yield from _of_span(unit, period, today)
    found = kinds.subjects().get(subject)
    if found is None:
        yield _("Danh mục không có số liệu “%(subject)s”. Hãy chọn trong danh mục.") % {"subject": subject}
        return
    given = {
        "stock": value is not None,
        "money": value is not None,
        "percent": percent is not None,
        "grade": bool(grade),
    }
    if not given[found.type] or [value is not None, percent is not None, bool(grade)].count(True) != 1:
        yield _("“%(subject)s” cần đúng một giá trị kiểu %(type)s.") % {
            "subject": found.label,
            "type": {"stock": _("số"), "money": _("số tiền"), "percent": _("phần trăm"), "grade": _("xếp loại")}[
                found.type
            ],
        }
    if value is not None and value.value is None:
        yield _("Số liệu của đơn vị phải là con số. Hãy ghi số, hoặc để trống nếu chưa biết.")
    if percent is not None and not 0 <= percent <= 100:
        yield _("Tỷ lệ phải từ 0 đến 100 phần trăm.")
    elif percent is not None and percent != round(percent, 3):
        yield _("Tỷ lệ chỉ ghi đến ba chữ số sau dấu phẩy.")
    if comparator not in set(Comparator) - {Comparator.VAGUE}:
        yield _("Không hiểu cách so sánh “%(given)s”. Hãy dùng eq, gt, gte, lt hoặc approx.") % {"given": comparator}
    if grade and grade not in kinds.grades():
        yield _("Không có mức xếp loại “%(grade)s”. Hãy chọn trong danh mục.") % {"grade": grade}


def _of_span(unit: Unit, period: Span, today: date) -> Iterator[str]:
    if period.starts_on is None or period.ends_before is None:
        yield _("Chưa có ngày. Hãy ghi ngày, hoặc ngày đầu và ngày cuối.")
        return
    if not unit.lives_through(period):
        yield _("Thời gian %(span)s nằm ngoài thời gian hoạt động của đơn vị (%(life)s). Hãy kiểm tra ngày.") % {
            "span": written(period), "life": written(unit.span),
        }  # fmt: skip
    # a year or a month that is running may be written as such; a day that has not come may not
    last = period.end.first if period.end else period.starts_on
    if period.starts_on > today or last > today:
        yield _("Ngày %(span)s chưa đến. Hãy ghi việc đã làm.") % {"span": written(period)}
