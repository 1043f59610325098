"""Where charts are: their pages and their pictures."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse

from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.web.figures.asking import as_typed


def picture_of(unit: Unit, name: str, period: Span, kept: Mapping[str, str] | None = None, format: str = "svg") -> str:
    """The address of a chart as a file."""
    return f"{reverse('web.charts.file', args=[unit.code, name, format])}?{_query(period, kept)}"


def chart_of(unit: Unit, name: str, period: Span, kept: Mapping[str, str] | None = None) -> str:
    """The address of a chart's page."""
    return chart_at(unit.code, name, period, kept)


def chart_at(unit_code: str, name: str, period: Span, kept: Mapping[str, str] | None = None) -> str:
    """The same of a unit by its code."""
    return f"{reverse('web.charts.chart', args=[unit_code, name])}?{_query(period, kept)}"


def _query(period: Span, kept: Mapping[str, str] | None) -> str:
    return urlencode(as_typed(period) | dict(kept or {}))
