"""What the trail says of backups: that one was asked for, made, taken away, and that the data came out of one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import background
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.backup.making import Made
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.policies import POLICIES, Policy, whole_installation
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right

for _name in ("order", "note", "download", "restore"):
    POLICIES[f"foundation.backup.{_name}"] = Policy(Right.ADMINISTER, whole_installation)


class AlreadyOrdered(Refusal):
    """What was asked for is under way."""


@action("foundation.backup.order")
def order_backup(*, by: User) -> None:
    """Have a backup made in the background; refuses while one is being made."""
    from nhiemky.foundation.backup.tasks import make_ordered

    if background.latest(make_ordered, unfinished=True):
        raise AlreadyOrdered(_("Đang tạo một bản sao lưu rồi. Hãy đợi bản đó xong."))
    write_event(subject="backup:ordered")
    background.enqueue(make_ordered, by.pk)


@action("foundation.backup.note")
def note_backup(*, by: User, made: Made) -> None:
    """A backup was made: its name, its seal and the last event that is in it."""
    write_event(
        subject=f"backup:{made.path.name}"[:120], data={"seal": made.seal, "size": made.size, "audit": made.audit}
    )


@action("foundation.backup.download")
def note_download(*, by: User, name: str) -> None:
    """Somebody takes all data out of the house."""
    write_event(subject=f"backup:{name}"[:120])


@action("foundation.backup.restore")
def note_restore(*, by: User, told: dict[str, Any]) -> None:
    """The first event after the point that was restored: from which backup, and what it replaced."""
    write_event(subject="backup:restored", data=told)
