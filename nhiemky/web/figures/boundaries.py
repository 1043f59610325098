"""The switch between the two boundaries of a figure: each record where it stood then, or all on the tree of one day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from nhiemky.figures import wording
from nhiemky.figures.queries import Asked
from nhiemky.rules import vietnamese
from nhiemky.units.history import boundaries_on, reorganised
from nhiemky.units.models import Unit
from nhiemky.units.queries import names_of
from nhiemky.web import access
from nhiemky.web.figures.asking import typed_tree

MOST_DAYS = 3
# (code of a unit, day of its tree) -> where the page that is shown stands for them
Href = Callable[[str, date | None], str]


@dataclass(frozen=True)
class Choice:
    """One side of the switch."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True)
class Gone:
    """What is said of a unit that does not live on the day, and where its records stand; without an address unlinked."""

    sentence: str
    where: str = ""
    href: str = ""


@dataclass(frozen=True)
class Switch:
    """What the switch shows: `kept` goes with its form, `is_open` where the choice can change a figure."""

    current: str
    sentence: str
    choices: tuple[Choice, ...]
    typed: str
    is_open: bool
    kept: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[str] = ()
    gone: Gone | None = None


def switch_of(
    request: HttpRequest, unit: Unit, asked: Asked, href: Href, kept: Mapping[str, str], faults: Sequence[str] = ()
) -> Switch:
    day, today, days = asked.boundaries, access.today(), reorganised(unit)
    offered = [each - timedelta(days=1) for each in _most_told({each: days[each] for each in days if each <= today})]
    choices = [
        Choice(_("Theo cây tổ chức lúc đó"), href(unit.code, None), day is None),
        *(Choice(_before(each), href(unit.code, each), day == each) for each in offered),
        Choice(_("Hôm nay %(day)s") % {"day": vietnamese.day(today)}, href(unit.code, today), day == today),
    ]
    if day and day not in {today, *offered}:
        choices.append(Choice(_("Ngày %(day)s") % {"day": vietnamese.day(day)}, href(unit.code, day), True))
    return Switch(
        current=wording.tree_text(day),
        sentence=_sentence(day),
        choices=tuple(choices),
        typed=typed_tree(request) if faults else vietnamese.day(day) if day else "",
        is_open=bool(day or faults) or may_matter(unit, asked, today),
        kept={name: value for name, value in kept.items() if value},
        faults=faults,
        gone=_gone(request, unit, day, href) if day else None,
    )


def may_matter(unit: Unit, asked: Asked, today: date) -> bool:
    """Whether something at or below the unit was reorganised since the period began."""
    return any((asked.period.starts_on or date.min) < day <= today for day in reorganised(unit))


def _most_told(days: Mapping[date, int]) -> list[date]:
    """The days on which most units moved, first to last."""
    return sorted(sorted(days, key=lambda day: (-days[day], -day.toordinal()))[:MOST_DAYS])


def _before(eve: date) -> str:
    return _("Trước %(day)s") % {"day": vietnamese.day(eve + timedelta(days=1))}


def _sentence(day: date | None) -> str:
    if day is None:
        return _(
            "Mỗi việc, mỗi số kê khai tính về các cấp trên mà đơn vị có vào chính ngày của nó, dù sau này đơn vị đã chuyển "
            "sang nơi khác."
        )
    return _(
        "Mọi việc, mọi số kê khai trong kỳ xếp theo cây tổ chức ngày %(day)s, dù lúc ấy đơn vị đứng ở đâu; của đơn vị ngày "
        "ấy không còn hoặc chưa có thì tính về đơn vị kế thừa, hoặc về cấp trên trực tiếp của nó."
    ) % {"day": vietnamese.day(day)}


def _gone(request: HttpRequest, unit: Unit, day: date, href: Href) -> Gone | None:
    boundaries = boundaries_on(day)
    lives = boundaries.lives[unit.pk]
    if any(life.holds(day) for life in lives):
        return None
    given = {"day": vietnamese.day(day)}
    ended = any(life.last_day < day for life in lives)
    what = _("Ngày %(day)s đơn vị này không còn") if ended else _("Ngày %(day)s đơn vị này chưa thành lập")
    carried = boundaries.carrier(unit.pk)
    if carried.unit == unit.pk:
        return Gone(
            _("%(what)s; không rõ đơn vị kế thừa hay cấp trên, nên việc của đơn vị vẫn để ở đây.")
            % {"what": what % given}
        )
    where = names_of([carried.unit], day)[carried.unit]
    may_read = access.units_to_read(request).filter(pk=carried.unit).exists()
    said = _("%(what)s, nên ở đây không có gì: việc của đơn vị tính về")
    if carried.unallotted:
        said = _("%(what)s, nên ở đây không có gì: việc của đơn vị chưa phân bổ cho đơn vị kế thừa nào, để ở")
    return Gone(said % {"what": what % given}, where.short, href(where.code, day) if may_read else "")
