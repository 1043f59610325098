"""Units and groups as sheets name them: in full, shortened, by initials; looked for below the unit that takes in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from nhiemky.foundation.models import User
from nhiemky.foundation.policies import may
from nhiemky.foundation.roles import Right
from nhiemky.rules.vietnamese import fold
from nhiemky.units.models import Unit
from nhiemky.units.queries import UnitCard, alive_on, cards, edges_known, units_below_on

# words that say what kind of body it is and not which one
_KIND = re.compile(
    r"\b(?:cong doan co so thanh vien|cong doan co so|cong doan bo phan|nghiep doan co so|nghiep doan bo phan|"
    r"lien doan lao dong|nghiep doan|cong doan|to chuyen mon|phan xuong|bo phan|cdcstv|cdcs|ndcs|cdbp|ldld|cd|"
    r"phong|ban|khoa|to(?! chuc)|doi|truong)\b"
)
NEAR = 3


class How(StrEnum):
    """How a text named the unit."""

    NAMED = "named"  # its name or code
    SHORTENED = "shortened"  # its initials: 'TCHC' for 'Tổ chức Hành chính'


@dataclass(frozen=True)
class Place:
    """A unit that a row may belong to: `home` keeps the membership, `group` is it itself where it stands below one."""

    card: UnitCard
    home: UnitCard
    is_group: bool
    may_record: bool


class Places:
    """The unit that takes a list in and everything below it on a day, found by what sheets write."""

    def __init__(self, unit: Unit, by: User, on: date) -> None:
        below = units_below_on(unit, on)
        found = cards(below | Unit.objects.filter(pk=unit.pk), on)
        self._parents = dict(
            edges_known().filter(unit__in=below.values("pk")).filter(alive_on(on)).values_list("unit", "parent")
        )
        self._cards = {each.id: each for each in found}
        self._by, self._on, self._allowed = by, on, {unit.pk: may(by, Right.RECORD, unit, on)}
        self.top = self._cards[unit.pk]
        self._exact: dict[str, set[int]] = {}
        self._core: dict[str, set[int]] = {}
        self._initials: dict[str, set[int]] = {}
        for each in found:
            for name in (each.name, each.short, each.code):
                self._exact.setdefault(_words(name), set()).add(each.id)
            for name in (each.name, each.short):
                if core := _core(name):
                    self._core.setdefault(core, set()).add(each.id)
                    if " " in core:
                        self._initials.setdefault(_initials(core), set()).add(each.id)
        self._seen: dict[tuple[str, int], tuple[Place | None, How]] = {}

    def found(self, text: str, under: int | None = None) -> tuple[Place | None, How]:
        """The unit that the text names, of those under the unit `under`; None when there is none or more than one."""
        key = (text, under or self.top.id)
        if key not in self._seen:
            self._seen[key] = self._find(*key)
        return self._seen[key]

    def _find(self, text: str, under: int) -> tuple[Place | None, How]:
        core = _core(text)
        for how, ids in (
            (How.NAMED, self._exact.get(_words(text), ())),
            (How.NAMED, self._core.get(core, ())),
            # 'TCHC' for 'Tổ chức Hành chính', and the other way round
            (How.SHORTENED, self._initials.get(core.replace(" ", ""), ()) if core else ()),
            (How.SHORTENED, self._core.get(_initials(core), ()) if " " in core else ()),
        ):
            inside = [each for each in ids if self._is_under(each, under)]
            if len(inside) > 1 and under in inside:
                # a unit and a group of it called the same: whoever names a group means the group
                inside.remove(under)
            if inside:
                return (self.place(inside[0]) if len(inside) == 1 else None), how
        return None, How.NAMED

    def nearest(self, text: str, under: int | None = None) -> list[str]:
        """Names that come near the text, for the sentence that says it is not known."""
        names = {
            form: card.short
            for card in self._cards.values()
            if self._is_under(card.id, under or self.top.id)
            for form in (_core(card.name) or _words(card.name), _words(card.short))
        }
        close = get_close_matches(_core(text) or _words(text), list(names), n=NEAR, cutoff=0.55) if names else []
        return list(dict.fromkeys(names[form] for form in close))

    def place(self, unit: int) -> Place:
        home = self.home(unit)
        return Place(self._cards[unit], home, home.id != unit, self._may(home.id))

    def home(self, unit: int) -> UnitCard:
        """The unit that keeps memberships: itself, or for a section or group the grassroots union over it."""
        at = unit
        while self._cards[at].level == "below" and at != self.top.id:
            above = self._parents.get(at)
            if above not in self._cards:
                break
            at = above
        return self._cards[at]

    def _is_under(self, unit: int, top: int) -> bool:
        at: int | None = unit
        for _step in range(50):
            if at == top:
                return True
            at = self._parents.get(at) if at is not None else None
        return False

    def _may(self, unit: int) -> bool:
        if unit not in self._allowed:
            self._allowed[unit] = may(self._by, Right.RECORD, Unit.objects.get(pk=unit), self._on)
        return self._allowed[unit]


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))


def _core(text: str) -> str:
    """'TỔ CĐ TCHC' -> 'tchc', 'Phòng Tổ chức - Hành chính' -> 'to chuc hanh chinh'; what is nothing but kinds stays."""
    words = core = _words(text)
    while (kind := _KIND.match(core)) and (rest := core[kind.end() :].strip()):
        core = rest
    return core or words


def _initials(core: str) -> str:
    return "".join(word if word.isdigit() else word[0] for word in core.split())
