"""A member moves from one unit to another: asked for by one, answered by the other."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.foundation.models import User, new_code
from nhiemky.members.models.persons import Person
from nhiemky.units.models import Unit


class TransferState(models.TextChoices):
    """Where a transfer stands."""

    # the receiving unit began it, and the old unit has not agreed yet
    REQUESTED = "requested", _("chờ đơn vị cũ đồng ý")
    WAITING = "waiting", _("chờ tiếp nhận")
    # to a place outside the system: the letter ended the membership, and nobody answers here
    SENT = "sent", _("đã giới thiệu ra ngoài")
    ACCEPTED = "accepted", _("đã tiếp nhận")
    REFUSED = "refused", _("không tiếp nhận")
    WITHDRAWN = "withdrawn", _("đã rút")


OPEN = (TransferState.REQUESTED, TransferState.WAITING)


class Transfer(models.Model):
    """A member is to move; until they are received, they stay a member where they are.

    The old unit asks and the receiving one accepts; or the receiving one begins (`by_receiver`) and the old one agrees.

    Without a receiving unit in the system, `outside` names it, and the letter alone ends the membership.
    """

    code = models.CharField(max_length=64, unique=True, default=new_code)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transfers")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="transfers_out")
    to_unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="transfers_in")
    outside = models.CharField(_("nơi đến ngoài hệ thống"), max_length=300, blank=True)
    by_receiver = models.BooleanField(default=False)
    # the last day at the old unit, as the letter says
    last_day = models.DateField(_("ngày cuối ở đơn vị cũ"))
    reason = models.CharField(_("lý do chuyển"), max_length=300, blank=True)
    number = models.CharField(_("số giấy giới thiệu"), max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=TransferState, default=TransferState.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # the first day at the new unit; why it was refused or withdrawn
    first_day = models.DateField(_("ngày đầu ở đơn vị mới"), null=True, blank=True)
    answer = models.CharField(_("ý kiến trả lời"), max_length=300, blank=True)

    FIELD_CLASSES: ClassVar[dict[str, str]] = {
        "code": "internal",
        "outside": "internal",
        "by_receiver": "internal",
        "last_day": "internal",
        "reason": "internal",
        "number": "internal",
        "state": "internal",
        "asked_at": "internal",
        "answered_at": "internal",
        "first_day": "internal",
        "answer": "internal",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="transfer_waits_once", fields=["person"], condition=models.Q(state__in=["requested", "waiting"])
            ),
            models.CheckConstraint(
                name="transfer_goes_somewhere",
                condition=models.Q(to_unit__isnull=False) ^ ~models.Q(outside=""),
            ),
        ]
        indexes = [models.Index(fields=["to_unit", "state"]), models.Index(fields=["unit", "state"])]

    def __str__(self) -> str:
        return self.code

    @property
    def asker(self) -> Unit | None:
        """The unit that began it, and may withdraw it."""
        return self.to_unit if self.by_receiver else self.unit

    @property
    def answerer(self) -> Unit | None:
        """The unit whose answer it waits for; None when it goes outside the system."""
        return self.unit if self.by_receiver else self.to_unit
