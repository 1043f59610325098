"""Who may enter persons and posts."""

from nhiemky.foundation.policies import POLICIES, Policy, whole_installation
from nhiemky.foundation.roles import Right

POLICIES["members.person.enter"] = Policy(Right.ADMINISTER, whole_installation)
POLICIES["members.post.fill"] = Policy(Right.ADMINISTER)
