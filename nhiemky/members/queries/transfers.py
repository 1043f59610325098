"""Reads of transfers: who waits for whose answer, and what a person leaves behind who moves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from nhiemky.foundation.models import AuditEvent, User
from nhiemky.members.models import OPEN, Dues, Grouping, Membership, Person, Post, Transfer, TransferState
from nhiemky.members.particulars import read
from nhiemky.members.queries.persons import cluster_of, memberships_known
from nhiemky.members.queries.posts import PostCard, cards_of
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit
from nhiemky.units.queries import alive_on, ancestors_on, card

# where people are members: a group or a section is a part of such a unit
KINDS = frozenset({"grassroots", "grassroots_trade", "member_grassroots"})
LOOKING = "members.transfer.look"
# so many looks at the registers of others: by a person in an hour, from a unit in a day
LOOKS_AN_HOUR, LOOKS_A_DAY = 10, 40


def transfer_coded(code: str) -> Transfer | None:
    return _with_ends(Transfer.objects.filter(code=code)).first()


def open_transfer(person: Person) -> Transfer | None:
    """The transfer of the person that waits for an answer, under whichever of their records."""
    return _with_ends(Transfer.objects.filter(person__in=cluster_of(person), state__in=OPEN)).first()


def waiting_at(units: Iterable[int] | QuerySet) -> QuerySet[Transfer]:
    """The transfers from or to these units that wait for an answer, the longest waiting first."""
    return _with_ends(Transfer.objects.filter(_touching(units), state__in=OPEN)).order_by("asked_at", "pk")


def to_answer(units: Iterable[int] | QuerySet) -> QuerySet[Transfer]:
    """Of those that wait, the ones that wait for an answer of these units."""
    return waiting_at(units).filter(
        Q(state=TransferState.WAITING, to_unit__in=units) | Q(state=TransferState.REQUESTED, unit__in=units)
    )


def closed_at(units: Iterable[int] | QuerySet) -> QuerySet[Transfer]:
    """The transfers from or to these units that wait for nothing any more, the latest first."""
    return _with_ends(Transfer.objects.filter(_touching(units)).exclude(state__in=OPEN)).order_by("-asked_at", "-pk")


def running_at(person: Person, unit: Unit) -> Membership | None:
    """The membership of the person at the unit that has no end; where merged records say two, the one begun last."""
    rows = [row for row in memberships_known(person) if row.unit_id == unit.pk and not row.ends_before]
    return max(rows, key=lambda row: (row.starts_on or date.min, row.pk), default=None)


def receives_members(unit: Unit, day: date) -> bool:
    """Whether people are members of such a unit, and it lives on that day."""
    return unit.lives_on(day) and card(unit, day).kind in KINDS


def group_on(person: Person, day: date) -> str:
    """The name of the group that the person belongs to on that day; empty when to none."""
    rows = Grouping.objects.filter(person__in=cluster_of(person), superseded_at__isnull=True).filter(alive_on(day))
    row = rows.select_related("group").first()
    return card(row.group, day).name if row else ""


def paid_until(person: Person, unit: Unit) -> date | None:
    """The last day of the months for which dues were paid at the unit; None when nothing is known of it."""
    rows = Dues.objects.filter(person__in=cluster_of(person), unit=unit, state="paid", superseded_at__isnull=True)
    return max((row.span.last_day for row in rows), default=None)


def posts_left(person: Person, to_unit: Unit | None, day: date) -> list[PostCard]:
    """The posts that the person holds on that day in units out of whose scope they move (charter: they leave those)."""
    rows = Post.objects.filter(person__in=cluster_of(person), superseded_at__isnull=True).filter(alive_on(day))
    kept = [to_unit.pk, *ancestors_on(to_unit, day)] if to_unit else []
    return cards_of(rows.exclude(unit__in=kept).select_related("person__same_as"))


def named_exactly(name: str, number: str) -> list[Person]:
    """The persons of exactly this name who have this card number or identity number; one record each."""
    name, number = clean(name).casefold(), clean(number)
    if not name or not number:
        return []
    wanted = Q(card=number)
    # no day plays a part in reading a number
    told = read("id_number", number, date.max).values
    if told:
        wanted |= Q(id_digest=told["id_digest"])
    found = {each.root_id for each in Person.objects.filter(wanted) if each.name.casefold() == name}
    return list(Person.objects.filter(pk__in=found).order_by("pk"))


def looked_too_often(by: User, unit: Unit, now: datetime) -> bool:
    """Whether this person or this unit has looked for members of others as often as is allowed."""
    looks = AuditEvent.objects.filter(action=LOOKING)
    return (
        looks.filter(actor=by, at__gt=now - timedelta(hours=1)).count() >= LOOKS_AN_HOUR
        or looks.filter(unit=unit.code, at__gt=now - timedelta(days=1)).count() >= LOOKS_A_DAY
    )


def _touching(units: Iterable[int] | QuerySet) -> Q:
    return Q(unit__in=units) | Q(to_unit__in=units)


def _with_ends(rows: QuerySet[Transfer]) -> QuerySet[Transfer]:
    return rows.select_related("person", "unit", "to_unit", "asked_by", "answered_by")
