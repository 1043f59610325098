"""Those whose reach goes below their unit add a second factor before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from nhiemky.foundation.second_factor import has_factor
from nhiemky.web.account.signing import must_have_factor

# what one needs to add a factor, and to leave
OPEN = {
    "web.account.factor",
    "web.account.app",
    "web.account.passkey",
    "web.account.confirm",
    "web.account.sign_out",
}


class second_factor_first:
    """Without one, every page leads to where it is added."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_given: Any) -> HttpResponse | None:
        match = request.resolver_match
        user = request.user
        if not user.is_authenticated or (match and match.url_name in OPEN):
            return None
        return None if has_factor(user) or not must_have_factor(user) else redirect("web.account.factor")
