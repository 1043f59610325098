"""The records behind a figure as a table to reckon with."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.documents.sheets import Column, Sheet
from nhiemky.figures import wording
from nhiemky.figures.queries import Figure, Opened, OpenedRow
from nhiemky.members.masking import HIDDEN
from nhiemky.rules import vietnamese
from nhiemky.web.figures.shown import TargetShown


def sheet_of(opened: Opened, unit_name: str, readable: Container[str]) -> Sheet:
    """All rows, those that count first; a sum in the notes, where no one adds it again.

    Persons of units that are not `readable` are not named.
    """
    figure = opened.figure
    text = wording.full_text(figure.value, figure.definition)
    money = wording.total_text(figure.money, money=True) if figure.money else ""
    every = [*opened.people, *opened.counted, *opened.beside]
    persons = any(row.person for row in every)
    apart = figure.asked.boundaries is not None
    columns = (
        Column(_("Cộng vào"), 34),
        Column(_("Đơn vị"), 34),
        *([Column(_("Chỗ đứng trên cây tổ chức"), 50)] if apart else []),
        Column(_("Thời gian"), 24),
        Column(_("Việc, số liệu"), 40),
        *([Column(_("Họ và tên"), 30)] if persons else []),
        Column(_("Số lượng"), 14, "number"),
        Column(_("Số lượng như đã ghi"), 24),
        Column(_("Số tiền (đồng)"), 18, "number"),
        Column(_("Số tiền như đã ghi"), 24),
        Column(_("Nguồn"), 44),
        Column(_("Chỗ trong nguồn"), 20),
        Column(_("Ghi chú"), 40),
        Column(_("Mã"), 26),
    )
    notes = [
        _("Số liệu: %(value)s") % {"value": " · ".join(filter(None, (text, money))) or "–"},
        _("Kỳ: %(period)s") % {"period": vietnamese.span(figure.asked.period)},
        _("Tính theo: %(tree)s") % {"tree": wording.tree_text(figure.asked.boundaries)},
    ]
    rows = [_row(row, persons, readable, apart) for row in every]
    return Sheet(_("Bản ghi"), f"{figure.definition.label} – {unit_name}", columns, rows, notes)


def targets_sheet(figure: Figure, targets: Sequence[TargetShown], unit_name: str) -> Sheet:
    """The targets of a tally that we counted ourselves."""
    columns = (
        Column(_("Chỉ tiêu"), 50),
        Column(_("Nghị quyết"), 30),
        Column(_("Đã đo được"), 26),
        Column(_("Đánh giá"), 16),
        Column(_("Lý do"), 44),
    )
    rows = [(each.label, each.aim, each.measured.text, each.state_text, each.reason) for each in targets]
    notes = [_("Đạt: %(value)s") % {"value": wording.full_text(figure.value, figure.definition)}]
    return Sheet(_("Chỉ tiêu"), f"{figure.definition.label} – {unit_name}", columns, rows, notes)


def _row(row: OpenedRow, persons: bool, readable: Container[str], apart: bool) -> Sequence[Any]:
    states = {
        "counted": _("có"),
        "covered": _("không: đã nằm trong số tổng đã công bố"),
        "overlapping": _("không: chỉ chạm vào kỳ"),
        "compared": _("không: số của cấp dưới, để so sánh"),
        "half": _("không: mới kê khai một vế của tỷ lệ"),
        "missing": _("không: chưa có số liệu"),
        "aside": _("không: đã tính theo sổ đoàn viên"),
    }
    name = (row.name if row.unit_code in readable else HIDDEN) if row.person else ""
    return (
        states[row.state],
        row.unit,
        *([row.standing] if apart else []),
        row.when,
        row.what,
        *([name] if persons else []),
        row.value,
        row.text,
        row.money_value,
        row.money,
        row.source,
        "; ".join(row.places),
        row.note,
        row.person or row.code,
    )
