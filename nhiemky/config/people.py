"""Sub-commands about people: the first address, a new password, a lost second factor."""

from __future__ import annotations

import argparse

from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.config.address import address_of, usual_port
from nhiemky.foundation import clock
from nhiemky.foundation.actions import make_link, offer_password, revoke_link, switch_off_factor
from nhiemky.foundation.models import Purpose, User
from nhiemky.foundation.queries import COMMAND_LINE, command_line, open_links
from nhiemky.foundation.refusals import Refusal
from nhiemky.units.queries import somebody_has_a_grant


def start(given: argparse.Namespace) -> None:
    """The address at which the first unit is named; a fresh one each time, until somebody has used it."""
    if not given.no_serve:
        # what will be served here, whatever another server of this folder says
        given.port = given.port or usual_port()
    call_command("migrate", verbosity=0, interactive=False)
    if somebody_has_a_grant():
        print(
            _("Hệ thống đã có người phụ trách. Hãy đăng nhập tại %(address)s")
            % {"address": address_of("/", given.port)}
        )
    else:
        by = command_line()
        for old in open_links(Purpose.START, clock.now()):
            revoke_link(by=by, link=old)
        _link, token = make_link(by=by, purpose=Purpose.START)
        print(_("Mở địa chỉ sau trong trình duyệt để bắt đầu. Địa chỉ dùng một lần, trong 7 ngày:"))
        print(f"  {address_of(reverse('web.account.start', args=[token]), given.port)}", flush=True)
    if not given.no_serve:
        from nhiemky.config.subcommands import serve

        serve(given)


def password(given: argparse.Namespace) -> None:
    """An address at which the user sets a new password; no password is ever printed."""
    token = offer_password(by=command_line(), user=_user(given.username))
    print(_("Gửi riêng địa chỉ sau cho người ấy. Dùng một lần, trong 24 giờ:"))
    print(f"  {address_of(reverse('web.account.reset', args=[token]), given.port)}")


def second_factor(given: argparse.Namespace) -> None:
    removed = switch_off_factor(by=command_line(), user=_user(given.username))
    print(_("Đã tắt xác thực hai lớp của “%(name)s” (%(count)s cách).") % {"name": given.username, "count": removed})
    print(
        _("Nếu điện thoại bị mất hoặc bị lấy, hãy đổi cả mật khẩu: nhiemky password %(name)s")
        % {"name": given.username}
    )


def _user(username: str) -> User:
    user = User.objects.exclude(username=COMMAND_LINE).filter(username=username.lower()).first()
    if user is None:
        raise Refusal(_("Không có tài khoản “%(name)s”. Hãy kiểm tra tên đăng nhập.") % {"name": username})
    return user
