"""`nhiemky reorganise`: a filled plan looked over and, unless it is a trial, applied; the same that the screens do."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.queries import command_line
from nhiemky.foundation.refusals import Refusal
from nhiemky.reforms.actions import apply_reorganisation, draft_reorganisation
from nhiemky.reforms.models import Reorganisation
from nhiemky.reforms.preview import Preview, previewed
from nhiemky.reforms.sheet import read_plan, template
from nhiemky.rules import vietnamese
from nhiemky.rules.vietnamese import parse_day
from nhiemky.units.models import Unit

WIDTH = 40


def reorganise(given: argparse.Namespace) -> int:
    """Status 0 applied or nothing wrong, 1 the plan has faults, 2 refused whole."""
    unit = Unit.objects.filter(code=given.unit).first()
    if unit is None:
        raise Refusal(
            _("Không có đơn vị mã “%(code)s”. Tìm mã bằng: nhiemky units --search TÊN") % {"code": given.unit}
        )
    day = _day(given.day)
    if given.template:
        try:
            given.file.write_bytes(template(unit, day))
        except OSError:
            raise Refusal(_("Không ghi được tệp “%(file)s”. Hãy kiểm tra thư mục.") % {"file": given.file}) from None
        print(_("Đã ghi mẫu phương án: %(file)s") % {"file": given.file})
        return 0
    by, rows = command_line(), read_plan(_bytes(given.file))
    with transaction.atomic():
        event = draft_reorganisation(
            by=by, unit=unit, day=day, rows=rows, title=given.title or given.file.stem, decision=given.decision or "",
            decided_on=_day(given.decided_on) if given.decided_on else None,
        )  # fmt: skip
        found = previewed(by=by, event=event, today=clock.today(), tell=_bar(_("Xem trước")))
        if found.faults or given.dry_run:
            # not even the draft is kept of a trial
            transaction.set_rollback(True)
    if not found.faults and not given.dry_run:
        event = apply_reorganisation(by=by, event=event, today=clock.today(), tell=_bar(_("Áp dụng")))
    written = not found.faults and not given.dry_run
    if given.format == "json":
        print(json.dumps(_json(event, found, written), ensure_ascii=False, indent=2))
    else:
        _print(found, written)
    return 1 if found.faults else 0


def _json(event: Reorganisation, found: Preview, written: bool) -> dict[str, Any]:
    return {
        "code": event.code if written else None,
        "day": event.day.isoformat(),
        "written": written,
        "faults": [{"row": told.at, "sentence": told.sentence} for told in found.faults],
        "counts": dict(found.counts),
        "terms": [{"unit": unit, "term": label} for unit, label in found.terms],
        "posts": [{"unit": unit, "ended": count} for unit, count in found.posts],
        "members": [{"unit": each.unit, "before": each.before, "after": each.after} for each in found.members],
        "totals": [
            {
                "figure": line.code, "equal": line.is_equal,
                "then": [line.then_before, line.then_after], "tree": [line.tree_before, line.tree_after],
            }
            for line in found.totals
        ],
    }  # fmt: skip


def _print(found: Preview, written: bool) -> None:
    for told in found.faults:
        at = _("Dòng %(row)s: ") % {"row": told.at} if told.at else ""
        print(f"{at}{told.sentence}")
    if found.faults:
        print(_("Chưa ghi gì: phương án có %(count)s lỗi.") % {"count": vietnamese.number(len(found.faults))})
        return
    counts = {name: vietnamese.number(count) for name, count in found.counts.items()}
    print(_("Đã áp dụng.") if written else _("Xem trước, chưa ghi gì."))
    print(
        _("%(founded)s đơn vị thành lập, %(ended)s kết thúc, %(moved)s chuyển cấp trên, %(renamed)s đổi tên hoặc loại.")
        % counts
    )
    print(
        _("%(members)s đoàn viên đi theo, %(terms)s nhiệm kỳ và %(posts)s chức danh kết thúc, %(stocks)s số mở đầu.")
        % counts
    )
    for line in found.totals:
        said = _("bằng nhau") if line.is_equal else _("KHÁC: %(a)s → %(b)s") % {
            "a": vietnamese.number(line.tree_before or 0), "b": vietnamese.number(line.tree_after or 0),
        }  # fmt: skip
        print(f"{line.label}: {vietnamese.number(line.then_before or 0)} ({said})")


def _bar(label: str) -> Callable[[int], None]:
    """A bar on the terminal; nothing where the output goes to a file."""
    if not sys.stderr.isatty():
        return lambda _part: None

    def tell(part: int) -> None:
        full = WIDTH * part // 100
        end = "\n" if part >= 100 else ""
        print(f"\r{label} [{'#' * full}{'.' * (WIDTH - full)}] {part:3d} %", end=end, file=sys.stderr, flush=True)

    return tell


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise Refusal(_("Không thấy tệp “%(file)s”. Hãy kiểm tra đường dẫn.") % {"file": path})
    if path.stat().st_size > settings.SHEET_LIMIT:
        raise Refusal(
            _("Tệp lớn hơn %(limit)s MB. Hãy chia phương án thành nhiều tệp.") % {"limit": settings.SHEET_LIMIT >> 20}
        )
    return path.read_bytes()


def _day(text: str) -> Any:
    try:
        return parse_day(text)
    except ValueError:
        raise Refusal(_("Ngày “%(given)s” chưa đúng. Ví dụ: 1/7/2025") % {"given": text}) from None


def add_reorganise(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Its names and options for the command line."""
    sub = command(
        "reorganise", "Sắp xếp tổ chức theo phương án Excel: xem trước, rồi áp dụng cả phương án hoặc không gì cả.",
        "reorganise",
    )  # fmt: skip
    sub.add_argument("file", type=Path, metavar="TỆP")
    sub.add_argument("--unit", required=True, metavar="MÃ", help="đơn vị lập phương án, xem nhiemky units")
    sub.add_argument("--day", required=True, metavar="NGÀY", help="ngày có hiệu lực")
    sub.add_argument("--title", metavar="TÊN", help="tên việc sắp xếp; mặc định là tên tệp")
    sub.add_argument("--decision", metavar="SỐ", help="số quyết định")
    sub.add_argument("--decided-on", metavar="NGÀY", help="ngày quyết định")
    sub.add_argument("--template", action="store_true", help="ghi mẫu phương án vào TỆP rồi thôi")
    sub.add_argument("--dry-run", action="store_true", help="chỉ xem trước, không ghi")
    sub.add_argument("--format", choices=["text", "json"], default="text")
