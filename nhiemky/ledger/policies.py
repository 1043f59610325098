"""Who may record, correct, cancel, hand in files and erase names."""

from nhiemky.foundation.policies import POLICIES, Policy
from nhiemky.foundation.roles import Right

POLICIES["ledger.entry.record"] = Policy(Right.RECORD)
POLICIES["ledger.entry.correct"] = Policy(Right.RECORD, lambda given: given["entry"].unit)
POLICIES["ledger.entry.cancel"] = Policy(Right.RECORD, lambda given: given["entry"].unit)
POLICIES["ledger.entry.erase_names"] = Policy(Right.ADMINISTER, lambda given: given["entry"].unit)
POLICIES["ledger.evidence.attach"] = Policy(Right.RECORD, lambda given: given["entry"].unit)
POLICIES["ledger.statement.record"] = Policy(Right.RECORD)
POLICIES["ledger.statement.correct"] = Policy(Right.RECORD, lambda given: given["statement"].unit)
POLICIES["ledger.statement.cancel"] = Policy(Right.RECORD, lambda given: given["statement"].unit)
