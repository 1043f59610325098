"""Who may enter persons, memberships, standings and posts."""

from collections.abc import Mapping
from typing import Any

from nhiemky.foundation.policies import POLICIES, Policy
from nhiemky.foundation.roles import Right


def unit_of(name: str) -> Any:
    """The unit of the row that is given under that name."""

    def unit(given: Mapping[str, Any]) -> Any:
        return given[name].unit

    return unit


# a person belongs to no unit by themselves: who enters one says for which unit, or answers for the whole installation
POLICIES["members.person.enter"] = Policy(Right.RECORD, lambda given: given.get("unit"))
for _name in (
    "members.person.amend",
    "members.child.add",
    "members.child.remove",
    "members.membership.join",
    "members.group.set",
    "members.standing.record",
    "members.dues.record",
    # of one record's unit; the action asks for the other's as well
    "members.person.merge",
    "members.person.unmerge",
):
    POLICIES[_name] = Policy(Right.RECORD)
for _name in ("members.membership.leave", "members.membership.correct", "members.membership.annul"):
    POLICIES[_name] = Policy(Right.RECORD, unit_of("membership"))
POLICIES["members.standing.end"] = Policy(Right.RECORD, unit_of("standing"))
POLICIES["members.register.begin"] = Policy(Right.ADMINISTER)
POLICIES["members.post.fill"] = Policy(Right.ADMINISTER)
