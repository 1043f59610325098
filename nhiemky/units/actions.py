"""Writes of the tree: units, placements, terms, named periods, grants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.actions import record_source
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import Source, User
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Role
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import clean, fold, sort_key
from nhiemky.rules.vietnamese import span as written
from nhiemky.units.models import Grant, NamedPeriod, Placement, Term, Unit, UnitKind, UnitName
from nhiemky.units.queries import edges_known, key_of, may_give, periods_of, terms_of

LONGEST_TERM_LABEL = 40
LONGEST_PERIOD_LABEL = 60
LONGEST_MOTTO = 200


@action("units.unit.found")
def found_unit(
    *, by: User, code: str, name: str, short: str, kind: str, block: str = "", life: Span, **fields: Any
) -> Unit:
    """A unit with its first name, kind and block, which hold from the start of its life."""
    if kind not in catalogue.terms("catalogue/unit-kinds.toml", "unit_kind"):
        raise Refusal(_("Không có loại đơn vị “%(kind)s”. Hãy dùng mã trong danh mục loại đơn vị.") % {"kind": kind})
    if block and block not in catalogue.terms("catalogue/blocks.toml", "block"):
        raise Refusal(_("Không có khối “%(block)s”. Hãy dùng mã trong danh mục khối.") % {"block": block})
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", code):
        raise Refusal(_("Mã đơn vị “%(code)s” chỉ gồm chữ thường không dấu, số và gạch nối.") % {"code": code})
    if Unit.objects.filter(code=code).exists():
        raise Refusal(_("Mã đơn vị “%(code)s” đã có. Hãy chọn mã khác.") % {"code": code})
    name, short = clean(name), clean(short)
    if not (0 < len(name) <= 300 and 0 < len(short) <= 160):
        raise Refusal(_("Tên đơn vị đang trống hoặc quá dài. Hãy ghi tên (đến 300 chữ) và tên gọn (đến 160 chữ)."))
    unit = Unit(code=code, **fields)
    unit.span = life
    unit.save()
    known = {"unit": unit, "recorded_at": clock.now(), "recorded_by": by}
    for fact in (
        UnitName(name=name, short_name=short, folded=fold(f"{name} {short} {code}"), sort_key=sort_key(name), **known),
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


@action("units.term.open", calls=("foundation.source.record",))
def open_term(
    *,
    by: User,
    unit: Unit,
    label: str,
    period: Span,
    planned: Span | None = None,
    resolution: Mapping[str, str] | None = None,
    **fields: Any,
) -> Term:
    """A term of office; `planned` is a span that ends when the congress set the term to end.

    `resolution` are the fields of a Source that is made of the congress's resolution.
    """
    label = _new_label(unit, label, period)
    if not 0 < (fields.get("ordinal") or 1) < 400:
        raise Refusal(_("Khóa phải là số từ 1 đến 399."))
    if len(label) > LONGEST_TERM_LABEL or len(fields.get("motto") or "") > LONGEST_MOTTO:
        raise Refusal(_("Tên nhiệm kỳ dài quá 40 chữ hoặc phương châm dài quá 200 chữ. Hãy ghi ngắn lại."))
    if any(each.span.clashes(period) for each in terms_of(unit)):
        raise Refusal(
            _("Nhiệm kỳ %(label)s trùng thời gian với một nhiệm kỳ đã có. Hãy sửa ngày bắt đầu hoặc kết thúc.")
            % {"label": label}
        )
    if resolution:
        fields["source"] = record_source(by=by, **resolution)
    term = Term(unit=unit, label=label, recorded_at=clock.now(), recorded_by=by, **fields)
    term.span = period
    if planned:
        term.planned_ends_before, term.planned_end_precision = planned.ends_before, planned.end_precision
    term.save()
    write_event(subject=f"term:{term.code}", unit=unit.code)
    return term


@action("units.term.close")
def close_term(*, by: User, term: Term, last: PartialDate, decision: str = "") -> Term:
    """The term ended on that date, early or not: a new row in the place of the old one, which stays known."""
    if term.superseded_at or term.ends_before:
        raise Refusal(_("Nhiệm kỳ %(label)s đã kết thúc. Hãy mở lại trang của đơn vị.") % {"label": term.label})
    try:
        span = Span.between(term.span.start, last)
    except ValueError:
        raise Refusal(
            _("Ngày kết thúc phải sau ngày bắt đầu nhiệm kỳ (%(start)s). Hãy sửa ngày.") % {"start": written(term.span)}
        ) from None
    closed = Term(
        unit=term.unit, label=term.label, ordinal=term.ordinal, motto=term.motto, source=term.source,
        places=term.places, planned_ends_before=term.planned_ends_before,
        planned_end_precision=term.planned_end_precision, replaces=term, decision=clean(decision)[:120],
        recorded_at=clock.now(), recorded_by=by,
    )  # fmt: skip
    closed.span = span
    Term.objects.filter(pk=term.pk).update(superseded_at=closed.recorded_at)
    closed.save()
    write_event(subject=f"term:{closed.code}", unit=term.unit.code, data={"closes": term.code})
    return closed


def _new_label(unit: Unit, label: str, period: Span) -> str:
    """The label, cleaned; refuses one that names another period of the unit already, and days the unit did not live."""
    label = clean(label)
    key = key_of(label)
    if not key or any(key == each.key for each in periods_of(unit)):
        raise Refusal(_("Tên kỳ “%(label)s” đang trống hoặc đơn vị đã có kỳ này. Hãy đặt tên khác.") % {"label": label})
    if not unit.span.covers(period) and (unit.span.ends_before or unit.span.starts_on):
        raise Refusal(_("Kỳ %(label)s nằm ngoài thời gian hoạt động của đơn vị. Hãy kiểm tra ngày.") % {"label": label})
    return label


@action("units.period.name")
def name_period(*, by: User, unit: Unit, kind: str, label: str, period: Span, **fields: Any) -> NamedPeriod:
    """A period to report on that is no term."""
    if len(label) > LONGEST_PERIOD_LABEL:
        raise Refusal(_("Tên kỳ dài quá 60 chữ. Hãy ghi ngắn lại."))
    named = NamedPeriod(
        unit=unit, kind=kind, label=_new_label(unit, label, period), recorded_at=clock.now(), recorded_by=by, **fields
    )
    named.span = period
    named.save()
    write_event(subject=f"period:{named.code}", unit=unit.code)
    return named


@action("units.grant.give")
def give_grant(*, by: User, unit: Unit | None, user: User, role: Role, below: bool, starts_on: date) -> Grant:
    """Let a user act at a unit in a role, with all below it if `below`."""
    if not may_give(by, unit, below, clock.today()):
        raise NotAllowed(_("Không thể giao quyền rộng hơn quyền của chính mình. Hãy nhờ người quản trị cấp trên."))
    grant = Grant.objects.create(user=user, role=role, unit=unit, below=below, starts_on=starts_on)
    write_event(subject=f"grant:{grant.pk}", unit=unit.code if unit else "", data={"user": user.pk, "role": role})
    return grant
