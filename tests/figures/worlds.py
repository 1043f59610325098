"""Random small worlds: a tree that changes, a ledger with every hard case, statements. And their way into the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from nhiemky.foundation.models import User
from nhiemky.ledger.actions import cancel_entry, correct_entry, correct_statement, record_entry, record_statement
from nhiemky.ledger.checks import Money
from nhiemky.ledger.models import Entry, Statement
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.quantities import Comparator, Quantity
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, put
from tests.figures.naive import FIRST, LAST

ONE = timedelta(days=1)
TODAY = date(2025, 6, 1)


def _unit(kind: str, block: str = "", first: date = FIRST, last: date = LAST) -> dict[str, Any]:
    return {"kind": kind, "block": block, "from": first, "to": last}


# `c` begins and `g4` ends inside the two years; the others live through them
UNITS = {
    "r": _unit("province"),
    "a": _unit("district"),
    "b": _unit("ward"),
    "c": _unit("ward", first=date(2024, 3, 1)),
    "g1": _unit("grassroots", "hanh_chinh"),
    "g2": _unit("grassroots", "dn_fdi"),
    "g3": _unit("grassroots", "su_nghiep"),
    "g4": _unit("grassroots", "dn_ngoai_nha_nuoc", last=date(2024, 6, 30)),
}
PARENTS = {
    "a": ["r", "r", "b"],
    "b": ["r", "a", "a", "a", ""],
    "c": ["r", "a", "b"],
    "g1": ["a", "a", "b", "c", "r", ""],
    "g2": ["a", "b", "c", "g1", "r"],
    "g3": ["a", "b", "c", "g1"],
    "g4": ["a", "b", "g1", "r"],
}
MOVES = [date(2023, 5, 1), date(2023, 9, 1), date(2024, 1, 1), date(2024, 3, 1), date(2024, 7, 1)]
EVENTS = [*MOVES, *(day - ONE for day in MOVES), date(2023, 2, 10), date(2023, 6, 15), date(2024, 4, 20)]
WIDE = {
    "2023": (FIRST, date(2023, 12, 31)),
    "2024": (date(2024, 1, 1), LAST),
    "2023..2024": (FIRST, LAST),
    "2023-09..2024-08": (date(2023, 9, 1), date(2024, 8, 31)),
    "2023-05-01..2024-03-01": (date(2023, 5, 1), date(2024, 3, 1)),
    "2024-01..2024-06": (date(2024, 1, 1), date(2024, 6, 30)),
}
DAYS = {day.isoformat(): (day, day) for day in EVENTS}
SPANS = WIDE | DAYS
PERIODS = ["2023..2024", "2023..2024", "2023", "2024", "2023-09..2024-08", "2024-01..2024-06", "2023-05-01..2024-03-01"]

KINDS: dict[str, list[list[str]]] = {
    "tet_gifts": [["suat"], ["suat"], ["luot"], ["suat", "luot"], []],
    "hardship": [["suat"], ["luot"], ["luot", "suat"], ["nguoi", "luot"], []],
    "movement": [["nguoi"], ["nguoi"], ["nguoi", "tap_the"], []],
    "works": [["phan_viec"], ["phan_viec"], ["cong_trinh"]],
}
MIXED_KINDS = ["tet_gifts"] * 3 + ["hardship"] * 3 + ["movement"] * 4 + ["works"] * 3
SIGNS = ["eq"] * 9 + ["gt", "gt", "gte", "lt", "approx", "vague", "vague"]


def pick(luck: Random, given: Any) -> Any:
    return luck.choice(list(given))


def line_of(placements: list[dict[str, Any]], unit: str, day: date) -> list[str]:
    found = [unit]
    while True:
        above = [p["parent"] for p in placements if p["unit"] == found[-1] and p["from"] <= day <= p["to"]]
        if not above or above[0] in found:
            return found
        found.append(above[0])


def draw_placements(luck: Random) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for unit in PARENTS:
        first, last = UNITS[unit]["from"], UNITS[unit]["to"]
        cuts = [day for day in MOVES if first < day <= last]
        starts = sorted({first, *luck.sample(cuts, min(len(cuts), luck.randint(0, 2)))})
        for start, following in zip(starts, [*starts[1:], last + ONE], strict=True):
            end, parent = following - ONE, pick(luck, PARENTS[unit])
            if not parent:
                continue
            days = [day for day in (start, *MOVES) if start <= day <= end]
            lives = UNITS[parent]["from"] <= start and end <= UNITS[parent]["to"]
            if not lives or any(unit in line_of(found, parent, day) for day in days):
                parent = "r"
            found.append({"unit": unit, "parent": parent, "from": start, "to": end})
    return found


def draw_number(luck: Random, **more: Any) -> dict[str, Any]:
    sign = pick(luck, SIGNS)
    if sign == "vague":
        return {"value": None, "sign": sign, "text": pick(luck, ["hàng trăm", "nhiều"]), **more}
    return {"value": luck.randint(0, 40), "sign": sign, "text": "", **more}


def draw_act(luck: Random, unit: str, totals: bool) -> dict[str, Any]:
    """What was done where and when: an act, or where `totals` allows a published total."""
    coverage = pick(luck, ["act"] * 8 + ["own"] * 2 + ["below"] * 5) if totals else "act"
    wide = luck.randint(0, 9) < (2 if coverage == "act" else 8)
    life = UNITS[unit or "r"]
    spans = [text for text, (first, last) in SPANS.items() if life["from"] <= first and last <= life["to"]]
    span = pick(luck, [text for text in spans if (text in WIDE) == wide] or spans)
    first, last = SPANS[span]
    alive = [each for each, row in UNITS.items() if row["from"] <= first and last <= row["to"]]
    kind, details = pick(luck, MIXED_KINDS), {}
    if kind == "movement":
        details = {"stage": pick(luck, ["registered", "registered", "recognised"])} if luck.randint(0, 4) else {}
        if luck.random() < 0.5:
            details["movement"] = pick(luck, ["gioi_viec_nuoc", "gioi_viec_nuoc", "lao_dong_gioi"])
    return {
        "unit": unit or pick(luck, ["a", "b", "r", "g1"] if coverage == "below" else alive),
        "kind": kind,
        "span": span,
        "from": first,
        "to": last,
        "coverage": coverage,
        "details": details,
        "words": pick(luck, KINDS[kind]),
    }


def with_numbers(luck: Random, act: dict[str, Any]) -> dict[str, Any]:
    counts = []
    for word in act["words"]:
        count = draw_number(luck, word=word, out_of=None)
        if act["kind"] == "movement" and luck.randint(0, 9):
            count["out_of"] = (count["value"] or 0) + luck.randint(0, 9)
        counts.append(count)
    amounts = luck.randint(0 if counts else 1, 2)
    money = [draw_number(luck, fund=pick(luck, ["", "xa_hoi_hoa", "doan_phi"])) for _ in range(amounts)]
    return {**act, "counts": counts, "money": money}


def draw_beneath(luck: Random, total: dict[str, Any], placements: list[dict[str, Any]]) -> dict[str, Any]:
    """An act, or a smaller total, of the kind of a published total and mostly within its reach."""
    spans = [text for text, (first, last) in SPANS.items() if total["from"] <= first and last <= total["to"]]
    span = pick(luck, spans)
    first, last = SPANS[span]
    alive = [unit for unit, row in UNITS.items() if row["from"] <= first and last <= row["to"]]
    beneath = [unit for unit in alive if total["unit"] in line_of(placements, unit, last)]
    details = dict(total["details"])
    if total["kind"] == "movement" and "movement" not in details and luck.random() < 0.5:
        details["movement"] = "gioi_viec_nuoc"
    same_unit = [total["unit"]] if total["coverage"] == "own" else beneath
    return {
        **total,
        "unit": pick(luck, same_unit),
        "span": span,
        "from": first,
        "to": last,
        "coverage": pick(luck, ["act", "act", "own", "below"]),
        "details": details,
        "words": total["words"] if luck.randint(0, 2) else pick(luck, KINDS[total["kind"]]),
    }


def draw_entries(luck: Random, totals: bool, placements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in range(luck.randint(8, 18)):
        replaced = {row["of"] for row in rows if "of" in row}
        standing = [each for each, row in enumerate(rows) if each not in replaced and row["op"] != "cancel"]
        published = [rows[each] for each in standing if rows[each]["coverage"] != "act"]
        chance = luck.randint(0, 19)
        if standing and chance < 6:
            of = pick(luck, standing)
            if chance == 0:
                row = {"op": "cancel", "of": of}
            else:
                # another number, or another kind, day and words as well; the unit stays
                act = draw_act(luck, rows[of]["unit"], totals=False) if chance == 1 else rows[of]
                row = {**with_numbers(luck, act), "op": "correct", "of": of}
        else:
            if published and chance < 8:
                # a second total of the same thing: the two hold each other
                act = pick(luck, published)
            elif published and chance < 14:
                act = draw_beneath(luck, pick(luck, published), placements)
            else:
                act = draw_act(luck, "", totals)
            row = {**with_numbers(luck, act), "op": "record"}
            row.pop("of", None)
        rows.append({**row, "code": f"world-e{number}"})
    return rows


def draw_statements(luck: Random) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in range(luck.randint(7, 16)):
        subject = pick(luck, ["members"] * 4 + ["workers"] * 4 + ["grade"] * 4 + ["members_informed_of_resolutions"])
        replaced = {row["of"] for row in rows if "of" in row}
        again = [each for each, row in enumerate(rows) if each not in replaced and row["subject"] == subject]
        row: dict[str, Any] = {"op": "record", "subject": subject, "coverage": "own"}
        if again and luck.randint(0, 3) == 0:
            of = pick(luck, again)
            row = {**rows[of], "op": "correct", "of": of}
        else:
            row["span"] = pick(luck, ["2023", "2024"] if subject == "grade" else [*DAYS, "2023", "2024-01..2024-06"])
            row["from"], row["to"] = SPANS[row["span"]]
            alive = [u for u, life in UNITS.items() if life["from"] <= row["from"] and row["to"] <= life["to"]]
            grassroots = [unit for unit in alive if UNITS[unit]["kind"] == "grassroots"]
            row["unit"] = pick(luck, alive + grassroots)
            if subject in ("members", "workers") and luck.randint(0, 3) == 0:
                row |= {"coverage": "below", "unit": pick(luck, ["a", "b", "r", "g1"])}
        row |= {"value": None, "percent": None, "grade": "", "sign": "eq", "text": ""}
        if subject == "grade":
            row["grade"] = pick(luck, ["excellent", "good", "done", "not_done"])
        elif subject == "members_informed_of_resolutions":
            row |= {"percent": Decimal(pick(luck, ["96.2", "90", "100", "0"])), "sign": pick(luck, ["eq", "eq", "gt"])}
        else:
            row |= {"value": luck.randint(0, 50), "sign": pick(luck, ["eq", "eq", "eq", "gt", "lt", "gte"])}
        rows.append({**row, "code": f"world-s{number}"})
    return rows


def make_world(seed: int, totals: bool) -> dict[str, Any]:
    luck = Random(seed)
    periods = [pick(luck, PERIODS), pick(luck, PERIODS)]
    others = luck.sample([unit for unit in UNITS if unit not in ("r", "a")], 3)
    placements = draw_placements(luck)
    return {
        "units": UNITS,
        "placements": placements,
        "entries": draw_entries(luck, totals, placements),
        "statements": draw_statements(luck) if totals else [],
        "asked_of": ["r", "a", *others],
        # mostly stocks at the end of the period, else on some day
        # the day whose tree is asked for, often one on which something moved, began or had ended
        "on": pick(luck, [*EVENTS, FIRST, LAST]),
        "asked": [(text, pick(luck, [SPANS[text][1], SPANS[text][1], *EVENTS])) for text in periods],
    }


def worlds(totals: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """Even luck from a seed: Hypothesis alone would draw a dozen worlds and small changes to them."""
    return st.integers(0, 2**48).map(lambda seed: make_world(seed, totals))


def smaller_worlds(world: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The world without one of its rows (and the rows that replace it), or asked one thing less."""
    for name in ("entries", "statements", "placements"):
        for number in reversed(range(len(world[name]))):
            yield {**world, name: without(world[name], number)}
    if len(world["asked"]) > 1:
        yield from ({**world, "asked": [each]} for each in world["asked"])
    if len(world["asked_of"]) > 1:
        yield from ({**world, "asked_of": [each]} for each in world["asked_of"])


def without(rows: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    kept: dict[int, int] = {}
    for index, row in enumerate(rows):
        if index != number and row.get("of", -1) in {-1, *kept}:
            kept[index] = len(kept)
    return [rows[index] | ({"of": kept[rows[index]["of"]]} if "of" in rows[index] else {}) for index in kept]


# ---- into the database, by the actions that people use


def found_units() -> dict[str, Unit]:
    made = {}
    for code, row in UNITS.items():
        first = None if row["from"] == FIRST else row["from"]
        life = Span(first, None if row["to"] == LAST else row["to"] + ONE)
        made[code] = a_unit(f"world-{code}", row["kind"], row["block"], life)
    return made


def write(world: dict[str, Any], units: dict[str, Unit], by: User) -> None:
    for row in world["placements"]:
        put(units[row["unit"]], units[row["parent"]], Span(row["from"], row["to"] + ONE))
    entries: list[Entry] = []
    for row in world["entries"]:
        if row["op"] == "cancel":
            entries.append(cancel_entry(by=by, entry=entries[row["of"]], reason="ghi nhầm", code=row["code"]))
            continue
        given: dict[str, Any] = {
            "by": by, "code": row["code"], "kind": row["kind"], "period": Span.parse(row["span"]), "today": TODAY,
            "coverage": Coverage(row["coverage"]), "details": row["details"],
            "counts": [Count(each["word"], number_of(each), each["out_of"]) for each in row["counts"]],
            "money": [Money(number_of(each), each["fund"]) for each in row["money"]],
        }  # fmt: skip
        if row["op"] == "correct":
            entries.append(correct_entry(entry=entries[row["of"]], reason="sửa số", **given))
        else:
            entries.append(record_entry(unit=units[row["unit"]], **given))
    statements: list[Statement] = []
    for row in world["statements"]:
        given = {
            "by": by, "code": row["code"], "subject": row["subject"], "period": Span.parse(row["span"]), "today": TODAY,
            "coverage": Coverage(row["coverage"]), "percent": row["percent"], "grade": row["grade"],
            "value": None if row["value"] is None else number_of(row), "comparator": row["sign"],
        }  # fmt: skip
        if row["op"] == "correct":
            statements.append(correct_statement(statement=statements[row["of"]], reason="sửa số", **given))
        else:
            statements.append(record_statement(unit=units[row["unit"]], **given))


def number_of(row: dict[str, Any]) -> Quantity:
    return Quantity(row["value"], Comparator(row["sign"]), row["text"])
