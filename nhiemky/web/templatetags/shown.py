"""What templates cannot say by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def get(mapping: Mapping[str, Any], name: str) -> Any:
    """The value under a name that holds a hyphen; empty when there is none."""
    return mapping.get(name, "")
