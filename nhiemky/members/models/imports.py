"""Lists of members that were taken into the register from a sheet, and how a unit's sheets are to be read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.foundation.models import Source, User
from nhiemky.units.models import Unit


class SheetImport(models.Model):
    """A sheet that was taken into the register, once and whole; the file itself is not kept."""

    code = models.CharField(max_length=64, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="sheet_imports")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # of the file, so that the same one is known again
    digest = models.CharField(max_length=64)
    # how many rows were new, amended, left as they were, left out
    counts = models.JSONField(default=dict)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")

    FIELD_CLASSES: ClassVar[dict[str, str]] = {
        "code": "internal",
        "at": "internal",
        "digest": "internal",
        "counts": "internal",
    }

    def __str__(self) -> str:
        return self.code


class HeadingMap(models.Model):
    """What each column of a sheet with these headings means at the unit, as somebody there set it right."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="heading_maps")
    # of all headings of the sheet, in order, without accents and signs
    signature = models.CharField(_("dấu hiệu của bảng"), max_length=32)
    # number of a column -> code of what it holds
    columns = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    FIELD_CLASSES: ClassVar[dict[str, str]] = {"signature": "internal", "columns": "internal", "at": "internal"}

    class Meta:
        constraints = [models.UniqueConstraint(name="headingmap_once", fields=["unit", "signature"])]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.signature}"
