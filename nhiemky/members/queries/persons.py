"""Reads of persons and where they are members."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from nhiemky.foundation.batch import waiting_rows
from nhiemky.members.models import Membership, Person, Post
from nhiemky.units.models import Unit
from nhiemky.units.queries import alive_on


def cluster_of(person: Person) -> QuerySet[Person]:
    """All records that are known to be this person now, whatever was merged since the person was read."""
    root = Subquery(Person.objects.filter(pk=person.pk).values(root=Coalesce("same_as", "pk")))
    return Person.objects.filter(Q(pk=root) | Q(same_as=root))


def memberships_on(units: Iterable[int] | QuerySet, day: date) -> QuerySet[Membership]:
    """The memberships of these units that hold on that day, as we know them today."""
    return Membership.objects.filter(unit__in=units, superseded_at__isnull=True).filter(alive_on(day))


def memberships_known(person: Person) -> list[Membership]:
    """What is known today of where the person is or was a member, under whichever of their records it stands.

    Inside a batch, with the rows that wait to be written.
    """
    there = (
        list(Membership.objects.filter(person__in=cluster_of(person), superseded_at__isnull=True)) if person.pk else []
    )
    return there + waiting_rows(Membership, "person", person)


def home_of(person: Person) -> Membership | None:
    """The membership that says which unit keeps what is known of the person: the running one, or the last."""
    return max(memberships_known(person), key=lambda row: row.ends_before or date.max, default=None)


def unit_keeping(person: Person) -> Unit | None:
    """The unit that answers for what is known of the person: where they are or were a member, or else sat in a body.

    A membership that was written wrongly and annulled leaves the person with the unit that wrote it.
    """
    if home := home_of(person):
        return home.unit
    cluster = cluster_of(person)
    if last := Membership.objects.filter(person__in=cluster).select_related("unit").order_by("-pk").first():
        return last.unit
    posts = Post.objects.filter(person__in=cluster, superseded_at__isnull=True).select_related("unit")
    post = max(posts, key=lambda row: row.ends_before or date.max, default=None)
    return post.unit if post else None
