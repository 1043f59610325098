"""The ledger of the fictional province: acts through the years, what was put right, what was cancelled, and totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from nhiemky.config.province.recipe import Draw, Line, Place, Recipe

DAY = timedelta(days=1)
SOURCE = "hc.so-lieu"
REPORT = "hc.bao-cao-nhiem-ky"
ROUGH = ("gt", "gte", "lt", "approx")


@dataclass
class Ledger:
    """Entries, then the rows that replace some of them, then the cancellations."""

    recipe: Recipe
    entries: list[Line] = field(default_factory=list)
    corrections: list[Line] = field(default_factory=list)
    cancellations: list[Line] = field(default_factory=list)

    def fill(self) -> None:
        for place in [*self.recipe.uppers, *self.recipe.unions, *self.recipe.groups]:
            for at, work in enumerate(self.recipe.works):
                if _does(place, work):
                    self._work(place, work, self.recipe.draw(place.code, at))
        self.entries.sort(key=lambda line: line["period"][:10])
        for number, line in enumerate(self.entries, start=1):
            line["id"] = f"{line['unit']}.v.{number:05d}"
        for line in list(self.entries):
            self._second_thought(line, self.recipe.draw(line["id"], "again"))

    def _work(self, place: Place, work: dict[str, Any], draw: Draw) -> None:
        often = work["a_year"] * self.recipe.given["rates"]["often"] * (0.5 if place.level == "to" else 1)
        for year in range(self.recipe.first_day.year, self.recipe.last_day.year + 1):
            for _at in range(draw.times(often)):
                period = self._period(year, work, draw)
                if period and self._is_there(place, *period):
                    self.entries.append(self._entry(place, work, *period, draw))

    def _is_there(self, place: Place, first: date, last: date) -> bool:
        return (
            place.is_there(first)
            and place.is_there(last)
            and self.recipe.first_day <= first
            and last <= self.recipe.last_day
        )

    def _period(self, year: int, work: dict[str, Any], draw: Draw) -> tuple[date, date] | None:
        when = work["when"]
        if isinstance(when, str):
            feast = next((day for day in self.recipe.given["feasts"][when] if day.year == year), None)
            if feast is None:
                return None
            first = feast - draw.whole(2, 22 if when == "tet" else 5) * DAY
        else:
            chosen = draw.one(when)
            first = (
                date.fromisoformat(f"{year}-{chosen}")
                if isinstance(chosen, str)
                else date(year, chosen, draw.whole(1, 28))
            )
        if "months" in work:
            return date(year, first.month - work["months"] + 1, 1), first
        return first, first + (draw.whole(*work["lasts"]) - 1 if "lasts" in work else 0) * DAY

    def _entry(self, place: Place, work: dict[str, Any], first: date, last: date, draw: Draw) -> Line:
        members = self.recipe.members_on(place.parent if place.level == "to" else place.code, first)
        line: Line = {
            "type": "entry", "id": "", "unit": place.code, "kind": work["kind"], "period": first.isoformat(),
            "coverage": "act", "counts": self._counts(work, members, draw), "source": SOURCE,
        }  # fmt: skip
        if "months" in work:
            line["period"] = f"{first.isoformat()[:7]}..{last.isoformat()[:7]}"
        elif last > first:
            line["period"] = f"{first.isoformat()}..{last.isoformat()}"
        if "funds" in work:
            line["money"] = self._money(work, line["counts"], place, draw)
        if "details" in work:
            line["details"] = {name: draw.one(values) for name, values in work["details"].items()}
        if "beneficiaries" in work:
            line["beneficiaries"] = draw.one(work["beneficiaries"])
        rates = self.recipe.given["rates"]
        if draw.in_hundred(rates["joint"]):
            line["partners"] = [draw.one(self.recipe.given["words"]["partners"])]
        if draw.in_hundred(rates["noted"]):
            line["note"] = draw.one(self.recipe.given["words"]["notes"])
        return line

    def _counts(self, work: dict[str, Any], members: int, draw: Draw) -> list[Line]:
        counts = []
        for word, (low, high) in work.get("counts", {}).items():
            value = draw.whole(low, high)
            if work.get("members"):
                value = max(1, members * value // 100)
            row: Line = {"word": word, "value": value}
            if (whole := work.get("out_of")) == word:
                row["out_of"] = max(members, value)
            elif isinstance(whole, list):
                row["out_of"] = draw.whole(*whole)
            counts.append(row)
        if work.get("loose") and draw.in_hundred(self.recipe.given["rates"]["rough_count"]):
            counts[-1]["comparator"] = draw.one(ROUGH)
        return counts

    def _money(self, work: dict[str, Any], counts: list[Line], place: Place, draw: Draw) -> list[Line]:
        rates, funds = self.recipe.given["rates"], work["funds"]
        if "each" in work:
            value = _round(draw.whole(*work["each"])) * counts[0]["value"]
        else:
            value = _round(draw.whole(*work["sum"])) * (3 if place.level == "tinh" else 1)
        paid: list[Line] = [{"fund": funds[0], "value": value} if funds[0] else {"value": value}]
        if len(funds) > 1 and draw.in_hundred(rates["second_fund"]):
            part = _round(value // draw.whole(2, 4)) or value
            paid = [{"fund": funds[0], "value": value}, {"fund": draw.one(funds[1:]), "value": part}]
        if work.get("loose"):
            if draw.in_hundred(rates["rough_money"]):
                paid[-1] = paid[-1] | {"comparator": draw.one(ROUGH)}
            elif draw.in_hundred(rates["vague_money"]):
                del paid[-1]["value"]
                paid[-1] |= {"comparator": "vague", "text": draw.one(["hàng chục triệu đồng", "vài triệu đồng"])}
        return paid

    def _second_thought(self, line: Line, draw: Draw) -> None:
        given, rates = self.recipe.given, self.recipe.given["rates"]
        if draw.in_hundred(rates["corrected"]):
            better = line | {
                "id": f"{line['id']}.s",
                "corrects": line["id"],
                "reason": draw.one(given["words"]["reasons"]),
            }
            if line["counts"] and not any("out_of" in count for count in line["counts"]):
                first, *rest = line["counts"]
                better["counts"] = [first | {"value": first["value"] + draw.whole(1, 2)}, *rest]
            elif "money" in line and "value" in line["money"][0]:
                first, *rest = line["money"]
                better["money"] = [first | {"value": first["value"] + 500_000}, *rest]
            self.corrections.append(better)
            if draw.in_hundred(15):
                self._cancel(better, draw)
        elif draw.in_hundred(rates["cancelled"]):
            self._cancel(line, draw)

    def _cancel(self, line: Line, draw: Draw) -> None:
        reason = draw.one(self.recipe.given["words"]["cancellations"])
        self.cancellations.append(
            {"type": "cancellation", "id": f"{line['id']}.h", "cancels": line["id"], "reason": reason}
        )

    def totals(self, terms: dict[str, tuple[date, date]]) -> Iterator[Line]:
        """What reports of the first term published: of unions their own visits, of districts all that lay below too."""
        for place in self.recipe.unions:
            if place.code in terms:
                yield self._total(place, "visit", "luot", "own", *terms[place.code])
        for place in self.recipe.uppers:
            if place.code in terms:
                for kind, word in (("hardship", "luot"), ("propaganda", "cuoc"), ("culture_sport", "cuoc")):
                    yield self._total(place, kind, word, "below", *terms[place.code])
        yield self._total(self.recipe.uppers[0], "health_check", "nguoi", "below", date(2022, 1, 1), date(2022, 12, 31))

    def _of_other_provinces(self, province: Place) -> set[str]:
        """Units that stood under another province than this one before the reform."""
        found = {each.code for each in self.recipe.uppers if each.level == "tinh" and each.code != province.code}
        for each in [*self.recipe.uppers, *self.recipe.unions, *self.recipe.groups]:
            found |= {each.code} if each.parent in found else set()
        return found

    def _total(self, place: Place, kind: str, word: str, coverage: str, first: date, last: date) -> Line:
        below = {each.code for each in self.recipe.unions if place.code in (each.code, each.parent)} | {place.code}
        apart = self._of_other_provinces(place)
        inside = [
            line
            for line in self.entries
            if line["kind"] == kind
            and (coverage == "below" or line["unit"] == place.code)
            and (line["unit"] not in apart if place.level == "tinh" else line["unit"] in below)
            and first.isoformat() <= line["period"][:10] <= last.isoformat()
        ]
        counted = sum(count["value"] for line in inside for count in line["counts"] if count["word"] == word)
        total: Line = {
            "type": "entry", "id": f"{place.code}.tong.{kind.replace('_', '-')}-{first.year}", "unit": place.code,
            "kind": kind, "period": f"{first.isoformat()}..{last.isoformat()}", "coverage": coverage,
            "counts": [{"word": word, "value": counted * 13 // 10 + 5}], "source": REPORT, "places": ["mục II"],
        }  # fmt: skip
        paid = sum(row.get("value", 0) for line in inside for row in line.get("money", ()))
        if paid:
            total["money"] = [{"value": paid * 13 // 10}]
        return total


def _does(place: Place, work: dict[str, Any]) -> bool:
    return (
        place.level in work["at"]
        and work["kind"] not in place.keeps
        and work.get("only", place.half) in (place.half, place.half if place.level in ("tren", "tinh") else "")
    )


def _round(money: int) -> int:
    return money // 50_000 * 50_000
