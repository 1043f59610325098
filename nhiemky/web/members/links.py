"""Where a person opens, and for whom."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse

from nhiemky.members.queries.merges import keepers_of
from nhiemky.web import access


def person_href(code: str) -> str:
    """The page of the person."""
    return reverse("web.members.person", args=[code])


def readable_people(request: HttpRequest, roots: Iterable[int]) -> set[int]:
    """Of these persons those whose unit the reader may read, in a fixed number of statements."""
    keepers = keepers_of(roots)
    units = set(access.units_to_read(request).filter(pk__in=set(keepers.values())).values_list("pk", flat=True))
    return {root for root, unit in keepers.items() if unit in units}
