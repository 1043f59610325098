"""The life of a unit in sentences: moments in order, each with what happened on it, and by which decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nhiemky.foundation import catalogue
from nhiemky.reforms.actions import written_decision
from nhiemky.reforms.models import Reorganisation
from nhiemky.reforms.rows import Do
from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import PartialDate
from nhiemky.units.models import Succession, Unit, UnitKind
from nhiemky.units.queries import UnitCard, names_of
from nhiemky.units.queries.lifeline import Happening, What, life_of_unit, lives_of, successors_around
from nhiemky.web import access

MOST_NAMED = 24


@dataclass(frozen=True)
class Named:
    """A unit in a sentence; linked if the person may read it."""

    name: str
    href: str = ""


@dataclass(frozen=True)
class Told:
    """One thing that happened: words, the units they are about, what else is to be said."""

    text: str
    units: tuple[Named, ...] = ()
    more: str = ""
    note: str = ""
    small: bool = False


@dataclass(frozen=True)
class Paper:
    """The decision behind a moment, and the reorganisation that did it."""

    decision: str
    event: str = ""
    href: str = ""


@dataclass(frozen=True)
class Moment:
    """What happened on one date, as exactly as it is known."""

    when: str
    told: tuple[Told, ...]
    papers: tuple[Paper, ...]


def event_href(code: str) -> str:
    """The page of a reorganisation; empty where there is none."""
    try:
        return reverse("web.reforms.event", args=[code])
    except NoReverseMatch:
        return ""


class Around:
    """The units and reorganisations that the life of a unit speaks of, each asked for once."""

    def __init__(self, request: HttpRequest, units: Iterable[int], causes: Iterable[str]) -> None:
        wanted = set(units)
        self.cards = names_of(wanted, access.today()) if wanted else {}
        known = set(causes) - {""}
        rows = Reorganisation.objects.filter(code__in=known).select_related("unit") if known else ()
        self.events = {row.code: row for row in rows}
        shown = wanted | {row.unit_id for row in self.events.values()}
        readable = access.units_to_read(request).filter(pk__in=shown)
        self.readable = set(readable.values_list("pk", flat=True)) if shown else set()

    def named(self, unit: int) -> Named:
        card: UnitCard = self.cards[unit]
        return Named(card.name, reverse("web.units.unit", args=[card.code]) if unit in self.readable else "")

    def names(self, units: Sequence[int]) -> tuple[tuple[Named, ...], str]:
        """The first of them, and how many more there are."""
        more = len(units) - MOST_NAMED
        rest = ngettext("và %(n)s đơn vị nữa", "và %(n)s đơn vị nữa", more) % {"n": vietnamese.number(more)}
        return tuple(self.named(each) for each in units[:MOST_NAMED]), rest if more > 0 else ""

    def paper(self, decision: str, cause: str) -> Paper | None:
        event = self.events.get(cause)
        if event is None:
            return Paper(decision) if decision else None
        href = event_href(event.code) if event.unit_id in self.readable else ""
        return Paper(written_decision(event) or decision, event.title, href)

    def only_inherits(self, row: Succession) -> bool:
        """Whether the successor has the past entries and nothing else: the unit did not merge into it."""
        event = self.events.get(row.cause)
        card = self.cards[row.unit_id]
        # a row of a plan names a unit by its code, or as a sheet did
        called = {vietnamese.fold(each) for each in (card.code, card.name, card.short)}
        inherits = (given for given in event.plan if given["do"] == Do.INHERIT) if event else ()
        return any(vietnamese.fold(given["unit"]) in called for given in inherits)


def moments_of(request: HttpRequest, unit: Unit) -> list[Moment]:
    """The unit's life, the oldest first."""
    found = life_of_unit(unit)
    units = {row.unit_id for each in found for row in each.others} | {
        row.successor_id for each in found for row in each.others
    }
    units |= {each.row.parent_id for each in found if each.what is What.PLACED}
    around = Around(request, units | {unit.pk}, (each.cause for each in found))
    grouped: dict[PartialDate | None, list[Happening]] = {}
    for each in found:
        grouped.setdefault(each.when, []).append(each)
    return [_moment(when, rows, around) for when, rows in grouped.items()]


def _moment(when: PartialDate | None, rows: Sequence[Happening], around: Around) -> Moment:
    told = tuple(said for each in rows for said in _told(each, around))
    papers = dict.fromkeys(paper for each in rows if (paper := around.paper(each.decision, each.cause)))
    return Moment(
        vietnamese.partial(when) if when else _("Không rõ ngày"),
        told, tuple(papers),
    )  # fmt: skip


def _told(each: Happening, around: Around) -> Iterable[Told]:
    row = each.row
    if each.what is What.FOUNDED:
        yield Told(_("Thành lập") if row.starts_on else _("Đã hoạt động từ trước, không rõ ngày thành lập"))
    elif each.what is What.REVIVED:
        yield Told(_("Lập lại"))
    elif each.what is What.ENDED:
        yield Told(_("Kết thúc hoạt động"), note=_last_day(row.ends_before, each.when))
    elif each.what is What.RENAMED:
        yield Told(
            _("Đổi tên thành “%(name)s”") % {"name": row.name},
            note=_("trước đó: %(name)s") % {"name": each.before.name},
        )
    elif each.what is What.RETYPED:
        given = {"old": kind_text(each.before), "new": kind_text(row)}
        yield Told(_("Đổi loại: từ %(old)s thành %(new)s") % given)
    elif each.what is What.PLACED:
        yield _placed(each, around)
    elif each.what is What.TERM_OPENED:
        yield Told(_("Bắt đầu nhiệm kỳ %(label)s") % {"label": row.label}, note=_ordinal(row.ordinal), small=True)
    elif each.what is What.TERM_CLOSED:
        note = _("sớm hơn dự kiến là %(end)s") % {"end": _partial(row.planned.end)} if row.closed_early else ""
        yield Told(_("Kết thúc nhiệm kỳ %(label)s") % {"label": row.label}, note=note, small=True)
    elif each.what is What.GOES_ON:
        yield from _goes_on(each, around)
    else:
        yield from _succeeds(each, around)


def _last_day(ends_before: date, when: PartialDate | None) -> str:
    if when is None or when.first != ends_before:
        return ""
    return _("hoạt động đến hết ngày %(day)s") % {"day": vietnamese.day(date.fromordinal(ends_before.toordinal() - 1))}


def _placed(each: Happening, around: Around) -> Told:
    row = each.row
    text = _("Chuyển về trực thuộc") if each.before else _("Trực thuộc")
    notes = [vietnamese.span(row.span) if row.ends_before or not row.starts_on else ""]
    notes += [territory_text(row.territory)] if row.territory else []
    return Told(text, (around.named(row.parent_id),), note=" · ".join(note for note in notes if note))


def territory_text(territory: str) -> str:
    return _("địa bàn %(place)s") % {"place": territory}


def _ordinal(ordinal: int | None) -> str:
    return _("khóa %(ordinal)s") % {"ordinal": vietnamese.roman(ordinal)} if ordinal else ""


def _partial(when: PartialDate | None) -> str:
    return vietnamese.partial(when) if when else ""


def kind_text(row: UnitKind) -> str:
    """'Công đoàn cơ sở, hành chính sự nghiệp'."""
    kind = catalogue.terms("catalogue/unit-kinds.toml", "unit_kind").get(row.kind)
    block = catalogue.terms("catalogue/blocks.toml", "block").get(row.block)
    return ", ".join(each.label for each in (kind, block) if each) or row.kind


def _goes_on(each: Happening, around: Around) -> Iterator[Told]:
    """Who goes on with the unit: it merged into one, or was split; and with whom its past entries stand."""
    heir = next((row for row in each.others if row.heir), None)
    if heir and not each.split and around.only_inherits(heir):
        yield Told(_("Số liệu cũ tính về"), (around.named(heir.successor_id),))
        return
    names, more = around.names([row.successor_id for row in each.others])
    yield Told(_("Tách thành") if each.split else _("Nhập vào"), names, more)
    if heir:
        yield Told(_("Số liệu cũ tính về"), (around.named(heir.successor_id),))
    elif each.split:
        yield Told(_("Số liệu cũ chưa phân bổ cho đơn vị nào, để ở cấp trên chung của các đơn vị ấy"))


def _succeeds(each: Happening, around: Around) -> Iterator[Told]:
    """With whom the unit goes on: who merged into it, of whom it was a part, whose past entries it has."""
    inherited = [row.unit_id for row in each.others if not each.split and row.heir and around.only_inherits(row)]
    others = [row.unit_id for row in each.others if row.unit_id not in inherited]
    for text, units in (
        (_("Tách ra từ") if each.split else _("Tiếp nhận, nhập lại từ"), others),
        (_("Nhận số liệu cũ của"), inherited),
    ):
        if units:
            yield Told(text, *around.names(units))
    if heirs := [row.unit_id for row in each.others if each.split and row.heir]:
        yield Told(_("Nhận số liệu cũ của"), *around.names(heirs))


# --- what the page of a unit says of its life ------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Whether the unit lives today, and who went before it or goes on with it."""

    # 'ended' or 'to_come'; empty while it lives
    state: str = ""
    when: str = ""
    papers: tuple[Paper, ...] = ()
    told: tuple[Told, ...] = ()
    before: tuple[Told, ...] = ()


def standing_of(request: HttpRequest, unit: Unit, parent: int | None) -> Standing:
    """Asked for each page of a unit; `parent` is the one under which it stands, or stood last."""
    today = access.today()
    happened = list(successors_around(unit).happened(unit))
    ended = _last_end(unit, today)
    causes = {each.cause for each in happened} | {ended.cause if ended else ""}
    units = {key for each in happened for row in each.others for key in (row.unit_id, row.successor_id)}
    if not happened and not ended:
        state = "to_come" if unit.starts_on and unit.starts_on > today else ""
        return Standing(state, _partial(unit.span.start) if state else "")
    around = Around(request, units | ({parent} if parent and ended else set()), causes)
    before = [said for each in happened if each.what is What.SUCCEEDS for said in _succeeds(each, around)]
    if ended is None:
        return Standing(before=tuple(before))
    later = [
        each
        for each in happened
        if each.what is What.GOES_ON and each.when and each.when.first >= ended.row.ends_before
    ]
    told = [said for each in later for said in _goes_on(each, around)]
    if not told and parent:
        told = [Told(_("Không có đơn vị kế thừa. Số liệu cũ để ở cấp trên cuối cùng"), (around.named(parent),))]
    papers = dict.fromkeys(paper for each in (ended, *later) if (paper := around.paper("", each.cause)))
    return Standing("ended", _partial(ended.row.span.end), tuple(papers), tuple(told), tuple(before))


def _last_end(unit: Unit, today: date) -> Happening | None:
    if unit.lives_on(today) or (unit.starts_on and unit.starts_on > today):
        return None
    ends = [each for each in lives_of(unit) if each.what is What.ENDED and each.row.ends_before <= today]
    return max(ends, key=lambda each: each.row.ends_before, default=None)
