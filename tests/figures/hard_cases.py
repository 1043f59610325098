"""How often the hard cases are drawn: a generator that never draws a move proves nothing about moves."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from nhiemky.rules.indicators import Measure
from tests.figures.naive import NOTHING, Naive

DRAWS = "draws"
# the least share of the draws in which each must be seen
FLOORS = {
    "correction": 0.60,
    "correction of a correction": 0.20,
    "cancellation": 0.25,
    "cancellation of a correction": 0.04,
    "comparator other than eq": 0.75,
    "vague amount": 0.30,
    "vague amount beside a number": 0.20,
    "total that covers detail": 0.40,
    "total that covers a total": 0.30,
    "totals that hold each other": 0.40,
    "entry of an ended unit or a unit begun late": 0.20,
    "entry on the day of a move or the day before": 0.25,
    "entry over a move": 0.20,
    "two units that changed places": 0.03,
    "span that only overlaps": 0.35,
    "ratio of counts": 0.20,
    "ratio not known for want of a base": 0.05,
    "average per unit": 0.20,
    "stock with own and below": 0.20,
    "stock with own and below beneath another": 0.05,
    "ratio of stocks": 0.20,
    "ratio of stocks without the units that state one part": 0.12,
    "share of graded units": 0.30,
    "grade": 0.30,
    "published percentage": 0.20,
}


def of_world(naive: Naive, world: dict[str, Any]) -> set[str]:
    """The hard cases of the raw rows."""
    rows, found = world["entries"], set()
    for row in rows:
        if row["op"] == "record":
            continue
        again = rows[row["of"]]["op"] == "correct"
        name = "correction" if row["op"] == "correct" else "cancellation"
        found |= {name, f"{name} of a correction"} if again else {name}
    living = naive.entries
    numbers = [number for entry in living for number in entry["counts"] + entry["money"]]
    if any(number["sign"] not in ("eq", "vague") for number in numbers):
        found.add("comparator other than eq")
    for one in living:
        for other in living:
            if one is not other and naive.holds(one, other):
                if naive.holds(other, one):
                    found.add("totals that hold each other")
                elif other["coverage"] != "act":
                    found.add("total that covers a total")
                else:
                    found.add("total that covers detail")
        life = naive.units[one["unit"]]
        if life != {**life, "from": naive.units["r"]["from"], "to": naive.units["r"]["to"]}:
            found.add("entry of an ended unit or a unit begun late")
        here, before = naive.line(one["unit"], one["to"]), one["to"] - timedelta(days=1)
        after = one["to"] + timedelta(days=1)
        moved = [day for day in (before, after) if day in naive.trees and naive.line(one["unit"], day) != here]
        if moved:
            found.add("entry on the day of a move or the day before")
        if one["from"] in naive.trees and naive.line(one["unit"], one["from"]) != here:
            found.add("entry over a move")
    below = [row for row in naive.statements if row["coverage"] == "below"]
    if any(one["unit"] in naive.line(two["unit"], two["to"])[1:] for one in below for two in below):
        found.add("stock with own and below beneath another")
    above = {(unit, top) for day, tree in naive.trees.items() for unit in tree for top in naive.line(unit, day)[1:]}
    if any((top, unit) in above for unit, top in above):
        found.add("two units that changed places")
    return found


def of_figure(measure: Measure, expected: dict[str, Any]) -> set[str]:
    """The hard cases of one figure."""
    found, value = set(), expected["value"]
    if measure in (Measure.COUNT, Measure.MONEY, Measure.SHARE) and value[0] == "sum" and value[3]:
        found |= {"vague amount", "vague amount beside a number"} if value[1] is not None else {"vague amount"}
    if expected["overlapping"]:
        found.add("span that only overlaps")
    if measure is Measure.RATIO and value != NOTHING and expected["half"]:
        found.add("ratio of stocks without the units that state one part")
    if measure is Measure.SHARE and value != NOTHING:
        found.add("ratio of counts" if value[0] == "ratio" else "ratio not known for want of a base")
    if measure is Measure.PER_UNIT and value[0] == "ratio":
        found.add("average per unit")
    if measure is Measure.STOCK and expected["compared"]:
        found.add("stock with own and below")
    names = {Measure.RATIO: "ratio of stocks", Measure.GRADED: "share of graded units", Measure.GRADE: "grade"}
    names[Measure.STATED] = "published percentage"
    if measure in names and value != NOTHING:
        found.add(names[measure])
    return found


def report(drawn: Counter[str], engine: str) -> str:
    draws = drawn[DRAWS]
    lines = [f"Hard cases in {draws} worlds drawn on {engine} (share of worlds, floor):"]
    lines += [f"  {drawn[name] / draws:6.1%}  {floor:4.0%}  {name}" for name, floor in FLOORS.items()]
    return "\n".join(lines)


def rare(drawn: Counter[str]) -> list[str]:
    return [
        f"{name}: {drawn[name] / drawn[DRAWS]:.1%}"
        for name, least in FLOORS.items()
        if drawn[name] < least * drawn[DRAWS]
    ]
