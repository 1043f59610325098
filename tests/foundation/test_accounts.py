"""One-time addresses, passwords and second factors: once, in time, and only by who they belong to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.core import mail

from nhiemky.foundation import clock, second_factor
from nhiemky.foundation.actions import (
    add_app,
    change_password,
    create_user,
    make_link,
    offer_password,
    remove_factor,
    renew_codes,
    reset_password,
    revoke_link,
    set_email,
    switch_off_factor,
    use_factor,
    use_link,
)
from nhiemky.foundation.models import AuditEvent, OneTimeLink, Purpose, User
from nhiemky.foundation.queries import link_with, open_links
from nhiemky.foundation.refusals import NotAllowed, Refusal
from tests.people import PASSWORD, code_now, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_app(username: str = "co-ma") -> User:
    user = somebody(username)
    add_app(by=user, user=user, secret=SECRET, code=code_now(SECRET, -1))
    return user


def test_only_the_digest_of_an_address_is_kept(clerk: User) -> None:
    link, token = make_link(by=clerk, purpose=Purpose.START)
    assert len(token) >= 43 and token not in str(vars(link))
    assert link_with(Purpose.START, token) == link
    assert link_with(Purpose.START, link.digest) is None and link_with(Purpose.START, "") is None
    assert link_with(Purpose.INVITATION, token) is None, "an address opens only what it was made for"


@pytest.mark.parametrize("how", ["used", "revoked", "expired"])
def test_an_address_that_is_over_lets_nobody_in(clerk: User, how: str) -> None:
    user = somebody("khach")
    link, token = make_link(by=clerk, purpose=Purpose.PASSWORD, user=user)
    assert link in open_links(Purpose.PASSWORD, clock.now())
    if how == "used":
        use_link(by=clerk, link=link, purpose=Purpose.PASSWORD, user=user)
    elif how == "revoked":
        revoke_link(by=clerk, link=link)
    else:
        OneTimeLink.objects.filter(pk=link.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    # the stale object of another tab is looked up anew
    with pytest.raises(Refusal, match="đã dùng, đã thu hồi hoặc đã hết hạn"):
        use_link(by=clerk, link=link, purpose=Purpose.PASSWORD, user=user)
    with pytest.raises(Refusal):
        reset_password(by=user, user=user, link=link, password="mot cau khac that dai")
    assert user.check_password(PASSWORD)
    assert link not in open_links(Purpose.PASSWORD, clock.now())
    assert link_with(Purpose.PASSWORD, token) == link


def test_a_password_address_is_its_owners_and_ends_all_others(clerk: User) -> None:
    user, other = somebody("chu"), somebody("khac")
    tokens = [offer_password(by=clerk, user=user) for _ in range(2)]
    first, second = (link_with(Purpose.PASSWORD, token) for token in tokens)
    assert first and second
    with pytest.raises(Refusal):
        reset_password(by=other, user=other, link=first, password="mot cau khac that dai")
    with pytest.raises(Refusal, match="10"):
        reset_password(by=user, user=user, link=first, password="ngan")
    assert open_links(Purpose.PASSWORD, clock.now()).filter(user=user).count() == 2, "a refusal uses nothing up"
    before = user.get_session_auth_hash()
    reset_password(by=user, user=user, link=first, password="mot cau khac that dai")
    user.refresh_from_db()
    assert user.check_password("mot cau khac that dai")
    assert user.get_session_auth_hash() != before, "sessions are signed with the password"
    with pytest.raises(Refusal):
        reset_password(by=user, user=user, link=second, password="mot cau thu ba that dai")


def test_nobody_changes_somebody_elses_account(clerk: User) -> None:
    user, other = somebody("chu"), somebody("khac")
    for who in (other, clerk, None):
        with pytest.raises(NotAllowed):
            change_password(by=who, user=user, password="mot cau khac that dai")
        with pytest.raises(NotAllowed):
            set_email(by=who, user=user, email="a@example.org")
        with pytest.raises(NotAllowed):
            add_app(by=who, user=user, secret=SECRET, code=code_now(SECRET))
    with pytest.raises(NotAllowed):
        offer_password(by=other, user=user)
    with pytest.raises(NotAllowed):
        switch_off_factor(by=other, user=user)


def test_the_account_of_the_command_line_gets_no_password(clerk: User) -> None:
    with pytest.raises(Refusal):
        offer_password(by=clerk, user=clerk)


def test_mails_are_few(clerk: User) -> None:
    user = somebody("quen")
    for _ in range(3):
        offer_password(by=clerk, user=user, by_mail=True)
    with pytest.raises(Refusal, match="Đã gửi đủ thư"):
        offer_password(by=clerk, user=user, by_mail=True)
    assert offer_password(by=clerk, user=user), "the command line is not held up by mails"
    assert not mail.outbox


@pytest.mark.parametrize("username", ["", "a", "Lan Nguyễn", "../x", "lan nguyen", "-lan", "x" * 61])
def test_a_log_in_name_can_be_typed_anywhere(clerk: User, username: str) -> None:
    with pytest.raises(Refusal, match="Hãy ghi như: lan"):
        create_user(by=clerk, username=username, display_name="Lan", password=PASSWORD)


def test_capitals_of_a_phone_do_not_matter(clerk: User) -> None:
    assert create_user(by=clerk, username="Lan.Nguyen", display_name="Lan", password=PASSWORD).username == "lan.nguyen"


def test_every_fault_of_a_new_account_is_told_at_once(clerk: User) -> None:
    with pytest.raises(Refusal) as refused:
        create_user(by=clerk, username="x y", display_name=" ", password="ngan")
    assert len(refused.value.sentences) == 3


def test_a_mail_address_is_kept_out_of_the_trail(clerk: User) -> None:
    user = somebody("thu")
    set_email(by=user, user=user, email="  lan@example.org ")
    assert User.objects.get(pk=user.pk).email == "lan@example.org"
    assert "example" not in str(AuditEvent.objects.order_by("-number")[0].data)
    with pytest.raises(Refusal, match="Địa chỉ thư chưa đúng"):
        set_email(by=user, user=user, email="khong phai thu")
    set_email(by=user, user=user, email="")


# ---- second factors


def test_a_code_is_taken_once_and_never_an_older_one(clerk: User) -> None:
    user = with_app()
    now = code_now(SECRET)
    with pytest.raises(Refusal):
        use_factor(by=user, user=user, code=code_now(SECRET, -1))
    assert use_factor(by=user, user=user, code=f" {now[:3]} {now[3:]}") == "totp"
    with pytest.raises(Refusal, match="đã dùng rồi"):
        use_factor(by=user, user=user, code=now)
    assert use_factor(by=user, user=user, code=code_now(SECRET, 1)) == "totp"
    with pytest.raises(Refusal):
        use_factor(by=user, user=user, code=now)


@pytest.mark.parametrize("code", ["", "000", "abcdef", "１２３４５６", "0" * 4000])
def test_what_is_no_code_is_refused(clerk: User, code: str) -> None:
    user = with_app()
    with pytest.raises(Refusal):
        use_factor(by=user, user=user, code=code)
    for answer in ("{", "[]", "{}", '{"id": 1}', "null", '{"id":"AA","rawId":"AA","response":{},"type":"public-key"}'):
        assert second_factor._read(answer) == {} or isinstance(second_factor._read(answer), dict)


def test_codes_of_another_time_and_person_are_refused(clerk: User) -> None:
    user, other = with_app(), somebody("khac")
    add_app(by=other, user=other, secret=SECRET[::-1], code=code_now(SECRET[::-1], -1))
    for code in (code_now(SECRET, 3), code_now(SECRET, -3), code_now(SECRET[::-1])):
        with pytest.raises(Refusal):
            use_factor(by=user, user=user, code=code)


def test_a_recovery_code_is_taken_once(clerk: User) -> None:
    user = with_app()
    codes = second_factor.recovery_codes_of(user)
    assert len(set(codes)) == 10
    assert use_factor(by=user, user=user, code=codes[3]) == "recovery_codes"
    with pytest.raises(Refusal):
        use_factor(by=user, user=user, code=codes[3])
    assert second_factor.recovery_codes_of(user) == codes[:3] + codes[4:]
    renew_codes(by=user, user=user)
    with pytest.raises(Refusal):
        use_factor(by=user, user=user, code=codes[0])


def test_the_last_factor_stays_where_one_is_needed_and_takes_the_recovery_codes_with_it(clerk: User) -> None:
    user, other = with_app(), somebody("khac")
    [row] = second_factor.factors_of(user)
    with pytest.raises(Refusal):
        remove_factor(by=other, user=other, factor=row, last_may_go=True)
    with pytest.raises(Refusal, match="Hãy thêm một cách khác"):
        remove_factor(by=user, user=user, factor=row, last_may_go=False)
    remove_factor(by=user, user=user, factor=row, last_may_go=True)
    assert not Authenticator.objects.filter(user=user).exists()
    with pytest.raises(Refusal):
        renew_codes(by=user, user=user)


def test_a_lost_phone_is_switched_off_and_the_trail_tells(clerk: User) -> None:
    user = with_app()
    assert switch_off_factor(by=clerk, user=user) == 1
    assert not Authenticator.objects.filter(user=user).exists()
    event = AuditEvent.objects.order_by("-number")[0]
    assert (event.action, event.subject, event.actor_id) == (
        "foundation.second_factor.switch_off",
        f"user:{user.pk}",
        clerk.pk,
    )


def test_secrets_are_sealed_where_the_key_is_kept_apart(clerk: User, settings: LazySettings) -> None:
    settings.ENCRYPTS, settings.SECRET_KEY = True, "khoa thu nhat"
    user = with_app()
    kept = str([row.data for row in Authenticator.objects.filter(user=user)])
    codes = second_factor.recovery_codes_of(user)
    assert SECRET not in kept and len(codes) == 10
    settings.SECRET_KEY = "khoa thu hai"
    assert second_factor.recovery_codes_of(user) == []
    for code in (code_now(SECRET), *codes, *second_factor.RecoveryCodes(_empty_seed()).generate_codes()):
        with pytest.raises(Refusal):
            use_factor(by=user, user=user, code=code)
    settings.SECRET_KEY = "khoa thu nhat"
    assert use_factor(by=user, user=user, code=codes[0]) == "recovery_codes"


def _empty_seed() -> Authenticator:
    """With a lost key the seed reads as nothing, and anybody could work out its codes."""
    return Authenticator(type="recovery_codes", data={"seed": "", "used_mask": 0})
