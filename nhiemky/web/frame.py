"""A form is shown, typed into, refused with all that was typed, written, and leads on: the frame of every such view."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.web.once import Changed

R = TypeVar("R")


def answered(
    request: HttpRequest,
    page: Callable[[Sequence[str], int], HttpResponse],
    write: Callable[[], R],
    done: Callable[[R], HttpResponse],
    changed: Callable[[Changed[Any]], HttpResponse] | None = None,
) -> HttpResponse:
    """The form, shown again until `write` takes what was typed; then where `done` leads.

    `page` shows it with sentences and a status; `changed` where it made its row before and says something else now.
    """
    if request.method != "POST":
        return page((), 200)
    try:
        row = write()
    except NotAllowed:
        raise
    except Changed as fault:
        return changed(fault) if changed else page(fault.sentences, 409)
    except Refusal as refusal:
        return page(refusal.sentences, 422)
    return done(row)


def typed_in(
    request: HttpRequest, names: Iterable[str], begun: Mapping[str, str] | None = None, longest: int | None = None
) -> dict[str, str]:
    """What was typed into the boxes of these names, or what they begin with."""
    return {name: request.POST.get(name, (begun or {}).get(name, "")).strip()[:longest] for name in names}


def underscored(typed: Mapping[str, str]) -> dict[str, str]:
    """The same, as a template names them."""
    return {name.replace("-", "_"): value for name, value in typed.items()}
