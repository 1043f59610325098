"""What a plan would do: it is applied in a transaction that is taken back, so a preview says what comes of it, and writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Count

from nhiemky.figures.definitions import definitions
from nhiemky.figures.queries import evaluate
from nhiemky.figures.queries.material import Asked, forget, gather
from nhiemky.foundation.events import written_by
from nhiemky.foundation.many import these
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.models import Membership, Post
from nhiemky.reforms.actions import Progress, apply_reorganisation, rows_of
from nhiemky.reforms.models import Reorganisation
from nhiemky.reforms.queries.plan import Told, laid_out
from nhiemky.reforms.queries.standing import units_touched
from nhiemky.reforms.queries.turning import changes_of
from nhiemky.rules.histories import Changes
from nhiemky.rules.quantities import Total
from nhiemky.rules.timeline import ONE_DAY, Span
from nhiemky.units.models import Term, Unit
from nhiemky.units.queries import alive_on, names_of

# what a reorganisation must never change at the top, and officers know by heart
TOTALS = ("union_members", "hardship_support_visits", "tet_gifts_given", "new_members_admitted")
# years back over which the totals of flows are taken
YEARS = 5


@dataclass(frozen=True)
class Members:
    """How many members the register has at a unit on the eve and on the day."""

    unit: str
    name: str
    before: int
    after: int


@dataclass(frozen=True)
class TotalLine:
    """A figure of the whole: as it was then and on the day's tree, before and after the plan. None: not known."""

    code: str
    label: str
    then_before: int | None
    then_after: int | None
    tree_before: int | None
    tree_after: int | None

    @property
    def is_equal(self) -> bool:
        return self.then_before == self.then_after and self.tree_before == self.tree_after


@dataclass(frozen=True)
class Preview:
    """What a plan would do, or every reason why it cannot be (`faults`, then all else is empty)."""

    faults: Sequence[Told] = ()
    changes: Changes[str] | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    # code -> what the unit is called
    names: Mapping[str, str] = field(default_factory=dict)
    # unit and label of each term that closes; unit, role and how many posts end
    terms: Sequence[tuple[str, str]] = ()
    posts: Sequence[tuple[str, int]] = ()
    members: Sequence[Members] = ()
    totals: Sequence[TotalLine] = ()


class _TakenBack(Exception):
    pass


def previewed(*, by: User, event: Reorganisation, today: date, tell: Progress = lambda _part: None) -> Preview:
    """The preview of a draft. A plan of a later day is looked at as of that day."""
    plan = laid_out(event.unit, rows_of(event), event.day)
    if isinstance(plan, list):
        return Preview(faults=plan)
    until = max(today, event.day)
    before = _totals(event.unit, event.day, until)
    found = Preview()
    try:
        with transaction.atomic():
            apply_reorganisation(by=by, event=event, today=until, tell=lambda part: tell(part * 9 // 10))
            found = _looked_at(Reorganisation.objects.get(pk=event.pk), before, until)
            raise _TakenBack
    except _TakenBack:
        pass
    except Refusal as refusal:
        return Preview(faults=[Told(0, sentence) for sentence in refusal.sentences])
    finally:
        # what was kept in memory speaks of rows that are gone again
        forget()
    tell(100)
    return found


def _looked_at(event: Reorganisation, before: Mapping[str, tuple[int | None, int | None]], until: date) -> Preview:
    after = _totals(event.unit, event.day, until)
    touched = units_touched(event)
    cards = names_of(touched, event.day)
    terms = written_by(Term, event.code).select_related("unit").order_by("unit__code")
    posts = written_by(Post, event.code).order_by().values("unit").annotate(n=Count("pk"))
    ended_at = {row["unit"]: row["n"] for row in posts}
    shown = names_of(ended_at, event.day)
    labels = {code: definitions()[code].label for code in TOTALS}
    changes = changes_of(event)
    return Preview(
        changes=changes,
        counts=event.counts,
        names={card.code: card.short for card in cards.values()} | _names_in(changes, event.day),
        terms=[(term.unit.code, term.label) for term in terms],
        posts=sorted((shown[unit].code, count) for unit, count in ended_at.items()),
        members=_members(event, until),
        totals=[
            TotalLine(code, labels[code], before[code][0], after[code][0], before[code][1], after[code][1])
            for code in TOTALS
        ],
    )


def _names_in(changes: Changes[str], day: date) -> dict[str, str]:
    codes = {each for edge in (*changes.edges_come, *changes.edges_gone) for each in (edge.unit, edge.parent)}
    codes |= {each for row in changes.successions for each in (row.unit, row.successor)}
    keys: list[int] = []
    listed = sorted(codes)
    for start in range(0, len(listed), 500):
        keys += Unit.objects.filter(code__in=listed[start : start + 500]).values_list("pk", flat=True)
    return {card.code: card.short for card in names_of(keys, day).values()}


def _members(event: Reorganisation, until: date) -> list[Members]:
    """The units whose members change, by name."""
    units = set(written_by(Membership, event.code).values_list("unit", flat=True))
    known = Membership.objects.filter(unit__in=these(units), superseded_at__isnull=True)
    counts: list[Counter[int]] = []
    for day in (event.day - ONE_DAY, event.day):
        rows = known.filter(alive_on(day)).order_by().values("unit").annotate(n=Count("person", distinct=True))
        counts.append(Counter({row["unit"]: row["n"] for row in rows}))
    cards = names_of(units, event.day)
    found = [Members(cards[unit].code, cards[unit].short, counts[0][unit], counts[1][unit]) for unit in units]
    return sorted(found, key=lambda each: each.name)


def _totals(top: Unit, day: date, until: date) -> dict[str, tuple[int | None, int | None]]:
    """Figure -> its value as it was then, and on the tree of the day; stocks are those of the day."""
    span = Span(date(until.year - YEARS, 1, 1), until + ONE_DAY)
    found: dict[str, list[int | None]] = {code: [] for code in TOTALS}
    for boundaries in (None, day):
        material = gather(top, [span], until, boundaries)
        for code in TOTALS:
            value = evaluate(definitions()[code], material, Asked(span, day, boundaries)).value
            found[code].append(value.value if isinstance(value, Total) else None)
    return {code: (then, tree) for code, (then, tree) in found.items()}
