"""Reads of posts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nhiemky.foundation import catalogue
from nhiemky.members.models import Post
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Term, Unit
from nhiemky.units.queries import rows_of


@dataclass(frozen=True)
class PostCard:
    """Who holds what, by which mandate, for which span."""

    person: str
    role: str
    body: str
    mandate: str
    span: Span


def posts_in(unit: Unit, period: Span) -> list[PostCard]:
    """The posts of the unit that overlap the period, in the order of the catalogue's roles."""
    rows = Post.objects.filter(unit=unit, superseded_at__isnull=True).select_related("person")
    return cards_of(row for row in rows if row.span.overlaps(period))


def posts_of(term: Term) -> list[PostCard]:
    """The posts that a term's congress or its committee gave."""
    # a term that closed or was corrected has a new row; its posts were filled before
    rows = Post.objects.filter(term__in=rows_of(term), superseded_at__isnull=True)
    return cards_of(rows.select_related("person"))


def cards_of(rows: Iterable[Post]) -> list[PostCard]:
    """The posts as they are read, in the order of the catalogue's roles."""
    roles, bodies, mandates = _labels("role"), _labels("body"), _labels("mandate")
    order = list(roles)
    found = []
    for row in sorted(rows, key=lambda row: (order.index(row.role), row.person.sort_key)):
        found.append(PostCard(row.person.shown, roles[row.role], bodies[row.body], mandates[row.mandate], row.span))
    return found


def _labels(name: str) -> dict[str, str]:
    return {code: term.label for code, term in catalogue.terms("catalogue/bodies.toml", name).items()}
