"""Writes of persons and posts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.models import Person, Post
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import clean, fold, name_sort_key
from nhiemky.units.models import Unit


@action("members.person.enter")
def enter_person(*, by: User, name: str, **fields: Any) -> Person:
    """A person, by name."""
    name = clean(name)
    if not 0 < len(name) <= 120:
        raise Refusal(_("Họ và tên đang để trống hoặc quá dài. Hãy ghi họ và tên."))
    person = Person.objects.create(name=name, sort_key=name_sort_key(name), folded=fold(name), **fields)
    write_event(subject=f"person:{person.code}")
    return person


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
    post.save()
    write_event(subject=f"post:{post.code}", unit=unit.code, data={"person": person.code})
    return post
