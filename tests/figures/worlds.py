"""Random small worlds: a tree that changes, a ledger with every hard case, statements. And their way into the database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
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
    "a": ["r", "r", "r", "b"],
    "b": ["r", "r", "a", "a", ""],
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
    "hardship": [["suat"], ["luot"]],
    "movement": [["nguoi"], ["nguoi"], ["nguoi", "tap_the"], []],
    "works": [["phan_viec"], ["phan_viec"], ["cong_trinh"]],
}
MIXED_KINDS = ["tet_gifts"] * 4 + ["hardship"] + ["movement"] * 4 + ["works"] * 3
SIGNS = ["eq"] * 8 + ["gt", "gt", "gte", "lt", "lt", "approx", "vague"]


def pick(draw: st.DrawFn, given: Any) -> Any:
    return draw(st.sampled_from(list(given)))


def line_of(placements: list[dict[str, Any]], unit: str, day: date) -> list[str]:
    found = [unit]
    while True:
        above = [p["parent"] for p in placements if p["unit"] == found[-1] and p["from"] <= day <= p["to"]]
        if not above or above[0] in found:
            return found
        found.append(above[0])


def draw_placements(draw: st.DrawFn) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for unit in PARENTS:
        first, last = UNITS[unit]["from"], UNITS[unit]["to"]
        cuts = [day for day in MOVES if first < day <= last]
        starts = sorted({first, *draw(st.lists(st.sampled_from(cuts), max_size=2))})
        for start, following in zip(starts, [*starts[1:], last + ONE], strict=True):
            end, parent = following - ONE, pick(draw, PARENTS[unit])
            if not parent:
                continue
            days = [day for day in (start, *MOVES) if start <= day <= end]
            lives = UNITS[parent]["from"] <= start and end <= UNITS[parent]["to"]
            if not lives or any(unit in line_of(found, parent, day) for day in days):
                parent = "r"
            found.append({"unit": unit, "parent": parent, "from": start, "to": end})
    return found


def draw_number(draw: st.DrawFn, **more: Any) -> dict[str, Any]:
    sign = pick(draw, SIGNS)
    if sign == "vague":
        return {"value": None, "sign": sign, "text": pick(draw, ["hàng trăm", "nhiều"]), **more}
    return {"value": draw(st.integers(0, 40)), "sign": sign, "text": "", **more}


def draw_entry(draw: st.DrawFn, earlier: list[dict[str, Any]], totals: bool) -> dict[str, Any]:
    published = [row for row in earlier if row.get("coverage", "act") != "act"]
    if totals and published and draw(st.integers(0, 2)) == 0:
        # a second total of the same thing: the two hold each other
        like = pick(draw, published)
        row = {name: like[name] for name in ("unit", "kind", "span", "from", "to", "coverage", "details")}
        words = [count["word"] for count in like["counts"]]
    else:
        coverage = pick(draw, ["act"] * 9 + ["own"] * 2 + ["below"] * 4) if totals else "act"
        wide = draw(st.integers(0, 9)) < (2 if coverage == "act" else 8)
        span = pick(draw, WIDE if wide else DAYS)
        first, last = SPANS[span]
        alive = [unit for unit, row in UNITS.items() if row["from"] <= first and last <= row["to"]]
        high = [unit for unit in ("a", "b", "r", "g1") if coverage == "below"]
        kind = pick(draw, MIXED_KINDS)
        details: dict[str, str] = {}
        if kind == "movement":
            details = {"stage": pick(draw, ["registered", "recognised"])} if draw(st.integers(0, 4)) else {}
            if draw(st.integers(0, 1)):
                details["movement"] = pick(draw, ["gioi_viec_nuoc", "gioi_viec_nuoc", "lao_dong_gioi"])
        row = {
            "unit": pick(draw, high or alive),
            "kind": kind,
            "span": span,
            "from": first,
            "to": last,
            "coverage": coverage,
            "details": details,
        }
        words = pick(draw, KINDS[kind])
    counts = []
    for word in words:
        count = draw_number(draw, word=word, out_of=None)
        if row["kind"] == "movement" and draw(st.integers(0, 6)):
            count["out_of"] = (count["value"] or 0) + draw(st.integers(0, 9))
        counts.append(count)
    amounts = draw(st.integers(0 if counts else 1, 2))
    money = [draw_number(draw, fund=pick(draw, ["", "xa_hoi_hoa", "doan_phi"])) for _ in range(amounts)]
    return {**row, "counts": counts, "money": money}


def draw_entries(draw: st.DrawFn, totals: bool) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(5, 14))):
        replaced = {row["of"] for row in rows if "of" in row}
        open_rows = [each for each, row in enumerate(rows) if each not in replaced and row["op"] != "cancel"]
        chance = draw(st.integers(0, 9))
        if open_rows and chance < 4:
            of = pick(draw, open_rows)
            if chance == 0:
                row = {"op": "cancel", "of": of}
            else:
                again = draw_entry(draw, [], totals=False)
                whole = {**rows[of], "counts": again["counts"], "money": again["money"]}
                # mostly another number, now and then another kind, day and words; the unit stays
                same = chance == 1 or again["unit"] != rows[of]["unit"]
                kept = same and again["kind"] == rows[of]["kind"]
                row = {**(again if not same else whole if kept else {**again, **in_life(rows[of], again)})}
                row |= {"op": "correct", "of": of, "unit": rows[of]["unit"]}
        else:
            row = {"op": "record", **draw_entry(draw, rows, totals)}
        rows.append({**row, "code": f"world-e{number}"})
    return rows


def in_life(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The days of the new row where the unit lived on them, else of the old one."""
    life = UNITS[old["unit"]]
    days = new if life["from"] <= new["from"] and new["to"] <= life["to"] else old
    return {name: days[name] for name in ("span", "from", "to")}


def draw_statements(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(4, 12))):
        subject = pick(draw, ["members"] * 4 + ["workers"] * 2 + ["grade"] * 4 + ["members_informed_of_resolutions"])
        replaced = {row["of"] for row in rows if "of" in row}
        again = [each for each, row in enumerate(rows) if each not in replaced and row["subject"] == subject]
        row: dict[str, Any] = {"op": "record", "subject": subject, "coverage": "own"}
        if again and draw(st.integers(0, 3)) == 0:
            of = pick(draw, again)
            row = {**rows[of], "op": "correct", "of": of}
        else:
            row["span"] = pick(draw, ["2023", "2024"] if subject == "grade" else [*DAYS, "2023", "2024-01..2024-06"])
            row["from"], row["to"] = SPANS[row["span"]]
            alive = [u for u, life in UNITS.items() if life["from"] <= row["from"] and row["to"] <= life["to"]]
            row["unit"] = pick(draw, alive + [unit for unit in alive if unit.startswith("g")])
            if subject in ("members", "workers") and draw(st.integers(0, 3)) == 0:
                row |= {"coverage": "below", "unit": pick(draw, ["a", "b", "r", "g1"])}
        row |= {"value": None, "percent": None, "grade": "", "sign": "eq", "text": ""}
        if subject == "grade":
            row["grade"] = pick(draw, ["excellent", "good", "done", "not_done"])
        elif subject == "members_informed_of_resolutions":
            row |= {"percent": Decimal(pick(draw, ["96.2", "90", "100", "0"])), "sign": pick(draw, ["eq", "eq", "gt"])}
        else:
            row |= {"value": draw(st.integers(0, 50)), "sign": pick(draw, ["eq", "eq", "eq", "gt", "lt", "gte"])}
        rows.append({**row, "code": f"world-s{number}"})
    return rows


@st.composite
def worlds(draw: st.DrawFn, totals: bool = True) -> dict[str, Any]:
    periods = [pick(draw, PERIODS), pick(draw, PERIODS)]
    return {
        "units": UNITS,
        "placements": draw_placements(draw),
        "entries": draw_entries(draw, totals),
        "statements": draw_statements(draw) if totals else [],
        # mostly stocks at the end of the period, else on some day
        "asked": [(text, draw(st.sampled_from([SPANS[text][1], SPANS[text][1], *EVENTS]))) for text in periods],
    }


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
