"""All that is kept of one person, who may be the same person, and the groups that a member can belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from nhiemky.members.models import Child, Dues, Grouping, Membership, Person, Post, Standing
from nhiemky.members.queries.persons import cluster_of, memberships_on
from nhiemky.units.models import Unit
from nhiemky.units.queries import UnitCard, cards, units_below_on


@dataclass(frozen=True)
class Life:
    """The rows of a person, under whichever of their records they stand; memberships with those that were replaced."""

    person: Person
    memberships: tuple[Membership, ...]
    groupings: tuple[Grouping, ...]
    standings: tuple[Standing, ...]
    dues: tuple[Dues, ...]
    children: tuple[Child, ...]
    posts: tuple[Post, ...]

    @property
    def known(self) -> list[Membership]:
        """The memberships as we know them today, the latest first."""
        rows = [row for row in self.memberships if row.superseded_at is None]
        return sorted(rows, key=lambda row: (row.ends_before or date.max, row.starts_on or date.min), reverse=True)

    def membership_on(self, day: date) -> Membership | None:
        return next((row for row in self.known if row.span.holds(day)), None)

    def grouping_on(self, day: date) -> Grouping | None:
        return next((row for row in self.groupings if row.span.holds(day)), None)


def life_of(person: Person) -> Life:
    """All that is kept of the person, newest first; as many statements whatever there is."""
    same = list(cluster_of(person))
    known = Q(person__in=same, superseded_at__isnull=True)

    def rows(model: Any, *with_: str, where: Q = known) -> tuple:
        return tuple(model.objects.filter(where).select_related("recorded_by", *with_).order_by("-starts_on", "-pk"))

    children = Child.objects.filter(person__in=same, removed_at__isnull=True).order_by("born_on", "pk")
    return Life(
        person=person,
        memberships=rows(Membership, "unit", "replaces", where=Q(person__in=same)),
        groupings=rows(Grouping, "group"),
        standings=rows(Standing, "unit"),
        dues=rows(Dues, "unit"),
        children=tuple(children),
        posts=rows(Post, "unit"),
    )


def alike(values: Mapping[str, Any], unit: Unit) -> list[Person]:
    """Records that may be the person with these columns: the same identity number, or the same name and birth date.

    Where the birth date is not known of one of both, the same name in the same unit is enough.
    """
    same = Q(pk__in=[])
    if values.get("id_digest"):
        same |= Q(id_digest=values["id_digest"])
    if folded := values.get("folded"):
        here = Membership.objects.filter(unit=unit, superseded_at__isnull=True).values("person")
        born = values.get("born_on")
        same |= Q(folded=folded, born_on=born) if born else Q(folded=folded, pk__in=here)
        same |= Q(folded=folded, born_on__isnull=True, pk__in=here)
    found = Person.objects.filter(same).select_related("same_as").order_by("pk")[:20]
    return list(dict.fromkeys(person.same_as or person for person in found))


def groups_under(unit: Unit, day: date) -> list[UnitCard]:
    """The sections and groups of the unit that live on that day."""
    return [card for card in cards(units_below_on(unit, day), day) if card.level == "below"]


def members_on(unit: Unit, day: date) -> list[Membership]:
    """The memberships of the unit that hold on that day, in the order of names."""
    rows = memberships_on([unit.pk], day).select_related("person", "person__same_as")
    return sorted(rows, key=lambda row: row.person.sort_key)


def dues_of_members(people: Iterable[Person], unit: Unit) -> dict[int, list[Dues]]:
    """What is known of the dues of these members at the unit, newest first, by the record that stands for each."""
    roots = [person.root_id for person in people]
    same = Q(person__in=roots) | Q(person__same_as__in=roots)
    found: dict[int, list[Dues]] = {}
    rows = Dues.objects.filter(same, unit=unit, superseded_at__isnull=True).select_related("person")
    for row in rows.order_by("-starts_on", "-pk"):
        found.setdefault(row.person.root_id, []).append(row)
    return found
