"""Who may change the tree and the terms."""

from nhiemky.foundation.policies import POLICIES, Policy, whole_installation
from nhiemky.foundation.roles import Right

POLICIES["units.unit.found"] = Policy(Right.ADMINISTER, whole_installation)
POLICIES["units.placement.place"] = Policy(Right.ADMINISTER, whole_installation)
# who answers for the unit's documents answers for its terms: both come from its own congress
POLICIES["units.term.open"] = Policy(Right.ISSUE)
POLICIES["units.term.close"] = Policy(Right.ISSUE, lambda given: given["term"].unit)
POLICIES["units.term.correct"] = Policy(Right.ISSUE, lambda given: given["term"].unit)
POLICIES["units.period.correct"] = Policy(Right.ISSUE, lambda given: given["named"].unit)
POLICIES["units.period.name"] = Policy(Right.ISSUE)
POLICIES["units.grant.give"] = Policy(Right.ADMINISTER)
POLICIES["units.grant.end"] = Policy(Right.ADMINISTER)
POLICIES["units.unit.amend"] = Policy(Right.ADMINISTER)
POLICIES["units.name.change"] = Policy(Right.ADMINISTER)
POLICIES["units.invitation.make"] = Policy(Right.ADMINISTER)
POLICIES["units.invitation.revoke"] = Policy(Right.ADMINISTER)
# by the account of the command line, for whoever holds a one-time address
POLICIES["units.invitation.accept"] = Policy(Right.ADMINISTER, whole_installation)
POLICIES["units.installation.begin"] = Policy(Right.ADMINISTER, whole_installation)
# of the unit that decides on a reorganisation
POLICIES["units.tree.reshape"] = Policy(Right.ADMINISTER)
POLICIES["units.tree.restore"] = Policy(Right.ADMINISTER)
POLICIES["units.terms.close_all"] = Policy(Right.ADMINISTER)
POLICIES["units.terms.reopen_all"] = Policy(Right.ADMINISTER)
