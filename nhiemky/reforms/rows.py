"""One row of a plan: what happens to one unit. On screen, in a sheet and in the exchange file it is the same row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Do(StrEnum):
    """What happens to the unit of a row."""

    FOUND = "found"
    RENAME = "rename"
    RETYPE = "retype"
    MOVE = "move"
    MERGE = "merge"
    SPLIT = "split"
    END = "end"
    INHERIT = "inherit"
    REVIVE = "revive"
    ALLOT = "allot"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    Do.FOUND: _("thành lập"),
    Do.RENAME: _("đổi tên"),
    Do.RETYPE: _("đổi loại, khối"),
    Do.MOVE: _("chuyển về"),
    Do.MERGE: _("nhập vào"),
    Do.SPLIT: _("tách sang"),
    Do.END: _("kết thúc"),
    Do.INHERIT: _("thừa kế bởi"),
    Do.REVIVE: _("lập lại"),
    Do.ALLOT: _("chia đoàn viên về"),
}


@dataclass(frozen=True)
class Row:
    """What happens to `unit`; `to` is the parent, the unit that goes on, the part, or the heir.

    Units are named by their code; in a sheet by their name too, which `queries.plan` looks up.
    """

    do: Do
    unit: str = ""
    to: str = ""
    name: str = ""
    short: str = ""
    kind: str = ""
    block: str = ""
    territory: str = ""
    # of a part: has the past records whole; has what no row allots
    heir: bool = False
    rest: bool = False
    # a member of the unit, by the code or the card number
    person: str = ""
    # line of the sheet, or place in the list
    at: int = 0

    def as_json(self) -> dict[str, Any]:
        """Without what is empty."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of_json(cls, given: Mapping[str, Any]) -> Row:
        return cls(**dict(given) | {"do": Do(given["do"])})
