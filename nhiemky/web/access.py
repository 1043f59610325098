"""The first line of every view: who may see what. What may not be seen does not exist (404)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nhiemky.documents.models import IssuedDocument
from nhiemky.documents.queries import issued_document
from nhiemky.figures.definitions import openable
from nhiemky.figures.models import Target
from nhiemky.figures.queries import Asked
from nhiemky.figures.queries.board import target_coded
from nhiemky.foundation import clock
from nhiemky.foundation.policies import may
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Right
from nhiemky.ledger.models import Row
from nhiemky.members.masking import Sight, sight_of
from nhiemky.members.models import Person, Post, Transfer
from nhiemky.members.queries import post_coded, transfer_coded, unit_keeping
from nhiemky.rules import vietnamese
from nhiemky.rules.indicators import Definition
from nhiemky.rules.timeline import Span
from nhiemky.units.history import only_on
from nhiemky.units.models import Unit
from nhiemky.units.queries import Period, period_named, visible_units

signed_in = login_required
ONE_DAY = timedelta(days=1)
METHODS = ["GET", "HEAD", "POST"]
R = TypeVar("R", bound=Row)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def form(view: View) -> View:
    """A view that shows a form and takes it, for whoever is signed in."""
    return signed_in(require_http_methods(METHODS)(view))


def unit_to_read(request: HttpRequest, code: str) -> Unit:
    """The unit, if the person may read it today."""
    unit = get_object_or_404(Unit.objects.prefetch_related("terms", "named_periods"), code=code)
    if not may(request.user, Right.READ, unit, today()):
        raise Http404
    return unit


def unit_to_administer(request: HttpRequest, code: str) -> Unit:
    """The unit, if the person answers for it today."""
    unit = unit_to_read(request, code)
    if not can(request, Right.ADMINISTER, unit):
        raise Http404
    return unit


def unit_to_change(request: HttpRequest, code: str, right: Right) -> Unit:
    """The unit, if the person may read it and has the right there; a refusal in words for one who may only read."""
    unit = unit_to_read(request, code)
    if not can(request, right, unit):
        raise NotAllowed(
            _("Bạn có quyền xem đơn vị này, chưa được giao quyền làm việc này. Hãy nhờ người quản trị của đơn vị.")
        )
    return unit


def unit_to_record(request: HttpRequest, code: str) -> Unit:
    """The unit, if the person may record there today; to one who only reads it, a sentence that says so."""
    return unit_to_change(request, code, Right.RECORD)


def row_to_change(request: HttpRequest, rows: QuerySet[R], code: str) -> R:
    """The entry or statement, if the person may record at its unit."""
    row = row_to_read(request, rows, code)
    unit_to_record(request, row.unit.code)
    return row


def unit_and_period(request: HttpRequest, code: str, period: str) -> tuple[Unit, Period]:
    """The unit, if the person may read it, and its period of that name."""
    unit = unit_to_read(request, code)
    found = period_named(unit, period)
    if found is None:
        raise Http404
    return unit, found


def unit_and_indicator(request: HttpRequest, code: str, indicator: str) -> tuple[Unit, Definition]:
    """The unit, if the person may read it, and the indicator of that name."""
    unit = unit_to_read(request, code)
    if indicator not in openable():
        raise Http404
    return unit, openable()[indicator]


def tree_to_read(request: HttpRequest, unit: Unit, day: date, asked: Asked) -> None:
    """A refusal in words where the tree of that day gives the unit records of others, whom the person may not read.

    A unit is read with what stands under it today and with what stood under it then; whoever chooses the tree of a day
    on which a neighbour stood there reads the neighbour's records only with a reach of their own.
    """
    last = max(asked.period.last_day, asked.as_of)
    hull = Span(asked.period.starts_on, last + ONE_DAY if last < date.max else None)
    apart = only_on(unit, day, hull, today())
    count = len(apart) - units_to_read(request).filter(pk__in=apart).count() if apart else 0
    if count:
        raise Refusal(
            _(
                "Trên cây tổ chức ngày %(day)s, đơn vị này gồm cả %(count)s đơn vị nay không thuộc phạm vi bạn được xem. "
                "Hãy chọn ngày khác hoặc kỳ khi các đơn vị ấy còn trực thuộc, hoặc nhờ công đoàn cấp trên."
            )
            % {"day": vietnamese.day(day), "count": vietnamese.number(count)}
        )


def row_to_read(request: HttpRequest, rows: QuerySet[R], code: str) -> R:
    """The entry or statement, if the person may read its unit."""
    row = get_object_or_404(rows.select_related("unit", "source", "recorded_by"), code=code)
    unit_to_read(request, row.unit.code)
    return row


def near_to_read(request: HttpRequest, unit: Unit) -> None:
    """A refusal in words unless the person keeps the register of the unit itself: what follows is masked for nobody."""
    if sight_of(request.user, unit, today()) is not Sight.NEAR:  # type: ignore[arg-type]
        raise NotAllowed(
            _("Văn bản này in đủ nhân thân của một người, nên chỉ cán bộ của chính đơn vị mở được. Hãy nhờ đơn vị ấy.")
        )


def transfer_to_read(request: HttpRequest, code: str) -> Transfer:
    """The transfer, if the person may read one of its two units."""
    transfer = transfer_coded(code)
    if transfer is None:
        raise Http404
    if not any(can(request, Right.READ, unit) for unit in (transfer.unit, transfer.to_unit) if unit):
        raise Http404
    return transfer


def target_to_read(request: HttpRequest, code: str) -> Target:
    """The target, if the person may read its unit."""
    target = target_coded(code)
    if target is None:
        raise Http404
    unit_to_read(request, target.unit.code)
    return target


def post_to_change(request: HttpRequest, code: str) -> tuple[Post, Unit]:
    """The post and its unit, if the person answers for the unit's posts."""
    post = post_coded(code)
    if post is None:
        raise Http404
    return post, unit_to_change(request, post.unit.code, Right.ISSUE)


def document_to_read(request: HttpRequest, code: str) -> tuple[IssuedDocument, Unit]:
    """The issued document and its unit, if the person may read the unit."""
    document = issued_document(code)
    if document is None:
        raise Http404
    return document, unit_to_read(request, document.unit)


def person_to_read(request: HttpRequest, code: str) -> Person:
    """The person, by the record that stands for them, if the unit that keeps them may be read today."""
    found = get_object_or_404(Person.objects.select_related("same_as"), code=code)
    person = found.same_as or found
    if not may(request.user, Right.READ, unit_keeping(person), today()):
        raise Http404
    return person


def person_to_record(request: HttpRequest, code: str) -> tuple[Person, Unit]:
    """The person and the unit that keeps them, if one may record there; to one who only reads, a sentence."""
    person = person_to_read(request, code)
    unit = unit_keeping(person)
    if unit is None:
        raise Http404
    return person, unit_to_record(request, unit.code)


def units_to_read(request: HttpRequest) -> QuerySet[Unit]:
    """All units the person may read today."""
    return visible_units(request.user, today())  # type: ignore[arg-type]


def can(request: HttpRequest, right: Right, unit: Unit | None) -> bool:
    """Whether to offer the action at all; the action door asks again."""
    return may(request.user, right, unit, today())


def whole_installation(request: HttpRequest, right: Right) -> None:
    """404 unless the person has the right over the whole installation."""
    if not may(request.user, right, None, today()):
        raise Http404


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    return bool(getattr(request, "htmx", False))


def today() -> date:
    return clock.today()
