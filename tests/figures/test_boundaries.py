"""A figure asked as it was then and on the tree of another day, told as the command line tells it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from nhiemky.config.command import main
from nhiemky.ledger.actions import record_entry
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span
from tests.factories import a_unit, clerk, put

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
REFORM = date(2025, 7, 1)


@pytest.fixture
def reformed(db: None) -> None:
    """A district ends on the reform's day; its school stands under the province until the ward begins in September."""
    began, always = date(2020, 1, 1), Span(date(2020, 1, 1), None)
    province = a_unit("bd-tinh", "province", life=always)
    district = a_unit("bd-huyen", "district", life=Span(began, REFORM))
    school = a_unit("bd-truong", "grassroots", "su_nghiep", always)
    ward = a_unit("bd-phuong", "ward", life=Span(date(2025, 9, 1), None))
    put(district, province, Span(began, REFORM))
    put(school, district, Span(began, REFORM))
    put(school, province, Span(REFORM, date(2025, 9, 1)))
    put(ward, province, Span(date(2025, 9, 1), None))
    put(school, ward, Span(date(2025, 9, 1), None))
    for unit, day, value in (
        (school, "2025-03-08", 5), (district, "2025-04-30", 7), (school, "2025-08-01", 11), (ward, "2025-10-20", 13),
    ):  # fmt: skip
        record_entry(
            by=clerk(), unit=unit, kind="tet_gifts", period=Span.parse(day), today=date(2025, 12, 1),
            counts=[Count("suat", Quantity(value))],
        )  # fmt: skip


def told(capsys: pytest.CaptureFixture[str], unit: str, *more: str) -> dict[str, Any]:
    assert main(["figure", "tet_gifts_given", unit, "--from", "2025-01-01", "--to", "2025-12-31", "--open", *more]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert sum(row["value"] or 0 for row in found["records"]) == (found["value"] or 0)
    return found


@pytest.mark.parametrize(
    ("on", "province", "district", "ward", "school"),
    [
        ("then", 36, 12, 13, 16),
        # before the reform: the ward's work stands with the province, out of which it was founded
        ("2025-06-30", 36, 23, 0, 16),
        # between: the district's own work stands with its last parent, and nothing is left at the district
        ("2025-07-15", 36, 0, 0, 16),
        ("2025-12-01", 36, 0, 29, 16),
    ],
)
def test_every_gift_counts_once_at_the_top_on_whatever_tree(
    on: str, province: int, district: int, ward: int, school: int, reformed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    values = [
        told(capsys, f"bd-{code}", "--boundaries", on)["value"] or 0 for code in ("tinh", "huyen", "phuong", "truong")
    ]
    assert values == [province, district, ward, school]


def test_the_tree_that_was_asked_for_is_said(reformed: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "bd-tinh")["boundaries"] == "then"
    assert told(capsys, "bd-tinh", "--boundaries", "2025-12-01")["boundaries"] == "2025-12-01"


def test_what_stood_elsewhere_says_where_and_where_it_stands(
    reformed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*more: str) -> list[tuple[str, str]]:
        return [(row["standing"], row["stands_at"]) for row in told(capsys, "bd-tinh", *more)["records"]]

    stays, named = ("", ""), "Đơn vị thử bd-"
    assert said() == [stays] * 4
    assert said("--boundaries", "2025-12-01") == [
        (f"lúc đó thuộc {named}huyen, ngày 01/12/2025 thuộc {named}phuong", "bd-phuong"),
        (f"ghi tại {named}huyen, ngày 01/12/2025 tính về {named}tinh", "bd-tinh"),
        (f"lúc đó thuộc {named}tinh, ngày 01/12/2025 thuộc {named}phuong", "bd-phuong"),
        stays,
    ]
    assert said("--boundaries", "2025-06-30")[2:] == [
        (f"lúc đó thuộc {named}tinh, ngày 30/06/2025 thuộc {named}huyen", "bd-huyen"),
        (f"ghi tại {named}phuong, ngày 30/06/2025 tính về {named}tinh", "bd-tinh"),
    ]


def test_a_day_that_is_none_is_refused(reformed: None, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["figure", "tet_gifts_given", "bd-tinh", "--from", "2025", "--to", "2025", "--boundaries", "hôm nay"]
    assert main(asked) == 2
    assert "--boundaries 2025-07-01" in capsys.readouterr().err


def test_a_total_holds_its_detail_though_who_stood_between_them_stands_elsewhere(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Region over district over school; on the other tree the district is another province's, the school the first's."""
    before, after = Span(date(2020, 1, 1), REFORM), Span(REFORM, None)
    one, other = a_unit("gi-mot", "province"), a_unit("gi-hai", "province")
    region, district, school = a_unit("gi-vung", "district"), a_unit("gi-huyen", "district"), a_unit("gi-truong")
    put(region, one)
    put(district, region, before)
    put(district, other, after)
    put(school, district, before)
    put(school, one, after)
    for unit, period, value, coverage in (
        (region, "2025-01-01..2025-06-30", 100, Coverage.BELOW), (school, "2025-03-08", 5, Coverage.ACT),
    ):  # fmt: skip
        record_entry(
            by=clerk(), unit=unit, kind="tet_gifts", period=Span.parse(period), today=date(2025, 12, 1),
            coverage=coverage, counts=[Count("suat", Quantity(value))],
        )  # fmt: skip
    assert told(capsys, "gi-mot")["value"] == 100
    assert told(capsys, "gi-mot", "--boundaries", "2025-12-01")["value"] == 100
