"""What may not come about by loading, looked at before the transaction ends: circles, people in two places at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from nhiemky.exchange.faults import Fault, FaultyFile
from nhiemky.foundation.many import these
from nhiemky.members.models import Membership, Person, PersonMerge
from nhiemky.rules.timeline import Precision, Span
from nhiemky.units.faults import tree_faults

MOST = 50


@dataclass(frozen=True)
class Before:
    """What stood before: faults of the tree that were there already, and the last membership."""

    faults: frozenset[tuple[str, str]]
    membership: int


def stand_before() -> Before:
    last = Membership.objects.aggregate(last=Max("pk"))["last"] or 0
    return Before(frozenset(tree_faults()), last)


def look_at_merges(touched: set[int]) -> None:
    """Which record stands for each of these, from the merges that hold; FaultyFile where they lead in a circle."""
    everyone, fresh = set(touched), set(touched)
    while fresh:
        ids = these(fresh)
        near = PersonMerge.objects.filter(Q(kept__in=ids) | Q(dropped__in=ids), undone_at__isnull=True)
        fresh = {each for pair in near.values_list("kept", "dropped") for each in pair} - everyone
        everyone |= fresh
    rows = PersonMerge.objects.filter(dropped__in=these(everyone), undone_at__isnull=True)
    into = dict(rows.values_list("dropped", "kept"))
    for each in sorted(everyone):
        line, root = {each}, each
        while root in into:
            root = into[root]
            if root in line:
                code = Person.objects.values_list("code", flat=True).get(pk=each)
                raise FaultyFile(
                    [Fault(0, _("Các lần gộp hồ sơ dẫn vòng quanh, từ “%(code)s” về chính nó.") % {"code": code})]
                )
            line.add(root)
        Person.objects.filter(pk=each).update(same_as=None if root == each else root)


def refuse_new_faults(before: Before) -> None:
    """FaultyFile where the tree, its terms or where people are members contradict each other since the load."""
    found = [sentence for fault in tree_faults() if fault not in before.faults for sentence in [": ".join(fault)]]
    found += _twice(before.membership)
    if found:
        raise FaultyFile([Fault(0, sentence) for sentence in found[:MOST]])


def _twice(last: int) -> Iterable[str]:
    """Persons of loaded memberships who would be members of two units on the same day."""
    fresh = Membership.objects.filter(pk__gt=last).annotate(root=Coalesce("person__same_as", "person")).values("root")
    known = Membership.objects.filter(superseded_at__isnull=True).filter(
        Q(person__in=fresh) | Q(person__same_as__in=fresh)
    )
    rows = (
        known.annotate(root=Coalesce("person__same_as", "person"))
        .order_by("root", F("starts_on").asc(nulls_first=True), "pk")
        .values_list("root", "unit", "starts_on", "ends_before", "code")
    )
    for _root, mine in groupby(rows.iterator(chunk_size=2000), key=lambda row: row[0]):
        yield from _clashes(list(mine))


def _clashes(mine: list[Any]) -> Iterable[str]:
    for at, (_root, unit, starts, ends, code) in enumerate(mine):
        span = Span(starts, ends, Precision.DAY, Precision.DAY)
        for _other, elsewhere, first, last, later in mine[at + 1 :]:
            if elsewhere != unit and span.overlaps(Span(first, last)):
                yield _("Một người là đoàn viên ở hai đơn vị cùng ngày: %(one)s và %(two)s.") % {
                    "one": code, "two": later,
                }  # fmt: skip
