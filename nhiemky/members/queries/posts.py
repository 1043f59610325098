"""Reads of posts: who held what on any day, what a body was, what a person held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from nhiemky.foundation.batch import waiting_rows
from nhiemky.members.bodies import bodies, labels
from nhiemky.members.models import Person, Post
from nhiemky.members.queries.persons import cluster_of
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Term, Unit
from nhiemky.units.queries import alive_on, rows_of


@dataclass(frozen=True)
class PostCard:
    """Who holds what, by which mandate, for which span; in words, and by the codes beneath them."""

    person: str
    role: str
    body: str
    mandate: str
    span: Span
    code: str = ""
    person_id: int = 0
    person_code: str = ""
    body_code: str = ""
    role_code: str = ""
    mandate_code: str = ""
    unit_id: int = 0
    decision: str = ""
    ending: str = ""
    ending_decision: str = ""


def posts_known() -> QuerySet[Post]:
    """What is known today of posts, ended ones too; not what was corrected or taken back."""
    return Post.objects.filter(superseded_at__isnull=True).select_related("person__same_as")


def posts_on(unit: Unit, day: date) -> list[PostCard]:
    """Who held what in the unit on that day, in the order of the catalogue."""
    return cards_of(posts_known().filter(unit=unit).filter(alive_on(day)))


def posts_in(unit: Unit, period: Span) -> list[PostCard]:
    """The posts of the unit that overlap the period, in the order of the catalogue's roles."""
    return cards_of(row for row in posts_known().filter(unit=unit) if row.span.overlaps(period))


def posts_of(term: Term) -> list[PostCard]:
    """The posts that a term's congress or its committee gave."""
    # a term that closed or was corrected has a new row; its posts were filled before
    return cards_of(posts_known().filter(term__in=rows_of(term)))


def history_of(unit: Unit, body: str) -> list[PostCard]:
    """Everybody who ever sat in the body, the latest first."""
    found = cards_of(posts_known().filter(unit=unit, body=body))
    return sorted(found, key=lambda card: card.span.starts_on or date.min, reverse=True)


def posts_held_by(person: Person) -> list[PostCard]:
    """What the person holds and held, in whatever unit, the latest first."""
    found = cards_of(posts_known().filter(person__in=cluster_of(person)))
    return sorted(found, key=lambda card: card.span.starts_on or date.min, reverse=True)


def posts_of_person(person: Person) -> list[Post]:
    """The rows known of the person's posts; inside a batch, with those that wait to be written."""
    there = list(posts_known().filter(person__in=cluster_of(person))) if person.pk else []
    return there + waiting_rows(Post, "person", person)


def post_coded(code: str) -> Post | None:
    return Post.objects.filter(code=code).select_related("unit", "person__same_as").first()


def card_of(row: Post) -> PostCard:
    """The post in words; a person who has two records goes by the one that was kept."""
    person = row.person.same_as or row.person
    return PostCard(
        person=person.shown,
        role=labels("role")[row.role],
        body=bodies()[row.body].label,
        mandate=labels("mandate")[row.mandate],
        span=row.span,
        code=row.code,
        person_id=person.pk,
        person_code=person.code,
        body_code=row.body,
        role_code=row.role,
        mandate_code=row.mandate,
        unit_id=row.unit_id,
        decision=row.decision,
        ending=labels("ending").get(row.ending, ""),
        ending_decision=row.ending_decision,
    )


def cards_of(rows: Iterable[Post]) -> list[PostCard]:
    order = {role: at for at, role in enumerate(labels("role"))}
    found = sorted(rows, key=lambda row: (order[row.role], (row.person.same_as or row.person).sort_key))
    return [card_of(row) for row in found]
