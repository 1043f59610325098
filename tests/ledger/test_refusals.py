"""Every sentence with which the ledger refuses is said once here, and nothing is written when it is said."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from nhiemky.foundation.models import AuditEvent, User
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.ledger import checks
from nhiemky.ledger.actions import cancel_entry, correct_entry, correct_statement, record_entry, record_statement
from nhiemky.ledger.checks import LARGEST, Money, quantity
from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, Statement
from nhiemky.members.models import Person
from nhiemky.rules.indicators import Count
from nhiemky.rules.quantities import Comparator, Quantity
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, a_user, clerk, let

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

TODAY = date(2024, 6, 15)


def unit() -> Unit:
    return Unit.objects.get(code="l-cs")


@pytest.fixture(autouse=True)
def _unit(db: None) -> None:
    a_unit("l-cs", life=Span.parse("2020..2025"))


def entry(**changed: Any) -> Entry:
    """A visit as it may be recorded, but for what is changed."""
    given: dict[str, Any] = {
        "by": clerk(), "unit": unit(), "kind": "visit", "period": Span.parse("2024-05-04"), "today": TODAY,
        "counts": [Count("luot", quantity(3))], "money": [Money(quantity(1_500_000), "xa_hoi_hoa")],
    }  # fmt: skip
    return record_entry(**(given | changed))


def statement(**changed: Any) -> Statement:
    given: dict[str, Any] = {
        "by": clerk(), "unit": unit(), "subject": "members", "period": Span.parse("2024-05-04"), "today": TODAY,
        "value": quantity(40),
    }  # fmt: skip
    return record_statement(**(given | changed))


def shared(good: int, whole: Any) -> Entry:
    return entry(kind="health_check", counts=[Count("nguoi", quantity(good), whole)], money=[])


def many() -> Entry:
    return entry(counts=[Count("luot", quantity(1)), Count("luot", quantity(2))])


VAGUE = Quantity(None, Comparator.VAGUE, "hàng trăm")

CASES: dict[str, tuple[Callable[[], Any], str]] = {
    # numbers
    "a comparator nobody knows": (lambda: entry(counts=[Count("luot", quantity(3, "~"))]), "Không hiểu cách so sánh"),
    "vague with a number": (lambda: entry(counts=[Count("luot", quantity(3, "vague", "nhiều"))]), "chỉ ghi bằng chữ"),
    "vague without words": (lambda: entry(counts=[Count("luot", quantity(None, "vague", " "))]), "chỉ ghi bằng chữ"),
    "a truth value": (lambda: entry(counts=[Count("luot", quantity(True))]), "“True” không phải số nguyên"),
    "a float": (lambda: entry(counts=[Count("luot", quantity(3.0))]), "“3.0” không phải số nguyên"),
    "money with a decimal point": (lambda: entry(money=[Money(quantity(1500.5))]), "tiền tính bằng đồng"),
    "text": (lambda: entry(counts=[Count("luot", quantity("3"))]), "“3” không phải số nguyên"),
    "no number": (lambda: entry(counts=[Count("luot", quantity(None))]), "“None” không phải số nguyên"),
    "a negative number": (lambda: entry(counts=[Count("luot", quantity(-1))]), "Số -1 là số âm"),
    "negative money": (lambda: entry(money=[Money(quantity(-5))]), "Số -5 là số âm"),
    "too large a number": (lambda: entry(counts=[Count("luot", quantity(LARGEST + 1))]), "quá lớn"),
    # time
    "no day": (lambda: entry(period=Span.parse("2024..")), "Chưa có ngày"),
    "no first day": (lambda: statement(period=Span.parse("..2024")), "Chưa có ngày"),
    "before the unit began": (lambda: entry(period=Span.parse("2019-12-31")), "nằm ngoài thời gian hoạt động"),
    "partly before the unit began": (lambda: entry(period=Span.parse("2019..2021")), "nằm ngoài thời gian hoạt động"),
    "after the unit ended": (
        lambda: entry(period=Span.parse("2026-01-01"), today=date(2026, 6, 1)),
        "nằm ngoài thời gian hoạt động của đơn vị (2020 – 2025)",
    ),
    "tomorrow": (lambda: entry(period=Span.parse("2024-06-16")), "Ngày 16/06/2024 chưa đến"),
    "a stock of tomorrow": (lambda: statement(period=Span.parse("2024-06-16")), "chưa đến"),
    # what an entry may hold
    "an unknown kind": (lambda: entry(kind="khong-co"), "Danh mục không có loại việc “khong-co”"),
    "nothing counted": (lambda: entry(counts=[], money=[]), "Chưa có số lượng hoặc số tiền nào"),
    "a word of another kind": (
        lambda: entry(counts=[Count("nha", quantity(3))]),
        "không đếm bằng “nha”. Hãy dùng: lượt, người, suất",
    ),
    "a whole where none is counted": (
        lambda: entry(counts=[Count("luot", quantity(3), 5)]),
        "không ghi “trên tổng số”",
    ),
    "more than the whole": (lambda: shared(6, 5), "Số đạt lớn hơn tổng số"),
    "too large a whole": (lambda: shared(6, LARGEST + 1), "tổng số không hợp lệ"),
    "a negative whole": (lambda: shared(0, -1), "tổng số không hợp lệ"),
    "one word twice": (many, "Một từ đếm được ghi hai lần"),
    "money where there is none": (
        lambda: entry(kind="member_admission", counts=[Count("nguoi", quantity(3))]),
        "Loại việc “Kết nạp đoàn viên",
    ),
    "an unknown fund": (lambda: entry(money=[Money(quantity(5), "quy-den")]), "không có nguồn tiền “quy-den”"),
    "an unknown dimension": (lambda: entry(details={"form": "giay_khen"}), "không có mục “form”"),
    "an unknown value of a dimension": (
        lambda: entry(details={"occasion": "khac-nua"}),
        "Mục “occasion” không có giá trị “khac-nua”",
    ),
    "beneficiaries of another kind": (lambda: entry(beneficiaries="patients"), "không có đối tượng “patients”"),
    # what a unit may state
    "an unknown subject": (lambda: statement(subject="khong-co"), "Danh mục không có số liệu “khong-co”"),
    "no value": (lambda: statement(value=None), "cần đúng một giá trị kiểu số"),
    "a value of another type": (lambda: statement(value=None, grade="good"), "cần đúng một giá trị kiểu số"),
    "money of another type": (
        lambda: statement(subject="employment_loan_capital", value=None, percent=Decimal(3)),
        "cần đúng một giá trị kiểu số tiền",
    ),
    "two values": (lambda: statement(percent=Decimal(3)), "cần đúng một giá trị kiểu số"),
    "no percentage": (lambda: statement(subject="members_informed_of_resolutions"), "kiểu phần trăm"),
    "no grade": (lambda: statement(subject="grade"), "kiểu xếp loại"),
    "a vague stock": (lambda: statement(value=VAGUE), "phải là con số"),
    "more than all": (
        lambda: statement(subject="members_informed_of_resolutions", value=None, percent=Decimal("100.1")),
        "từ 0 đến 100 phần trăm",
    ),
    "less than nothing": (
        lambda: statement(subject="members_informed_of_resolutions", value=None, percent=Decimal("-0.1")),
        "từ 0 đến 100 phần trăm",
    ),
    "more digits than are kept": (
        lambda: statement(subject="members_informed_of_resolutions", value=None, percent=Decimal("96.2345")),
        "ba chữ số",
    ),
    "a comparator of a percentage": (
        lambda: statement(
            subject="members_informed_of_resolutions", value=None, percent=Decimal("96.2"), comparator="~"
        ),
        "Không hiểu cách so sánh",
    ),
    "a number that went round the check": (
        lambda: entry(counts=[Count("luot", Quantity(LARGEST + 1))]),
        "từ 0 đến một triệu tỷ",
    ),
    "more names than a page holds": (lambda: entry(people=["Người"] * 501), "nhiều nhất 500 tên"),
    "one person twice": (lambda: entry(people=[Person(pk=1), Person(pk=1)]), "chọn hai lần"),
    "many names in one line": (lambda: entry(people=["Người " * 30]), "dài quá 120 chữ"),
    "an unknown grade": (
        lambda: statement(subject="grade", value=None, grade="tuyet"),
        "Không có mức xếp loại “tuyet”",
    ),
}


def rows() -> list[int]:
    return [model.objects.count() for model in (Entry, EntryCount, EntryMoney, Statement, AuditEvent)]


def refused(what: Callable[[], Any]) -> tuple[str, ...]:
    before = rows()
    with pytest.raises(Refusal) as caught:
        what()
    assert rows() == before, "a refusal writes nothing"
    return caught.value.sentences


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_a_sentence(name: str) -> None:
    what, sentence = CASES[name]
    told = refused(what)
    assert any(sentence in each for each in told), told
    assert all(each[0].isupper() or each[0] == "“" for each in told)
    assert all(each.endswith(".") for each in told), "a sentence ends as one"
    assert not any("%(" in each for each in told)


def test_what_is_not_refused_is_written() -> None:
    before = rows()
    written, stated = entry(), statement()
    assert rows() == [each + more for each, more in zip(before, (1, 1, 1, 1, 2), strict=True)]
    assert (written.unit, stated.unit) == (unit(), unit())


def test_every_sentence_is_tested() -> None:
    source = ast.parse(inspect.getsource(checks))
    calls = [node for node in ast.walk(source) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    texts = [node.args[0].value for node in calls if node.func.id == "_" and isinstance(node.args[0], ast.Constant)]
    sentences = [text for text in texts if text.endswith(".")]
    assert len(sentences) >= 20
    told = [sentence for what, _ in CASES.values() for sentence in refused(what)]
    patterns = {text: re.sub(r"%\\\((\w+)\\\)s", ".*", re.escape(text)) for text in sentences}
    missing = [text for text, pattern in patterns.items() if not any(re.fullmatch(pattern, each) for each in told)]
    assert not missing


def test_all_faults_are_told_at_once() -> None:
    told = refused(
        lambda: entry(
            period=Span.parse("2019-01-01"),
            counts=[Count("nha", quantity(3))],
            money=[Money(quantity(5), "quy-den")],
            details={"form": "x"},
            beneficiaries="patients",
        )
    )
    assert len(told) == 5


@pytest.mark.parametrize("reason", ["", "   ", "\t\n", "\u200b"])
def test_a_change_needs_a_reason(reason: str) -> None:
    old, stated = entry(), statement()
    again: dict[str, Any] = {"by": clerk(), "today": TODAY, "reason": reason, "period": Span.parse("2024-05-04")}
    counts = [Count("luot", quantity(4))]
    for change in (
        lambda: cancel_entry(by=clerk(), entry=old, reason=reason),
        lambda: correct_entry(entry=old, kind="visit", counts=counts, **again),
        lambda: correct_statement(statement=stated, subject="members", value=quantity(41), **again),
    ):
        assert "Chưa có lý do" in refused(change)[0]


def test_a_correction_is_checked_as_a_record_is(clerk: User) -> None:
    old = entry()
    wrong: dict[str, Any] = {"kind": "visit", "period": Span.parse("2026-01-01"), "today": TODAY}
    counts = [Count("nha", quantity(1))]
    told = refused(lambda: correct_entry(by=clerk, entry=old, reason="sửa", counts=counts, **wrong))
    assert len(told) == 3
    assert not Entry.objects.filter(replaces=old).exists()


def test_a_neighbour_records_nothing_here(clerk: User) -> None:
    neighbour, old, stated = a_user("lang-gieng"), entry(), statement()
    let(neighbour, a_unit("l-cs-2"), below=True)
    again: dict[str, Any] = {"by": neighbour, "reason": "sửa", "period": Span.parse("2024-05-04"), "today": TODAY}
    for act in (
        lambda: entry(by=neighbour),
        lambda: statement(by=neighbour),
        lambda: cancel_entry(by=neighbour, entry=old, reason="sửa"),
        lambda: correct_entry(entry=old, kind="visit", counts=[Count("luot", quantity(1))], **again),
        lambda: correct_statement(statement=stated, subject="members", value=quantity(1), **again),
    ):
        before = rows()
        with pytest.raises(NotAllowed, match=r"Bạn chưa được giao quyền .* Hãy nhờ người quản trị"):
            act()
        assert rows() == before


def test_a_person_of_the_register_is_named_once() -> None:
    twice = [Person(pk=1), Person(pk=2, same_as_id=1), "Một người ngoài sổ"]
    assert list(checks.of_people(twice)) == ["Một người được chọn hai lần. Hãy bỏ bớt một."]
    assert not list(checks.of_people(twice[1:]))
