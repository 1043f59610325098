"""From a file to rows that can be decided on: which sheet, which heading, which columns, and every row looked over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from itertools import islice

from django.utils.translation import gettext as _

from nhiemky.documents.sheet_reading import HEADING_WITHIN, Heading, Row, Sheets, find_heading, open_sheets
from nhiemky.foundation import bulk
from nhiemky.foundation.audit import version
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.importing import columns, drafts
from nhiemky.members.importing.drafts import Draft, Stage
from nhiemky.members.importing.looking import Choices, Look
from nhiemky.members.importing.spool import Spool
from nhiemky.members.importing.template import EXAMPLE_MARK
from nhiemky.members.models import HeadingMap
from nhiemky.rules.vietnamese import fold
from nhiemky.units.models import Unit
from nhiemky.units.queries import card

# so many rows below the heading are shown where columns are confirmed
SAMPLE = 4
# what is smaller is looked over and written while one waits
AT_ONCE_BYTES, AT_ONCE_ROWS = 200_000, 2_000


def begin(*, by: User, unit: Unit, name: str, data: bytes, at: datetime, sheet: str = "") -> Draft:
    """A draft of the file with its columns recognised; a Refusal where it holds no list of members."""
    sheets = open_sheets(data)
    draft = drafts.begin(by=by, unit=unit, name=name, data=data, digest=hashlib.sha256(data).hexdigest(), at=at)
    try:
        draft.sheets, draft.hidden = sheets.names, sheets.hidden
        draft.present_on = at.date().isoformat()
        _recognise(draft, sheets, unit, sheet)
        draft.save()
    except BaseException:
        draft.forget()
        raise
    return draft


def choose_sheet(draft: Draft, unit: Unit, sheet: str) -> None:
    """Another sheet of the file."""
    _recognise(draft, open_sheets(draft.contents()), unit, sheet)
    draft.stage = Stage.MAPPING
    draft.save()


def _recognise(draft: Draft, sheets: Sheets, unit: Unit, wanted: str) -> None:
    names = [wanted] if wanted in sheets.names else sheets.names
    for name in names:
        first = list(islice(sheets.rows(name), HEADING_WITHIN + SAMPLE))
        heading = find_heading(first, columns.how_many_known)
        if heading is not None:
            _take(draft, name, heading, first, unit)
            return
    raise Refusal(
        _("Không thấy dòng tiêu đề trong %(within)s dòng đầu: cần ít nhất “Họ và tên” và một cột khác. "
          "Hãy dùng tệp mẫu, hoặc thêm dòng tiêu đề phía trên danh sách.") % {"within": HEADING_WITHIN}
    )  # fmt: skip


def _take(draft: Draft, name: str, heading: Heading, first: list[Row], unit: Unit) -> None:
    draft.sheet, draft.labels = name, list(heading.labels)
    draft.heading = (heading.first, heading.last)
    draft.sample = [row.cells for row in first if row.number > heading.last][:SAMPLE]
    kept = HeadingMap.objects.filter(unit=unit, signature=columns.signature(heading.labels)).first()
    draft.remembered = kept is not None
    draft.mapping = (
        {int(at): code for at, code in kept.columns.items() if code in columns.known_columns()}
        if kept
        else columns.recognised(heading.labels)
    )


def mapping_faults(mapping: dict[int, str], unit: Unit, today: date) -> list[str]:
    """Why a list cannot be looked over by this mapping, in sentences."""
    told = [
        _("Hai cột cùng là “%(label)s”. Hãy chọn một cột, cột kia để “không nạp”.")
        % {"label": columns.known_columns()[code].label}
        for code in columns.faults(mapping)
    ]
    codes = set(mapping.values())
    if not codes & set(columns.NAME_PARTS):
        told.append(_("Chưa có cột nào là “Họ và tên”. Hãy chọn cột ấy."))
    if "unit" not in codes and card(unit, today).level not in ("grassroots", "below", ""):
        told.append(_("Đơn vị này có nhiều công đoàn cơ sở: hãy chọn cột nào ghi tên công đoàn của từng người."))
    return told


def look_over(
    draft: Draft, unit: Unit, by: User, today: date, tell: Callable[[int], None] = lambda _done: None
) -> None:
    """Every row of the draft's sheet, into its spool; nothing is written to the register."""
    sheets = open_sheets(draft.contents(), is_checked=True)
    draft.seen = version()
    present = date.fromisoformat(draft.present_on) if draft.present_on else None
    look = Look(draft.mapping, unit, by, today, Choices(present, draft.joining))
    spool = Spool(draft.rows_path, new=True)
    try:
        seen = 0
        rows = (row for row in sheets.rows(draft.sheet) if row.number > draft.heading[1] and not _is_example(row))
        with bulk.steadily() as tidy:
            for some in look.over(rows):
                spool.add(some)
                seen += len(some)
                # how many there will be is known only at the end
                tell(min(950, 1000 * seen // (seen + 20_000)))
                tidy()
        if not seen:
            raise Refusal(_("Dưới dòng tiêu đề không có người nào. Hãy kiểm tra lại tệp hoặc chọn trang tính khác."))
        spool.finish()
        draft.counts = spool.counts() | {"outside": look.outside}
    finally:
        spool.close()
    draft.stage, draft.fault = Stage.READY, ""
    draft.save()


def _is_example(row: Row) -> bool:
    """The row of our own template that shows how to fill it in."""
    # numbers and names of every row need not be folded for it
    first = EXAMPLE_MARK[0]
    return any(cell[:1].casefold() == first and fold(cell).startswith(EXAMPLE_MARK) for cell in row.cells[:2])
