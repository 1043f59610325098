"""Sheets of members as offices make them, made here: nothing of them is anybody's."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from nhiemky.foundation import clock
from nhiemky.foundation.models import User
from nhiemky.members.importing import preview
from nhiemky.members.importing.cells import Cell
from nhiemky.members.importing.drafts import Draft
from nhiemky.members.importing.spool import Looked, State, open_spool
from nhiemky.units.models import Unit

Rows = Sequence[Sequence[Any]]


def xlsx(rows: Rows, dress: Callable[[Any, Any], None] = lambda _book, _page: None, **more: Rows) -> bytes:
    """A workbook whose first sheet has these rows, texts as texts; `dress` changes it before it is closed."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, lines in {"Danh sách": rows, **more}.items():
            page = book.add_worksheet(name)
            for row, cells in enumerate(lines):
                for column, value in enumerate(cells):
                    if isinstance(value, date):
                        page.write_datetime(row, column, value, day)
                    elif value not in ("", None):
                        page.write(row, column, value)
        dress(book, book.worksheets()[0])
    return kept.getvalue()


def ods(rows: Rows, repeat: int = 1) -> bytes:
    """The same as OpenDocument, the last row standing for `repeat` rows."""
    lines = [
        "<table:table-row{}>{}</table:table-row>".format(
            f' table:number-rows-repeated="{repeat}"' if at == len(rows) - 1 and repeat > 1 else "",
            "".join(
                f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
                for cell in row
            ),
        )
        for at, row in enumerate(rows)
    ]
    names = ("office:1.0 office", "table:1.0 table", "text:1.0 text")
    spaces = " ".join(
        f'xmlns:{name.split()[1]}="urn:oasis:names:tc:opendocument:xmlns:{name.split()[0]}"' for name in names
    )
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Danh sách">{"".join(lines)}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return packed({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": body})


def packed(parts: dict[str, str | bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name, contents in parts.items():
            package.writestr(name, contents)
    return kept.getvalue()


def repacked(workbook: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        return packed({name: change(name, package.read(name)) for name in package.namelist()})


def looked_over(
    data: bytes, unit: Unit, by: User, today: date | None = None, **changed: Any
) -> tuple[Draft, list[Looked]]:
    """The draft of the file, looked over, and its rows."""
    draft = preview.begin(by=by, unit=unit, name="danh sach.xlsx", data=data, at=clock.now())
    for name, value in changed.items():
        setattr(draft, name, value)
    preview.look_over(draft, unit, by, today or clock.today())
    with open_spool(draft.rows_path) as spool:
        return draft, list(spool.rows())


def states(draft: Draft, row: Looked) -> dict[str, tuple[str, str]]:
    """What each cell that says something is: code of the column -> name of its state, and the sentence."""
    codes = [code for _column, code in sorted(draft.mapping.items())]
    cells: list[Cell] = row.cells
    return {
        code: (State(state).name, sentence)
        for code, (_text, state, sentence) in zip(codes, cells, strict=True)
        if state
    }
