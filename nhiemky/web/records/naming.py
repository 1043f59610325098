"""People of the register for whom a piece of work was done: found by name, chosen, named with the entry.

One hidden field holds the codes of those chosen, so that a draft keeps them; the buttons work without JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from nhiemky.ledger.models import Entry
from nhiemky.members.models import Membership, Person
from nhiemky.members.queries.merges import root_of
from nhiemky.rules.vietnamese import clean, fold
from nhiemky.units.models import Unit
from nhiemky.units.queries import alive_on, names_of, units_below_on
from nhiemky.web import access
from nhiemky.web.records.reading import Read

MOST_FOUND = 20
LONGEST_SEARCH = 100
CHOSEN, SEARCH, SEARCHED = "nguoi", "tim-nguoi", "da-tim"
# the buttons, which show the form again and record nothing
LOOK, ADD, DROP = "tim", "chon", "bo"


@dataclass(frozen=True)
class PersonShown:
    """Somebody to choose or chosen: `more` tells two of one name apart."""

    code: str
    name: str
    more: str


@dataclass(frozen=True)
class Naming:
    """What the form shows: who is chosen, what was looked for, who was found."""

    chosen: tuple[PersonShown, ...]
    found: tuple[PersonShown, ...]
    codes: str
    text: str
    any: bool
    more: bool

    @property
    def open(self) -> bool:
        return bool(self.chosen or self.text)


def is_looking(request: HttpRequest) -> bool:
    """Whether a button of the part about people was pressed, not the one that records."""
    return any(name in request.POST for name in (LOOK, ADD, DROP))


def given_of(request: HttpRequest) -> dict[str, str]:
    """What was typed, with who was chosen or taken off just now."""
    given: dict[str, str] = request.POST.dict()
    codes = dict.fromkeys(given.get(CHOSEN, "").split())
    if added := given.get(ADD, ""):
        codes[added] = None
    codes.pop(given.get(DROP, ""), None)
    return given | {CHOSEN: " ".join(codes)}


def naming(request: HttpRequest, unit: Unit, given: Mapping[str, str], entry: Entry | None = None) -> Naming:
    """Who is chosen, and who of the unit's register was looked for."""
    today, text = access.today(), clean(given.get(SEARCH, ""))[:LONGEST_SEARCH]
    codes = given.get(CHOSEN, "").split()
    people = _chosen(request, unit, codes, entry)
    members = _members(request, unit, today)
    found: list[Person] = []
    if words := fold(text).split()[:8]:
        rows = Person.objects.filter(same_as__isnull=True).exclude(code__in=codes)
        for word in words:
            rows = rows.filter(folded__contains=word)
        rows = rows.filter(pk__in=members.values("person")) | rows.filter(also__memberships__in=members)
        found = list(rows.distinct().order_by("sort_key", "pk")[: MOST_FOUND + 1])
    shown = _shown([*people, *found], today)
    return Naming(
        chosen=tuple(shown[person.pk] for person in people),
        found=tuple(shown[person.pk] for person in found[:MOST_FOUND]),
        codes=" ".join(person.code for person in people),
        text=text,
        any=bool(people) or members.exists(),
        more=len(found) > MOST_FOUND,
    )


def name_people(
    request: HttpRequest, unit: Unit, given: Mapping[str, str], read: Read, entry: Entry | None = None
) -> None:
    """The people of the register among those whom the entry names; a fault for whom it may not, or a search left open."""
    codes = given.get(CHOSEN, "").split()
    people = _chosen(request, unit, codes, entry)
    if len(people) < len(codes):
        read.fault(SEARCH, _("Có người đã chọn không còn trong sổ của đơn vị. Hãy xem lại những người được chọn."))
    text = clean(given.get(SEARCH, ""))
    if text and text != clean(given.get(SEARCHED, "")):
        read.fault(
            SEARCH,
            _("Ô tìm người còn chữ “%(text)s” chưa tìm. Hãy bấm “Tìm” rồi chọn, hoặc xóa chữ ở ô đó.")
            % {"text": text[:40]},
        )
    read.fields["people"] = [*read.fields["people"], *people]


def _chosen(request: HttpRequest, unit: Unit, codes: Sequence[str], entry: Entry | None) -> list[Person]:
    """Members of the unit or below it today, and those whom the entry names already, each under their one record."""
    if not codes:
        return []
    people = Person.objects.filter(code__in=codes).select_related("same_as")
    named = {each.person_id for each in entry.people.all() if each.person_id} if entry else set()
    members = _members(request, unit, access.today()).filter(person__in=people.values("pk"))
    inside: set[int | None] = set(members.values_list("person", flat=True))
    also = _members(request, unit, access.today()).filter(person__same_as__in=people.values("pk"))
    inside |= set(also.values_list("person__same_as", flat=True))
    by_code = {
        person.code: person if person.pk in named else root_of(person)
        for person in people
        if person.pk in named or person.root_id in inside or person.pk in inside
    }
    return list({by_code[code].pk: by_code[code] for code in codes if code in by_code}.values())


def _members(request: HttpRequest, unit: Unit, today: date) -> QuerySet[Membership]:
    """Of the unit and of the units below it that the reader may read."""
    below = units_below_on(unit, today).filter(pk__in=access.units_to_read(request).values("pk"))
    there = Membership.objects.filter(
        unit__in=Unit.objects.filter(pk=unit.pk).values("pk")
    ) | Membership.objects.filter(unit__in=below.values("pk"))
    return there.filter(superseded_at__isnull=True).filter(alive_on(today))


def _shown(people: Sequence[Person], today: date) -> dict[int, PersonShown]:
    """Each with the unit where they are a member, and the year of birth."""
    rows = Membership.objects.filter(person__in=[person.pk for person in people], superseded_at__isnull=True)
    where = dict(rows.filter(alive_on(today)).values_list("person", "unit"))
    names = names_of(set(where.values()), today) if where else {}
    found = {}
    for person in people:
        unit = names[where[person.pk]].short if person.pk in where else ""
        born = _("sinh %(year)s") % {"year": person.born_on.year} if person.born_on else ""
        found[person.pk] = PersonShown(person.code, person.shown, " · ".join(filter(None, (unit, born))))
    return found
