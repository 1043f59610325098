"""Who may issue a report."""

from nhiemky.foundation.policies import POLICIES, Policy
from nhiemky.foundation.roles import Right

POLICIES["reports.term_report.issue"] = Policy(Right.ISSUE)
