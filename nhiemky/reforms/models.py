"""Reorganisations: a plan of one day, with the decision behind it, that was drafted, applied or annulled."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.foundation.models import User, new_code
from nhiemky.units.models import Unit


class State(models.TextChoices):
    """How far a reorganisation is."""

    DRAFT = "draft", _("đang soạn")
    APPLIED = "applied", _("đã áp dụng")
    # it never was: what it wrote was taken back
    ANNULLED = "annulled", _("đã hủy")
    DISCARDED = "discarded", _("đã bỏ bản soạn")


class Reorganisation(models.Model):
    """What happens to units on one day by one decision. The rows it wrote bear its code (`OfEvent.cause`)."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    # at whose office it is planned: it reaches this unit and all below
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reorganisations")
    title = models.CharField(_("tên việc sắp xếp"), max_length=200)
    day = models.DateField(_("ngày có hiệu lực"))
    decision = models.CharField(_("số quyết định"), max_length=120, blank=True)
    decided_on = models.DateField(_("ngày quyết định"), null=True, blank=True)
    decided_by = models.CharField(_("cơ quan quyết định"), max_length=200, blank=True)
    note = models.TextField(_("ghi chú"), blank=True)
    # rows of `reforms.rows`; never changed once it was applied
    plan = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # how many rows of each kind it touched, once it was applied
    counts = models.JSONField(default=dict)
    # the event whose work this one turns back on a later day
    reverses = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # why it was annulled
    reason = models.CharField(_("lý do"), max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "state", "day"])]

    def __str__(self) -> str:
        return self.title


class DecisionFile(models.Model):
    """A file of the decision; its bytes are kept by their digest (`foundation.files`)."""

    event = models.ForeignKey(Reorganisation, on_delete=models.PROTECT, related_name="files")
    digest = models.CharField(max_length=64, db_index=True)
    name = models.CharField(_("tên tệp"), max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="decisionfile_once", fields=["event", "digest"])]

    def __str__(self) -> str:
        return self.name
