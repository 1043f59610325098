"""Issued documents, for ever as they were issued, and the office's own Word templates."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.foundation.models import User, new_code


class IssuedDocument(models.Model):
    """A document that was issued: its contents, the digest of the records behind them, who and when."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    kind = models.CharField(max_length=40)
    unit = models.CharField(_("mã đơn vị"), max_length=64, db_index=True)
    title = models.CharField(_("trích yếu"), max_length=300)
    number = models.CharField(_("số, ký hiệu"), max_length=60, blank=True)
    contents = models.JSONField()
    records_digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.title


class IssuedFile(models.Model):
    """The bytes of an issued document in one format, with their digest."""

    document = models.ForeignKey(IssuedDocument, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=5)
    contents = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(name="issuedfile_format_once", fields=["document", "format"])]

    def __str__(self) -> str:
        return f"{self.document_id}.{self.format}"


class WordTemplate(models.Model):
    """A Word template that the office edited; the latest of a kind is the one in use."""

    kind = models.CharField(max_length=40)
    contents = models.BinaryField()
    digest = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.uploaded_at:%Y-%m-%d}"
