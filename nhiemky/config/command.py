"""The `nhiemky` command. Exit status: 0 done, 1 faults found, 2 input refused."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django

DONE, FAULTS, REFUSED = 0, 1, 2
# these make what is not there yet; every other command wants an installation
MAKERS = {"migrate", "start", "demo", "restore", "serve"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; entry point of the `nhiemky` script."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nhiemky.config.settings")
    django.setup()
    from django.db import DatabaseError

    from nhiemky.config import place, subcommands
    from nhiemky.foundation import disk
    from nhiemky.foundation.backup.restoring import finish_restore
    from nhiemky.foundation.refusals import Refusal

    parser = _parser()
    given = parser.parse_args(arguments)
    run = getattr(subcommands, given.run)
    disk.keep_private()
    try:
        place.prepare() if given.run in MAKERS else place.require()
        finish_restore()
        return int(run(given) or DONE)
    except Refusal as refusal:
        for sentence in refusal.sentences:
            print(sentence, file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        return DONE
    except (OSError, DatabaseError) as fault:
        if not disk.is_full(fault):
            raise
        print(disk.full_sentence(), file=sys.stderr)
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nhiemky", description="Nhiệm kỳ: việc công đoàn từ đại hội này đến đại hội sau."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="LỆNH")

    from nhiemky.config.care import add_commands
    from nhiemky.config.exchange import add_exchange
    from nhiemky.config.imports import add_import
    from nhiemky.config.reorganising import add_reorganise

    def command(name: str, help: str, run: str | None = None) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(run=run or name)
        return sub

    command("migrate", "Tạo hoặc nâng cấp cơ sở dữ liệu.")

    add_exchange(command)

    units = command("units", "Danh sách đơn vị, nhiệm kỳ và kỳ báo cáo.")
    units.add_argument("--search", default="", help="tìm theo tên, không cần dấu")
    units.add_argument("--on", help="ngày xem, ví dụ 2023-06-12 hoặc 12/6/2023; mặc định hôm nay")
    units.add_argument("--format", choices=["text", "json"], default="text")

    report = command("report", "Báo cáo của một đơn vị trong một kỳ.")
    report.add_argument("unit", metavar="ĐƠN_VỊ")
    report.add_argument("period", metavar="KỲ", help="2018-2023 (nhiệm kỳ hoặc năm học), 2024, hoặc 2024-01..2024-06")
    report.add_argument("--format", choices=["json", "docx", "pdf", "xlsx", "html"], default="json")
    report.add_argument("-o", "--output", type=Path, metavar="TỆP")

    figure = command("figure", "Một số liệu của đơn vị; --open để mở các việc, số liệu làm nên nó.")
    figure.add_argument("indicator", metavar="SỐ_LIỆU")
    figure.add_argument("unit", metavar="ĐƠN_VỊ")
    figure.add_argument("--from", dest="start", required=True, metavar="NGÀY")
    figure.add_argument("--to", dest="end", required=True, metavar="NGÀY")
    figure.add_argument("--open", action="store_true")
    for sub in (report, figure):
        sub.add_argument(
            "--boundaries", default="then", metavar="then|NGÀY",
            help="then: cây tổ chức lúc việc diễn ra; một ngày (2025-07-01): mọi việc xếp theo cây của ngày ấy",
        )  # fmt: skip

    check = command("check", "Kiểm tra sổ ghi việc, cây tổ chức, chỉ tiêu và nhật ký: nêu mọi lỗi.")
    check.add_argument("--format", choices=["text", "json"], default="text")

    demo = command("demo", "Tạo dữ liệu minh họa và tài khoản dùng thử.")
    demo.add_argument("--small", action="store_true", help="không có năm năm việc của tỉnh hư cấu: nạp trong một giây")
    demo.add_argument("--port", type=int, default=int(os.environ.get("NHIEMKY_PORT", "8000")))

    start = command("start", "Bắt đầu một hệ thống trống: in địa chỉ dùng một lần rồi chạy.")
    start.add_argument("--no-serve", action="store_true", help="chỉ in địa chỉ")
    serve = command("serve", "Chạy hệ thống trên máy này.")
    password = command("password", "In địa chỉ dùng một lần để một người đặt mật khẩu mới.")
    password.add_argument("username", metavar="TÊN_ĐĂNG_NHẬP")
    factor = command("second-factor", "Tắt xác thực hai lớp của một người, khi mất điện thoại.", "second_factor")
    factor.add_argument("what", choices=["off"])
    factor.add_argument("username", metavar="TÊN_ĐĂNG_NHẬP")
    for sub in (start, serve):
        sub.add_argument("--host", default="127.0.0.1")
        sub.add_argument("--no-work", action="store_true", help="không làm việc nền: nhiemky work làm ở nơi khác")
    for sub in (start, serve, password):
        sub.add_argument("--port", type=int, help="mặc định: NHIEMKY_PORT, hoặc 8000")
    add_import(command)
    add_reorganise(command)
    add_commands(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
