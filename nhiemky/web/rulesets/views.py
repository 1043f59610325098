"""The page of rules in force."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.foundation.rulesets import ruleset_on, rulesets, sources
from nhiemky.rules import vietnamese
from nhiemky.web import access
from nhiemky.web.rulesets.shown import certainty_text, sections_shown


@access.signed_in
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule of one edition: of the one asked for, else of the one of today."""
    today = access.today()
    current = ruleset_on(today)
    chosen = rulesets().get(request.GET["bo"]) if "bo" in request.GET else current
    if chosen is None:
        raise Http404
    context = {
        "chosen": chosen,
        "is_current": chosen is current,
        "editions": list(reversed(rulesets().values())),
        "life": vietnamese.span(chosen.valid),
        "dated": certainty_text(chosen.dated),
        "dated_by": [sources()[code]["title"] for code in chosen.dated_source],
        "base": chosen.base,
        "base_text": certainty_text(chosen.base_certainty) if chosen.base else "",
        "sections": sections_shown(chosen),
        "title": _("Quy định đang áp dụng") if chosen is current else _("Quy định đã áp dụng"),
    }
    return render(request, "web/rulesets/rules.html", context)
