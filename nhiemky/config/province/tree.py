"""Units, terms, congresses and posts of the fictional province."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from nhiemky.config.province.people import Register
from nhiemky.config.province.recipe import Line, Place, Recipe

DAY = timedelta(days=1)
SOURCE = "hc.so-lieu"
SEATS = (("chair", "bch"), ("vice_chair", "bch"), ("inspection_head", "ubkt"))


@dataclass(frozen=True)
class Office:
    """A unit's term of office: from its congress to the day before the next one."""

    unit: str
    code: str
    label: str
    start: date
    last: date | None
    ordinal: int | None = None
    motto: str = ""

    @property
    def planned(self) -> int:
        return int(self.label[-4:])


def units(recipe: Recipe) -> Iterator[Line]:
    """Those that stood before the reform, as they stood then: it ends, moves and founds by itself."""
    central = recipe.given["central"]
    yield {
        "type": "unit", "id": central["code"], "name": central["name"], "short": central["short"], "kind": "central",
        "life": "..", "source": SOURCE,
    }  # fmt: skip
    yield _placement("hc-tinh", central["code"], "..", 1)
    for place in recipe.uppers:
        row = _row_of(recipe, place)
        if not place.written_by_hand and not place.founded_by_reform:
            yield {
                "type": "unit", "id": place.code, "name": row["name"], "short": row["short"], "kind": row["kind"],
                "life": row["life"], "source": SOURCE,
            }  # fmt: skip
            yield _placement(place.code, place.parent, row["life"], 1)
    for place in recipe.unions:
        if not place.written_by_hand and not place.founded_by_reform:
            yield from _union(recipe, place)
    for place in recipe.groups:
        named = f"{place.name} (hư cấu)"
        yield {
            "type": "unit", "id": place.code, "name": named, "short": named, "kind": "group", "block": place.block,
            "life": f"{place.since}..", "source": SOURCE,
        }  # fmt: skip
        yield _placement(place.code, place.parent, f"{place.since}..", 1)


def _union(recipe: Recipe, place: Place) -> Iterator[Line]:
    trade = place.block == "nghiep_doan"
    life = f"{place.since}.."
    yield {
        "type": "unit", "id": place.code, "block": place.block, "life": life, "source": SOURCE,
        "name": f"{'Nghiệp đoàn cơ sở' if trade else 'Công đoàn cơ sở'} {place.name} (hư cấu)",
        "short": f"{'Nghiệp đoàn' if trade else 'CĐCS'} {place.name} (hư cấu)",
        "kind": "grassroots_trade" if trade else "grassroots",
    }  # fmt: skip
    if place.code not in recipe.given["moved"]:
        yield _placement(place.code, place.parent, life, 1)
        return
    to, day, decision = recipe.given["moved"][place.code]
    before = (date.fromisoformat(day) - DAY).isoformat()
    yield _placement(place.code, place.parent, f"{place.since}..{before}", 1)
    yield _placement(place.code, to, f"{day}..", 2) | {"decision": decision}


def _row_of(recipe: Recipe, place: Place) -> Line:
    return next(each for each in recipe.given["upper"] if each["code"] == place.code)


def _placement(unit: str, parent: str, valid: str, number: int) -> Line:
    return {
        "type": "placement", "id": f"{unit}.p.{number}", "unit": unit, "parent": parent, "valid": valid,
        "source": SOURCE,
    }  # fmt: skip


def offices(recipe: Recipe) -> list[Office]:
    """The terms of the units that were not founded by hand: two for each, of new ones the first if it was elected.

    As the congress meant them to last: the reform closes those of units that it ends.
    """
    found = []
    for place in recipe.uppers:
        if place.written_by_hand:
            continue
        row = _row_of(recipe, place)
        days = [date.fromisoformat(day) for day in row["congresses"]]
        if place.founded_by_reform:
            found += [_running(place, day, row["ordinals"][0], row["motto"]) for day in days]
        else:
            found += _two(place, days[0], days[1], row["ordinals"], row["motto"])
    for place in recipe.unions:
        if not place.written_by_hand and not place.founded_by_reform:
            draw = recipe.draw(place.code, "congress")
            first = max(date(2018, 2, 20) + draw.whole(0, 40) * DAY, place.begins)
            found += _two(place, first, date(2023, 2, 14) + draw.whole(0, 55) * DAY, [None, None], "")
    return found


def _two(place: Place, first: date, second: date, ordinals: list[int | None], motto: str) -> list[Office]:
    return [
        Office(
            place.code, f"{place.code}.k.{first.year}", f"{first.year}–{second.year}", first, second - DAY, ordinals[0]
        ),
        _running(place, second, ordinals[1], motto),
    ]  # fmt: skip


def _running(place: Place, first: date, ordinal: int | None, motto: str) -> Office:
    label = f"{first.year}–{first.year + 5}"
    return Office(place.code, f"{place.code}.k.{first.year}", label, first, None, ordinal, motto)


def terms(found: list[Office]) -> Iterator[Line]:
    for each in found:
        line: Line = {
            "type": "term", "id": each.code, "unit": each.unit, "label": each.label,
            "period": f"{each.start.isoformat()}..{each.last.isoformat() if each.last else ''}", "source": SOURCE,
        }  # fmt: skip
        if each.ordinal:
            line["ordinal"] = each.ordinal
        if each.motto:
            line["motto"] = each.motto
        if each.start.year >= 2023:
            line["planned_end"] = str(each.planned)
        yield line


def posts(recipe: Recipe, found: list[Office], register: Register) -> list[Line]:
    """Who was elected at each congress; in one of eight units somebody left half way and another was elected."""
    places = {each.code: each for each in [*recipe.uppers, *recipe.unions]}
    lines = []
    for office in found:
        place, draw = places[office.unit], recipe.draw(office.code, "posts")
        fit = register.posted(office.unit, office.start, office.last)
        for at in range(place.posts):
            person = fit.pop(draw.whole(0, len(fit) - 1)) if fit else register.person(place.women)
            role, body = _seat(at, place.level != "cs")
            lines += _held(office, person, role, body, f"{office.code}.c.{at + 1}")
        if draw.in_hundred(12) and office.last:
            lines[-1] |= {"valid": f"{office.start.isoformat()}..{office.start.year + 2}-06-30"}
            person = register.person(place.women)
            late = _held(office, person, "member", "bch", f"{office.code}.c.bo-sung")[0]
            lines.append(
                late | {"valid": f"{office.start.year + 2}-07-01..{office.last.isoformat()}", "mandate": "by_elected"}
            )
    lines += _appointed(recipe, found, register)
    for group in recipe.groups:
        fit = register.posted(group.parent, recipe.first_day, None)
        lines.append(
            {
                "type": "post", "id": f"{group.code}.c.1", "unit": group.code, "person": fit[len(group.name) % len(fit)],
                "body": "to", "role": "group_head", "mandate": "assigned", "valid": "2023-05..", "source": SOURCE,
            }
        )  # fmt: skip
    return lines


def _appointed(recipe: Recipe, found: list[Office], register: Register) -> Iterator[Line]:
    """The committees of new units: appointed on their first day, until a congress elects one."""
    for place in [*recipe.uppers, *recipe.unions]:
        if not place.founded_by_reform:
            continue
        fit = [each for code in recipe.came_from(place.code) for each in register.posted(code, place.begins, None)]
        elected = min((each.start for each in found if each.unit == place.code), default=None)
        last = (elected - DAY).isoformat() if elected else ""
        for at in range(place.posts):
            role, body = _seat(at, place.level != "cs")
            person = fit[at] if fit else register.person(place.women)
            yield {
                "type": "post", "id": f"{place.code}.c.lam-thoi-{at + 1}", "unit": place.code,
                "person": person, "body": body, "role": role, "mandate": "appointed",
                "valid": f"{place.begins.isoformat()}..{last}", "source": SOURCE,
            }  # fmt: skip


def _seat(at: int, upper: bool) -> tuple[str, str]:
    """Role and body of the post so far down the list."""
    if at < len(SEATS):
        return SEATS[at]
    return ("standing_member", "btv") if upper and at < 6 else ("member", "bch")


def _held(office: Office, person: str, role: str, body: str, code: str) -> list[Line]:
    return [
        {
            "type": "post", "id": code, "unit": office.unit, "person": person, "body": body, "role": role,
            "mandate": "elected", "term": office.code, "source": SOURCE,
            "valid": f"{office.start.isoformat()}..{office.last.isoformat() if office.last else ''}",
        }
    ]  # fmt: skip


def congresses(recipe: Recipe, found: list[Office]) -> Iterator[Line]:
    """What each congress was: delegates, and how many were elected to which body."""
    places = {each.code: each for each in [*recipe.uppers, *recipe.unions]}
    for office in found:
        upper, draw = places[office.unit].level != "cs", recipe.draw(office.code, "delegates")
        facts = [
            ("dai_bieu", draw.whole(110, 160) if upper else recipe.members_on(office.unit, office.start), {}),
            ("dong_chi", draw.whole(19, 25) if upper else draw.one([3, 5, 7]), {"body": "bch"}),
            ("dong_chi", 5 if upper else 3, {"body": "ubkt"}),
        ]
        if upper:
            facts += [
                ("dong_chi", 7, {"body": "btv"}),
                ("dong_chi", draw.whole(10, 15), {"body": "doan_dai_bieu", "standing": "official"}),
                ("dong_chi", 2, {"body": "doan_dai_bieu", "standing": "alternate"}),
            ]
        for number, (word, count, details) in enumerate(facts, start=1):
            line = {
                "type": "entry", "id": f"{office.code}.d.{number}", "unit": office.unit, "kind": "congress",
                "period": office.start.isoformat(), "coverage": "act", "counts": [{"word": word, "value": count}],
                "details": details, "source": SOURCE,
            }  # fmt: skip
            if word == "dai_bieu" and upper:
                cost = draw.whole(60, 95) * 1_000_000
                line["money"] = [{"fund": "ngan_sach_cong_doan", "value": cost}]
            yield line
