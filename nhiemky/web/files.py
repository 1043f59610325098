"""Files to keep: always saved, never opened inside the page."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from nhiemky.reports.render import FORMATS

TYPES = {**FORMATS, "png": ("image/png", "png")}


def attachment(data: bytes, format: str, name: str) -> HttpResponse:
    """The bytes as a download in one of TYPES; `name` with or without its suffix."""
    content_type, suffix = TYPES[format]
    full = name if name.endswith(f".{suffix}") else f"{name}.{suffix}"
    headers = {
        "Content-Disposition": content_disposition_header(True, full) or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(data, content_type=content_type, headers=headers)
