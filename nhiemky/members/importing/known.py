"""Whom of a list the register knows already: the same number of the identity card, or the same name and birth date.

Asked for a thousand rows at a time, so that a list costs the same however many persons there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from nhiemky.members.models import Grouping, Membership, Person, Standing
from nhiemky.rules.timeline import Span

MANY = 1_000


@dataclass(frozen=True)
class Sought:
    """What tells a person of a list: the digest of their number, their folded name and birth date."""

    digest: str
    folded: str
    born_on: str
    is_whole: bool = False  # the number has twelve digits: two such numbers are two persons


@dataclass(eq=False)
class Found:
    """A person of the register as they were when asked."""

    person: Person
    memberships: list[Membership] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    groups: list[Grouping] = field(default_factory=list)

    def home(self) -> Membership | None:
        return max(self.memberships, key=lambda row: row.ends_before or date.max, default=None)

    def running(self, span: Span) -> Membership | None:
        """A membership that holds within the span."""
        return next((row for row in self.memberships if row.span.overlaps(span)), None)

    def clashing(self, span: Span, besides: int | None = None) -> Membership | None:
        return next((row for row in self.memberships if row.pk != besides and row.span.clashes(span)), None)

    def standing(self, kind: str, on: date) -> Standing | None:
        return next((row for row in self.standings if row.kind == kind and row.span.holds(on)), None)

    def group_on(self, on: date) -> Grouping | None:
        return next((row for row in self.groups if row.span.holds(on)), None)

    def print(self) -> str:
        """Changes when anything does that a list could be compared with."""
        told = [self.person.pk, *(getattr(self.person, name) for name in _COLUMNS)]
        for rows in (self.memberships, self.standings, self.groups):
            told.append(sorted(row.pk for row in rows))
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


_COLUMNS = [each.attname for each in Person._meta.concrete_fields if each.attname != "id"]


def found_among(sought: Sequence[Sought]) -> list[list[Found]]:
    """For each that is sought the persons who may be the same, the surest first."""
    ids = _candidates(sought)
    if not ids:
        return [[] for _each in sought]
    everybody = _everybody(ids)
    by_digest: dict[str, list[Found]] = {}
    by_name: dict[tuple[str, str], list[Found]] = {}
    for each, records in everybody:
        # a person with two records is known by what either says
        for person in records:
            if person.id_digest:
                by_digest.setdefault(person.id_digest, []).append(each)
            if person.born_on:
                by_name.setdefault((person.folded, person.born_on.isoformat()), []).append(each)
    return [_of(each, by_digest, by_name) for each in sought]


def _of(sought: Sought, by_digest: dict, by_name: dict) -> list[Found]:
    sure = by_digest.get(sought.digest, []) if sought.digest else []
    likely = [
        each
        for each in (by_name.get((sought.folded, sought.born_on), []) if sought.born_on else [])
        # two whole numbers that differ are two persons of one name and one day
        if not (sought.is_whole and each.person.id_digest and len(each.person.id_number) == 12) or each in sure
    ]
    unique: dict[int, Found] = {}
    for each in [*sure, *likely]:
        unique.setdefault(each.person.pk, each)
    return list(unique.values())


def is_sure(sought: Sought, found: Found) -> bool:
    """Whether the number of the identity card is the same."""
    return bool(sought.digest) and found.person.id_digest == sought.digest


def is_sure_of(sought: Sought, found: Found | None) -> bool:
    return found is not None and is_sure(sought, found)


def sought_of(values: Mapping[str, Any]) -> Sought:
    """What tells the person whose columns these are, dates as ISO."""
    number = str(values.get("id_number") or "")
    return Sought(
        str(values.get("id_digest") or ""), str(values.get("folded") or ""), str(values.get("born_on") or ""),
        len(number) == 12,
    )  # fmt: skip


def prints(found: Iterable[Found], besides: AbstractSet[int] = frozenset()) -> str:
    """Changes when anything of these persons does; of those `besides` nothing is asked."""
    return " ".join(sorted(f"{each.person.pk}:{each.print()}" for each in found if each.person.pk not in besides))


def _candidates(sought: Sequence[Sought]) -> set[int]:
    digests = {each.digest for each in sought if each.digest}
    pairs = {(each.folded, each.born_on) for each in sought if each.born_on and each.folded}
    found: set[int] = set()
    for some in _parts(sorted(digests)):
        rows = Person.objects.filter(id_digest__in=some).values_list("pk", "same_as")
        found |= {root or pk for pk, root in rows}
    with connection.cursor() as cursor:
        for some in _parts(sorted(pairs)):
            # both together, by their common index: there are thousands of one name, and of one day
            # SQLite would go through all persons for an IN of pairs; a cross join begins with what stands first
            values = ", ".join(["(%s, %s)" if connection.vendor == "sqlite" else "(%s, %s::date)"] * len(some))
            cursor.execute(
                f"WITH sought (name, birth) AS (VALUES {values}) SELECT id, same_as_id FROM sought "  # noqa: S608
                "CROSS JOIN members_person WHERE folded = sought.name AND born_on = sought.birth",
                [each for pair in some for each in pair],
            )
            found |= {root or pk for pk, root in cursor.fetchall()}
    return found


def _everybody(ids: set[int]) -> list[tuple[Found, list[Person]]]:
    """The persons with what is dated about them, under whichever of their records it stands."""
    records: dict[int, list[Person]] = {}
    for some in _parts(sorted(ids)):
        for person in Person.objects.filter(Q(pk__in=some) | Q(same_as__in=some)):
            records.setdefault(person.root_id, []).append(person)
    made = {root: Found(next(each for each in rows if each.pk == root)) for root, rows in records.items()}
    roots = {person.pk: root for root, rows in records.items() for person in rows}
    for some in _parts(sorted(roots)):
        for row in Membership.objects.filter(person__in=some, superseded_at__isnull=True):
            made[roots[row.person_id]].memberships.append(row)
        for standing in Standing.objects.filter(person__in=some, superseded_at__isnull=True):
            made[roots[standing.person_id]].standings.append(standing)
        for group in Grouping.objects.filter(person__in=some, superseded_at__isnull=True):
            made[roots[group.person_id]].groups.append(group)
    return [(made[root], rows) for root, rows in records.items()]


def _parts(given: Sequence) -> Iterable[Sequence]:
    for at in range(0, len(given), MANY):
        yield given[at : at + MANY]
