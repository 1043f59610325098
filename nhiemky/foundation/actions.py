"""Writes of the foundation: users and sources."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import Source, User
from nhiemky.foundation.policies import POLICIES, Policy, whole_installation
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.rules.vietnamese import clean

POLICIES["foundation.user.create"] = Policy(Right.ADMINISTER, whole_installation)
POLICIES["foundation.source.record"] = Policy(Right.ADMINISTER, whole_installation)


@action("foundation.user.create")
def create_user(*, by: User, username: str, display_name: str, password: str) -> User:
    """A user without any grant yet; refuses a weak password and a name that is taken."""
    username = clean(username)
    if not username or User.objects.filter(username=username).exists():
        raise Refusal(_("Tên đăng nhập “%(name)s” đã có người dùng. Hãy chọn tên khác.") % {"name": username})
    try:
        validate_password(password)
    except ValidationError as fault:
        raise Refusal.of(fault.messages) from fault
    user = User.objects.create_user(username, password, display_name=clean(display_name))
    write_event(subject=f"user:{user.pk}")
    return user


@action("foundation.source.record")
def record_source(*, by: User, title: str, **fields: Any) -> Source:
    """Where facts were read. `fields` are the other fields of Source."""
    source = Source.objects.create(title=clean(title), recorded_by=by, **fields)
    write_event(subject=f"source:{source.code}")
    return source
