"""Finding a person among all whom the reader may see: those who left are found too."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from nhiemky.foundation.models import User
from nhiemky.foundation.policies import may
from nhiemky.foundation.roles import Right
from nhiemky.members.masking import near_units
from nhiemky.members.queries.register import Wanted
from nhiemky.web import access
from nhiemky.web.members.asking import Asked, searched, token_of
from nhiemky.web.members.list import listed, only_last_four


@access.form
def search(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        token = token_of(request)
        return redirect(reverse("web.members.search") + (f"?tim={token}" if token else ""))
    asked = Asked.of(request, access.today())
    asked = Asked(day=asked.day, text=asked.text, token=asked.token)
    context = {"asked": asked, "rows": [], "searched": bool(asked.text), "near_only": only_last_four(asked)}
    if any(searched(asked.text).values()):
        context |= listed(request, _wanted(request, asked), asked)
    return render(request, "web/members/search.html", context)


def _wanted(request: HttpRequest, asked: Asked) -> Wanted:
    """Among the units in reach; four digits alone only among those that the reader keeps."""
    assert isinstance(request.user, User)
    near = near_units(request.user, asked.day)
    if only_last_four(asked) and near is not None:
        units: tuple[int, ...] | None = tuple(sorted(near))
    elif may(request.user, Right.READ, None, asked.day):
        units = None
    else:
        units = tuple(access.units_to_read(request).values_list("pk", flat=True))
    return replace(asked.wanted(units), day=None)
