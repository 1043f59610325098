"""A second way to compute figures, written to be slow and plain, so that it shares no mistake with the first.

It knows a tree for each single day and raw rows; it goes through all of them for every question. It imports neither
the rules nor the figures. A number is kept as what is known of its two ends: closed, open, or nothing.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.conf import settings

FIRST, LAST = date(2023, 1, 1), date(2024, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
LOW_END = {"eq": "closed", "gte": "closed", "gt": "open", "lt": None, "approx": None}
HIGH_END = {"eq": "closed", "gte": None, "gt": None, "lt": "open", "approx": None}
# there is no sign for "at most": what has only a closed high end is written as what has an open one
SIGNS = {
    ("closed", "closed"): "eq",
    ("closed", None): "gte",
    ("open", None): "gt",
    (None, "open"): "lt",
    (None, "closed"): "lt",
}
NOTHING = ("nothing",)


def rows_of(folder: str, name: str) -> list[dict[str, Any]]:
    path = settings.DATA_DIR / folder
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    return [row for file in files for row in tomllib.loads(file.read_text(encoding="utf-8")).get(name, [])]


@cache
def indicators() -> dict[str, dict[str, Any]]:
    """The lines of the files, and for what none of them asks for a line of the rest."""
    rows = {row["code"]: row for row in rows_of("indicators", "indicator")}
    flows = [row for row in rows.values() if row["measure"] in ("count", "share", "per_unit", "targets")]
    for kind in rows_of("catalogue/activities", "kind"):
        for word in kind["words"]:
            lines = [row for row in flows if kind["code"] in row["kinds"] and row["word"] == word]
            if all("where" in row for row in lines):
                code = f"other_{kind['code']}_{word}"
                rows[code] = {
                    "code": code, "measure": "count", "kinds": [kind["code"]], "word": word,
                    "money": kind.get("money", "none") != "none", "not": [row["where"] for row in lines],
                }  # fmt: skip
    return rows


@cache
def ranks() -> dict[str, int]:
    return {row["code"]: row["rank"] for row in rows_of("catalogue/grades.toml", "grade")}


@cache
def block_groups() -> dict[str, str]:
    return {row["code"]: row["group"] for row in rows_of("catalogue/blocks.toml", "block")}


@cache
def words_of_kinds() -> dict[str, list[str]]:
    return {row["code"]: row["words"] for row in rows_of("catalogue/activities", "kind")}


@cache
def kinds_with_a_line_for_money() -> set[str]:
    lines = [row for row in indicators().values() if row["measure"] == "money" and not row.get("where")]
    return {kind for row in lines for kind in row["kinds"]}


def kinds_paid(row: dict[str, Any]) -> set[str]:
    """The kinds whose money stands beside the count of this indicator."""
    return {kind for kind in row["kinds"] if row.get("money") and kind not in kinds_with_a_line_for_money()}


def is_paid(row: dict[str, Any], entry: dict[str, Any], words: list[str]) -> bool:
    """Whether the entry's money belongs to the indicator: once, beside the first of its kind's words that it counts."""
    if not entry["money"] or row["measure"] == "money":
        return bool(entry["money"])
    first = [word for word in words_of_kinds()[entry["kind"]] if word in words or not words]
    return entry["kind"] in kinds_paid(row) and row["word"] == first[0]


def added(numbers: list[dict[str, Any]]) -> tuple:
    """('sum', value, sign, vague words) of rows with value, sign, text."""
    if not numbers:
        return NOTHING
    vague = sorted(number["text"] for number in numbers if number["value"] is None)
    known = [number for number in numbers if number["value"] is not None]
    if not known:
        return ("sum", None, "eq", vague)
    low, high = "closed", "closed"
    for number in known:
        low, high = end_of(low, LOW_END[number["sign"]]), end_of(high, HIGH_END[number["sign"]])
    return ("sum", sum(number["value"] for number in known), SIGNS.get((low, high), "approx"), vague)


def end_of(one: str | None, other: str | None) -> str | None:
    """What is known of an end that is made of two ends."""
    if one is None or other is None:
        return None
    return "open" if "open" in (one, other) else "closed"


def sign_of_quotient(top: str, base: str) -> str:
    """The low end of a quotient is the low end of its top over the high end of its base, and the other way round."""
    return SIGNS.get((end_of(LOW_END[top], HIGH_END[base]), end_of(HIGH_END[top], LOW_END[base])), "approx")


class Naive:
    """A world of raw rows: `units`, `placements`, `entries` and `statements`, each a list or table of dictionaries."""

    def __init__(self, world: dict[str, Any]) -> None:
        self.units = world["units"]
        self.trees: dict[date, dict[str, str]] = {day: {} for day in DAYS}
        for row in world["placements"]:
            for day in DAYS:
                if row["from"] <= day <= row["to"]:
                    self.trees[day][row["unit"]] = row["parent"]
        self.entries = self.alive(world["entries"])
        self.statements = self.alive(world["statements"])

    @staticmethod
    def alive(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows that no later row replaced and that cancel nothing; each with the number of its chain's first row."""
        kept = []
        for number, row in enumerate(rows):
            replaced = False
            for later in rows:
                if later.get("of") == number:
                    replaced = True
            if not replaced and row["op"] != "cancel":
                first = number
                while "of" in rows[first]:
                    first = rows[first]["of"]
                kept.append({**row, "number": first})
        return kept

    def line(self, unit: str, day: date) -> list[str]:
        """The unit and all above it on that day."""
        found = [unit]
        while found[-1] in self.trees[day]:
            found.append(self.trees[day][found[-1]])
        return found

    def under(self, unit: str, day: date) -> list[str]:
        """The unit and all below it; nothing when it did not live."""
        if not self.lives(unit, day):
            return []
        return [each for each in self.units if unit in self.line(each, day)]

    def belongs(self, unit: str, day: date) -> list[str]:
        """The units to which what the unit did on that day belongs."""
        return self.line(unit, day)

    def up_to(self, top: str, unit: str, day: date) -> list[str]:
        """The unit and what is over it, as far as it is counted for the top."""
        line = self.line(unit, day)
        return line[: line.index(top) + 1]

    def lives(self, unit: str, day: date) -> bool:
        return self.units[unit]["from"] <= day <= self.units[unit]["to"]

    def figure(self, code: str, unit: str, first: date, last: date, as_of: date) -> dict[str, Any]:
        row = indicators()[code]
        made = getattr(self, f"_{row['measure']}")(row, unit, first, last, as_of)
        empty: dict[str, Any] = {
            "money": None,
            "covered": set(),
            "overlapping": set(),
            "compared": set(),
            "half": set(),
        }
        return {**empty, **made}

    # ---- flows

    def groups(self, row: dict[str, Any], unit: str, first: date, last: date, money: bool) -> dict[str, list]:
        inside, overlapping = [], []
        for entry in self.entries:
            if entry["kind"] not in row["kinds"]:
                continue
            if not has(entry, row.get("where", {})) or any(has(entry, where) for where in row.get("not", [])):
                continue
            words = [count["word"] for count in entry["counts"]]
            if money and not is_paid(row, entry, words):
                continue
            if not money and row["word"] not in words:
                continue
            if first <= entry["from"] and entry["to"] <= last:
                inside.append(entry)
            elif entry["from"] <= last and first <= entry["to"] and unit in self.belongs(entry["unit"], entry["to"]):
                overlapping.append(entry)
        counted, covered = [], []
        for entry in inside:
            line = self.belongs(entry["unit"], entry["to"])
            if unit not in line:
                continue
            held = False
            for other in inside:
                if other is entry or not self.holds(other, entry):
                    continue
                # a total of a unit above this one says nothing about this one, unless it is counted here
                here = other["unit"] in line[: line.index(unit) + 1] or unit in self.belongs(other["unit"], other["to"])
                if here and (not self.holds(entry, other) or other["number"] < entry["number"]):
                    held = True
            (covered if held else counted).append(entry)
        return {"counted": counted, "covered": covered, "overlapping": overlapping}

    def holds(self, one: dict[str, Any], other: dict[str, Any]) -> bool:
        """Whether the published total `one` already has `other` in it."""
        if one["coverage"] == "act" or one["kind"] != other["kind"]:
            return False
        if other["from"] < one["from"] or one["to"] < other["to"]:
            return False
        for name, value in one["details"].items():
            if other["details"].get(name) != value:
                return False
        if one["coverage"] == "own":
            return other["unit"] == one["unit"] and other["coverage"] != "below"
        return one["unit"] in self.line(other["unit"], other["to"])

    def _count(self, row: dict[str, Any], unit: str, first: date, last: date, as_of: date) -> dict[str, Any]:
        main = self.groups(row, unit, first, last, money=False)
        made = told(main)
        counts = [count for entry in main["counted"] for count in entry["counts"] if count["word"] == row["word"]]
        made["value"] = added(counts)
        made["bases"] = [count["out_of"] for count in counts]
        if set(row["kinds"]) & kinds_paid(row):
            beside = self.groups(row, unit, first, last, money=True)
            # what a total already counts brings no money either
            paid = [entry for entry in beside["counted"] if entry["code"] not in made["covered"]]
            made["money"] = added([money for entry in paid for money in entry["money"]])
            made["counted_money"] = codes_of(paid)
            made["covered"] |= codes_of(beside["covered"])
            made["overlapping"] |= codes_of(beside["overlapping"])
        return made

    def _share(self, *asked: Any) -> dict[str, Any]:
        made = self._count(*asked)
        value, bases = made["value"], made["bases"]
        if value != NOTHING and value[1] is not None and not value[3] and None not in bases:
            made["value"] = ("ratio", value[1], sum(bases), value[2])
        return made

    def _per_unit(self, row: dict[str, Any], unit: str, first: date, last: date, as_of: date) -> dict[str, Any]:
        made = self._count(row, unit, first, last, as_of)
        value = made["value"]
        if value != NOTHING and value[1] is not None and not value[3]:
            made["value"] = ("ratio", value[1], len(self.under(unit, as_of)), value[2])
        return made

    def _money(self, row: dict[str, Any], unit: str, first: date, last: date, as_of: date) -> dict[str, Any]:
        main = self.groups(row, unit, first, last, money=True)
        return {**told(main), "value": added([money for entry in main["counted"] for money in entry["money"]])}

    # ---- what units state

    def latest(self, subject: str, unit: str, day: date, coverage: str) -> dict[str, Any] | None:
        found = None
        for row in self.statements:
            if (row["subject"], row["unit"], row["coverage"]) != (subject, unit, coverage) or row["to"] > day:
                continue
            if (
                found is None
                or row["to"] > found["to"]
                or (row["to"] == found["to"] and row["number"] > found["number"])
            ):
                found = row
        return found

    def stated(
        self, subject: str, unit: str, day: date, *, believe_top: bool = True, only: set[str] | None = None
    ) -> list[dict[str, Any]]:
        """Of each unit its own word, unless it or a unit above it, up to the unit asked for, speaks for all below."""
        found = []
        for each in self.under(unit, day):
            whole = self.up_to(unit, each, day)
            line = [one for one in whole if only is None or one in only]
            speakers = [one for one in line if self.latest(subject, one, day, "below")]
            if not believe_top:
                speakers = [one for one in speakers if one != whole[-1]]
            row = self.latest(subject, each, day, "below" if speakers else "own")
            if row and each in line and (not speakers or speakers[-1] == each):
                found.append(row)
        return found

    def _stock(self, row: dict[str, Any], unit: str, first: date, last: date, as_of: date) -> dict[str, Any]:
        used = self.stated(row["subject"], unit, as_of)
        made: dict[str, Any] = {"value": added(used), "counted": codes_of(used)}
        tops = {self.up_to(unit, each, as_of)[-1] for each in self.under(unit, as_of)}
        loud = {top for top in tops if self.latest(row["subject"], top, as_of, "below")}
        beneath = self.stated(row["subject"], unit, as_of, believe_top=False)
        compared = [each for each in beneath if self.up_to(unit, each["unit"], as_of)[-1] in loud]
        if compared:
            made["compared"], made["beneath"] = codes_of(compared), added(beneath)
        return made

    def _ratio(self, row: dict[str, Any], unit: str, first: date, last: date, as_of: date) -> dict[str, Any]:
        """Over the units that have stated both by that day; those that have stated one are named apart."""
        subjects = (row["subject"], row["denominator"])
        spoken = [
            {each["unit"] for each in self.statements if each["subject"] == subject and each["to"] <= as_of}
            for subject in subjects
        ]
        both, one_only = spoken[0] & spoken[1], spoken[0] ^ spoken[1]
        top, base = (self.stated(subject, unit, as_of, only=both) for subject in subjects)
        half = [each for subject in subjects for each in self.stated(subject, unit, as_of, only=one_only)]
        made: dict[str, Any] = {"value": NOTHING, "counted": codes_of(top + base), "half": codes_of(half)}
        one, other = added(top), added(base)
        if one != NOTHING and other != NOTHING and other[1]:
            made["value"] = ("ratio", one[1], other[1], sign_of_quotient(one[2], other[2]))
        return made

    def own_latest(self, subject: str, unit: str, first: date, last: date) -> dict[str, Any] | None:
        rows = [row for row in self.statements if row["subject"] == subject and row["unit"] == unit]
        rows = [row for row in rows if first <= row["from"] and row["to"] <= last]
        rows.sort(key=lambda row: (row["to"], row["number"]))
        return rows[-1] if rows else None

    def _stated(self, row: dict[str, Any], unit: str, first: date, last: date, as_of: date) -> dict[str, Any]:
        found = self.own_latest(row["subject"], unit, first, last)
        if found is None:
            return {"value": NOTHING, "counted": set()}
        return {"value": ("percent", found["percent"], found["sign"]), "counted": codes_of([found])}

    def _grade(self, row: dict[str, Any], unit: str, first: date, last: date, as_of: date) -> dict[str, Any]:
        found = self.own_latest("grade", unit, first, last)
        if found is None:
            return {"value": NOTHING, "counted": set()}
        return {"value": ("grade", found["grade"], ranks()[found["grade"]]), "counted": codes_of([found])}

    def _graded(self, row: dict[str, Any], unit: str, first: date, last: date, as_of: date) -> dict[str, Any]:
        """The grades of the latest year in which a grassroots unit of the block, below the unit then, was graded."""
        grades = []
        for each in self.statements:
            if each["subject"] == "grade" and first <= each["from"] and each["to"] <= last and each["unit"] != unit:
                about = self.units[each["unit"]]
                below = unit in self.belongs(each["unit"], min(each["to"], as_of))
                if below and self.is_asked(about, row["block"]):
                    grades.append(each)
        if not grades:
            return {"value": NOTHING, "counted": set()}
        latest = max(each["to"] for each in grades)
        of_units: dict[str, dict[str, Any]] = {}
        for each in sorted(grades, key=lambda each: each["number"]):
            if each["to"] == latest:
                of_units[each["unit"]] = each
        members = [
            each
            for each in self.under(unit, min(latest, as_of))
            if each != unit and self.is_asked(self.units[each], row["block"])
        ]
        needed = ranks()[row["grade"]]
        good = [each for each in members if each in of_units and ranks()[of_units[each]["grade"]] >= needed]
        counted = codes_of([of_units[each] for each in members if each in of_units])
        return {"value": ("ratio", len(good), len(members), "eq"), "counted": counted}

    @staticmethod
    def is_asked(unit: dict[str, Any], block: str) -> bool:
        return unit["kind"] == "grassroots" and block_groups()[unit["block"]] == block


def has(entry: dict[str, Any], where: dict[str, str]) -> bool:
    """Whether the entry has these dimensions."""
    return {**entry["details"], **where} == entry["details"]


def codes_of(rows: list[dict[str, Any]]) -> set[str]:
    return {row["code"] for row in rows}


def told(groups: dict[str, list]) -> dict[str, Any]:
    made: dict[str, Any] = {name: codes_of(rows) for name, rows in groups.items()}
    made["counted_money"] = set()
    return made
