"""The first page of an empty installation: the unit and its chair."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.models import Purpose
from nhiemky.foundation.queries import command_line, link_with
from nhiemky.foundation.refusals import Refusal
from nhiemky.units.actions import begin_installation
from nhiemky.units.queries import somebody_has_a_grant
from nhiemky.web.account import signing
from nhiemky.web.account.links import PERSON, gone, person_of, same_person_again, shown_again

FIELDS = ("name", "kind", "block", "above")


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, token: str) -> HttpResponse:
    link = link_with(Purpose.START, token)
    if link is None or not link.is_open(clock.now()) or somebody_has_a_grant():
        return same_person_again(request, link) or gone(
            _("Địa chỉ bắt đầu này không còn dùng được: hệ thống đã có người phụ trách, hoặc địa chỉ đã hết hạn.")
            if somebody_has_a_grant()
            else _(
                "Địa chỉ bắt đầu này không còn dùng được. Hãy chạy lại lệnh “start” trên máy chủ để lấy địa chỉ mới."
            )
        )
    typed = {name: request.POST.get(name, "") for name in FIELDS + PERSON}
    typed["kind"] = typed["kind"] or "grassroots"
    faults: list[str] = []
    if request.method == "POST":
        try:
            given = typed | person_of(request, link)
            user = begin_installation(by=command_line(), link=link, today=clock.today(), **given)
        except Refusal as refusal:
            if again := same_person_again(request, link):
                return again
            faults = list(refusal.sentences)
        else:
            messages.success(request, _("Đã lập đơn vị và tài khoản của bạn. Dưới đây là ba việc để bắt đầu."))
            return signing.let_in(request, user)
    context = {
        "typed": typed,
        "kinds": catalogue.terms("catalogue/unit-kinds.toml", "unit_kind").values(),
        "blocks": catalogue.terms("catalogue/blocks.toml", "block").values(),
    }
    return shown_again(request, link, "web/account/start.html", context, faults)
