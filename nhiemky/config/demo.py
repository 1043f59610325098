"""The demonstration: published facts, a fictional province, and log-ins to look at them with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from nhiemky.config.province import province_files
from nhiemky.config.province.reform import reorganise
from nhiemky.exchange.actions import FaultyFile, load_file
from nhiemky.foundation.actions import create_user, mark_demonstration
from nhiemky.foundation.models import User
from nhiemky.foundation.queries import command_line, is_demonstration
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Role
from nhiemky.units.actions import give_grant
from nhiemky.units.models import Unit

PASSWORD = "nhiem-ky-dung-thu"  # noqa: S105 - printed on the screen, for the demonstration only


@dataclass(frozen=True)
class Login:
    """A demonstration log-in: what to type, and what it may see."""

    username: str
    about: str
    unit: str | None = None
    role: Role = Role.OFFICER
    below: bool = True
    password: str = PASSWORD


LOGINS = (
    Login("quan-tri", "Quản trị: xem và nạp mọi đơn vị", role=Role.ADMINISTRATOR),
    Login("nho-quan", "Cán bộ LĐLĐ huyện Nho Quan", "nho-quan"),
    Login("binh-luc", "Cán bộ LĐLĐ huyện Bình Lục: thấy công đoàn cơ sở bên dưới", "ldld-binh-luc"),
    Login("hai-ba-trung", "Chủ tịch Công đoàn Cơ quan UBND quận Hai Bà Trưng", "cd-ubnd-hai-ba-trung", below=False),
    Login("song-lo", "Cán bộ LĐLĐ huyện Sông Lô", "song-lo"),
    Login("truong-hoc", "Cán bộ LĐLĐ huyện (công đoàn các trường học)", "huyen-khong-neu-ten"),
    Login("hu-cau", "Văn phòng LĐLĐ tỉnh hư cấu: thấy mọi đơn vị bên dưới", "hc-tinh"),
    Login(
        "van-thu",
        "Văn thư Suối Mộng (hư cấu): công đoàn đặc khu, trước 01/07/2025 là huyện, và bên dưới",
        "hc-suoi-mong",
    ),
    Login("chu-tich", "Chủ tịch CĐCS THCS Mây Trắng (hư cấu): kiêm nhiệm", "hc-thcs-may-trang", below=False),
    Login("ben-canh", "Chủ tịch CĐCS Y tế Suối Mộng (hư cấu): công đoàn bên cạnh", "hc-y-te-suoi-mong"),
    Login("kiem-tra", "Kiểm tra LĐLĐ tỉnh hư cấu: chỉ xem", "hc-tinh", role=Role.AUDITOR),
)


def make_demo(data: Path, today: date, *, whole: bool = True) -> list[Login]:
    """Load `data/published` and `data/demo` and make the log-ins; a second run changes nothing.

    Not `whole`: only what was written by hand, without the years of work that are drawn around it.

    Refuses an installation that somebody works in: the log-ins' password is known to everybody.
    """
    by = command_line()
    if User.objects.exclude(username__in=[by.username, *(login.username for login in LOGINS)]).exists():
        raise Refusal(
            _("Hệ thống này đã có người dùng. Dữ liệu minh họa chỉ nạp vào một hệ thống mới: đặt NHIEMKY_VAR khác.")
        )
    if not is_demonstration():
        mark_demonstration(by=by)
    for folder in ("published", "demo"):
        for path in sorted((data / folder).glob("*.jsonl")):
            _load(by, path.name, path.read_bytes(), today)
    if whole:
        before, after = province_files(data / "demo")
        _load(by, "province", before, today)
        reorganise(by, data / "demo", today)
        _load(by, "province", after, today)
    for login in LOGINS:
        if not User.objects.filter(username=login.username).exists():
            user = create_user(
                by=by, username=login.username, display_name=_(login.about.split(":")[0]), password=PASSWORD
            )
            unit = Unit.objects.get(code=login.unit) if login.unit else None
            give_grant(by=by, unit=unit, user=user, role=login.role, below=login.below, starts_on=today)
    return list(LOGINS)


def _load(by: User, name: str, contents: bytes, today: date) -> None:
    try:
        load_file(by=by, contents=contents, today=today)
    except FaultyFile as faulty:
        older = _("Nếu dữ liệu minh họa trong máy thuộc bản cũ, hãy làm lại từ đầu bằng: ./dev demo --fresh")
        raise Refusal(f"{name}: {faulty.faults[0]}", older) from faulty
