"""The commands that take care of the data: backup, restore, upgrade, and work in the background."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from nhiemky.foundation import background, clock, disk
from nhiemky.foundation.backup import schema, store
from nhiemky.foundation.backup.actions import note_backup
from nhiemky.foundation.backup.making import KEY, Made, make_backup
from nhiemky.foundation.backup.restoring import restore_backup
from nhiemky.foundation.backup.tasks import daily_backup
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.resealing import reseal_all
from nhiemky.members.importing.drafts import forget_old
from nhiemky.reports.check import damage, every_fault
from nhiemky.rules import vietnamese

COMMAND_LINE = "dong-lenh"


def backup(given: argparse.Namespace) -> int:
    """Everything into one file. Status 1 when files of evidence were broken on the disk already."""
    at = clock.now()
    target = given.file or store.new_path(store.Kind.ORDERED, at)
    made = make_backup(target, at=at)
    # out of a full disk on to another: the backup is what counts
    with suppress(OSError):
        store.note_made(at, made.path)
    _note(made)
    print(_sentence(made))
    for name in made.broken:
        print(_("Tệp minh chứng %(name)s đã hỏng trên đĩa; bản sao lưu giữ nguyên như vậy.") % {"name": name})
    return 1 if made.broken else 0


def _note(made: Made) -> None:
    """The trail hears of it, unless it cannot: a backup of a failing disk must not fail over that."""
    try:
        if not schema.missing():
            note_backup(by=User.objects.get(username=COMMAND_LINE), made=made)
            return
    except DatabaseError:
        pass
    print(_("Chưa ghi được việc sao lưu vào nhật ký; bản sao lưu vẫn đủ."), file=sys.stderr)


def _sentence(made: Made) -> str:
    return _("Đã sao lưu vào %(file)s: %(rows)s dòng dữ liệu, %(files)s tệp minh chứng, %(size)s MB.") % {
        "file": made.path,
        "rows": vietnamese.number(made.rows),
        "files": vietnamese.number(made.files),
        "size": vietnamese.number(max(1, made.size >> 20)),
    }


def restore(given: argparse.Namespace) -> int:
    """Everything out of one file. Status 1 when it was restored with the faults that were in it."""
    restored = restore_backup(
        given.file,
        at=clock.now(),
        verify=damage,
        replace=given.replace,
        keep_old=not given.without_backup,
        with_faults=given.with_faults,
    )
    if restored.before:
        print(_("Dữ liệu trước đó được sao lưu vào %(file)s.") % {"file": restored.before})
    print(
        _("Đã khôi phục dữ liệu lúc %(at)s: %(rows)s dòng dữ liệu, %(files)s tệp minh chứng.")
        % {
            "at": _moment(restored.made_at),
            "rows": vietnamese.number(restored.rows),
            "files": vietnamese.number(restored.files),
        }
    )
    if not restored.key:
        print(_("Bản sao lưu không kèm khóa; máy này dùng khóa của mình (NHIEMKY_SECRET_KEY)."))
    for fault in restored.faults:
        print(fault)
    print(_("Mọi người đăng nhập lại bằng mật khẩu cũ. Hãy mở vài việc ghi gần nhất để đối chiếu."))
    return 1 if restored.faults else 0


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"


def upgrade(given: argparse.Namespace) -> int:
    """Backup, migrate, check."""
    bring_up_to_date(always=True)
    faults = list(every_fault(clock.today()))
    for fault in faults:
        print(f"{fault.place}: {fault.sentence}")
    print(_("Đã nâng cấp và kiểm tra: %(count)s lỗi.") % {"count": len(faults)})
    return 1 if faults else 0


def bring_up_to_date(*, always: bool = False) -> None:
    """Migrate; where there is data and something will change, after a backup. `always` makes one in any case."""
    made = None
    if schema.holds_data() and (always or schema.missing()):
        at = clock.now()
        made = make_backup(store.new_path(store.Kind.UPGRADE, at), at=at)
        store.note_made(at, made.path)
        print(_sentence(made), flush=True)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except Exception as fault:
        if made is None:
            raise
        raise Refusal(
            _("Nâng cấp không xong: %(why)s.") % {"why": _("ổ đĩa đã đầy") if disk.is_full(fault) else fault},
            _("Dữ liệu trước khi nâng cấp ở “%(file)s”.") % {"file": made.path},
            _("Để trở lại: cài lại bản phần mềm cũ, rồi chạy: nhiemky restore --replace --without-backup “%(file)s”")
            % {"file": made.path},
        ) from fault
    if made:
        _note(made)
        store.prune()


def reseal(given: argparse.Namespace) -> None:
    """Stored secrets are sealed with the key of today, wherever they were sealed before."""
    outcome = reseal_all(by=User.objects.get(username=COMMAND_LINE), former=_former_keys(given.old_key))
    print(
        _("Đã xem %(seen)s mục, niêm phong lại %(sealed)s mục bằng khóa hiện dùng.")
        % {"seen": vietnamese.number(outcome.seen), "sealed": vietnamese.number(outcome.sealed)}
    )
    if not settings.ENCRYPTS:
        print(_("Chưa đặt NHIEMKY_SECRET_KEY nên các mục được giữ như cũ, không niêm phong. Xem docs/care.md."))


def _former_keys(file: Path | None) -> list[str]:
    """The key of the file or of the environment; the one beside the database, where this installation began with it."""
    found = [os.environ.get("NHIEMKY_OLD_SECRET_KEY", "")]
    beside = Path(settings.VAR_DIR) / KEY
    for path in filter(None, (file, beside if beside.exists() else None)):
        try:
            found.append(path.read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as fault:
            raise Refusal(_("Không đọc được khóa cũ ở “%(file)s”. Hãy kiểm tra tệp.") % {"file": path}) from fault
    return [key for key in found if key]


def work(given: argparse.Namespace) -> None:
    """Do the background work until told to stop; a job that is under way is finished first."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_given: stop.set())
    print(_("Việc nền đang chạy (Ctrl+C để dừng)."), flush=True)
    background.keep_working(stop, tick_once)


def tick(given: argparse.Namespace) -> None:
    """What the clock asks for now."""
    made = tick_once()
    print(_sentence(made) if made else _("Chưa đến lúc sao lưu, hoặc không đặt sao lưu hằng ngày."))


def tick_once() -> Made | None:
    """The backup of the day when it is due; jobs long finished and sheets kept for a day forgotten."""
    at = clock.now()
    background.forget_finished(at)
    forget_old(at)
    return daily_backup(at)


def add_commands(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Their names and options for the command line; `command` makes one."""
    made = command("backup", "Sao lưu toàn bộ dữ liệu và tệp minh chứng vào một tệp.")
    made.add_argument("file", nargs="?", type=Path, metavar="TỆP", help="mặc định: một tệp mới trong var/backups")
    put = command("restore", "Khôi phục từ một tệp sao lưu; kiểm tra hết trước khi thay.")
    put.add_argument("file", type=Path, metavar="TỆP")
    put.add_argument("--replace", action="store_true", help="thay dữ liệu đang có, sau khi sao lưu nó")
    put.add_argument("--without-backup", action="store_true", help="cùng --replace: không sao lưu dữ liệu đang có")
    put.add_argument("--with-faults", action="store_true", help="khôi phục cả khi dữ liệu trong bản sao lưu có lỗi")
    command("upgrade", "Nâng cấp: sao lưu, đổi cấu trúc dữ liệu, kiểm tra.")
    again = command("reseal", "Niêm phong lại số CCCD, liên hệ… sau khi đặt hoặc đổi khóa NHIEMKY_SECRET_KEY.")
    again.add_argument("--old-key", type=Path, metavar="TỆP", help="tệp có khóa cũ; hoặc đặt NHIEMKY_OLD_SECRET_KEY")
    command("work", "Chạy việc nền trên máy chủ (nhiemky serve tự chạy lấy).")
    command("tick", "Làm việc đến giờ: sao lưu hằng ngày. Dành cho bộ hẹn giờ của máy chủ.")
