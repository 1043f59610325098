"""How a form of a member is shown, sent, written once, and shown again with nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.members.models import Person
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of
from nhiemky.web import access
from nhiemky.web.frame import answered
from nhiemky.web.members.boxes import Box, Typed
from nhiemky.web.once import Changed, again_or_fresh, code_in, write_once


@dataclass(frozen=True)
class Part:
    """Boxes under one heading; a folded part is opened by its heading."""

    title: str
    boxes: Sequence[Box]
    folded: bool = False
    lead: str = ""

    @property
    def opened(self) -> bool:
        return any(box.wrong or box.value for box in self.boxes)


@dataclass(frozen=True)
class Sheet:
    """A form: its name for the code it carries, its words, its boxes."""

    form: str
    title: str
    button: str
    parts: Sequence[Part]
    lead: Sequence[str] = ()
    template: str = "web/members/form.html"
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Write:
    """What the form writes, and how to know it again: `code` is the one that the form carries."""

    find: Callable[[str], Any]
    same: Callable[[Any], bool]
    do: Callable[[str], Any]
    done: Callable[[Any], str]
    go: Callable[[Any], str]


def typed_in(request: HttpRequest) -> Typed:
    """What was typed; nothing on the first showing."""
    sent = request.method == "POST"
    return Typed(request.POST.dict() if sent else request.GET.dict(), access.today(), sent)


def href_of(person: Person) -> str:
    return reverse("web.members.person", args=[person.code])


def handled(
    request: HttpRequest,
    unit: Unit,
    typed: Typed,
    sheet: Callable[[], Sheet],
    write: Write,
    person: Person | None = None,
) -> HttpResponse:
    """The form, or what came of it. `sheet` is asked after everything was read, so that faults stand in it."""

    def shown(faults: Sequence[str], status: int, mend: str = "") -> HttpResponse:
        # what is wrong with a box stands beside it
        beside = set(typed.wrong.values())
        return _page(request, unit, sheet(), person, [each for each in faults if each not in beside], status, mend)

    def take() -> tuple[Any, bool]:
        code = code_in(request, unit, sheet().form)

        def written() -> Any:
            typed.refuse_faults()
            return write.do(code)

        return write_once(lambda: write.find(code), lambda row: not typed.wrong and write.same(row), written)

    def done(taken: tuple[Any, bool]) -> HttpResponse:
        row, new = taken
        if not new:
            list(messages.get_messages(request))
        messages.success(
            request, write.done(row) if new else _("Biểu mẫu này đã được ghi trước đó; không ghi lần hai.")
        )
        return redirect(write.go(row))

    def changed(fault: Changed[Any]) -> HttpResponse:
        said = [
            _("Biểu mẫu này đã được ghi trước đó; những chỗ vừa đổi ở dưới chưa được ghi."),
            _("Hãy mở hồ sơ xem nội dung đã ghi; nếu cần, sửa ở đó."),
        ]
        return shown(said, 409, write.go(fault.row))

    return answered(request, shown, take, done, changed)


def _page(
    request: HttpRequest,
    unit: Unit,
    sheet: Sheet,
    person: Person | None,
    faults: Sequence[str],
    status: int,
    mend: str,
) -> HttpResponse:
    wrong = [box for part in sheet.parts for box in part.boxes if box.wrong]
    back = href_of(person) if person else reverse("web.units.unit", args=[unit.code])
    context = {
        "unit": card(unit, last_day_of(unit, access.today())),
        "person": person,
        "sheet": sheet,
        "faults": faults,
        "wrong": wrong,
        "code": again_or_fresh(request, unit, sheet.form, status),
        "back": back,
        "mend": mend,
        "mend_label": _("Mở nội dung đã ghi") if mend else "",
        "fictional": unit.fictional,
    } | dict(sheet.given)
    return render(request, sheet.template, context, status=status)
