"""A person as a line of a list: masked by how near the reader stands to the unit that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from nhiemky.foundation.models import User
from nhiemky.members.masking import Sight, near_units, shown, sight_at
from nhiemky.members.models import Membership, Person, Standing
from nhiemky.members.particulars import choices
from nhiemky.members.queries.register import held_on, homes_of
from nhiemky.members.standings import kinds
from nhiemky.rules import vietnamese
from nhiemky.units.queries import names_of
from nhiemky.web import access
from nhiemky.web.members.links import person_href


@dataclass(frozen=True)
class RowShown:
    """What a list says of a person; no address where the reader may not open them."""

    code: str
    name: str
    href: str
    born: str
    sex: str
    job: str
    unit: str
    since: str
    gone: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What is known beside the persons of a page, asked for all of them at once."""

    homes: dict[int, Membership]
    standings: dict[int, list[Standing]]
    units: dict[int, str]
    readable: frozenset[int]
    near: frozenset[int] | None

    @classmethod
    def of(cls, request: HttpRequest, persons: Sequence[Person], day: date) -> Known:
        assert isinstance(request.user, User)
        homes = homes_of(persons)
        ids = {home.unit_id for home in homes.values()}
        return cls(
            homes=homes,
            standings=held_on(Standing, persons, day),
            units={unit.id: unit.short for unit in names_of(ids, day).values()},
            readable=frozenset(access.units_to_read(request).filter(pk__in=ids).values_list("pk", flat=True)),
            near=near_units(request.user, access.today()),
        )

    def sight(self, person: Person) -> Sight:
        home = self.homes.get(person.pk)
        return sight_at(home.unit_id if home else None, self.near)

    def tags(self, person: Person) -> list[str]:
        """What the person is on the day, as far as the reader may know it."""
        near = self.sight(person) is Sight.NEAR
        found = {row.kind for row in self.standings.get(person.pk, ())}
        return [kind.short for code, kind in kinds().items() if code in found and (near or kind.secrecy != "sensitive")]


def rows_shown(request: HttpRequest, persons: Sequence[Person], day: date) -> list[RowShown]:
    known = Known.of(request, persons, day)
    return [_row(person, known, day) for person in persons]


def _row(person: Person, known: Known, day: date) -> RowShown:
    home, sight = known.homes.get(person.pk), known.sight(person)
    readable = known.near is None or (home is not None and home.unit_id in known.readable)
    ended = home.span.end if home else None
    return RowShown(
        code=person.code,
        name=person.shown,
        href=person_href(person.code) if readable else "",
        born=shown(person, "born", sight),
        sex=choices("sex").get(person.sex, ""),
        job=", ".join(filter(None, (person.job, person.department))),
        unit=known.units.get(home.unit_id, "") if home else _("chưa thuộc đơn vị nào"),
        since=vietnamese.partial(home.span.start) if home and home.span.start else "",
        gone=vietnamese.partial(ended) if ended and ended.last < day else "",
        tags=tuple(known.tags(person)),
    )
