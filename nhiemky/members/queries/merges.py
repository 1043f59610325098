"""Reads of merged records: which are one person, who answers for them, what stands in the way of a merge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from nhiemky.members.models import OPEN, Membership, Person, PersonMerge, Post, Transfer
from nhiemky.members.queries.persons import cluster_of
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import fold
from nhiemky.units.models import Unit

MOST_ALIKE = 30


@dataclass(frozen=True)
class Clash:
    """Two memberships of different units on the same days."""

    one: Membership
    other: Membership
    days: Span


def root_of(person: Person) -> Person:
    """The record that stands for the person."""
    return person.same_as or person


def merges_of(person: Person) -> list[PersonMerge]:
    """The merges that made this person of several records, undone ones among them, latest first."""
    cluster = list(cluster_of(person).values_list("pk", flat=True))
    rows = PersonMerge.objects.filter(Q(kept__in=cluster) | Q(dropped__in=cluster))
    return list(rows.select_related("kept", "dropped", "by", "undone_by").order_by("-pk"))


def roots_among(people: Iterable[int]) -> dict[int, int]:
    """Record -> the one that stands for it, from the merges alone; all of a cluster must be given."""
    people = list(people)
    into = dict(PersonMerge.objects.filter(dropped__in=people, undone_at__isnull=True).values_list("dropped", "kept"))
    found = {}
    for each in people:
        root = each
        while root in into:
            root = into[root]
        found[each] = root
    return found


def part_of(merge: PersonMerge) -> list[int]:
    """The records that are the dropped one's when the merge is undone."""
    cluster = list(cluster_of(merge.dropped).values_list("pk", flat=True))
    into = dict(PersonMerge.objects.filter(dropped__in=cluster, undone_at__isnull=True).values_list("dropped", "kept"))
    into.pop(merge.dropped_id, None)
    found = []
    for each in cluster:
        root = each
        while root in into:
            root = into[root]
        if root == merge.dropped_id:
            found.append(each)
    return found


def keepers_of_part(people: list[int]) -> list[Unit]:
    """The unit where these records were a member last; nothing when they never were."""
    rows = Membership.objects.filter(person__in=people, superseded_at__isnull=True).select_related("unit")
    last = max(rows, key=lambda row: row.ends_before or date.max, default=None)
    return [last.unit] if last else []


def clashes_of(kept: Person, dropped: Person) -> list[Clash]:
    """Where both are members of different units on the same day."""
    rows = [
        list(Membership.objects.filter(person__in=cluster_of(each), superseded_at__isnull=True).select_related("unit"))
        for each in (kept, dropped)
    ]
    return [
        Clash(one, other, days)
        for one in rows[0]
        for other in rows[1]
        if one.unit_id != other.unit_id and one.span.clashes(other.span) and (days := one.span.shared(other.span))
    ]


def both_wait(kept: Person, dropped: Person) -> bool:
    """Whether both records are in a transfer that is not answered yet."""
    waiting = Transfer.objects.filter(state__in=OPEN)
    return all(waiting.filter(person__in=cluster_of(each)).exists() for each in (kept, dropped))


def keepers_of(roots: Iterable[int]) -> dict[int, int]:
    """Person -> the unit that answers for them, of many persons in one statement; one without any is not there."""
    roots = set(roots)
    found: dict[int, tuple[int, date, int]] = {}
    known: tuple[QuerySet[Any], ...] = (Post.objects.all(), Membership.objects.all())
    for start in range(0, len(roots), 5_000):
        part = sorted(roots)[start : start + 5_000]
        posts, memberships = (
            rows.filter(Q(person__in=part) | Q(person__same_as__in=part), superseded_at__isnull=True)
            .annotate(root=Coalesce("person__same_as", "person"), weight=Value(weight))
            .values_list("root", "weight", "ends_before", "unit")
            for weight, rows in enumerate(known)
        )
        # where somebody is or was a member counts before where they sat in a body
        for root, weight, end, unit in posts.union(memberships, all=True):
            found[root] = max(found.get(root, (0, date.min, 0)), (weight, end or date.max, unit))
    return {root: unit for root, (_weight, _end, unit) in found.items()}


@dataclass(frozen=True)
class Weight:
    """What hangs on a person under whichever record."""

    memberships: int
    posts: int


def weight_of(person: Person) -> Weight:
    """How much is known under the records of the person: what a merge brings to the other."""
    cluster = cluster_of(person).values("pk")
    return Weight(
        Membership.objects.filter(person__in=cluster, superseded_at__isnull=True).count(),
        Post.objects.filter(person__in=cluster, superseded_at__isnull=True).count(),
    )


def lookalikes(person: Person, text: str, units: QuerySet[Unit], most: int = MOST_ALIKE) -> list[Person]:
    """Other persons of these units who may be this one: of the same identity number, or the same name and birth date.

    With a text, those whose name holds every word of it.
    """
    there = Membership.objects.filter(unit__in=units.values("pk"), superseded_at__isnull=True).values("person")
    sat = Post.objects.filter(unit__in=units.values("pk"), superseded_at__isnull=True).values("person")
    others = Person.objects.filter(same_as__isnull=True).exclude(pk=person.root_id)
    if words := fold(text).split()[:8]:
        for word in words:
            others = others.filter(folded__contains=word)
    else:
        alike = Q(folded=person.folded)
        if person.id_digest:
            alike |= Q(id_digest=person.id_digest)
        others = others.filter(alike)
    return list(
        others.filter(Q(pk__in=there) | Q(pk__in=sat) | Q(also__in=there)).distinct().order_by("sort_key", "pk")[:most]
    )
