"""What templates cannot say by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from nhiemky.units.models import Unit
from nhiemky.web import access
from nhiemky.web.units.lifeline import standing_of

register = template.Library()


@register.filter
def get(mapping: Mapping[str, Any], name: str) -> Any:
    """The value under a name that holds a hyphen; empty when there is none."""
    return mapping.get(name, "")


@register.inclusion_tag("web/components/ended.html", takes_context=True)
def where_now(context: Any) -> dict[str, Any]:
    """Of a form at a unit that has ended: since when, and where to write now."""
    card, today = context["unit"], access.today()
    if card.life.ends_before is None or card.life.ends_before > today:
        return {}
    return {"standing": standing_of(context["request"], Unit.objects.get(pk=card.id), None)}
