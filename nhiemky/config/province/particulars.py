"""Who the members of the fictional province are: particulars, what they are besides, children, groups, dues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from nhiemky.config.province.recipe import Draw, Line, Place, Recipe

if TYPE_CHECKING:
    from nhiemky.config.province.people import Member

OLDEST, YOUNGEST = 59, 19
ADULT, STILL_YOUNG = 22, 35


class People:
    """The same words give the same person: nothing that is drawn here moves what was drawn before it."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe, self.given = recipe, recipe.people
        self.places = {each.code: each for each in recipe.unions}
        self.shares, self.words = self.given["shares"], self.given["words"]

    def particulars(self, person: Line, number: int, sex: str, passed: list[Member]) -> dict[str, str]:
        """What is kept of the person, as a form would be filled in."""
        draw = self.recipe.draw("particulars", person["id"])
        last = passed[-1] if passed else None
        place = self.places.get(last.unit) if last else None
        work = self._work(place)
        born = self.born(person)
        born = born if passed else date(1978, 4, 30)
        found = {"born": self._told(born, draw), "sex": sex, "ethnicity": "Kinh"}
        if draw.in_hundred(self.shares["minority"]):
            found["ethnicity"] = draw.one(self.words["minorities"])
        if draw.in_hundred(self.shares["religion"]):
            found["religion"] = draw.one(self.words["religions"])
        found |= {"card": f"HC-{number:05d}", "job": draw.one(work["jobs"]), "education": draw.one(work["education"])}
        if place:
            found |= {"workplace": place.name, "department": draw.one(work["departments"])} if place.name else {}
        found["qualification"] = draw.one(work["qualifications"])
        if draw.in_hundred(self.shares["theory"]):
            found["theory"] = draw.one(work["theories"])
        if passed:
            found["union_since"] = passed[0].start.isoformat()
        if draw.in_hundred(self.shares["id_number"]):
            century = 2 * (born.year // 100 - 19) + (sex == "female")
            found["id_number"] = f"999{century}{born.year % 100:02d}{number:06d}"
            found |= {
                "id_issued": f"{draw.whole(2021, 2024)}-{draw.whole(1, 12):02d}",
                "id_issuer": self.words["issuer"],
            }
        if draw.in_hundred(self.shares["phone"]):
            found["phone"] = f"0000{draw.whole(0, 999_999):06d}"
        if draw.in_hundred(self.shares["address"]):
            found |= {
                name: f"{draw.one(self.words['places'])}, {self.words['province']}" for name in ("home", "address")
            }
        return found

    def _work(self, place: Place | None) -> dict[str, Any]:
        """What people of that union do and have learnt."""
        work: dict[str, Any] = self.given[place.half if place else "hcsn"]
        if place is None:
            return work
        for calling in self.given["callings"]:
            if any(f"-{word}-" in f"{place.code}-" for word in calling["codes"]):
                return work | calling
        return work

    def set_out(self, passed: dict[str, list[Member]]) -> None:
        """Remember where everybody was; when they were born follows from it."""
        self.passed = passed

    def leaving(self, member: Member) -> str:
        """Why somebody left, more exactly than the ledger's count says it."""
        draw = self.recipe.draw("leaving", member.person, member.unit)
        return draw.one(self.words["left"]) if member.leaving == "left" else member.leaving

    def born(self, person: Line) -> date:
        """A day that makes them grown up when they joined, and not too old when they left."""
        passed = self.passed.get(person["id"], [])
        if not passed:
            return date(1978, 4, 30)
        draw = self.recipe.draw("born", person["id"])
        until = (passed[-1].last or self.recipe.last_day).year
        latest = passed[0].start.year - YOUNGEST
        earliest = min(latest, max(latest - 26, until - OLDEST))
        return date(draw.whole(earliest, latest), draw.whole(1, 12), draw.whole(1, 28))

    def _told(self, born: date, draw: Draw) -> str:
        if draw.in_hundred(self.shares["born_year_only"]):
            return f"{born.year}"
        return born.isoformat()[:7] if draw.in_hundred(self.shares["born_month_only"]) else born.isoformat()

    def besides(self, person: Line) -> Iterator[Line]:
        """Party, Youth Union and children of somebody who is or was a member."""
        passed = self.passed.get(person["id"], [])
        if not passed:
            return
        draw, born, unit = self.recipe.draw("besides", person["id"]), self.born(person), passed[-1].unit
        at = {"unit": unit, "person": person["id"]}
        half = self.places[unit].half
        if draw.in_hundred(self.given[half]["party"]):
            since = max(born.year + ADULT + draw.whole(0, 14), 1990)
            if since < (passed[-1].last or self.recipe.last_day).year:
                day = f"{since}-{draw.whole(1, 12):02d}-{draw.whole(1, 28):02d}"
                yield {"type": "standing", "id": f"{person['id']}.dang", **at, "kind": "party", "valid": f"{day}.."}
        if self.recipe.last_day.year - born.year < STILL_YOUNG and draw.in_hundred(self.shares["youth"]):
            valid = f"{born.year + 16}..{born.year + STILL_YOUNG}"
            yield {"type": "standing", "id": f"{person['id']}.doan", **at, "kind": "youth", "valid": valid}
        yield from self._children(person, born, at, draw)

    def _children(self, person: Line, born: date, at: dict[str, str], draw: Draw) -> Iterator[Line]:
        if not draw.in_hundred(self.shares["children"]):
            return
        year, family = born.year + draw.whole(24, 33), person["name"].split()[0]
        for number in (1, 2)[: draw.whole(1, 2)]:
            # who is grown up gets no gift on 1 June
            if self.recipe.last_day.year - 15 <= year <= self.recipe.last_day.year - 1:
                day = f"{year}-{draw.whole(1, 12):02d}-{draw.whole(1, 28):02d}"
                name = f"{family} {draw.one(self.recipe.given['names']['first'])} {draw.one(self.words['children'])}"
                yield {
                    "type": "child", "id": f"{person['id']}.con-{number}", **at, "name": name,
                    "born": day[:4] if draw.in_hundred(20) else day, "sex": draw.one(["female", "male"]),
                }  # fmt: skip
            year += draw.whole(2, 5)

    def groupings(self, members: list[Member], groups: list[Place]) -> Iterator[Line]:
        """Who is a member today of a union that has groups, spread over them."""
        for at, member in enumerate(members, start=1):
            own = [each for each in groups if each.parent == member.unit]
            if own and member.last is None:
                yield {
                    "type": "grouping", "id": f"hc.g.{at:04d}", "unit": member.unit, "person": member.person,
                    "group": own[at % len(own)].code, "valid": f"{member.start.isoformat()}..",
                }  # fmt: skip

    def dues(self, members: list[Member]) -> Iterator[Line]:
        """Who paid this year at one union."""
        said = self.given["dues"]
        for at, member in enumerate(self._still_at(members, said["unit"]), start=1):
            draw = self.recipe.draw("dues", member.person)
            line: dict[str, Any] = {
                "type": "dues", "id": f"hc.p.{at:04d}", "unit": member.unit, "person": member.person,
                "months": said["months"], "state": "owed" if draw.in_hundred(said["owed"]) else "paid",
            }  # fmt: skip
            if line["state"] == "paid":
                line["paid"] = draw.whole(*said["each_month"]) // 1000 * 1000 * 10
            if member.start < date(2026, 1, 1):
                yield line

    def transfers(self, members: list[Member]) -> Iterator[Line]:
        """Members who wait to be received elsewhere."""
        for at, (unit, to, last, number) in enumerate(self.given["transfers"]["rows"], start=1):
            # nobody who sits in a committee: those come first in the register
            member = self._still_at(members, unit)[-1 - at]
            line = {
                "type": "transfer", "id": f"hc.t.{at}", "unit": unit, "person": member.person, "to": to, "last_day": last,
                "reason": "Chuyển nơi công tác",
            }  # fmt: skip
            yield line | ({"number": number} if number else {})

    def _still_at(self, members: list[Member], unit: str) -> list[Member]:
        return [each for each in members if each.unit == unit and each.last is None]
