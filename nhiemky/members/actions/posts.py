"""Writes of posts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import keep
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.models import Person, Post
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit


@action("members.post.fill")
def fill_post(
    *, by: User, unit: Unit, person: Person, body: str, role: str, mandate: str, valid: Span, **fields: Any
) -> Post:
    """The person takes the post for the span."""
    for name, code in (("body", body), ("role", role), ("mandate", mandate)):
        if code not in catalogue.terms("catalogue/bodies.toml", name):
            raise Refusal(
                _("Danh mục chức danh không có mã “%(code)s”. Hãy dùng mã có trong danh mục.") % {"code": code}
            )
    if (term := fields.get("term")) and term.unit_id != unit.pk:
        raise Refusal(_("Nhiệm kỳ của chức danh thuộc đơn vị khác. Hãy chọn nhiệm kỳ của chính đơn vị."))
    if not unit.span.covers(valid):
        raise Refusal(_("Đơn vị không hoạt động suốt thời gian giữ chức. Hãy sửa ngày bắt đầu hoặc kết thúc."))
    post = Post(
        unit=unit, person=person, body=body, role=role, mandate=mandate,
        recorded_at=clock.now(), recorded_by=by, **fields,
    )  # fmt: skip
    post.span = valid
    keep(post)
    write_event(subject=f"post:{post.code}", unit=unit.code, data={"person": person.code})
    return post
