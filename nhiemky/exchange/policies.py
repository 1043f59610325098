"""Who may load data."""

from nhiemky.foundation.policies import POLICIES, Policy, whole_installation
from nhiemky.foundation.roles import Right

POLICIES["exchange.file.load"] = Policy(Right.ADMINISTER, whole_installation)
