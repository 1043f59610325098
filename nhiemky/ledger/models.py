"""Entries and statements: append-only rows. A correction or a cancellation is a new row that points at the old one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.foundation.models import Source, SpannedRow, User, new_code
from nhiemky.members.models import Person
from nhiemky.rules.indicators import Coverage
from nhiemky.rules.quantities import Comparator
from nhiemky.units.models import Unit

_COMPARATORS = [(each.value, each.value) for each in Comparator]


class Row(SpannedRow):
    """What entries and statements share: owner, span, where from, and the row they replace."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    coverage = models.CharField(max_length=5, choices=[(each.value, each.value) for each in Coverage])
    note = models.TextField(_("ghi chú"), blank=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    places = models.JSONField(default=list)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    # the first row of the chain of corrections, so that a corrected row keeps its place among others
    first = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancels = models.BooleanField(default=False)
    reason = models.CharField(_("lý do"), max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


class Entry(Row):
    """One piece of work, or a published total of such work, by the unit that owns it."""

    kind = models.CharField(max_length=40)
    details = models.JSONField(default=dict)
    beneficiaries = models.CharField(max_length=40, blank=True)
    partners = models.JSONField(default=list)

    class Meta:
        constraints = [SpannedRow.span_constraint("entry_span")]
        indexes = [models.Index(fields=["unit", "starts_on", "kind"])]


class EntryCount(models.Model):
    """So many of one count word; a vague number has only its words."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="counts")
    word = models.CharField(max_length=30)
    value = models.BigIntegerField(null=True, blank=True)
    comparator = models.CharField(max_length=6, choices=_COMPARATORS, default=Comparator.EQ)
    out_of = models.BigIntegerField(null=True, blank=True)
    text = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="entrycount_word_once", fields=["entry", "word"]),
            models.CheckConstraint(
                name="entrycount_not_negative", condition=models.Q(value__isnull=True) | models.Q(value__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.word}"


class EntryMoney(models.Model):
    """Whole đồng from one source of funds."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="money")
    fund = models.CharField(max_length=40, blank=True)
    value = models.BigIntegerField(null=True, blank=True)
    comparator = models.CharField(max_length=6, choices=_COMPARATORS, default=Comparator.EQ)
    text = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="entrymoney_not_negative", condition=models.Q(value__isnull=True) | models.Q(value__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.fund}"


class EntryPerson(models.Model):
    """A person an entry was for: by name, or one of the register. A name can be erased, the row stays."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="people")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("họ và tên"), max_length=120, blank=True)
    # the person of the register, who then counts once however often they are named
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="received")

    # how far each field may be shown: public, internal, sensitive, secret
    FIELD_CLASSES: ClassVar[dict[str, str]] = {"position": "internal", "name": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(name="entryperson_position_once", fields=["entry", "position"])]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.entry_id}.{self.position}"


class Evidence(models.Model):
    """A file that shows an entry was done; its bytes are kept by their digest (`foundation.files`)."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="evidence")
    digest = models.CharField(max_length=64, db_index=True)
    name = models.CharField(_("tên tệp"), max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    # a photograph shows people, and its name may name them
    FIELD_CLASSES: ClassVar[dict[str, str]] = {
        "code": "internal",
        "digest": "internal",
        "name": "internal",
        "media_type": "internal",
        "size": "internal",
        "recorded_at": "internal",
    }

    class Meta:
        constraints = [models.UniqueConstraint(name="evidence_file_once", fields=["entry", "digest"])]

    def __str__(self) -> str:
        return self.code


class Statement(Row):
    """A stock, a grade, or a percentage published without its parts, as stated of a unit."""

    subject = models.CharField(max_length=80)
    value = models.BigIntegerField(null=True, blank=True)
    percent = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    comparator = models.CharField(max_length=6, choices=_COMPARATORS, default=Comparator.EQ)

    class Meta:
        constraints = [SpannedRow.span_constraint("statement_span")]
        indexes = [models.Index(fields=["unit", "subject", "starts_on"])]
