"""A second factor before anything else: shown by who has one, added by those whose reach goes below their unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from nhiemky.foundation.second_factor import has_factor
from nhiemky.web.account import signing

# what one needs to add a factor
OPEN = {
    "web.account.factor",
    "web.account.app",
    "web.account.passkey",
    "web.account.confirm",
}


class second_factor_first:
    """A session that has not shown it is asked; where one is wanted, every page leads to where it is added."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_given: Any) -> HttpResponse | None:
        page = request.resolver_match.url_name if request.resolver_match else ""
        user = request.user
        if not user.is_authenticated or page == "web.account.sign_out":
            return None
        if has_factor(user):
            return None if signing.has_proved(request) else signing.asked_late(request)
        return None if page in OPEN or not signing.must_have_factor(user) else redirect("web.account.factor")
