"""What pages behind one-time addresses have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare

from nhiemky.foundation import clock
from nhiemky.foundation.actions import faults_of_password
from nhiemky.foundation.models import OneTimeLink
from nhiemky.web.account import signing
from nhiemky.web.errors import refusal

PERSON = ("display_name", "username", "password")
CHOSEN = "chosen-password"
KEPT_FOR = 15 * 60
JUST_NOW = timedelta(minutes=1)


def gone(*sentences: str) -> HttpResponse:
    """For a used, an ended and a made-up address alike."""
    return refusal(sentences, 410)


def was_used_just_now(link: OneTimeLink) -> bool:
    """Whether another tap on the same button may have used it while this one was on its way."""
    link.refresh_from_db()
    return bool(link.used_by and link.used_at and clock.now() - link.used_at < JUST_NOW)


def person_of(request: HttpRequest, link: OneTimeLink) -> dict[str, str]:
    """What was typed about oneself; for a password left empty, the hash of the one that was chosen before."""
    typed = {each: request.POST.get(each, "") for each in PERSON}
    return typed if typed["password"] else typed | {"hashed": _chosen(request, link)}


def shown_again(
    request: HttpRequest, link: OneTimeLink, template: str, context: dict[str, Any], faults: list[str]
) -> HttpResponse:
    """The page with its faults; a good password is kept for it as a hash, and need not be typed again.

    It is kept beside the session, since that gets a new key when the first of two taps is answered.
    """
    password = request.POST.get("password", "")
    key = ""
    if faults and password and not faults_of_password(password):
        store = SessionStore()
        store[CHOSEN] = {"link": link.pk, "hash": make_password(password)}
        store.set_expiry(KEPT_FOR)
        store.save()
        key = store.session_key or ""
    # another one that was typed and refused is not silently followed by the one before
    chosen = bool(key or (not password and _chosen(request, link)))
    given = context | {"faults": faults, "chosen": chosen}
    answer = render(request, template, given, status=422 if faults else 200)
    if key:
        answer.set_cookie(
            CHOSEN,
            key,
            max_age=KEPT_FOR,
            path=request.path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    elif not chosen and CHOSEN in request.COOKIES:
        answer.delete_cookie(CHOSEN, path=request.path, samesite="Lax")
    return answer


def _chosen(request: HttpRequest, link: OneTimeLink) -> str:
    kept = request.COOKIES.get(CHOSEN)
    about = SessionStore(kept).get(CHOSEN, {}) if kept else {}
    return about["hash"] if about.get("link") == link.pk else ""


def same_person_again(request: HttpRequest, link: OneTimeLink | None) -> HttpResponse | None:
    """A form sent twice: whoever used the address goes on; None for everybody else."""
    if link is None:
        return None
    # the first of the two may have been answered while this one was on its way
    just_now = was_used_just_now(link)
    if link.used_by is None:
        return None
    if request.user == link.used_by:
        return redirect("web.home")
    if request.method != "POST" or request.POST.get("username", "").strip().lower() != link.used_by.username:
        return None
    password = request.POST.get("password", "")
    if not password and just_now and constant_time_compare(_chosen(request, link), link.used_by.password):
        return signing.password_was_right(request, link.used_by)
    user = authenticate(request, username=link.used_by.username, password=password)
    return signing.password_was_right(request, link.used_by) if user == link.used_by else None
