"""Reads the register of issued documents and the Word templates in use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from django.db.models import QuerySet

from nhiemky.documents.models import IssuedDocument, IssuedFile, WordTemplate


def template_in_use(kind: str) -> bytes | None:
    """The office's own template for a kind of document; None where it has none."""
    latest = WordTemplate.objects.filter(kind=kind, withdrawn_at=None).order_by("-uploaded_at", "-pk").first()
    return bytes(latest.contents) if latest else None


def issued(unit_code: str) -> QuerySet[IssuedDocument]:
    """The documents a unit issued, latest first, without their contents."""
    return (
        IssuedDocument.objects.filter(unit=unit_code)
        .select_related("issued_by")
        .defer("contents")
        .order_by("-issued_at", "-pk")
    )


def issued_document(code: str) -> IssuedDocument | None:
    """The issued document with this code."""
    return IssuedDocument.objects.select_related("issued_by").filter(code=code).first()


def digest_of(document: IssuedDocument) -> str:
    """SHA-256 over an issued document with its files: what the event of its issuing says of it."""
    files = [
        [file.format, hashlib.sha256(bytes(file.contents)).hexdigest()] for file in document.files.order_by("format")
    ]
    parts = [document.code, document.kind, document.unit, document.title, document.number, document.contents, files]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def issued_formats(document: IssuedDocument) -> dict[str, str]:
    """Format -> digest of the files of a document."""
    return dict(document.files.order_by("pk").values_list("format", "digest"))


def issued_bytes(document: IssuedDocument, format: str) -> bytes | None:
    """The file as it was issued."""
    file = IssuedFile.objects.filter(document=document, format=format).first()
    return bytes(file.contents) if file else None


def issued_among(units: Iterable[str] | QuerySet) -> QuerySet[IssuedDocument]:
    """The documents of units with these codes, latest first, without their contents."""
    found = IssuedDocument.objects.filter(unit__in=units).select_related("issued_by").defer("contents")
    return found.order_by("-issued_at", "-pk")
