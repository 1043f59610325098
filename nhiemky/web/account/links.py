"""What pages behind one-time addresses have in common."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from nhiemky.foundation.models import OneTimeLink
from nhiemky.web.account import signing
from nhiemky.web.errors import refusal

PERSON = ("display_name", "username", "password")


def gone(*sentences: str) -> HttpResponse:
    """For a used, an ended and a made-up address alike."""
    return refusal(sentences, 410)


def same_person_again(request: HttpRequest, link: OneTimeLink | None) -> HttpResponse | None:
    """A form sent twice: whoever used the address goes on; None for everybody else."""
    if link is None:
        return None
    # the first of the two may have been answered while this one was on its way
    link.refresh_from_db()
    if link.used_by is None:
        return None
    if request.user == link.used_by:
        return redirect("web.home")
    if request.method != "POST" or request.POST.get("username", "").strip().lower() != link.used_by.username:
        return None
    user = authenticate(request, username=link.used_by.username, password=request.POST.get("password", ""))
    return signing.password_was_right(request, link.used_by) if user == link.used_by else None
