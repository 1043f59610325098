"""Who may act at a unit: the people, their invitations, and the page behind an invitation."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.models import OneTimeLink, Purpose, User
from nhiemky.foundation.queries import command_line, link_with, open_links
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Role
from nhiemky.rules import vietnamese
from nhiemky.rules.vietnamese import clean
from nhiemky.units.actions import accept_invitation, end_grant, invite, no_more_right, revoke_invitation
from nhiemky.units.actions.amending import amend_unit
from nhiemky.units.models import Grant, Unit
from nhiemky.units.queries import (
    card,
    grants_over,
    inviter_may_give,
    last_day_of,
    living_grants,
    may_give,
    units_below_on,
)
from nhiemky.web import access
from nhiemky.web.account import signing
from nhiemky.web.account.links import gone, person_of, same_person_again, shown_again
from nhiemky.web.frame import answered
from nhiemky.web.once import Changed, again_or_fresh, code_in, fresh, write_once
from nhiemky.web.shell import role_name

# the one most often given first
ROLES = (Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
MOST_ABOVE = 20


def role_words(role: str) -> tuple[str, str]:
    """('Kiểm tra', 'Chỉ xem.')"""
    name, _colon, rights = Role(role).label.partition(":")
    rights = rights.strip()
    return name, f"{rights[:1].upper()}{rights[1:]}."


def reach_words(below: bool) -> str:
    return _("đơn vị và mọi đơn vị bên dưới") if below else _("riêng đơn vị này")


@access.form
def people(request: HttpRequest, code: str) -> HttpResponse:
    unit = access.unit_to_administer(request, code)
    typed = {name: request.POST.get(name, "") for name in ("for_whom", "role", "below")}

    def page(faults: Sequence[str], status: int, made: str = "", before: bool = False) -> HttpResponse:
        code = fresh(request, unit, "loi-moi") if made or before else again_or_fresh(request, unit, "loi-moi", status)
        given = {"typed": typed, "faults": faults, "made": made, "before": before, "code": code}
        return render(request, "web/account/people.html", _people(request, unit) | given, status=status)

    def done(invited: tuple[str, bool]) -> HttpResponse:
        token, new = invited
        # shown now and never again: only its digest is kept
        made = request.build_absolute_uri(reverse("web.account.accept", args=[token])) if new else ""
        return page((), 200, made, before=not new)

    def changed(fault: Changed[OneTimeLink]) -> HttpResponse:
        sentence = _(
            "Lời mời cho %(who)s đã được lập. Nội dung vừa đổi chưa được ghi: nếu muốn mời thêm, hãy bấm lập lời mời "
            "lần nữa; nếu mời nhầm, hãy thu hồi lời mời ở phần “Lời mời chưa dùng”."
        )
        return page([sentence % {"who": fault.row.for_whom}], 409)

    return answered(request, page, lambda: _invited(request, unit, typed), done, changed)


def _invited(request: HttpRequest, unit: Unit, typed: dict[str, str]) -> tuple[str, bool]:
    """The token of the invitation that this form makes, and whether it was made just now."""
    code = code_in(request, unit, "loi-moi")
    # the same for the same form, so that it is made once; nobody computes it without the secret of the installation
    token = urlsafe_b64encode(salted_hmac("nhiemky.loi-moi", code, algorithm="sha256").digest()).decode().rstrip("=")
    asked = {"role": typed["role"], "below": bool(typed["below"]), "for_whom": typed["for_whom"]}

    def write() -> OneTimeLink | None:
        invite(by=request.user, unit=unit, token=token, **asked)
        return link_with(Purpose.INVITATION, token)

    def same(link: OneTimeLink | None) -> bool:
        return link is not None and (link.role, link.below, link.for_whom) == (
            asked["role"], asked["below"], clean(typed["for_whom"]),
        )  # fmt: skip

    _link, new = write_once(lambda: link_with(Purpose.INVITATION, token), same, write)
    return token, new


def _people(request: HttpRequest, unit: Unit) -> dict[str, Any]:
    today = access.today()
    own = living_grants(today).filter(unit=unit)
    over = grants_over(unit, today).exclude(user__in=own.values("user"))
    shown = card(unit, last_day_of(unit, today))
    return {
        "unit": shown,
        "roles": [(role, *role_words(role)) for role in ROLES],
        "may_below": units_below_on(unit, today).exists() and may_give(request.user, unit, True, today),  # type: ignore[arg-type]
        "grants": [
            (grant, *role_words(grant.role), reach_words(grant.below), vietnamese.day(grant.starts_on)) for grant in own
        ],
        "over": [(grant.user.display_name, role_name(grant)) for grant in over[:MOST_ABOVE]],
        "over_more": max(0, over.count() - MOST_ABOVE),
        "links": [
            (link, role_words(link.role)[0], reach_words(link.below), vietnamese.day(clock.local_day(link.expires_at)))
            for link in open_links(Purpose.INVITATION, clock.now()).filter(unit=unit.code)
        ],
        "local": request.get_host().partition(":")[0] in ("127.0.0.1", "localhost"),
        "fictional": shown.fictional,
    }


@access.signed_in
@require_POST
def revoke(request: HttpRequest, code: str, key: int) -> HttpResponse:
    unit = access.unit_to_administer(request, code)
    link = get_object_or_404(OneTimeLink, pk=key, purpose=Purpose.INVITATION, unit=unit.code)
    revoke_invitation(by=request.user, unit=unit, link=link)
    messages.success(request, _("Đã thu hồi lời mời. Đường dẫn đã gửi không còn dùng được."))
    return redirect("web.account.invite", unit.code)


@access.signed_in
@require_POST
def end(request: HttpRequest, code: str, key: int) -> HttpResponse:
    unit = access.unit_to_administer(request, code)
    grant = get_object_or_404(Grant, pk=key, unit=unit)
    end_grant(by=request.user, unit=unit, grant=grant, today=access.today())
    messages.success(request, _("Đã cho thôi quyền. Những gì người này đã ghi vẫn còn nguyên."))
    # whoever ends their own right may not see this page any more
    return redirect("web.account.invite", unit.code) if grant.user != request.user else redirect("web.home")


@access.form
def name(request: HttpRequest, code: str) -> HttpResponse:
    """What was written wrongly of the unit: its names, kind, block and note."""
    unit = access.unit_to_administer(request, code)
    shown = card(unit, last_day_of(unit, access.today()))
    typed = {each: request.POST.get(each, getattr(shown, each)) for each in ("name", "short", "kind", "block", "note")}

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = {
            "unit": shown,
            "typed": typed,
            "faults": faults,
            "fictional": shown.fictional,
            "kinds": catalogue.terms("catalogue/unit-kinds.toml", "unit_kind").values(),
            "blocks": catalogue.terms("catalogue/blocks.toml", "block").values(),
        }
        return render(request, "web/account/name.html", context, status=status)

    def done(_amended: Any) -> HttpResponse:
        messages.success(request, _("Đã sửa thông tin đơn vị."))
        return redirect("web.units.unit", unit.code)

    return answered(request, page, lambda: amend_unit(by=request.user, unit=unit, **typed), done)


@require_http_methods(access.METHODS)
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Behind an invitation: an account is made, or one that is signed in gets the role."""
    link = link_with(Purpose.INVITATION, token)
    if link is None or not link.is_open(clock.now()):
        sentence = _("Lời mời này đã dùng, đã thu hồi hoặc đã hết hạn. Hãy nhờ người mời gửi lời mời mới.")
        return same_person_again(request, link) or gone(sentence)
    unit = Unit.objects.filter(code=link.unit).first()
    if unit is None or not inviter_may_give(link, unit, access.today()):
        return gone(no_more_right())
    typed = person_of(request, link)
    user = request.user if isinstance(request.user, User) else None
    faults: list[str] = []
    if request.method == "POST":
        person = {} if user else typed
        try:
            taken = accept_invitation(by=command_line(), link=link, user=user, today=access.today(), **person)
        except Refusal as refusal:
            if again := same_person_again(request, link):
                return again
            faults = list(refusal.sentences)
        else:
            messages.success(request, _("Đã nhận lời mời. Đơn vị hiện ở trang này."))
            return redirect("web.home") if user else signing.let_in(request, taken)
    context = {
        "unit": card(unit, last_day_of(unit, access.today())),
        "invited_by": link.made_by.display_name,
        "role": role_words(link.role),
        "reach": reach_words(link.below),
        "until": vietnamese.day(clock.local_day(link.expires_at)),
        "typed": typed,
        "bare": True,
    }
    return shown_again(request, link, "web/account/accept.html", context, faults)
