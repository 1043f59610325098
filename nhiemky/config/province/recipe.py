"""The recipe of the fictional province, and chance with a fixed seed."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

DAY = timedelta(days=1)
T = TypeVar("T")
Line = dict[str, Any]


class Draw:
    """Chance that falls the same way for the same words, on every machine and every version of Python."""

    def __init__(self, *words: object) -> None:
        # of all that `random` offers only this is promised to stay the same
        self._next = random.Random(":".join(map(str, words))).random  # noqa: S311 - nothing is secret here

    def whole(self, low: int, high: int) -> int:
        return low + int(self._next() * (high - low + 1))

    def one(self, of: Sequence[T]) -> T:
        return of[int(self._next() * len(of))]

    def in_hundred(self, chance: float) -> bool:
        return self._next() * 100 < chance

    def times(self, expected: float) -> int:
        return int(expected) + self.in_hundred(100 * (expected - int(expected)))


@dataclass(frozen=True)
class Place:
    """A unit as the generator knows it: above the grassroots, a union, or a group of one."""

    code: str
    level: str  # tinh, tren, cs, to
    parent: str
    name: str
    block: str = ""
    since: str = ""
    women: int = 50
    written_by_hand: bool = False
    keeps: frozenset[str] = frozenset()
    posts: int = 3
    # the last day, of a unit that the reform ended
    ends: date | None = None
    founded_by_reform: bool = False

    @property
    def half(self) -> str:
        """hcsn or sxkd: which half of the blocks it belongs to."""
        return "hcsn" if self.block in ("hcsn", "hanh_chinh", "su_nghiep") else "sxkd"

    @property
    def begins(self) -> date:
        return first_day_of(self.since) if self.since else date(1990, 1, 1)

    def is_there(self, day: date) -> bool:
        return self.begins <= day and (self.ends is None or day <= self.ends)


def first_day_of(text: str) -> date:
    year, month, day = (*text.split("-"), "1", "1")[:3]
    return date(int(year), int(month), int(day))


@dataclass(frozen=True)
class Recipe:
    """What stands in `data/demo`, and what was written there by hand."""

    folder: Path
    given: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", self._toml("province.toml"))

    def _toml(self, name: str) -> dict[str, Any]:
        return tomllib.loads((self.folder / name).read_text(encoding="utf-8"))

    @cached_property
    def works(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._toml("works.toml")["work"]
        return found

    @cached_property
    def goals(self) -> dict[str, Any]:
        return self._toml("targets.toml")

    @cached_property
    def people(self) -> dict[str, Any]:
        return self._toml("people.toml")

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The reorganisations of the reform, in the order of days."""
        found: list[dict[str, Any]] = self._toml("reform.toml")["event"]
        return found

    def _days_of(self, *steps: str) -> dict[str, date]:
        return {row["unit"]: event["day"] for event in self.events for row in event["rows"] if row["do"] in steps}

    @cached_property
    def ended(self) -> dict[str, date]:
        """Unit -> the last day of its life, of those that the reform ended."""
        return {unit: day - DAY for unit, day in self._days_of("end", "merge").items()}

    @cached_property
    def founded(self) -> dict[str, date]:
        """Unit -> its first day, of those that the reform founded, by themselves or out of others."""
        out_of = {
            row["to"]: event["day"]
            for event in self.events
            for row in event["rows"]
            if row.get("name") and row["do"] == "merge"
        }
        return self._days_of("found") | out_of

    def came_from(self, code: str) -> list[str]:
        """The units that merged into this one."""
        rows = [row for event in self.events for row in event["rows"]]
        return [row["unit"] for row in rows if row["do"] == "merge" and row["to"] == code]

    @cached_property
    def by_hand(self) -> list[Line]:
        """The lines of the hand-written file."""
        text = (self.folder / "fictional.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.strip()]

    @property
    def first_day(self) -> date:
        day: date = self.given["first_day"]
        return day

    @property
    def last_day(self) -> date:
        day: date = self.given["last_day"]
        return day

    def draw(self, *words: object) -> Draw:
        return Draw(self.given["seed"], *words)

    @cached_property
    def uppers(self) -> list[Place]:
        return [self._upper(row["code"], row) for row in self.given["upper"]]

    def _upper(self, code: str, row: dict[str, Any]) -> Place:
        founded = self.founded.get(code)
        return Place(
            code,
            "tinh" if code == "hc-tinh" or row.get("kind") == "province" else "tren",
            row.get("parent", "" if code == "hc-tinh" else "hc-tinh"),
            row.get("name", ""),
            since=founded.isoformat() if founded else "",
            written_by_hand="name" not in row,
            keeps=frozenset(row.get("keeps", ())),
            posts=row["posts"],
            ends=self.ended.get(code),
            founded_by_reform=founded is not None,
        )

    @cached_property
    def unions(self) -> list[Place]:
        keeps = {each.code: each.keeps for each in self.uppers}
        return [
            Place(
                code,
                "cs",
                parent,
                name,
                block,
                since or self.founded[code].isoformat(),
                women,
                written_by_hand=not name,
                keeps=keeps[parent],
                ends=self.ended.get(code),
                founded_by_reform=code in self.founded,
            )
            for code, name, parent, block, since, _first, _last, women in self.given["unions"]["rows"]
        ]

    @cached_property
    def groups(self) -> list[Place]:
        unions = {each.code: each for each in self.unions}
        return [
            Place(
                f"{code}-to-{number}",
                "to",
                code,
                name,
                unions[code].block,
                unions[code].since,
                keeps=unions[code].keeps,
                posts=1,
                ends=unions[code].ends,
            )
            for code, names in self.given["groups"].items()
            for number, name in enumerate(names, start=1)
        ]

    @cached_property
    def stocks(self) -> dict[str, list[tuple[date, int]]]:
        """Members of each union that keeps a register, on the days it stated them."""
        found: dict[str, list[tuple[date, int]]] = {}
        for code, name, *_rest, first, last, _women in self.given["unions"]["rows"]:
            if not first and not last:
                continue
            if name:
                found[code] = self._drawn_stocks(code, first, last)
            else:
                found[code] = [
                    (first_day_of(line["period"]), line["value"])
                    for line in self.by_hand
                    if line["type"] == "statement" and line["unit"] == code and line["subject"] == "members"
                ]
        return found

    def _drawn_stocks(self, code: str, first: int, last: int) -> list[tuple[date, int]]:
        days = [*(date(year, 11, 30) for year in range(2021, 2026)), date(2026, 5, 31)]
        if code in self.ended:
            last, days = first, days[:4]
        draw = self.draw(code, "stock")
        steps = len(days) - 1
        inner = [first + (last - first) * at // steps + draw.whole(-1, 1) for at in range(1, steps)]
        return list(zip(days, [first, *inner, last + draw.whole(0, 1)], strict=True))

    def members_on(self, code: str, day: date) -> int:
        """Members by the latest statement on that day, or by the first."""
        stated = self.stocks.get(code) or [(date.min, 60)]
        return next((value for on, value in reversed(stated) if on <= day), stated[0][1])
