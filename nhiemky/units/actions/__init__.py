"""Writes of the tree: units, placements, terms, named periods, grants, invitations, the first unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.actions import create_user, make_link, record_source, revoke_link, use_link
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import OneTimeLink, Purpose, Source, User, new_code
from nhiemky.foundation.queries import link_with
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Role
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import clean, fold, short_unit_name, sort_key
from nhiemky.rules.vietnamese import span as written
from nhiemky.units.models import Grant, NamedPeriod, Placement, Term, Unit, UnitKind, UnitLife, UnitName
from nhiemky.units.queries import (
    edges_known,
    grants_over,
    inviter_may_give,
    key_of,
    living_grants,
    may_give,
    periods_of,
    somebody_has_a_grant,
    terms_of,
)

LONGEST_TERM_LABEL = 40
LONGEST_PERIOD_LABEL = 60
LONGEST_MOTTO = 200


@action("units.unit.found")
def found_unit(
    *, by: User, code: str, name: str, short: str, kind: str, block: str = "", life: Span, **fields: Any
) -> Unit:
    """A unit with its first name, kind and block, which hold from the start of its life."""
    refuse_unknown_kind(kind, block)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", code):
        raise Refusal(_("Mã đơn vị “%(code)s” chỉ gồm chữ thường không dấu, số và gạch nối.") % {"code": code})
    if Unit.objects.filter(code=code).exists():
        raise Refusal(_("Mã đơn vị “%(code)s” đã có. Hãy chọn mã khác.") % {"code": code})
    name, short = names_cleaned(name, short)
    unit = Unit(code=code, **fields)
    unit.span = life
    unit.save()
    known = {"unit": unit, "recorded_at": clock.now(), "recorded_by": by}
    lived = UnitLife(**known)
    lived.span = life
    lived.save()
    for fact in (
        UnitName(name=name, short_name=short, folded=fold(f"{name} {short} {code}"), sort_key=sort_key(name), **known),
        UnitKind(kind=kind, block=block, **known),
    ):
        fact.starts_on, fact.start_precision = life.starts_on, life.start_precision
        fact.save()
    write_event(subject=f"unit:{code}", unit=code)
    return unit


def refuse_unknown_kind(kind: str, block: str) -> None:
    """Refuses a kind or block that is not in the catalogue."""
    if kind not in catalogue.terms("catalogue/unit-kinds.toml", "unit_kind"):
        raise Refusal(_("Không có loại đơn vị “%(kind)s”. Hãy dùng mã trong danh mục loại đơn vị.") % {"kind": kind})
    if block and block not in catalogue.terms("catalogue/blocks.toml", "block"):
        raise Refusal(_("Không có khối “%(block)s”. Hãy dùng mã trong danh mục khối.") % {"block": block})


def block_of(kind: str, block: str) -> str:
    """The block, or none: only what stands at the grassroots or below has one."""
    kinds = catalogue.terms("catalogue/unit-kinds.toml", "unit_kind")
    return "" if kind in kinds and kinds[kind].level not in ("grassroots", "below") else block


def names_cleaned(name: str, short: str) -> tuple[str, str]:
    """Both names, cleaned; refuses what is empty or too long."""
    name, short = clean(name), clean(short)
    if not (0 < len(name) <= 300 and 0 < len(short) <= 160):
        raise Refusal(_("Tên đơn vị đang trống hoặc quá dài. Hãy ghi tên (đến 300 chữ) và tên gọn (đến 160 chữ)."))
    return name, short


@action("units.name.change")
def change_name(*, by: User, unit: Unit, name: str, short: str) -> None:
    """The unit was written wrongly: the latest name is superseded, for the same span. A renaming is no correction."""
    name, short = names_cleaned(name, short)
    known = unit.names.filter(superseded_at__isnull=True)
    old = max(known, key=lambda row: row.starts_on or date.min)
    now = clock.now()
    known.filter(pk=old.pk).update(superseded_at=now)
    folded = fold(f"{name} {short} {unit.code}")
    new = UnitName(unit=unit, name=name, short_name=short, folded=folded, sort_key=sort_key(name))
    new.recorded_at, new.recorded_by, new.span = now, by, old.span
    new.save()
    write_event(subject=f"unit:{unit.code}", unit=unit.code)


@action("units.placement.place")
def place_unit(
    *, by: User, unit: Unit, parent: Unit, valid: Span, decision: str = "", source: Source | None = None, **fields: Any
) -> Placement:
    """An edge of the managing line; refuses an overlap, a circle, and days on which one of both was not alive."""
    for each in (unit, parent):
        if not each.lives_through(valid):
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
    label = term_label(unit, label, period, fields.get("ordinal"), fields.get("motto"))
    if resolution:
        fields["source"] = record_source(by=by, **resolution)
    term = Term(unit=unit, label=label, recorded_at=clock.now(), recorded_by=by, **fields)
    term.span = period
    if planned:
        term.planned_ends_before, term.planned_end_precision = planned.ends_before, planned.end_precision
    term.save()
    write_event(subject=f"term:{term.code}", unit=unit.code)
    return term


def term_label(
    unit: Unit, label: str, period: Span, ordinal: int | None, motto: str | None, own: Term | None = None
) -> str:
    """The label of a term, cleaned; refuses what a term cannot be. `own` is the row that the term replaces."""
    label = period_label(unit, label, period, own.label if own else "")
    if not 0 < (ordinal or 1) < 400:
        raise Refusal(_("Khóa phải là số từ 1 đến 399."))
    if len(label) > LONGEST_TERM_LABEL or len(motto or "") > LONGEST_MOTTO:
        raise Refusal(_("Tên nhiệm kỳ dài quá 40 chữ hoặc phương châm dài quá 200 chữ. Hãy ghi ngắn lại."))
    if any(each.span.clashes(period) for each in terms_of(unit) if each != own):
        raise Refusal(
            _("Nhiệm kỳ %(label)s trùng thời gian với một nhiệm kỳ đã có. Hãy sửa ngày bắt đầu hoặc kết thúc.")
            % {"label": label}
        )
    return label


@action("units.term.close")
def close_term(*, by: User, term: Term, last: PartialDate, decision: str = "", code: str = "") -> Term:
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
        code=code or new_code(), recorded_at=clock.now(), recorded_by=by,
    )  # fmt: skip
    closed.span = span
    Term.objects.filter(pk=term.pk).update(superseded_at=closed.recorded_at)
    closed.save()
    write_event(subject=f"term:{closed.code}", unit=term.unit.code, data={"closes": term.code})
    return closed


def period_label(unit: Unit, label: str, period: Span, own: str = "") -> str:
    """The label, cleaned; refuses one that names another period of the unit already, and days the unit did not live.

    `own` is what the period itself was called.
    """
    label = clean(label)
    key = key_of(label)
    taken = {each.key for each in periods_of(unit)} - {key_of(own)}
    if not key or key in taken:
        raise Refusal(_("Tên kỳ “%(label)s” đang trống hoặc đơn vị đã có kỳ này. Hãy đặt tên khác.") % {"label": label})
    if not unit.lives_through(period) and (unit.span.ends_before or unit.span.starts_on):
        raise Refusal(_("Kỳ %(label)s nằm ngoài thời gian hoạt động của đơn vị. Hãy kiểm tra ngày.") % {"label": label})
    return label


@action("units.period.name")
def name_period(*, by: User, unit: Unit, kind: str, label: str, period: Span, **fields: Any) -> NamedPeriod:
    """A period to report on that is no term."""
    if len(label) > LONGEST_PERIOD_LABEL:
        raise Refusal(_("Tên kỳ dài quá 60 chữ. Hãy ghi ngắn lại."))
    named = NamedPeriod(
        unit=unit, kind=kind, label=period_label(unit, label, period), recorded_at=clock.now(), recorded_by=by, **fields
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


@action("units.grant.end")
def end_grant(*, by: User, unit: Unit, grant: Grant, today: date) -> None:
    """The user no longer acts here from today on; refuses to leave a unit without anybody who answers for it."""
    if grant.unit_id != unit.pk or not living_grants(today).filter(pk=grant.pk).exists():
        raise Refusal(_("Người này không còn quyền ở đơn vị. Hãy tải lại trang."))
    if not may_give(by, unit, grant.below, today):
        raise NotAllowed(_("Quyền này do cấp trên giao, rộng hơn quyền của bạn. Hãy nhờ người quản trị cấp trên."))
    keepers = (living_grants(today).filter(unit=unit) | grants_over(unit, today)).filter(role=Role.ADMINISTRATOR)
    if grant.role == Role.ADMINISTRATOR and not keepers.exclude(pk=grant.pk).exists():
        raise Refusal(_("Đơn vị phải còn một người phụ trách. Hãy mời người phụ trách khác trước."))
    Grant.objects.filter(pk=grant.pk).update(ends_before=today)
    write_event(subject=f"grant:{grant.pk}", unit=unit.code, data={"user": grant.user_id})


# --- invitations and the first unit -------------------------------------------------------------------------------


@action("units.invitation.make", calls=("foundation.link.make",))
def invite(*, by: User, unit: Unit, role: str, below: bool, for_whom: str, token: str = "") -> str:
    """The token of an address that gives whoever opens it this role here; nobody gives more than they have.

    A `token` that is given makes one invitation, however often it is sent.
    """
    for_whom = clean(for_whom)
    if role not in list(Role):
        raise Refusal(_("Chưa chọn vai trò. Hãy chọn một trong các vai trò."))
    if not 0 < len(for_whom) <= 120:
        raise Refusal(_("Chưa ghi mời ai, hoặc ghi quá dài. Hãy ghi tên hoặc chức danh, đến 120 chữ."))
    if not may_give(by, unit, below, clock.today()):
        raise NotAllowed(_("Không thể giao quyền rộng hơn quyền của chính mình. Hãy nhờ người quản trị cấp trên."))
    if token and link_with(Purpose.INVITATION, token):
        raise Refusal(_("Lời mời này đã được lập trước đó. Hãy tải lại trang."))
    link, token = make_link(
        by=by, purpose=Purpose.INVITATION, token=token, unit=unit.code, role=role, below=below, for_whom=for_whom
    )
    write_event(subject=f"link:{link.pk}", unit=unit.code, data={"role": role, "below": below})
    return token


@action("units.invitation.revoke", calls=("foundation.link.revoke",))
def revoke_invitation(*, by: User, unit: Unit, link: OneTimeLink) -> None:
    """The invitation lets nobody in any more."""
    if link.purpose != Purpose.INVITATION or link.unit != unit.code:
        raise Refusal(_("Lời mời này không phải của đơn vị. Hãy tải lại trang."))
    revoke_link(by=by, link=link)
    write_event(subject=f"link:{link.pk}", unit=unit.code)


def no_more_right() -> str:
    """What an invitation says whose maker lost the right to make it."""
    return _("Người mời không còn quyền giao việc ở đơn vị này. Hãy xin lời mời mới.")


@action("units.invitation.accept", calls=("foundation.user.create", "foundation.link.use", "units.grant.give"))
def accept_invitation(*, by: User, link: OneTimeLink, user: User | None, today: date, **person: str) -> User:
    """The user who was let in: one who is there already, or a new one made of `person`."""
    unit = Unit.objects.filter(code=link.unit).first()
    if not unit or not inviter_may_give(link, unit, today):
        raise Refusal(no_more_right())
    if user and living_grants(today).filter(user=user, unit=unit, role=link.role, below__gte=link.below).exists():
        raise Refusal(_("Bạn đã có vai trò này ở đơn vị. Hãy gửi đường dẫn cho người được mời."))
    user = user or create_user(by=by, **person)
    use_link(by=by, link=link, purpose=Purpose.INVITATION, user=user)
    give_grant(by=by, unit=unit, user=user, role=Role(link.role), below=link.below, starts_on=today)
    write_event(subject=f"link:{link.pk}", unit=unit.code, data={"user": user.pk, "invited_by": link.made_by_id})
    return user


@action(
    "units.installation.begin",
    calls=(
        "units.unit.found",
        "units.placement.place",
        "foundation.user.create",
        "foundation.link.use",
        "units.grant.give",
    ),
)
def begin_installation(
    *, by: User, link: OneTimeLink, name: str, kind: str, block: str, above: str, today: date, **person: str
) -> User:
    """The first unit, and its chair, who answers for the unit, for all below it and for the installation.

    `above` is the code of a unit that is known, which then stands above; any other words are kept as a note.
    """
    if somebody_has_a_grant():
        raise Refusal(_("Hệ thống đã có người phụ trách. Hãy đăng nhập, hoặc xin người phụ trách một lời mời."))
    above, short = clean(above), short_unit_name(clean(name))
    if len(above) > 300:
        raise Refusal(_("Tên cấp trên quá dài. Hãy ghi đến 300 chữ, hoặc để trống."))
    parent = Unit.objects.filter(code=above.lower()).first()
    note = _("Cấp trên trực tiếp: %(above)s") % {"above": above} if above and not parent else ""
    block = block_of(kind, block)
    life = parent.span if parent else Span(None, None)
    unit = found_unit(
        by=by, code=_free_code(short), name=name, short=short[:160], kind=kind, block=block, life=life, note=note
    )
    if parent:
        place_unit(by=by, unit=unit, parent=parent, valid=life)
    user = create_user(by=by, **person)
    use_link(by=by, link=link, purpose=Purpose.START, user=user)
    for where in (unit, None):
        give_grant(by=by, unit=where, user=user, role=Role.ADMINISTRATOR, below=True, starts_on=today)
    write_event(subject=f"unit:{unit.code}", unit=unit.code, data={"user": user.pk})
    return user


def _free_code(short: str) -> str:
    """The short name as part of addresses: 'cdcs-truong-mam-non-hoa-sen', with a number where that is taken."""
    base = key_of(short)[:60].strip("-") or "don-vi"
    taken = set(Unit.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for n in range(1, 1000) if (code := base if n == 1 else f"{base}-{n}") not in taken)
