"""Who may load data, and who may take it away."""

from nhiemky.foundation.policies import POLICIES, Policy, whole_installation
from nhiemky.foundation.roles import Right

POLICIES["exchange.file.load"] = Policy(Right.ADMINISTER, whole_installation)
POLICIES["exchange.whole.load"] = Policy(Right.ADMINISTER, whole_installation)
# identity numbers are read: whoever answers for the unit, and the action asks for every unit below it
POLICIES["exchange.unit.export"] = Policy(Right.ADMINISTER)
