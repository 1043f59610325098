"""Backups as a person reads them: how long ago, how large, what wants doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from nhiemky.foundation.audit import begun_at
from nhiemky.foundation.background import Job, State
from nhiemky.foundation.backup.store import Kept, Kind, Last, last
from nhiemky.rules import vietnamese
from nhiemky.web.dates import moment

# a copy in the same machine is lost with the machine
ELSEWHERE_DAYS = 30


@dataclass(frozen=True)
class BackupShown:
    """A line of the list."""

    name: str
    about: str
    made: str
    ago: str
    size: str


@dataclass(frozen=True)
class JobShown:
    """The backup that was ordered last, while it is being made and when that failed."""

    running: bool
    sentence: str
    percent: str


def backup_shown(each: Kept, now: datetime) -> BackupShown:
    return BackupShown(each.name, kind_label(each.kind), moment(each.made_at), ago(each.made_at, now), size(each.size))


def kind_label(kind: str) -> str:
    return {
        Kind.DAILY.value: _("Máy tự làm hằng ngày"),
        Kind.ORDERED.value: _("Làm theo yêu cầu"),
        Kind.UPGRADE.value: _("Trước khi nâng cấp"),
        Kind.RESTORE.value: _("Trước khi khôi phục"),
    }.get(kind, _("Bản tự đặt tên"))


def ago(at: datetime, now: datetime) -> str:
    """'hôm nay', 'hôm qua', 'cách đây 12 ngày'."""
    days = (timezone.localdate(now) - timezone.localdate(at)).days
    if days <= 0:
        return _("hôm nay")
    return _("hôm qua") if days == 1 else _("cách đây %(days)s ngày") % {"days": vietnamese.number(days)}


def size(given: int) -> str:
    """'12 MB', '1,3 GB'; nothing is smaller than 1 MB."""
    tenths = round(given * 10 / 2**30)
    if tenths >= 10:
        return f"{vietnamese.number(tenths // 10)},{tenths % 10} GB"
    return f"{vietnamese.number(max(1, round(given / 2**20)))} MB"


def reminder(now: datetime) -> list[str]:
    """What is overdue and why it matters; nothing where all is well, or where nobody wants to be reminded."""
    days = settings.BACKUP_REMIND_DAYS
    if not days:
        return []
    known = last()
    told = []
    if late := _late(known.made_at, now, days):
        told.append(
            _("Bản sao lưu gần nhất %(ago)s. Hãy tạo một bản mới.") % {"ago": ago(known.made_at, now)}
            if known.made_at
            else _("Chưa có bản sao lưu nào. Máy hỏng thì mất hết việc đã ghi; hãy tạo một bản.")
        )
    if not late and _late(known.taken_at, now, ELSEWHERE_DAYS):
        told.append(_elsewhere(known, now))
    return told


def _elsewhere(known: Last, now: datetime) -> str:
    if known.taken_at:
        return _(
            "Bản gần nhất cất ngoài máy này %(ago)s. Ổ đĩa hỏng thì các bản trên máy cũng mất; hãy tải một bản về."
        ) % {"ago": ago(known.taken_at, now)}
    return _("Chưa có bản nào cất ngoài máy này. Ổ đĩa hỏng thì các bản trên máy cũng mất; hãy tải một bản về.")


def _late(at: datetime | None, now: datetime, days: int) -> bool:
    """Whether it is longer ago than so many days; what never was is late so long after the first piece of work."""
    since = at or begun_at()
    return since is not None and now - since > timedelta(days=days)


def job_shown(job: Job | None) -> JobShown | None:
    """Nothing for one that is done: the list shows it."""
    if job is None or job.state is State.DONE:
        return None
    percent = str(job.done // 10)
    sentence = {
        State.WAITING: _("Đang chờ đến lượt…"),
        State.RUNNING: _("Đang sao lưu: %(percent)s %%. Bạn có thể đóng trang này.") % {"percent": percent},
        State.STOPPED: _("Lần sao lưu gần nhất bị ngắt giữa chừng. Hãy tạo lại."),
        State.FAILED: job.sentence
        or _("Lần sao lưu gần nhất không xong. Hãy tạo lại; nếu vẫn lỗi, báo người cài đặt."),
    }[job.state]
    return JobShown(job.unfinished, sentence, percent)
