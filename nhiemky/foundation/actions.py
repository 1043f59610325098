"""Writes of the foundation: users, their passwords and second factors, one-time addresses, sources."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from nhiemky.foundation import clock, second_factor
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import Installation, OneTimeLink, Purpose, Source, User
from nhiemky.foundation.policies import OWN_ACCOUNT, POLICIES, Policy, whole_installation
from nhiemky.foundation.queries import digest_of_token, open_links
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.rules.vietnamese import clean

LIFE = {Purpose.START: timedelta(days=7), Purpose.INVITATION: timedelta(days=14), Purpose.PASSWORD: timedelta(days=1)}
MOST_RESETS = 3

for _name in (
    "foundation.user.create",
    "foundation.user.name_author",
    "foundation.source.record",
    "foundation.link.make",
    "foundation.link.revoke",
    "foundation.link.use",
    "foundation.password.offer",
    "foundation.second_factor.switch_off",
    "foundation.installation.mark",
):
    POLICIES[_name] = Policy(Right.ADMINISTER, whole_installation)
for _name in (
    "foundation.password.change",
    "foundation.password.reset",
    "foundation.email.set",
    "foundation.second_factor.add_app",
    "foundation.second_factor.add_passkey",
    "foundation.second_factor.use",
    "foundation.second_factor.remove",
    "foundation.second_factor.renew_codes",
):
    POLICIES[_name] = OWN_ACCOUNT


@action("foundation.user.create")
def create_user(*, by: User, username: str, display_name: str, password: str, hashed: str = "") -> User:
    """A user without any grant yet; refuses a weak password and a name that is taken.

    `hashed` stands for a password that was found good before and is not at hand any more.
    """
    username, display_name = clean(username).lower(), clean(display_name)
    faults = []
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,59}", username):
        faults.append(_("Tên đăng nhập gồm chữ thường không dấu, số, dấu chấm hoặc gạch nối. Hãy ghi như: lan.nguyen"))
    elif User.objects.filter(username=username).exists():
        faults.append(_("Tên đăng nhập “%(name)s” đã có người dùng. Hãy chọn tên khác.") % {"name": username})
    if not 0 < len(display_name) <= 120:
        faults.append(_("Họ tên đang trống hoặc quá dài. Hãy ghi họ tên, đến 120 chữ."))
    if not hashed:
        faults += faults_of_password(password)
    if faults:
        raise Refusal.of(faults)
    user = User(username=username, display_name=display_name, password=hashed)
    if not hashed:
        user.set_password(password)
    user.save()
    write_event(subject=f"user:{user.pk}")
    return user


@action("foundation.user.name_author")
def name_author(*, by: User, username: str) -> User:
    """Somebody who recorded rows in another installation: an account that nobody can sign in with, for their sake."""
    user = User(username=username, display_name=username, is_active=False)
    user.set_unusable_password()
    user.save()
    write_event(subject=f"user:{user.pk}")
    return user


def faults_of_password(password: str) -> list[str]:
    try:
        validate_password(password)
    except ValidationError as fault:
        return list(fault.messages)
    return []


@action("foundation.source.record")
def record_source(*, by: User, title: str, **fields: Any) -> Source:
    """Where facts were read. `fields` are the other fields of Source."""
    source = Source.objects.create(title=clean(title), recorded_by=by, **fields)
    write_event(subject=f"source:{source.code}")
    return source


# --- one-time addresses -------------------------------------------------------------------------------------------


@action("foundation.link.make")
def make_link(*, by: User, purpose: Purpose, token: str = "", **about: Any) -> tuple[OneTimeLink, str]:
    """An address that works once, and its token, which is kept nowhere. `about` are the other fields of OneTimeLink.

    A `token` that is given must be as hard to guess as the one that is made otherwise.
    """
    token, now = token or secrets.token_urlsafe(32), clock.now()
    link = OneTimeLink.objects.create(
        purpose=purpose,
        digest=digest_of_token(token),
        made_at=now,
        made_by=by,
        expires_at=now + LIFE[purpose],
        **about,
    )
    write_event(subject=f"link:{link.pk}", unit=link.unit, data={"purpose": str(purpose)})
    return link, token


@action("foundation.link.revoke")
def revoke_link(*, by: User, link: OneTimeLink) -> None:
    """The address lets nobody in any more."""
    OneTimeLink.objects.filter(pk=link.pk, used_at__isnull=True).update(revoked_at=clock.now())
    write_event(subject=f"link:{link.pk}", unit=link.unit)


@action("foundation.link.use")
def use_link(*, by: User, link: OneTimeLink, purpose: Purpose, user: User) -> None:
    """The address has let this user in; refuses a second time, and for anything it was not made for."""
    now = clock.now()
    if link.purpose != purpose or not OneTimeLink.objects.get(pk=link.pk).is_open(now):
        raise Refusal(_("Đường dẫn này đã dùng, đã thu hồi hoặc đã hết hạn. Hãy xin đường dẫn mới."))
    OneTimeLink.objects.filter(pk=link.pk).update(used_at=now, used_by=user)
    write_event(subject=f"link:{link.pk}", unit=link.unit, data={"user": user.pk})


@action("foundation.installation.mark")
def mark_demonstration(*, by: User) -> None:
    """The log-ins of this installation have a password that everybody knows."""
    Installation.objects.update_or_create(pk=1, defaults={"demonstration": True})
    write_event(subject="installation:1")


# --- passwords ----------------------------------------------------------------------------------------------------


@action("foundation.password.change")
def change_password(*, by: User, user: User, password: str) -> None:
    """A new password; every other session of the user ends, because sessions are signed with it."""
    if faults := faults_of_password(password):
        raise Refusal.of(faults)
    user.set_password(password)
    user.save(update_fields=["password"])
    for link in open_links(Purpose.PASSWORD, clock.now()).filter(user=user):
        OneTimeLink.objects.filter(pk=link.pk).update(revoked_at=clock.now())
    write_event(subject=f"user:{user.pk}")


@action("foundation.password.offer", calls=("foundation.link.make",))
def offer_password(*, by: User, user: User, by_mail: bool = False) -> str:
    """The token of an address at which the user sets a new password."""
    if not user.is_active or not user.has_usable_password():
        raise Refusal(_("Tài khoản này không đăng nhập bằng mật khẩu. Hãy kiểm tra tên đăng nhập."))
    recent = open_links(Purpose.PASSWORD, clock.now()).filter(user=user, made_at__gt=clock.now() - timedelta(hours=1))
    if by_mail and recent.count() >= MOST_RESETS:
        raise Refusal(_("Đã gửi đủ thư trong giờ này. Hãy tìm trong hộp thư, kể cả mục thư rác."))
    _link, token = make_link(by=by, purpose=Purpose.PASSWORD, user=user)
    write_event(subject=f"user:{user.pk}", data={"by_mail": by_mail})
    return token


@action("foundation.password.reset", calls=("foundation.link.use", "foundation.password.change"))
def reset_password(*, by: User, user: User, link: OneTimeLink, password: str) -> None:
    """A new password by a one-time address; the user's other such addresses end with it."""
    if link.user_id != user.pk:
        raise Refusal(_("Đường dẫn này không phải của tài khoản này. Hãy xin đường dẫn mới."))
    use_link(by=by, link=link, purpose=Purpose.PASSWORD, user=user)
    change_password(by=by, user=user, password=password)
    write_event(subject=f"user:{user.pk}")


@action("foundation.email.set")
def set_email(*, by: User, user: User, email: str) -> None:
    """Where to send an address for a new password; empty for nowhere."""
    email = clean(email)
    try:
        if email:
            validate_email(email)
    except ValidationError as fault:
        raise Refusal(_("Địa chỉ thư chưa đúng. Hãy ghi như: lan@congdoan.vn, hoặc để trống.")) from fault
    if len(email) > 200:
        raise Refusal(_("Địa chỉ thư quá dài. Hãy ghi một địa chỉ khác, hoặc để trống."))
    user.email = email
    user.save(update_fields=["email"])
    write_event(subject=f"user:{user.pk}", data={"has_email": bool(email)})


# --- second factors -----------------------------------------------------------------------------------------------


@action("foundation.second_factor.add_app")
def add_app(*, by: User, user: User, secret: str, code: str) -> None:
    """Codes of an app from now on; the app proves with a code that it knows the secret."""
    if Authenticator.objects.filter(user=user, type=second_factor.Kind.TOTP).exists():
        raise Refusal(_("Tài khoản đã dùng ứng dụng lấy mã. Hãy bỏ ứng dụng cũ trước khi thêm ứng dụng mới."))
    counter = second_factor.counter_of(secret, code)
    if counter is None:
        raise Refusal(_("Mã chưa đúng. Hãy ghi 6 số đang hiện trong ứng dụng, và kiểm tra đồng hồ của điện thoại."))
    row = TOTP.activate(user, secret).instance
    # the code that was shown to add the app does not sign in as well
    row.data["counter"] = counter
    row.save(update_fields=["data"])
    RecoveryCodes.activate(user)
    write_event(subject=f"user:{user.pk}")


@action("foundation.second_factor.add_passkey")
def add_passkey(*, by: User, user: User, name: str, credential: dict[str, Any]) -> None:
    """A passkey, as the browser made it and the session's challenge proved it."""
    WebAuthn.add(user, clean(name)[:60] or _("Khóa truy cập"), credential)
    RecoveryCodes.activate(user)
    write_event(subject=f"user:{user.pk}")


@action("foundation.second_factor.use")
def use_factor(*, by: User, user: User, code: str = "", passkey: str = "") -> str:
    """The kind of the factor that let the user in; refuses what fits none of theirs."""
    taken = second_factor.take_passkey(user, passkey) if passkey else None
    kind = str(taken.type) if taken else second_factor.take_code(user, code) if code else None
    if kind is None and passkey:
        raise Refusal(_("Khóa truy cập chưa đúng. Hãy thử lại, hoặc dùng mã của ứng dụng hay mã dự phòng."))
    if kind is None:
        raise Refusal(_("Mã chưa đúng hoặc đã dùng rồi. Hãy đợi mã mới trong ứng dụng, hoặc dùng một mã dự phòng."))
    write_event(subject=f"user:{user.pk}", data={"kind": kind})
    return kind


@action("foundation.second_factor.remove")
def remove_factor(*, by: User, user: User, factor: Authenticator, last_may_go: bool) -> None:
    """One way less; with the last one go the recovery codes, and it stays where a second factor is required."""
    if factor.user_id != user.pk:
        raise Refusal(_("Cách xác thực này không phải của bạn. Hãy tải lại trang."))
    if not last_may_go and len(second_factor.factors_of(user)) <= 1:
        raise Refusal(_("Quyền của bạn cần xác thực hai lớp. Hãy thêm một cách khác trước khi bỏ cách này."))
    second_factor.drop([factor])
    write_event(subject=f"user:{user.pk}", data={"kind": str(factor.type)})


@action("foundation.second_factor.renew_codes")
def renew_codes(*, by: User, user: User) -> None:
    """Ten new recovery codes; the old ones end."""
    if not second_factor.has_factor(user):
        raise Refusal(_("Mã dự phòng đi cùng ứng dụng hoặc khóa truy cập. Hãy thêm một trong hai trước."))
    Authenticator.objects.filter(user=user, type=second_factor.Kind.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    write_event(subject=f"user:{user.pk}")


@action("foundation.second_factor.switch_off")
def switch_off_factor(*, by: User, user: User) -> int:
    """How many ways there were: for a lost phone. Who needs one adds it anew at the next sign-in."""
    rows = second_factor.factors_of(user)
    second_factor.drop(rows)
    write_event(subject=f"user:{user.pk}", data={"removed": len(rows)})
    return len(rows)
