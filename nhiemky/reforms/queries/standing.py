"""What was built on a reorganisation since, so that it cannot be taken back from under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazily

from nhiemky.foundation.events import built_upon, superseded_by, written_by
from nhiemky.foundation.many import these
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger.models import Entry, Statement
from nhiemky.ledger.queries import living
from nhiemky.members.actions.reorganising import OF_REGISTER
from nhiemky.members.models import Membership, Post
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.reforms.opening import opened_by
from nhiemky.rules import vietnamese
from nhiemky.units.actions.reshaping import OF_TREE
from nhiemky.units.history import boundaries_on, history, standing_under
from nhiemky.units.models import Placement, Term, Unit, UnitLife
from nhiemky.units.models import Succession as SuccessionRow
from nhiemky.units.queries import names_of

_WORDS = {
    "UnitLife": lazily("đơn vị đã kết thúc hoặc lập lại"),
    "Placement": lazily("đơn vị đã chuyển cấp trên"),
    "UnitName": lazily("đơn vị đã đổi tên"),
    "UnitKind": lazily("đơn vị đã đổi loại"),
    "Succession": lazily("thừa kế đã đổi"),
    "Term": lazily("nhiệm kỳ đã sửa"),
    "Membership": lazily("đoàn viên đã chuyển, ra hoặc sửa"),
    "Grouping": lazily("tổ của đoàn viên đã đổi"),
    "Post": lazily("chức danh đã sửa"),
    "RegisterBegun": lazily("ngày tính theo sổ đã đổi"),
}


def what_stands_on(event: Reorganisation) -> list[str]:
    """A sentence for each kind of thing that would lose its ground if the event had never been."""
    found = []
    for model in (*OF_TREE, Term, *OF_REGISTER):
        if count := built_upon(model, event.code).count():
            found.append(_sentence(str(_WORDS[model.__name__]), count))
    for rows, words in (*_at_new_units(event), *_at_successors(event)):
        if count := rows.count():
            found.append(_sentence(words, count))
    return found


def _at_new_units(event: Reorganisation) -> Iterator[tuple[QuerySet[Any], str]]:
    """What was recorded of units that began by the event, from its day on."""
    day = event.day
    lived = written_by(UnitLife, event.code).filter(superseded_at__isnull=True, starts_on=day)
    new = these(lived.values_list("unit", flat=True))
    yield _from(day, living(Entry.objects.filter(unit__in=new))), _("việc đã ghi ở đơn vị mới")
    own = opened_by(event).values("pk")
    stated = _from(day, living(Statement.objects.filter(unit__in=new))).exclude(pk__in=own)
    yield stated, _("số đã kê khai ở đơn vị mới")
    for model, words in (
        (Term, _("nhiệm kỳ của đơn vị mới")),
        (Membership, _("đoàn viên vào đơn vị mới")),
        (Post, _("chức danh ở đơn vị mới")),
    ):
        yield _from(day, _of_others(model, event).filter(unit__in=new)), words
    yield _from(day, _of_others(Placement, event).filter(parent__in=new)), _("đơn vị về dưới đơn vị mới")
    since = _of_others(SuccessionRow, event).filter(day__gte=day)
    yield since.filter(Q(unit__in=new) | Q(successor__in=new)), _("đơn vị đã sắp xếp tiếp với đơn vị mới")


def _at_successors(event: Reorganisation) -> Iterator[tuple[QuerySet[Any], str]]:
    """What came later of units that the event ended, or that went on with them."""
    day = event.day
    ended = these(superseded_by(UnitLife, event.code).values_list("unit", flat=True))
    begun = _of_others(UnitLife, event).filter(unit__in=ended, starts_on__gte=day)
    yield begun, _("đơn vị đã lập lại")
    since = _of_others(SuccessionRow, event).filter(day__gte=day)
    yield since.filter(unit__in=ended), _("thừa kế của đơn vị đã kết thúc")
    # its opening number is in the one of whoever has it now, and would be left there
    opened = opened_by(event)
    taken = opened.values_list("unit", flat=True)
    later = since.filter(Q(successor__in=these(taken)) | Q(unit__in=these(taken)), heir=True)
    yield later, _("đơn vị đã sắp xếp tiếp, số mở đầu đã cộng vào")
    yield opened.filter(replaced_by__isnull=False, replaced_by__cancels=False), _("số mở đầu đã sửa")


def _of_others(model: Any, event: Reorganisation) -> Any:
    """Rows that hold today and that the event did not write."""
    return model.objects.filter(superseded_at__isnull=True).exclude(cause=event.code)


def _from(day: date, rows: Any) -> Any:
    """Those that reach to the day or beyond."""
    return rows.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=day))


def refuse_what_is_no_tree(units: set[int], since: date) -> None:
    """Refused where one of the units would stand under nobody, under two, or live twice at once, from that day on."""
    whole = history()
    wrong = {unit for unit in units for one, two in combinations(whole.lives.get(unit, ()), 2) if one.overlaps(two)}
    for faults in whole.faults(since).values():
        wrong |= {fault.unit for fault in faults}
    if wrong:
        raise Refusal(_sentence(_("đơn vị"), len(wrong)))


def _sentence(words: str, count: int) -> str:
    return _("Đã có thay đổi về sau dựa trên việc sắp xếp này: %(count)s %(what)s. Hãy hủy hoặc sửa trước.") % {
        "count": vietnamese.number(count), "what": words,
    }  # fmt: skip


def units_touched(event: Reorganisation) -> set[int]:
    """The units whose life, place, name or kind the event changed."""
    found: set[int] = set()
    for model in OF_TREE:
        for rows in (written_by(model, event.code), superseded_by(model, event.code)):
            found |= set(rows.values_list("unit", flat=True))
    return found


def events_of(unit: Unit) -> list[Reorganisation]:
    """The reorganisations that changed the unit, or came to it from another, the latest first."""
    codes: set[str] = set()
    for model in OF_TREE:
        for field in ("cause", "superseded_cause"):
            codes |= set(model.objects.filter(unit=unit).exclude(**{field: ""}).values_list(field, flat=True))
    codes |= set(unit.succeeds.exclude(cause="").values_list("cause", flat=True))
    return list(Reorganisation.objects.filter(code__in=codes).select_related("unit").order_by("-day", "-pk"))


def was_applied_at(unit: Unit) -> bool:
    """Whether a reorganisation of the unit was ever applied, annulled ones too."""
    return Reorganisation.objects.filter(unit=unit, state__in=(State.APPLIED, State.ANNULLED)).exists()


def refuse_others_today(event: Reorganisation, units: Iterable[int], today: date) -> None:
    """Refuses what speaks, of a past day, of units that are somebody else's by now, or comes from a unit that has ended."""
    if not event.unit.lives_on(max(today, event.day)):
        raise Refusal(_("Đơn vị lập phương án đã kết thúc. Việc sắp xếp này do đơn vị cấp trên lập."))
    boundaries = boundaries_on(max(today, event.day))
    apart = {unit for unit in units if unit in boundaries.lives} - standing_under(event.unit.pk, boundaries)
    names = [card.short for card in names_of(sorted(apart)[:20], today).values()]
    if names:
        raise Refusal.of(
            _("“%(name)s” nay không còn dưới đơn vị lập phương án. Việc sắp xếp này do cấp trên chung lập.")
            % {"name": name}
            for name in names
        )
