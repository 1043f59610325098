"""Which children of members get the gifts of 1 June and Mid-Autumn: those under sixteen on the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from nhiemky.foundation import catalogue
from nhiemky.rules.timeline import PartialDate


@dataclass(frozen=True)
class GiftDay:
    """A day of gifts for children, and the age at which one gets none any more."""

    code: str
    label: str
    day: date
    under: int

    def due(self, born: PartialDate | None) -> bool | None:
        """Whether a child born then gets the gift; None where the birth date is not known well enough."""
        if born is None:
            return None
        # one gets it who may be under the age, and surely was born by then
        youngest, oldest = _birthday(born.last, self.under), _birthday(born.first, self.under)
        if born.first > self.day or youngest <= self.day:
            return False
        return True if oldest > self.day and born.last <= self.day else None


@cache
def gift_days() -> tuple[GiftDay, ...]:
    return tuple(
        GiftDay(row["code"], row["label"], row["day"], row["under"])
        for row in catalogue.rows("catalogue/gift-days.toml", "gift_day")
    )


def next_gift_days(today: date) -> list[GiftDay]:
    """The next day of each kind of gift."""
    coming: dict[str, GiftDay] = {}
    for each in sorted(gift_days(), key=lambda each: each.day):
        if each.day >= today:
            coming.setdefault(each.code, each)
    return sorted(coming.values(), key=lambda each: each.day)


def _birthday(born: date, age: int) -> date:
    """The day on which one is so old; who was born on 29 February, on 1 March of other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
