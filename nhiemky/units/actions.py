"""Writes of the tree: units, placements, terms, named periods, grants."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import Source, User
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Role
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import clean, fold
from nhiemky.rules.vietnamese import span as written
from nhiemky.units.models import Grant, NamedPeriod, Placement, Term, Unit, UnitKind, UnitName
from nhiemky.units.queries import edges_known


@action("units.unit.found")
def found_unit(
    *, by: User, code: str, name: str, short: str, kind: str, block: str = "", life: Span, **fields: Any
) -> Unit:
    """A unit with its first name, kind and block, which hold from the start of its life."""
    if kind not in catalogue.terms("catalogue/unit-kinds.toml", "unit_kind"):
        raise Refusal(_("Không có loại đơn vị “%(kind)s”. Hãy dùng mã trong danh mục loại đơn vị.") % {"kind": kind})
    if block and block not in catalogue.terms("catalogue/blocks.toml", "block"):
        raise Refusal(_("Không có khối “%(block)s”. Hãy dùng mã trong danh mục khối.") % {"block": block})
    if Unit.objects.filter(code=code).exists():
        raise Refusal(_("Mã đơn vị “%(code)s” đã có. Hãy chọn mã khác.") % {"code": code})
    unit = Unit(code=code, **fields)
    unit.span = life
    unit.save()
    name, short = clean(name), clean(short)
    known = {"unit": unit, "recorded_at": clock.now(), "recorded_by": by}
    for fact in (
        UnitName(name=name, short_name=short, folded=fold(f"{name} {short} {code}"), **known),
        UnitKind(kind=kind, block=block, **known),
    ):
        fact.starts_on, fact.start_precision = life.starts_on, life.start_precision
        fact.save()
    write_event(subject=f"unit:{code}", unit=code)
    return unit


@action("units.placement.place")
def place_unit(
    *, by: User, unit: Unit, parent: Unit, valid: Span, decision: str = "", source: Source | None = None, **fields: Any
) -> Placement:
    """An edge of the managing line; refuses an overlap, a circle, and days on which one of both was not alive."""
    for each in (unit, parent):
        if not each.span.covers(valid):
            raise Refusal(
                _("Đơn vị “%(code)s” không hoạt động suốt thời gian %(span)s. Hãy sửa thời gian trực thuộc.")
                % {"code": each.code, "span": written(valid)}
            )
    if any(row.span.overlaps(valid) for row in edges_known().filter(unit=unit)):
        raise Refusal(
            _("Đơn vị “%(code)s” đã trực thuộc một đơn vị khác trong thời gian %(span)s. Hãy kết thúc lần trước đã.")
            % {"code": unit.code, "span": written(valid)}
        )
    if unit.pk == parent.pk or _would_circle(unit, parent, valid):
        raise Refusal(
            _("Đơn vị “%(parent)s” đang ở dưới đơn vị “%(code)s”, không thể là cấp trên của nó.")
            % {"code": unit.code, "parent": parent.code}
        )
    placement = Placement(
        unit=unit, parent=parent, decision=decision, source=source, recorded_at=clock.now(), recorded_by=by, **fields
    )
    placement.span = valid
    placement.save()
    write_event(subject=f"placement:{placement.code}", unit=unit.code, data={"parent": parent.code})
    return placement


def _would_circle(unit: Unit, parent: Unit, valid: Span) -> bool:
    above = [(parent.pk, valid)]
    while above:
        below, during = above.pop()
        for row in edges_known().filter(unit=below):
            if shared := row.span.shared(during):
                if row.parent_id == unit.pk:
                    return True
                above.append((row.parent_id, shared))
    return False


@action("units.term.open")
def open_term(*, by: User, unit: Unit, label: str, period: Span, planned: Span | None = None, **fields: Any) -> Term:
    """A term of office; `planned` is a span that ends when the congress set the term to end."""
    label = clean(label)
    if unit.terms.filter(label=label).exists():
        raise Refusal(_("Đơn vị đã có nhiệm kỳ %(label)s.") % {"label": label})
    term = Term(unit=unit, label=label, **fields)
    term.span = period
    if planned:
        term.planned_ends_before, term.planned_end_precision = planned.ends_before, planned.end_precision
    if any(each.span.overlaps(period) for each in unit.terms.all()):
        raise Refusal(
            _("Nhiệm kỳ %(label)s trùng thời gian với một nhiệm kỳ đã có. Hãy sửa ngày bắt đầu hoặc kết thúc.")
            % {"label": label}
        )
    term.save()
    write_event(subject=f"term:{term.code}", unit=unit.code)
    return term


@action("units.period.name")
def name_period(*, by: User, unit: Unit, kind: str, label: str, period: Span, **fields: Any) -> NamedPeriod:
    """A period to report on that is no term."""
    named = NamedPeriod(unit=unit, kind=kind, label=clean(label), **fields)
    named.span = period
    named.save()
    write_event(subject=f"period:{named.code}", unit=unit.code)
    return named


@action("units.grant.give")
def give_grant(*, by: User, unit: Unit | None, user: User, role: Role, below: bool, starts_on: date) -> Grant:
    """Let a user act at a unit in a role, with all below it if `below`."""
    grant = Grant.objects.create(user=user, role=role, unit=unit, below=below, starts_on=starts_on)
    write_event(subject=f"grant:{grant.pk}", unit=unit.code if unit else "", data={"user": user.pk, "role": role})
    return grant
