"""Who may change the Word templates. Who may issue a document is asked by the room whose document it is."""

from nhiemky.foundation.policies import POLICIES, Policy, whole_installation
from nhiemky.foundation.roles import Right

POLICIES["documents.template.upload"] = Policy(Right.ADMINISTER, whole_installation)
POLICIES["documents.template.withdraw"] = Policy(Right.ADMINISTER, whole_installation)
