"""Who may set targets."""

from nhiemky.foundation.policies import POLICIES, Policy
from nhiemky.foundation.roles import Right

POLICIES["figures.target.adopt"] = Policy(Right.RECORD)
POLICIES["figures.target.correct"] = Policy(Right.RECORD, lambda given: given["target"].unit)
POLICIES["figures.target.withdraw"] = Policy(Right.RECORD, lambda given: given["target"].unit)
