"""Who may enter persons, memberships and posts."""

from nhiemky.foundation.policies import POLICIES, Policy, whole_installation
from nhiemky.foundation.roles import Right

POLICIES["members.person.enter"] = Policy(Right.ADMINISTER, whole_installation)
POLICIES["members.membership.join"] = Policy(Right.RECORD)
POLICIES["members.membership.leave"] = Policy(Right.RECORD, lambda given: given["membership"].unit)
POLICIES["members.post.fill"] = Policy(Right.ADMINISTER)
