"""Who reaches which unit on a day: by the grants, the tree of the day, and who goes on with units that have ended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date

from django.db.models import Q, QuerySet

from nhiemky.foundation.many import these
from nhiemky.foundation.models import OneTimeLink, User
from nhiemky.foundation.queries import COMMAND_LINE
from nhiemky.foundation.roles import Right, Role
from nhiemky.units.models import Grant, Unit, UnitLife
from nhiemky.units.queries.away import Away, away_on
from nhiemky.units.queries.tree import ancestors_on, units_below_on

# who goes on with what a unit did reads it, and whoever has it whole corrects it; its papers nobody else signs
THROUGH_SUCCESSORS = (Right.READ, Right.RECORD)


def grants_of(user: User, right: Right, on: date) -> list[Grant]:
    """The user's grants that carry the right on that day."""
    living = Grant.objects.filter(user=user, starts_on__lte=on).filter(
        Q(ends_before__isnull=True) | Q(ends_before__gt=on)
    )
    return [grant for grant in living.select_related("unit") if right in Role(grant.role).rights]


def reaches(user: User, right: Right, unit: Unit | None, on: date) -> bool:
    """Whether a grant of the user carries the right to the unit; None asks for the whole installation."""
    grants = grants_of(user, right, on)
    if any(grant.unit_id is None for grant in grants):
        return True
    if unit is None or not grants:
        return False
    if any(grant.unit_id == unit.pk for grant in grants):
        return True
    tops = {grant.unit_id for grant in grants if grant.below}
    if tops and tops & set(ancestors_on(unit, on)):
        return True
    if right not in THROUGH_SUCCESSORS or unit.lives_on(on):
        return False
    own = {grant.unit_id for grant in grants}
    itself, over = _reached_from(unit, on, parts=right is Right.READ)
    return bool(own & itself or tops & over)


def _reached_from(unit: Unit, on: date, *, parts: bool) -> tuple[set[int], set[int]]:
    """From which units a grant reaches a unit that is away; and from which only one that reaches all below."""
    away = away_on(on)
    itself = _closed({unit.pk}, lambda found: away.onward(found, parts=parts))

    def further(found: set[int]) -> set[int]:
        return {away.parents[each] for each in found if each in away.parents} | set(away.onward(found, parts=False))

    over = _closed(itself, further)
    living = Unit.objects.filter(pk__in=over - away.parents.keys() - away.successors.keys())
    return itself, over.union(*(ancestors_on(each, on) for each in living))


def _closed(begun: set[int], further: Callable[[set[int]], Collection[int]]) -> set[int]:
    """These, and all that one comes to from them."""
    found = fresh = set(begun)
    while fresh := set(further(fresh)) - found:
        found = found | fresh
    return found


def visible_units(user: User, on: date) -> QuerySet[Unit]:
    """The units that the user may read on that day; those that do not live on it by their last or first parent, and
    those that have ended through whoever goes on with them."""
    grants = grants_of(user, Right.READ, on)
    if any(grant.unit_id is None for grant in grants):
        return Unit.objects.all()
    own = Q(pk__in=[grant.unit_id for grant in grants])
    away = away_on(on) if grants and _anything_away(on) else Away()
    tops: set[int] = set()
    for grant in grants:
        if grant.below and grant.unit:
            below = units_below_on(grant.unit, on)
            own |= Q(pk__in=below.values("pk"))
            if away.parents or away.successors:
                tops |= {grant.unit.pk, *below.values_list("pk", flat=True)}
    found = _away_below(tops, away) - tops
    found |= _away_before({grant.unit_id for grant in grants if grant.unit_id} | tops | found, away)
    return Unit.objects.filter(own | Q(pk__in=these(found))) if found else Unit.objects.filter(own)


def _anything_away(on: date) -> bool:
    elsewhen = Q(ends_before__lte=on) | Q(starts_on__gt=on)
    return UnitLife.objects.filter(elsewhen, superseded_at__isnull=True).exists()


def _away_below(tops: set[int], away: Away) -> set[int]:
    """The units away that one who reaches all below these reaches: by the parent, or as what a unit has whole."""
    below = _upside_down([*away.parents.items(), *away.whole.items()]) if tops else {}
    return _closed(tops, lambda found: {each for over in found for each in below.get(over, ())})


def _away_before(reached: set[int], away: Away) -> set[int]:
    """The units that ended and that one of these goes on with, in part or whole."""
    before = _upside_down((unit, each) for unit, others in away.successors.items() for each in others)
    return _closed(reached, lambda found: {each for after in found for each in before.get(after, ())}) - reached


def _upside_down(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    turned: dict[int, list[int]] = {}
    for one, other in pairs:
        turned.setdefault(other, []).append(one)
    return turned


def may_give(user: User, unit: Unit | None, below: bool, on: date) -> bool:
    """Whether a grant at the unit, with all below it if `below`, gives no more than the user's own reach."""
    grants = grants_of(user, Right.ADMINISTER, on)
    if any(grant.unit_id is None for grant in grants):
        return True
    if unit is None:
        return False
    tops = {grant.unit_id for grant in grants if grant.below or not below}
    own = unit.pk in tops
    return own or bool({grant.unit_id for grant in grants if grant.below} & set(ancestors_on(unit, on)))


def inviter_may_give(link: OneTimeLink, unit: Unit, on: date) -> bool:
    """Whether whoever made the invitation could still make it on that day."""
    return link.made_by.is_active and may_give(link.made_by, unit, link.below, on)


def living_grants(on: date) -> QuerySet[Grant]:
    """The grants that hold on that day, of people who still sign in, the longest standing first."""
    living = Grant.objects.filter(starts_on__lte=on, user__is_active=True).exclude(user__username=COMMAND_LINE)
    return living.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=on)).select_related("user").order_by("pk")


def grants_over(unit: Unit, on: date) -> QuerySet[Grant]:
    """The grants from above that reach the unit: of the units over it with all below, and of the whole installation."""
    above = Q(unit__in=ancestors_on(unit, on), below=True) | Q(unit__isnull=True)
    return living_grants(on).filter(above)


def somebody_has_a_grant() -> bool:
    """Whether this installation has been set up: somebody else than the command line was let in."""
    return Grant.objects.exclude(user__username=COMMAND_LINE).exists()


def reaches_below(user: User, on: date) -> bool:
    """Whether the user reaches units beyond those that they have a grant at."""
    own = [grant.unit_id for grant in grants_of(user, Right.READ, on) if grant.unit_id]
    return visible_units(user, on).exclude(pk__in=own).exists()
