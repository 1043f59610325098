"""Who may set targets."""

from nhiemky.foundation.policies import POLICIES, Policy
from nhiemky.foundation.roles import Right

POLICIES["figures.target.adopt"] = Policy(Right.RECORD)
