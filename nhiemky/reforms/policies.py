"""Who may reorganise: whoever answers for the unit that decides, over all that stands below it."""

from nhiemky.foundation.policies import POLICIES, Policy
from nhiemky.foundation.roles import Right

POLICIES["reforms.reorganisation.draft"] = Policy(Right.ADMINISTER)
for _name in ("amend", "discard", "order", "apply", "annul", "reverse"):
    POLICIES[f"reforms.reorganisation.{_name}"] = Policy(Right.ADMINISTER, lambda given: given["event"].unit)
