"""What the fictional units state of themselves year by year, and the targets they set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

from nhiemky.config.province.recipe import Draw, Line, Place, Recipe
from nhiemky.config.province.tree import SOURCE, Office

GRADES = ("excellent", "good", "good", "good", "done", "done", "not_done")
AIMS, BASES = ("eq", "gte", "gt", "lte", "range"), ("term", "yearly", "by_date")
PERCENTS = (
    "members_informed_of_resolutions", "members_contributing_to_funds",
    "female_members_in_gender_equality_propaganda", "units_registering_cultural_standard",
)  # fmt: skip


def statements(recipe: Recipe) -> tuple[list[Line], list[Line]]:
    """Statements, and those that replace some of them."""
    found: list[Line] = []
    for place in recipe.unions:
        if not place.written_by_hand:
            found += _of_union(recipe, place, recipe.draw(place.code, "stated"))
    for place in recipe.uppers:
        if not place.written_by_hand:
            draw = recipe.draw(place.code, "stated")
            found += _of_district(place, draw) if place.level == "tren" else _of_province(place, draw)
    number: dict[str, int] = {}
    for line in found:
        number[line["unit"]] = number.get(line["unit"], 0) + 1
        line["id"] = f"{line['unit']}.k.{number[line['unit']]:03d}"
    return found, list(_corrected(recipe, found))


def _line(unit: str, subject: str, period: str, **what: Any) -> Line:
    return {
        "type": "statement", "id": "", "unit": unit, "subject": subject, "period": period, "coverage": "own",
        "source": SOURCE,
    } | what  # fmt: skip


def _of_union(recipe: Recipe, place: Place, draw: Draw) -> Iterator[Line]:
    spare = draw.whole(0, 1) if place.half == "hcsn" else draw.whole(4, 20)
    groups = len(recipe.given["groups"].get(place.code, ()))
    for day, members in recipe.stocks.get(place.code, ()):
        on = day.isoformat()
        yield _line(place.code, "members", on, value=members)
        yield _line(place.code, "workers", on, value=members + spare)
        yield _line(place.code, "female_members", on, value=members * place.women // 100)
        if day.month == 11:
            yield _line(place.code, "party_members", on, value=members * draw.whole(15, 45) // 100)
            yield _line(place.code, "grade", str(day.year), grade=draw.one(GRADES))
            yield _line(place.code, "union_fund_balance", on, value=draw.whole(40, 1900) * 100_000)
            yield _line(place.code, draw.one(PERCENTS[1:]), str(day.year), percent=f"{draw.whole(820, 1000) / 10:.1f}")
            if day.year != 2023:
                yield _line(place.code, PERCENTS[0], str(day.year), percent=f"{draw.whole(900, 999) / 10:.1f}")
            if groups:
                yield _line(place.code, "union_groups", on, value=groups)


def _of_district(place: Place, draw: Draw) -> Iterator[Line]:
    enterprises, agreeing, officers = draw.whole(14, 18), draw.whole(7, 9), draw.whole(90, 110)
    for year in range(2021, 2026):
        if not place.is_there(date(year, 12, 15)):
            continue
        on, grown = date(year, 12, 15).isoformat(), year - 2021
        pairs = {
            "enterprises_25": enterprises + grown,
            "enterprises_25_with_union": enterprises + grown - draw.whole(1, 3),
            "enterprises_required_to_agree": agreeing + 4,
            "enterprises_with_agreement": agreeing + grown // 2,
            "officers_total": officers + 4 * grown,
            "officers_trained": officers + 4 * grown - draw.whole(3, 20),
            "welfare_agreements_in_force": 4 + 2 * grown,
            "collective_agreements_in_force": agreeing + grown // 2,
            "party_cells_in_enterprises": 3 + grown // 2,
            "employment_loan_capital": 100_000_000 * draw.whole(6, 14),
            "social_fund_balance": 1_000_000 * draw.whole(80, 400),
        }
        for subject, value in pairs.items():
            yield _line(place.code, subject, on, value=value)
        if not place.is_there(date(year, 1, 1)):
            # graded only for a whole year
            continue
        yield _line(place.code, "grade", str(year), grade=draw.one(GRADES[:5]))
        yield _line(
            place.code, "units_meeting_cultural_standard_district", str(year), coverage="below",
            percent=f"{draw.whole(880, 990) / 10:.1f}",
        )  # fmt: skip


def _of_province(place: Place, draw: Draw) -> Iterator[Line]:
    """What it has of its own, which goes with it into the province that it is merged into."""
    for year in range(2021, 2026):
        on = date(year, 12, 15)
        if place.is_there(on):
            yield _line(place.code, "social_fund_balance", on.isoformat(), value=1_000_000 * draw.whole(300, 900))
            yield _line(place.code, "employment_loan_capital", on.isoformat(), value=100_000_000 * draw.whole(9, 16))


def _corrected(recipe: Recipe, found: list[Line]) -> Iterator[Line]:
    for line in found:
        if recipe.draw(line["id"], "again").in_hundred(2):
            better = line | {
                "id": f"{line['id']}.s",
                "corrects": line["id"],
                "reason": "Đã thẩm định lại với cấp trên.",
            }
            if line["subject"] == "union_fund_balance":
                yield better | {"value": line["value"] + 150_000}
            elif line["subject"] == "grade":
                yield better | {"grade": "good" if line["grade"] != "good" else "done"}


def targets(recipe: Recipe, offices: list[Office]) -> Iterator[Line]:
    """Every shape in turn, five to a term of a union; then those that the recipe names one by one."""
    for number, row in enumerate(recipe.goals["target"], start=1):
        yield {"type": "target", "id": f"{row['unit']}.ct.r{number:02d}", "source": SOURCE} | row
    places = [*(each for each in recipe.uppers if not each.founded_by_reform), *recipe.unions]
    level = {each.code: each.level for each in places}
    for at in ("cs", "tren"):
        goals = [each for each in recipe.goals["goal"] if each["at"] == at]
        shapes = [
            (aim, basis, goal)
            for basis, aim, goal in product(BASES, AIMS, goals)
            if goal["measure"] != "grade" or aim == "eq"
        ]
        chosen = [each for each in offices if level.get(each.unit) == at]
        turn = 0
        for round_, size in enumerate((5, 5) if at == "cs" else (8, 8)):
            for office in chosen if round_ else reversed(chosen):
                if round_ == (office.start.year < 2023):
                    for each in range(size):
                        yield _target(office, shapes[turn % len(shapes)], turn, each + 1)
                        turn += 1


def _target(office: Office, shape: tuple[str, str, dict[str, Any]], turn: int, number: int) -> Line:
    aim, basis, goal = shape
    # a prime step, so that over the rounds each shape is set both within reach and out of it
    hard = turn % 7 in (1, 4, 5)
    line: Line = {
        "type": "target", "id": f"{office.code}.ct.{number}", "unit": office.unit, "term": office.code,
        "indicator": goal["indicators"][turn % len(goal["indicators"])], "basis": basis,
        "period": _time(office, basis, turn), "clause": f"Mục III, điểm {number}", "source": SOURCE,
    }  # fmt: skip
    if goal["measure"] == "grade":
        return line | {"aim": "grade", "grade": goal["hard" if hard else "easy"]}
    yearly = basis == "yearly" and goal["measure"] in ("count", "money", "per_unit")
    easy, most = (max(1, goal[name] // 5) if yearly else goal[name] for name in ("easy", "hard"))
    if aim == "lte":
        return line | {"aim": aim, "high": easy if hard else most}
    if aim == "range":
        return line | {"aim": aim, "low": most * 9 // 10 if hard else easy, "high": most}
    return line | {"aim": aim, "low": most if hard else easy}


def _time(office: Office, basis: str, turn: int) -> str:
    running = office.start.year >= 2023
    last = office.last.isoformat() if office.last else str(office.planned)
    if basis == "yearly":
        # of the first term only 2022 was logged the whole year
        return f"{office.start.year + 1}..{last if office.last else office.planned}" if running else "2022"
    if basis == "by_date" and running and not office.last:
        return f"{office.start.isoformat()}..{('2025', '2027', '2028')[turn % 3]}"
    return f"{office.start.isoformat()}..{last}"
