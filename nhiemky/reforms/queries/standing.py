"""What was built on a reorganisation since, so that it cannot be taken back from under it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazily

from nhiemky.foundation.events import built_upon, superseded_by, written_by
from nhiemky.foundation.many import these
from nhiemky.ledger.models import Entry, Statement
from nhiemky.ledger.queries import living
from nhiemky.members.actions.reorganising import OF_REGISTER
from nhiemky.members.models import Membership, Post
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.rules import vietnamese
from nhiemky.units.actions.reshaping import OF_TREE
from nhiemky.units.models import Placement, Term, Unit, UnitLife

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
    lived = written_by(UnitLife, event.code).filter(superseded_at__isnull=True, starts_on=event.day)
    new = these(lived.values_list("unit", flat=True))
    besides: list[tuple[Any, str]] = [
        (living(Entry.objects.filter(unit__in=new)), _("việc đã ghi ở đơn vị mới")),
        (
            living(Statement.objects.filter(unit__in=new)).exclude(code__startswith=f"{event.code}-"),
            _("số đã kê khai ở đơn vị mới"),
        ),
    ]
    known = Q(superseded_at__isnull=True) & ~Q(cause=event.code)
    besides += [
        (model.objects.filter(known, unit__in=new).exclude(ends_before__lte=event.day), words)
        for model, words in (
            (Term, _("nhiệm kỳ của đơn vị mới")),
            (Membership, _("đoàn viên vào đơn vị mới")),
            (Post, _("chức danh ở đơn vị mới")),
        )
    ]
    besides.append((Placement.objects.filter(known, parent__in=new), _("đơn vị về dưới đơn vị mới")))
    for rows, words in besides:
        if count := rows.count():
            found.append(_sentence(words, count))
    return found


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
