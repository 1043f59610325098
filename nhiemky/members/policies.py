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
    "members.member.admit",
    "members.membership.join",
    "members.group.set",
    "members.standing.record",
    "members.dues.record",
    "members.dues.record_all",
    "members.import.remember",
    "members.import.apply",
    "members.person.reveal",
    "members.person.tell",
    "members.list.take",
    "members.consent.give",
    "members.consent.withdraw",
    # of one record's unit; the action asks for the other's as well
    "members.person.merge",
    "members.person.unmerge",
):
    POLICIES[_name] = Policy(Right.RECORD)
for _name in ("members.membership.leave", "members.membership.correct", "members.membership.annul"):
    POLICIES[_name] = Policy(Right.RECORD, unit_of("membership"))
POLICIES["members.standing.end"] = Policy(Right.RECORD, unit_of("standing"))
for _name in ("members.transfer.ask", "members.transfer.look", "members.transfer.request"):
    POLICIES[_name] = Policy(Right.RECORD)
# who began it withdraws, whose answer it waits for answers; a transfer to nowhere here has nobody who answers
POLICIES["members.transfer.withdraw"] = Policy(Right.RECORD, lambda given: given["transfer"].asker)
for _name in ("members.transfer.accept", "members.transfer.refuse"):
    POLICIES[_name] = Policy(Right.RECORD, lambda given: given["transfer"].answerer)
# for ever: whoever answers for the unit decides
POLICIES["members.person.erase"] = Policy(Right.ADMINISTER)
POLICIES["members.register.begin"] = Policy(Right.ADMINISTER)
for _name in ("members.register.reorganise", "members.register.restore"):
    POLICIES[_name] = Policy(Right.ADMINISTER)
# posts come from the unit's own congress and decisions, as its terms do
for _name in ("members.post.fill", "members.post.fill_new", "members.body.fix_size", "members.rules.choose"):
    POLICIES[_name] = Policy(Right.ISSUE)
for _name in ("members.post.end", "members.post.correct", "members.post.annul"):
    POLICIES[_name] = Policy(Right.ISSUE, unit_of("post"))
