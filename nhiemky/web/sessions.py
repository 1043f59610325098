"""Sessions on a disk that is full: reading goes on, and nobody is told that nothing was written when it was."""

from __future__ import annotations

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from nhiemky.foundation import disk
from nhiemky.web.errors import disk_is_full

# sentences for the next page, which the page after that can do without
_SENTENCES = "_messages"


class Sessions(SessionMiddleware):
    """A session that cannot be written costs a page nothing, unless the page is about the session itself."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (SessionInterrupted, DatabaseError) as fault:
            reads = request.method in ("GET", "HEAD")
            if not reads and not _for_want_of_room(fault):
                raise
            if not reads and not self._only_sentences(request):
                return disk_is_full()
            patch_vary_headers(response, ("Cookie",))
            return response

    def _only_sentences(self, request: HttpRequest) -> bool:
        """Whether nothing is lost but what the next page would have said: then the work itself was written."""
        there = self.SessionStore(request.session.session_key)
        kept, wanted = (
            {key: value for key, value in each.items() if key != _SENTENCES} for each in (there, request.session)
        )
        return kept == wanted


def _for_want_of_room(fault: BaseException | None) -> bool:
    # the framework puts errors of its own over that of the database, without naming it as their cause
    while fault is not None:
        if disk.is_full(fault):
            return True
        fault = fault.__context__
    return False
