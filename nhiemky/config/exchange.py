"""`nhiemky export` and `nhiemky load`: whole data out, and files of facts or of whole data in."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.exchange.actions import load_file
from nhiemky.exchange.faults import FaultyFile
from nhiemky.exchange.reading import LARGEST_FILE
from nhiemky.exchange.whole.actions import Taken, load_whole
from nhiemky.exchange.whole.lines import VERSION
from nhiemky.exchange.whole.reading import version_of
from nhiemky.exchange.whole.writing import export as write_export
from nhiemky.foundation import clock
from nhiemky.foundation.queries import command_line
from nhiemky.foundation.refusals import Refusal
from nhiemky.rules import vietnamese
from nhiemky.units.models import Unit

LONGEST_HEADER = 64 * 1024


def export(given: argparse.Namespace) -> None:
    """One file; a sentence on what it holds and how to keep it."""
    unit = None
    if given.unit:
        unit = Unit.objects.filter(code=given.unit).first()
        if unit is None:
            raise Refusal(
                _("Không có đơn vị mã “%(code)s”. Tìm mã bằng: nhiemky units --search TÊN") % {"code": given.unit}
            )
    on = _day(given.on) if given.on else clock.today()
    with _progress() as progress:
        made = write_export(by=command_line(), unit=unit, on=on, target=given.output, progress=progress)
    if given.format == "json":
        told = {"file": str(made.path), "unit": given.unit, "on": on, "lines": made.lines, "files": made.files}
        _print_json(told)
        return
    print(
        _("Đã xuất vào %(file)s: %(lines)s bản ghi, %(files)s tệp.")
        % {
            "file": made.path,
            "lines": vietnamese.number(sum(made.lines.values())),
            "files": vietnamese.number(made.files),
        }
    )
    print(_("Tệp có dữ liệu cá nhân, kể cả số CCCD: giữ như giữ con dấu, xóa khi đã nạp xong."))


def load(given: argparse.Namespace) -> int:
    """Each file whole or not at all; status 2 at the first that is refused."""
    told: list[dict[str, Any]] = []
    status = 0
    for path in given.files:
        try:
            with _progress() as progress:
                told.append({"file": path.name, **_loaded(path, progress)})
        except FaultyFile as faulty:
            status = 2
            told.append({"file": path.name, "faults": [vars(fault) for fault in faulty.faults]})
            for fault in faulty.faults:
                print(f"{path.name}: {fault}", file=sys.stderr)
            print(
                _("%(file)s: không nạp gì cả vì có %(count)s lỗi.") % {"file": path.name, "count": len(faulty.faults)},
                file=sys.stderr,
            )
            break
        if given.format == "text":
            _print_outcome(told[-1])
    if given.format == "json":
        _print_json(told)
    return status


def _loaded(path: Path, progress: Callable[[int], None]) -> dict[str, Any]:
    if not path.is_file():
        raise Refusal(_("Không thấy tệp “%(file)s”. Hãy kiểm tra đường dẫn.") % {"file": path})
    by = command_line()
    if _is_whole(path):
        taken: Taken = load_whole(by=by, path=path, progress=progress)
        return {
            "written": sum(taken.written.values()), "unchanged": sum(taken.unchanged.values()), "files": taken.files,
            "lines": taken.written, "accounts_matched": taken.matched, "accounts_made": taken.made,
        }  # fmt: skip
    if path.stat().st_size > LARGEST_FILE:
        raise Refusal(_("Tệp “%(file)s” lớn hơn 20 MB. Hãy chia thành nhiều tệp.") % {"file": path.name})
    outcome = load_file(by=by, contents=path.read_bytes(), today=clock.today())
    return {"written": outcome.written, "unchanged": outcome.unchanged}


def _is_whole(path: Path) -> bool:
    """Whether it was written by `export`: a zip, or lines under its header; all else is read as facts."""
    with path.open("rb") as file:
        first = file.readline(LONGEST_HEADER)
    return first.startswith(b"PK\x03\x04") or version_of(first) == VERSION


def _print_outcome(told: dict[str, Any]) -> None:
    print(
        _("%(file)s: nạp %(written)s đối tượng mới, %(unchanged)s đã có từ trước.")
        % {"file": told["file"], "written": told["written"], "unchanged": told["unchanged"]}
    )
    if told.get("accounts_matched"):
        print(
            _("Người ghi trùng tên đăng nhập với tài khoản đang có, được coi là một: %(names)s.")
            % {"names": ", ".join(told["accounts_matched"])}
        )
    if told.get("accounts_made"):
        print(
            _("Người ghi ở hệ thống cũ, giữ tên nhưng không đăng nhập được: %(names)s.")
            % {"names": ", ".join(told["accounts_made"])}
        )


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """How far it is, on a line of its own, for whoever looks on; nothing into a file or a pipe."""
    shows = sys.stderr.isatty()

    def told(lines: int) -> None:
        if shows:
            print("\r" + _("%(lines)s bản ghi…") % {"lines": vietnamese.number(lines)}, end="", file=sys.stderr)

    try:
        yield told
    finally:
        if shows:
            print("\r\033[K", end="", file=sys.stderr)


def _day(text: str) -> date:
    try:
        return vietnamese.parse_day(text)
    except ValueError:
        raise Refusal(_("Ngày “%(given)s” chưa đúng. Ví dụ: 12/6/2023") % {"given": text}) from None


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def add_exchange(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Their names and options for the command line; `command` makes one."""
    out = command("export", "Xuất toàn bộ dữ liệu của một đơn vị và cấp dưới, hoặc của cả hệ thống, vào một tệp.")
    out.add_argument("unit", nargs="?", metavar="ĐƠN_VỊ", help="mã đơn vị; bỏ trống: cả hệ thống")
    out.add_argument("--on", metavar="NGÀY", help="đơn vị thuộc cấp dưới theo cây tổ chức ngày nào; mặc định hôm nay")
    out.add_argument(
        "-o", "--output", type=Path, required=True, metavar="TỆP", help=".zip, hoặc .jsonl khi không có ảnh"
    )
    into = command("load", "Nạp tệp dữ liệu (JSON Lines, hoặc .zip đã xuất ra); cả tệp hoặc không gì cả.")
    into.add_argument("files", nargs="+", type=Path, metavar="TỆP")
    for sub in (out, into):
        sub.add_argument("--format", choices=["text", "json"], default="text")
