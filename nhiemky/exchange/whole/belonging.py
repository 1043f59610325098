"""Which rows go with a unit: what stands in its subtree on the tree of a day, and what those rows name.

Of persons whom another unit keeps, and of units outside, only what lets a row name them: docs/decisions/0011-exchange.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Coalesce

from nhiemky.exchange.whole.records import RECORDS, Record
from nhiemky.foundation.many import these
from nhiemky.foundation.models import Source
from nhiemky.members.models import Membership, Person, PersonMerge, Post
from nhiemky.units.actions.reshaping import OF_TREE
from nhiemky.units.history import boundaries_on, standing_under
from nhiemky.units.models import Unit

# these are named by the others, and go along as far as that
_NAMED = ("source", "unit", "person", "loaded")


@dataclass
class Belonging:
    """The rows of a unit's subtree; without a unit every row there is."""

    unit: Unit | None
    inside: frozenset[int] = frozenset()
    home_ids: frozenset[int] = frozenset()
    _named: dict[type[Model], set[int]] = field(default_factory=dict)

    @property
    def units(self) -> Any:
        return these(self.inside)

    @cached_property
    def unit_codes(self) -> list[str]:
        return list(Unit.objects.filter(pk__in=self.units).values_list("code", flat=True))

    @cached_property
    def causes(self) -> list[str]:
        """The codes of the events that wrote or superseded rows of these units: the rows bear them."""
        found: set[str] = set()
        for model in OF_TREE:
            for name in ("cause", "superseded_cause"):
                rows = model._default_manager.filter(unit__in=self.units).exclude(**{name: ""})
                found |= set(rows.order_by().values_list(name, flat=True).distinct())
        return sorted(found)

    @property
    def home(self) -> Any:
        return these(self.home_ids)

    @property
    def named_units(self) -> Any:
        return these(self.inside | self._named.get(Unit, set()))

    @property
    def persons(self) -> Any:
        return these(self.home_ids | self._named.get(Person, set()))

    @property
    def sources(self) -> Any:
        return these(self._named.get(Source, set()))

    def rows(self, record: Record) -> QuerySet:
        """The rows of the table that belong, as they were written."""
        rows = record.model._base_manager.order_by("pk")
        return rows if self.unit is None else rows.filter(record.belongs(self))

    def is_bare(self, record: Record, pk: int) -> bool:
        """Whether only the name goes along: the person is kept by a unit that stays behind."""
        return bool(record.bare) and self.unit is not None and pk not in self.home_ids


def belonging_to(unit: Unit | None, on: date) -> Belonging:
    """Everything, or what stands at the unit and below it on the tree of that day, ended units where they stand on it."""
    if unit is None:
        return Belonging(None)
    inside = frozenset(standing_under(unit.pk, boundaries_on(on))) | {unit.pk}
    found = Belonging(unit, inside)
    candidates = set(_pointed_at(found, Person))
    found.home_ids = frozenset(kept_inside(candidates, inside))
    for model in (Person, Unit):
        found._named[model] = set(_pointed_at(found, model))
    found._named[Source] = set(_pointed_at(found, Source))
    units = Unit.objects.filter(pk__in=found.named_units, source__isnull=False)
    found._named[Source] |= set(units.values_list("source", flat=True))
    return found


def _pointed_at(found: Belonging, model: type[Model]) -> Iterator[int]:
    """The rows of that table to which rows that belong point."""
    for record in RECORDS:
        if record.name in _NAMED:
            continue
        rows = found.rows(record).order_by()
        for table, given in ((record.model, rows), *((part.model, None) for part in record.parts)):
            part = next((each for each in record.parts if each.model is table), None)
            for each in table._meta.concrete_fields:
                if each.related_model is not model or (part and each.name == part.parent):
                    continue
                asked = given if given is not None else _inside(part, rows)
                yield from asked.exclude(**{each.name: None}).values_list(each.attname, flat=True).distinct()


def _inside(part: Any, rows: QuerySet) -> QuerySet:
    return part.model._base_manager.order_by().filter(**{f"{part.parent}__in": rows.values("pk")})


def kept_inside(persons: Iterable[int], units: frozenset[int]) -> Iterator[int]:
    """The records, of these and of those that are one with them, of persons whom one of the units keeps.

    The same as `members.queries.unit_keeping`, for very many persons. Who is named here and nowhere kept goes along.
    """
    everyone = _with_records_of_the_same(set(persons))
    roots = dict(
        Person.objects.filter(pk__in=these(everyone)).annotate(root=Coalesce("same_as", "pk")).values_list("pk", "root")
    )
    known: dict[int, tuple[date, int]] = {}
    last: dict[int, tuple[int, int]] = {}
    rows = Membership.objects.filter(person__in=these(everyone)).order_by("pk")
    for pk, person, unit, ends, gone in rows.values_list("pk", "person", "unit", "ends_before", "superseded_at"):
        root = roots[person]
        if gone is None and (root not in known or (ends or date.max) > known[root][0]):
            known[root] = (ends or date.max, unit)
        last[root] = (pk, unit)
    posts: dict[int, tuple[date, int]] = {}
    held = Post.objects.filter(person__in=these(everyone), superseded_at__isnull=True).order_by("pk")
    for person, unit, ends in held.values_list("person", "unit", "ends_before"):
        root = roots[person]
        if root not in posts or (ends or date.max) > posts[root][0]:
            posts[root] = (ends or date.max, unit)
    for person, root in roots.items():
        keeper = known.get(root) or last.get(root) or posts.get(root)
        if keeper is None or keeper[1] in units:
            yield person


def _with_records_of_the_same(persons: set[int]) -> set[int]:
    """The persons, and all records that stand for the same ones today."""
    roots = set(
        Person.objects.filter(pk__in=these(persons))
        .annotate(root=Coalesce("same_as", "pk"))
        .values_list("root", flat=True)
    )
    also = Person.objects.filter(Q(pk__in=these(roots)) | Q(same_as__in=these(roots)))
    return persons | set(also.values_list("pk", flat=True))


def merges_of(persons: Iterable[int]) -> QuerySet[PersonMerge]:
    """The merges that hold and touch these records."""
    ids = these(set(persons))
    return PersonMerge.objects.filter(undone_at__isnull=True).filter(Q(kept__in=ids) | Q(dropped__in=ids))


def counts_by_unit(found: Belonging) -> dict[str, int]:
    """Of how many persons each unit's register goes along: what is told there of the reading."""
    rows = Membership.objects.filter(superseded_at__isnull=True)
    if found.unit is not None:
        rows = rows.filter(unit__in=found.units)
    counted: dict[str, set[int]] = {}
    for unit, person in chain(rows.order_by().values_list("unit__code", "person").distinct().iterator()):
        counted.setdefault(unit, set()).add(person)
    return {unit: len(people) for unit, people in sorted(counted.items())}
