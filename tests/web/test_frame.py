"""The frame of a form: what each way out of it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.web.frame import answered, typed_in, underscored
from nhiemky.web.once import Changed


def _page(faults: Sequence[str], status: int) -> HttpResponse:
    return HttpResponse("|".join(faults), status=status)


def _done(row: str) -> HttpResponse:
    return HttpResponse(f"đã ghi {row}")


def _raising(fault: Exception) -> Callable[[], str]:
    def write() -> str:
        raise fault

    return write


def _answer(request: HttpRequest, write: Callable[[], str], **more: Callable) -> tuple[int, str]:
    answer = answered(request, _page, write, _done, **more)
    return answer.status_code, answer.content.decode()


def test_each_way_out_has_its_status_and_loses_no_sentence() -> None:
    sent, asked = RequestFactory().post("/"), RequestFactory().get("/")
    assert _answer(asked, _raising(AssertionError("nothing is written on a GET"))) == (200, "")
    assert _answer(sent, lambda: "dòng") == (200, "đã ghi dòng")
    assert _answer(sent, _raising(Refusal("Một.", "Hai."))) == (422, "Một.|Hai.")
    status, said = _answer(sent, _raising(Changed("dòng")))
    assert status == 409 and "chưa được ghi" in said
    told = _answer(sent, _raising(Changed("dòng")), changed=lambda fault: _page([fault.row], 409))
    assert told == (409, "dòng")
    with pytest.raises(NotAllowed):
        _answer(sent, _raising(NotAllowed("Chưa được giao quyền.")))


def test_what_was_typed_stands_before_what_the_form_begins_with() -> None:
    sent = RequestFactory().post("/", {"ngay-cuoi": "", "ly-do": f"  {'x' * 400}"})
    typed = typed_in(sent, ("ngay-cuoi", "ly-do", "so"), {"ngay-cuoi": "1/1/2026", "so": "12"}, longest=300)
    assert typed == {"ngay-cuoi": "", "ly-do": "x" * 300, "so": "12"}
    assert underscored(typed)["ngay_cuoi"] == ""
