"""The guide's pages and their pictures. They hold no data of anybody, so whoever signs in may read them."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nhiemky.web import access
from nhiemky.web.help import guide


@access.signed_in
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "web/help/index.html", {"pages": guide.pages().values()})


@access.signed_in
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    every = list(guide.pages().values())
    at = next((at for at, each in enumerate(every) if each.slug == slug), None)
    if at is None:
        raise Http404
    context = {
        "page": every[at],
        "pages": every,
        "before": every[at - 1] if at else None,
        "after": every[at + 1 : at + 2],
    }
    return render(request, "web/help/page.html", context)


@access.signed_in
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    path = guide.picture(name)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type="image/png", headers={"X-Content-Type-Options": "nosniff"})
