"""Beginning a transfer: the unit lets a member go, or a unit receives somebody who came with their card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions import ask_transfer, look_for_member, request_transfer
from nhiemky.members.models import Person, Transfer, TransferState
from nhiemky.members.queries import home_of, open_transfer, posts_left, running_at, transfer_coded
from nhiemky.members.queries.transfers import KINDS
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit, UnitKind
from nhiemky.units.queries import alive_on, card, cards, last_day_of, living_on, search_units
from nhiemky.web import access
from nhiemky.web.dates import typed_day
from nhiemky.web.frame import answered, typed_in, underscored
from nhiemky.web.once import Changed, again_or_fresh, code_in, write_once
from nhiemky.web.units.ended import no_more_members

MOST_FOUND = 20
LONGEST_SEARCH = 100
OF_LETTER = ("den", "noi-den", "ngay-cuoi", "so-giay", "ly-do")
OF_REQUEST = ("ho-ten", "so", "ngay-dau", "ly-do")


@access.form
def new(request: HttpRequest, code: str) -> HttpResponse:
    """First where to, then the days and the letter."""
    person = access.person_to_read(request, code)
    home = home_of(person)
    if home is None:
        raise Http404
    unit = access.unit_to_record(request, home.unit.code)
    other = open_transfer(person)
    # a form that was filled in is not thrown away: it made what waits itself, or is refused with what was typed
    if request.method != "POST" and (other or running_at(person, unit) is None):
        return _nothing_to_move(request, person, unit, other)
    to_unit = _receivers(unit).filter(code=request.POST.get("den") or request.GET.get("den", "")).first()
    if request.method != "POST" and to_unit is None and "ngoai" not in request.GET:
        return _pick(request, person, unit)
    typed = typed_in(request, OF_LETTER)
    if request.method != "POST":
        typed["ngay-cuoi"] = access.today().isoformat()

    def done(asked: tuple[Transfer, bool]) -> HttpResponse:
        transfer, made = asked
        if made:
            messages.success(request, _went(transfer))
        return redirect("web.transfers.transfer", transfer.code)

    page = partial(_letter, request, person, unit, to_unit, typed)
    return answered(
        request, page, lambda: _asked(request, person, unit, to_unit, typed), done, partial(_said_before, page)
    )


def _went(transfer: Transfer) -> str:
    if transfer.state == TransferState.SENT:
        return _("Đã ghi chuyển sinh hoạt ra ngoài hệ thống. Bước tiếp theo: cấp giấy giới thiệu.")
    return _("Đã gửi đề nghị đến đơn vị nhận. Đoàn viên vẫn ở đơn vị cho đến khi được tiếp nhận.")


def _receivers(unit: Unit) -> Any:
    """The units that a member of this one may be received by."""
    today = access.today()
    kinds = UnitKind.objects.filter(superseded_at__isnull=True, kind__in=KINDS).filter(alive_on(today))
    units = Unit.objects.filter(living_on(today), fictional=unit.fictional, pk__in=kinds.values("unit"))
    return units.exclude(pk=unit.pk)


def _pick(request: HttpRequest, person: Person, unit: Unit) -> HttpResponse:
    text, today = request.GET.get("q", "").strip()[:LONGEST_SEARCH], access.today()
    found: list[Any] = []
    if len(clean(text)) > 1:
        first = search_units(text, today, _receivers(unit)).order_by("pk").values_list("pk", flat=True)
        found = cards(Unit.objects.filter(pk__in=list(first[: MOST_FOUND + 1])), today)
    context = _about(person, unit) | {"q": text, "found": found[:MOST_FOUND], "more": len(found) > MOST_FOUND}
    return render(request, "web/transfers/pick.html", context)


def _about(person: Person, unit: Unit) -> dict[str, Any]:
    return {
        "person": person,
        "name": person.shown,
        "unit": card(unit, last_day_of(unit, access.today())),
        "fictional": unit.fictional,
    }


def _nothing_to_move(request: HttpRequest, person: Person, unit: Unit, other: Transfer | None) -> HttpResponse:
    return render(request, "web/transfers/none.html", _about(person, unit) | {"other": other})


def _asked(
    request: HttpRequest, person: Person, unit: Unit, to_unit: Unit | None, typed: dict[str, str]
) -> tuple[Transfer, bool]:
    code = code_in(request, unit, f"chuyen:{person.code}")
    if to_unit is None and typed["den"]:
        raise Refusal(_("Đơn vị nhận không còn hoạt động hoặc không nhận đoàn viên. Hãy chọn đơn vị khác."))
    last = typed_day(typed["ngay-cuoi"], _("Ngày cuối ở đơn vị"))
    wanted = {
        "outside": "" if to_unit else clean(typed["noi-den"]),
        "reason": typed["ly-do"],
        "number": typed["so-giay"],
    }

    def same(row: Transfer) -> bool:
        said = (row.to_unit_id, row.last_day, row.outside, row.reason, row.number)
        asked = (
            to_unit.pk if to_unit else None,
            last,
            wanted["outside"],
            clean(wanted["reason"]),
            clean(wanted["number"]),
        )
        return said == asked

    return write_once(
        lambda: transfer_coded(code),
        same,
        lambda: ask_transfer(
            by=request.user, unit=unit, person=person, to_unit=to_unit, last_day=last, today=access.today(), code=code,
            **wanted,
        ),
    )  # fmt: skip


def _said_before(page: Callable[..., HttpResponse], fault: Changed[Transfer]) -> HttpResponse:
    said = [str(fault), _("Muốn ghi khác, hãy mở đề nghị đã ghi, rút lại rồi đề nghị lần nữa.")]
    mend = reverse("web.transfers.transfer", args=[fault.row.code])
    return page(said, 409, mend=mend, mend_label=_("Mở đề nghị đã ghi"))


def _letter(
    request: HttpRequest, person: Person, unit: Unit, to_unit: Unit | None, typed: dict[str, str],
    faults: Sequence[str], status: int, **given: Any,
) -> HttpResponse:  # fmt: skip
    today = access.today()
    context = _about(person, unit) | {
        "to": card(to_unit, today) if to_unit else None,
        "posts": posts_left(person, to_unit, today),
        "typed": underscored(typed),
        "faults": faults,
        "code": again_or_fresh(request, unit, f"chuyen:{person.code}"),
    }
    return render(request, "web/transfers/new.html", context | given, status=status)


@access.form
def receive(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody came with their card: the old unit is asked. What is typed stands in no address."""
    unit = access.unit_to_record(request, code)
    no_more_members(request, unit)
    typed = typed_in(request, OF_REQUEST)
    if request.method != "POST":
        typed["ngay-dau"] = access.today().isoformat()

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = {
            "unit": card(unit, last_day_of(unit, access.today())),
            "typed": underscored(typed),
            "faults": faults,
            "code": again_or_fresh(request, unit, "tiep-nhan"),
            "fictional": unit.fictional,
        }
        return render(request, "web/transfers/receive.html", context, status=status)

    def done(transfer: Transfer) -> HttpResponse:
        messages.success(request, _("Đã gửi đề nghị đến đơn vị cũ. Khi đơn vị cũ đồng ý, đoàn viên về đơn vị."))
        return redirect("web.transfers.transfer", transfer.code)

    return answered(request, page, lambda: _requested(request, unit, typed), done)


def _requested(request: HttpRequest, unit: Unit, typed: dict[str, str]) -> Transfer:
    code = code_in(request, unit, "tiep-nhan")
    if row := transfer_coded(code):
        return row
    first = typed_day(typed["ngay-dau"], _("Ngày đầu ở đơn vị"))
    person = look_for_member(by=request.user, unit=unit, name=typed["ho-ten"], number=typed["so"])
    if person is None:
        raise Refusal(
            _("Không có đoàn viên nào đúng cả họ tên và số như vậy. Hãy xem lại trên thẻ hoặc CCCD, ghi đủ dấu."),
            _("Nếu người này chưa có trong hệ thống, hãy ghi thẳng vào sổ đoàn viên của đơn vị."),
        )
    return write_once(
        lambda: transfer_coded(code),
        lambda row: True,
        lambda: request_transfer(
            by=request.user, unit=unit, person=person, first_day=first, today=access.today(), reason=typed["ly-do"],
            code=code,
        ),
    )[0]  # fmt: skip
