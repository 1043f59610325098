"""The units that a plan may speak of: those that ever stood under the unit that plans, and those it founds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.foundation.many import these
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.queries.going import member_named
from nhiemky.rules.histories import History
from nhiemky.rules.trees import Placed, Succession
from nhiemky.rules.vietnamese import fold
from nhiemky.units.history import history
from nhiemky.units.models import Unit, UnitLife
from nhiemky.units.queries import UnitCard, cards, ever_below, key_of


class Line(History[str]):
    """The history by codes, with the parent of a day looked up at once."""

    @cached_property
    def _by_unit(self) -> dict[str, list[Placed[str]]]:
        found: dict[str, list[Placed[str]]] = {}
        for edge in self.edges:
            found.setdefault(edge.unit, []).append(edge)
        return found

    def edge_of(self, unit: str, day: date) -> str | None:
        """Under whom the unit stands on that day."""
        return next((edge.parent for edge in self._by_unit.get(unit, ()) if edge.span.holds(day)), None)


class Directory:
    """Looks units up by code or name, and says what is known of them on the day."""

    def __init__(self, top: Unit, day: date) -> None:
        self.top, self.day = top, day
        self.cards: dict[str, UnitCard] = {
            each.code: each for each in cards(Unit.objects.filter(pk__in=ever_below(top)), day)
        }
        self._new: dict[str, str] = {}
        self._new_names: dict[str, str] = {}

    @cached_property
    def history(self) -> Line:
        """What is known of these units, and of those that they ever stood under; what is over the one that plans is
        not touched."""
        code = {each.id: each.code for each in self.cards.values()}
        whole = history()
        own = [edge for edge in whole.edges if edge.unit in code and edge.unit != self.top.pk]
        strangers = {edge.parent for edge in own} - set(code)
        code |= dict(Unit.objects.filter(pk__in=these(strangers)).values_list("pk", "code"))
        return Line(
            {code[unit]: spans for unit, spans in whole.lives.items() if unit in code},
            frozenset(Placed(code[edge.unit], code[edge.parent], edge.span) for edge in own),
            frozenset(
                Succession(code[row.unit], code[row.successor], row.day, row.heir)
                for row in whole.successions
                if row.unit in code and row.successor in code
            ),
        )

    @cached_property
    def _inside(self) -> set[str]:
        """The unit that plans and all below it on the day."""
        found, frontier = set(), [self.top.code]
        while frontier:
            found.add(unit := frontier.pop())
            frontier += [child for child in self._children.get(unit, ()) if child not in found]
        return found

    def is_outside(self, unit: str) -> bool:
        """Whether the unit lives on the day, below another than the one that plans."""
        return self.lives(unit) and unit not in self._inside

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for edge in self.history.edges:
            if edge.span.holds(self.day):
                found.setdefault(edge.parent, []).append(edge.unit)
        return found

    @cached_property
    def away(self) -> frozenset[str]:
        """The units that stand under somebody else on the day: no plan of this one speaks of them."""
        return frozenset(unit for unit in self.cards if self.is_outside(unit))

    def children(self, unit: str) -> Sequence[str]:
        return self._children.get(unit, ())

    def lives(self, unit: str) -> bool:
        return self.history.life(unit, self.day) is not None

    def is_group(self, unit: str) -> bool:
        return unit in self.cards and self.cards[unit].level == "below"

    def name(self, unit: str) -> str:
        return self._new.get(unit) or (self.cards[unit].short if unit in self.cards else unit)

    def kind(self, unit: str) -> str:
        return self.cards[unit].kind if unit in self.cards else ""

    # --- new ones -----------------------------------------------------------------------------------------------------

    def begin(self, code: str, name: str, short: str) -> str:
        """A unit that the plan founds; its code, made of the name where none was given."""
        given = code.lower()
        code = given or self._free(key_of(short)[:60].strip("-") or "don-vi")
        if code in self._new:
            raise Refusal(_("Mã đơn vị “%(code)s” dùng hai lần trong phương án. Hãy chọn mã khác.") % {"code": code})
        if key_of(code) != code or len(code) > 64:
            raise Refusal(_("Mã đơn vị “%(code)s” chỉ gồm chữ thường không dấu, số và gạch nối.") % {"code": code})
        # one that only an annulled plan founded never was
        if given and UnitLife.objects.filter(unit__code=code, superseded_at__isnull=True).exists():
            raise Refusal(_("Mã đơn vị “%(code)s” đã có. Hãy chọn mã khác.") % {"code": code})
        if fold(name) in self._new_names:
            raise Refusal(_("Tên “%(name)s” dùng hai lần trong phương án. Hãy đặt tên khác.") % {"name": name})
        self._new[code] = short
        self._new_names |= {fold(name): code, fold(short): code}
        return code

    def _free(self, base: str) -> str:
        taken = set(Unit.objects.filter(code__startswith=base).values_list("code", flat=True)) | set(self._new)
        return next(code for n in range(1, 100_000) if (code := base if n == 1 else f"{base}-{n}") not in taken)

    def new_named(self, text: str) -> str | None:
        """The unit that the plan founds under this code or name."""
        text = text.strip()
        return text.lower() if text.lower() in self._new else self._new_names.get(fold(text))

    # --- looking up ---------------------------------------------------------------------------------------------------

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in self.cards.values():
            if each.code in self.away:
                continue
            for text in {fold(each.name), fold(each.short)}:
                found.setdefault(text, []).append(each.code)
        return found

    def all_named(self, text: str) -> list[str]:
        """The units with this code, or else of this name; where several bear it, those that live on the day."""
        text = text.strip()
        if text.lower() in self.cards and text.lower() not in self.away:
            return [text.lower()]
        if new := self.new_named(text):
            return [new]
        found = self._by_name.get(fold(text), [])
        return [code for code in found if self.lives(code)] or found

    def find(self, text: str) -> str | None:
        found = self.all_named(text)
        return found[0] if len(found) == 1 else None

    # --- members ------------------------------------------------------------------------------------------------------

    @cached_property
    def _members(self) -> dict[str, dict[str, tuple[str, int]]]:
        return {}

    def member(self, unit: str, text: str) -> tuple[str, int] | None:
        """The code of the member of the unit, by code or card number; and the record that stands for them."""
        if unit not in self._members:
            self._members[unit] = member_named(unit, self.day)
        return self._members[unit].get(text.strip())


def kinds_by_label() -> dict[str, str]:
    """Folded label or code of a kind of unit -> its code."""
    kinds = catalogue.terms("catalogue/unit-kinds.toml", "unit_kind")
    return {fold(text): code for code, kind in kinds.items() for text in (code, kind.label)}


def blocks_by_label() -> dict[str, str]:
    blocks = catalogue.terms("catalogue/blocks.toml", "block")
    return {fold(text): code for code, block in blocks.items() for text in (code, block.label)}
