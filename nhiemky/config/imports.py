"""`nhiemky import members`: a sheet looked over and, unless it is a trial, written; the same that the screens do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.importing import preview
from nhiemky.members.importing.drafts import Draft
from nhiemky.members.importing.spool import Decision, Looked, State, open_spool
from nhiemky.members.importing.tasks import write
from nhiemky.rules.vietnamese import parse_day
from nhiemky.units.models import Unit

COMMAND_LINE = "dong-lenh"


def import_members(given: argparse.Namespace) -> int:
    """Status 0 written or nothing wrong, 1 rows that are wrong or wait for a decision, 2 refused whole."""
    unit = Unit.objects.filter(code=given.unit).first()
    if unit is None:
        raise Refusal(
            _("Không có đơn vị mã “%(code)s”. Tìm mã bằng: nhiemky units --search TÊN") % {"code": given.unit}
        )
    by = User.objects.get(username=COMMAND_LINE)
    draft = preview.begin(by=by, unit=unit, name=given.file.name, data=_bytes(given.file), at=clock.now())
    try:
        return _taken_in(given, draft, unit, by)
    finally:
        draft.forget()


def _taken_in(given: argparse.Namespace, draft: Draft, unit: Unit, by: User) -> int:
    if given.present:
        draft.present_on = _day(given.present)
    if faults := preview.mapping_faults(draft.mapping, unit, clock.today()):
        raise Refusal.of(faults)
    preview.look_over(draft, unit, by, clock.today())
    with open_spool(draft.rows_path) as spool:
        counts = spool.counts()
        faulty = bool(counts["error"] or counts["open"])
        if given.leave_out:
            spool.decide(Decision.OUT)
        forecast = spool.forecast(without_faulty_cells=False)
        writes = not given.dry_run and bool(forecast["new"] + forecast["amended"]) and (not faulty or given.leave_out)
        told = {
            "file": draft.name, "unit": unit.code, "sheet": draft.sheet,
            "columns": {draft.labels[at]: code for at, code in sorted(draft.mapping.items())},
            "counts": {state.name.lower(): counts[state.name.lower()] for state in State if state}
            | {"waiting": counts["open"], "outside": draft.counts["outside"]},
            "written": writes, "outcome": forecast,
        }  # fmt: skip
        if given.format == "json":
            told["rows"] = [_row(row, draft) for row in spool.rows()]
        else:
            _print_sentences(draft, spool.rows("state >= 4"))
    if writes:
        write(draft, unit, by, lambda _done: None)
        told["outcome"] = draft.counts
    if given.format == "json":
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print(_summary(told, faulty and not writes and not given.dry_run))
    return 1 if faulty and not writes else 0


def _row(row: Looked, draft: Draft) -> dict[str, Any]:
    codes = [code for _column, code in sorted(draft.mapping.items())]
    return {
        "row": row.number,
        "state": row.state.name.lower(),
        "waiting": row.is_open and not row.decision,
        "told": row.told,
        "cells": [
            {"column": code, "text": text, "state": State(state).name.lower(), "sentence": sentence}
            for code, (text, state, sentence) in zip(codes, row.cells, strict=True)
            if state
        ],
    }


def _print_sentences(draft: Draft, rows: Any) -> None:
    for row in rows:
        for told in row.told:
            print(_("Dòng %(row)s: %(told)s") % {"row": row.number, "told": told})
        for _text, state, sentence in row.cells:
            if sentence and state >= State.WARNING:
                print(_("Dòng %(row)s: %(told)s") % {"row": row.number, "told": sentence})


def _summary(told: dict[str, Any], is_refused: bool) -> str:
    counts, outcome = told["counts"], told["outcome"]
    if is_refused:
        return _(
            "Chưa ghi gì: %(error)s dòng lỗi, %(waiting)s dòng trùng chờ quyết định. "
            "Hãy sửa tệp, hoặc thêm --leave-out để để lại những dòng ấy."
        ) % {"error": counts["error"], "waiting": counts["waiting"]}
    done = _("Đã ghi") if told["written"] else _("Xem trước, chưa ghi gì")
    return _("%(done)s: %(new)s người mới, %(amended)s người sửa, %(left)s dòng để lại.") % {
        "done": done, "new": outcome.get("new", 0), "amended": outcome.get("amended", 0),
        "left": outcome.get("faulty", 0) + outcome.get("out", 0),
    }  # fmt: skip


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise Refusal(_("Không thấy tệp “%(file)s”. Hãy kiểm tra đường dẫn.") % {"file": path})
    if path.stat().st_size > settings.SHEET_LIMIT:
        raise Refusal(
            _("Tệp lớn hơn %(limit)s MB. Hãy chia danh sách thành nhiều tệp.") % {"limit": settings.SHEET_LIMIT >> 20}
        )
    return path.read_bytes()


def _day(text: str) -> str:
    try:
        return parse_day(text).isoformat()
    except ValueError:
        raise Refusal(_("Ngày “%(given)s” chưa đúng. Ví dụ: 12/6/2023") % {"given": text}) from None


def add_import(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Its names and options for the command line."""
    sub = command(
        "import", "Nạp danh sách từ Excel hoặc CSV: xem trước, rồi ghi cả tệp hoặc không gì cả.", "import_members"
    )
    sub.add_argument("what", choices=["members"], help="members: đoàn viên")
    sub.add_argument("file", type=Path, metavar="TỆP")
    sub.add_argument("--unit", required=True, metavar="MÃ", help="mã đơn vị, xem nhiemky units")
    sub.add_argument("--dry-run", action="store_true", help="chỉ xem trước, không ghi")
    sub.add_argument("--leave-out", action="store_true", help="để lại dòng lỗi và dòng trùng, ghi các dòng còn lại")
    sub.add_argument(
        "--present", metavar="NGÀY", help="có mặt ở đơn vị từ ngày nào, khi tệp không ghi; mặc định hôm nay"
    )
    sub.add_argument("--format", choices=["text", "json"], default="text")
