"""What is wrong with a file, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal


@dataclass(frozen=True)
class Fault:
    """What is wrong in which line; line 0 is the whole file."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return _("Dòng %(line)s: %(what)s") % {"line": self.line, "what": self.sentence} if self.line else self.sentence


class FaultyFile(Refusal):
    """The file was refused whole; `faults` says why, by line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line)
        super().__init__(*self.faults)
