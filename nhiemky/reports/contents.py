"""The frozen contents of a term report: everything that the page and the office files show, nothing to compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Line:
    """A result. `text` has comparator and unit word ('trên 100 lượt'); `number` and `word` are its two halves."""

    indicator: str
    label: str
    text: str
    number: str
    word: str
    money: str
    period: str
    when: str
    incomplete: bool
    json: Mapping[str, Any]
    is_money: bool = False


@dataclass(frozen=True)
class Section:
    """The results of one field of work."""

    code: str
    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class TargetRow:
    """A target. `aim` is what was set, `measured` what was reached, `state` a code, `state_text` and `reason` words."""

    code: str
    indicator: str
    label: str
    aim: str
    measured: str
    state: str
    state_text: str
    reason: str
    clause: str
    json: Mapping[str, Any]


@dataclass(frozen=True)
class PostRow:
    """Who was given which post by the congress."""

    person: str
    role: str
    body: str
    mandate: str


@dataclass(frozen=True)
class ReportContents:
    """A unit's report for a period. Texts are ready to print; `targets` judge the period, `direction` is what comes.

    `boundaries` says on which tree the results stand; targets are judged on the tree as it was.
    """

    unit_code: str
    unit_name: str
    unit_short: str
    parent_name: str
    parent_code: str
    kind: str
    kind_code: str
    block: str
    block_code: str
    fictional: bool
    title: str
    period_key: str
    period_title: str
    period_text: str
    period_span: str
    as_of: str
    as_of_span: str
    boundaries: str
    prepared_on: str
    sections: tuple[Section, ...]
    targets: tuple[TargetRow, ...]
    targets_met: str
    direction_title: str
    direction: tuple[TargetRow, ...]
    motto: str
    congress_title: str
    congress: tuple[Line, ...]
    posts: tuple[PostRow, ...]
    remarks: tuple[str, ...]
    sources: tuple[str, ...]
    records_digest: str
    # the day whose tree it was made on, as an ISO date; documents issued before that could be chosen do not have it
    boundaries_on: str = ""

    @property
    def targets_told(self) -> str:
        """'3/9, 2 chỉ tiêu chưa đo được': how many of the targets are met, and of how many nothing is known yet."""
        unknown = sum(row.state == "not_measurable" for row in self.targets)
        if not self.targets or not unknown:
            return self.targets_met
        if unknown == len(self.targets):
            return _("chưa đo được chỉ tiêu nào")
        return _("%(met)s, %(unknown)s chỉ tiêu chưa đo được") % {"met": self.targets_met, "unknown": unknown}

    @property
    def tree(self) -> date | None:
        """The day whose tree it was made on; None for the tree as it was."""
        return date.fromisoformat(self.boundaries_on) if self.boundaries_on else None

    def as_json(self) -> dict[str, Any]:
        """For storing with an issued document."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ReportContents:
        """The inverse of `as_json`."""

        def lines(rows: Any) -> tuple[Line, ...]:
            return tuple(Line(**row) for row in rows)

        return cls(
            **{
                **stored,
                "sections": tuple(Section(s["code"], s["label"], lines(s["lines"])) for s in stored["sections"]),
                "targets": tuple(TargetRow(**row) for row in stored["targets"]),
                "direction": tuple(TargetRow(**row) for row in stored["direction"]),
                "congress": lines(stored["congress"]),
                "posts": tuple(PostRow(**row) for row in stored["posts"]),
                "remarks": tuple(stored["remarks"]),
                "sources": tuple(stored["sources"]),
            }
        )

    @property
    def digest_in_groups(self) -> str:
        """The first twenty letters of the digest in groups of four, as people compare it."""
        return " ".join(self.records_digest[at : at + 4] for at in range(0, 20, 4))
