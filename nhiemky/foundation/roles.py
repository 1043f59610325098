"""Roles as sentences: which rights a role carries. Which unit it reaches stands on the grant."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Right(StrEnum):
    """What one may do with a unit."""

    READ = "read"
    RECORD = "record"
    ISSUE = "issue"
    ADMINISTER = "administer"


class Role(StrEnum):
    """Who one is at a unit."""

    OFFICER = "officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def rights(self) -> frozenset[Right]:
        return _RIGHTS[self]

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_RIGHTS = {
    Role.OFFICER: frozenset({Right.READ, Right.RECORD, Right.ISSUE}),
    Role.AUDITOR: frozenset({Right.READ}),
    Role.ADMINISTRATOR: frozenset(Right),
}
_LABELS = {
    Role.OFFICER: _("Cán bộ công đoàn: xem, ghi việc và ban hành văn bản"),
    Role.AUDITOR: _("Kiểm tra: chỉ xem"),
    Role.ADMINISTRATOR: _("Phụ trách: xem, ghi việc, ban hành văn bản, mở nhiệm kỳ, mời và cho thôi người dùng"),
}
