"""Targets: what a resolution or the level above set, judged from figures."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.foundation.models import Source, SpannedRow, User, new_code
from nhiemky.rules.targets import Aim, Basis
from nhiemky.units.models import Term, Unit


class Target(SpannedRow):
    """A unit is to bring an indicator to a value; the span is the time it has for it.

    Rows are only ever added: a correction or a withdrawal is a row that points at the one it replaces.
    """

    code = models.CharField(max_length=64, unique=True, default=new_code)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="targets")
    term = models.ForeignKey(Term, null=True, blank=True, on_delete=models.PROTECT, related_name="targets")
    indicator = models.CharField(max_length=80)
    aim = models.CharField(max_length=6, choices=[(each.value, each.value) for each in Aim])
    low = models.DecimalField(max_digits=20, decimal_places=3, null=True, blank=True)
    high = models.DecimalField(max_digits=20, decimal_places=3, null=True, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    lower_is_better = models.BooleanField(_("càng ít càng tốt"), default=False)
    basis = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Basis])
    clause = models.CharField(_("điều khoản nghị quyết"), max_length=200, blank=True)
    quotation = models.TextField(_("trích nghị quyết"), blank=True)
    assigned_by = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    places = models.JSONField(default=list)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    # the first row of the chain of corrections, so that a corrected target keeps its place among others
    first = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancels = models.BooleanField(default=False)
    reason = models.CharField(_("lý do"), max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [SpannedRow.span_constraint("target_span")]

    def __str__(self) -> str:
        return self.indicator
