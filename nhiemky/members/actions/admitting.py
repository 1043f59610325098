"""Members entered with all that their entry says: the person, the membership, the group. All of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions.memberships import join_unit
from nhiemky.members.actions.persons import enter_person
from nhiemky.members.actions.standings import set_group
from nhiemky.members.models import Membership, Person
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit


@dataclass(frozen=True)
class Newcomer:
    """Who joins: the particulars of somebody new, as `particulars.read` gives them, or a person there already is."""

    values: Mapping[str, Any]
    person: Person | None = None

    @property
    def name(self) -> str:
        return self.person.name if self.person else self.values.get("name", "")


@action("members.member.admit", calls=("members.person.enter", "members.membership.join", "members.group.set"))
def admit_members(
    *,
    by: User,
    unit: Unit,
    newcomers: Sequence[Newcomer],
    since: Span,
    joining: str,
    decision: str,
    code: str,
    group: Unit | None = None,
) -> list[Membership]:
    """They are members of the unit from the same day by the same decision; of the group too, if one is given.

    The first membership has the code `code`, the n-th after it `<code>-<n>`.
    """
    made, faults = [], []
    for at, newcomer in enumerate(newcomers):
        try:
            made.append(_admit(by, unit, newcomer, since, joining, decision, f"{code}-{at}" if at else code, group))
        except Refusal as refusal:
            faults += [f"{newcomer.name}: {each}" if len(newcomers) > 1 else each for each in refusal.sentences]
    if faults:
        raise Refusal.of(faults)
    write_event(subject=f"membership:{code}", unit=unit.code, data={"rows": len(made)})
    return made


def _admit(
    by: User,
    unit: Unit,
    newcomer: Newcomer,
    since: Span,
    joining: str,
    decision: str,
    code: str,
    group: Unit | None,
) -> Membership:
    values = dict(newcomer.values)
    person = newcomer.person or enter_person(by=by, unit=unit, name=values.pop("name"), **_besides_name(values))
    membership = join_unit(by=by, unit=unit, person=person, valid=since, joining=joining, decision=decision, code=code)
    if group:
        set_group(by=by, unit=unit, person=person, group=group, since=since.starts_on or date.max)
    return membership


def _besides_name(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in ("sort_key", "folded")}
