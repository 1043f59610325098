"""Who may issue a report or a letter."""

from nhiemky.foundation.policies import POLICIES, Policy
from nhiemky.foundation.roles import Right

POLICIES["reports.term_report.issue"] = Policy(Right.ISSUE)
POLICIES["reports.transfer_letter.issue"] = Policy(Right.ISSUE, lambda given: given["transfer"].unit)
