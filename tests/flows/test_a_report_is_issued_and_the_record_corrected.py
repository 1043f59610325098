"""A federation logs work, issues its report, finds a mistake, and a published total meets its own detail."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from openpyxl import load_workbook

from nhiemky.documents.models import IssuedFile
from nhiemky.figures.queries import Asked, figure_of, open_figure
from nhiemky.foundation.audit import broken_links
from nhiemky.foundation.models import User
from nhiemky.ledger.actions import cancel_entry, correct_entry, record_entry
from nhiemky.ledger.checks import Money
from nhiemky.ledger.models import Entry
from nhiemky.reports.actions import issue_report
from nhiemky.reports.queries import differences, report_of
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.quantities import Comparator, Quantity, Total
from nhiemky.rules.timeline import Span
from nhiemky.units.actions import found_unit, place_unit
from nhiemky.units.models import Unit
from nhiemky.units.queries import period_named

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
TODAY = date(2025, 1, 10)
ALWAYS = Span(None, None)


def unit(clerk: User, code: str, kind: str) -> Unit:
    name = f"{code} (hư cấu)"
    return found_unit(by=clerk, code=code, name=name, short=name, kind=kind, life=ALWAYS, fictional=True)


def visits(clerk: User, owner: Unit, when: str, count: int, vnd: int | None = None, **more: Any) -> Entry:
    return record_entry(
        by=clerk,
        unit=owner,
        kind="hardship",
        period=Span.parse(when),
        counts=[Count("luot", Quantity(count))],
        money=[] if vnd is None else [Money(Quantity(vnd), "kinh_phi")],
        today=TODAY,
        **more,
    )


def value(owner: Unit, when: str) -> tuple[Any, Any, list[tuple[str, str]]]:
    span = Span.parse(when)
    figure, material = figure_of("hardship_support_visits", owner, Asked(span, TODAY), TODAY)
    opened = open_figure(figure, material)
    return figure.value, figure.money, [(row.code, row.state) for row in (*opened.counted, *opened.beside)]


def test_the_story(clerk: User) -> None:
    above = unit(clerk, "f-huyen", "district")
    first, second = unit(clerk, "f-mot", "grassroots"), unit(clerk, "f-hai", "grassroots")
    for each in (first, second):
        place_unit(by=clerk, unit=each, parent=above, valid=ALWAYS)

    one = visits(clerk, first, "2024-03-01", 2, 1_000_000)
    two = visits(clerk, second, "2024-05-01", 3, 1_500_000)
    visits(clerk, above, "2024-12-30..2025-01-02", 7)
    assert value(above, "2024")[:2] == (Total(5), Total(2_500_000))

    period = period_named(above, "2024")
    assert period is not None
    document = issue_report(by=clerk, unit=above, period=period, number="01/BC", today=TODAY)
    issued = {file.format: bytes(file.contents) for file in document.files.all()}
    assert set(issued) == {"docx", "pdf", "xlsx"}
    cells = [cell.value for row in load_workbook(io.BytesIO(issued["xlsx"])).worksheets[0] for cell in row]
    assert 5 in cells
    assert differences(document, report_of(above, period, TODAY)) == []

    # a mistake is found: two visits were one; the old row stays, the report that was issued stays
    fixed = correct_entry(
        by=clerk, entry=one, reason="ghi trùng một lượt", kind="hardship", period=one.span,
        counts=[Count("luot", Quantity(1))], money=[Money(Quantity(500_000))], today=TODAY,
    )  # fmt: skip
    assert value(above, "2024")[0] == Total(4)
    [changed] = differences(document, report_of(above, period, TODAY))
    assert changed.issued.startswith("5 lượt") and changed.today.startswith("4 lượt")
    for file in IssuedFile.objects.filter(document=document):
        assert bytes(file.contents) == issued[file.format]
        assert hashlib.sha256(issued[file.format]).hexdigest() == file.digest
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedFile.objects.filter(document=document).update(digest="")

    # a published total of the year covers the detail beneath it, until it is cancelled
    whole = visits(
        clerk, above, "2024", 100, 40_000_000, coverage=Coverage.BELOW,
    )  # fmt: skip
    found, money, rows = value(above, "2024")
    assert (found, money) == (Total(100), Total(40_000_000))
    assert (whole.code, "counted") in rows and (fixed.code, "covered") in rows and (two.code, "covered") in rows
    assert value(second, "2024")[0] == Total(3)
    cancel_entry(by=clerk, entry=whole, reason="số này chưa được duyệt")
    assert value(above, "2024")[:2] == (Total(4), Total(2_000_000))
    assert list(broken_links()) == []


def test_more_than_and_nearly_add_up_to_about(clerk: User) -> None:
    own = unit(clerk, "f-ba", "grassroots")
    for when, number, comparator in (("2024-01-05", 100, "gt"), ("2024-02-05", 5, "eq"), ("2024-03-05", 50, "lt")):
        record_entry(
            by=clerk, unit=own, kind="hardship", period=Span.parse(when), today=TODAY,
            counts=[Count("luot", Quantity(number, Comparator(comparator)))],
        )  # fmt: skip
    assert value(own, "2024-01..2024-02")[0] == Total(105, Comparator.GT)
    assert value(own, "2024")[0] == Total(155, Comparator.APPROX)
