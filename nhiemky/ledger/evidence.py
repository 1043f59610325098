"""Files handed in with an entry: how many and how much one entry may have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from nhiemky.foundation.files import Kept
from nhiemky.ledger.models import Entry, Evidence
from nhiemky.ledger.queries import chain_of


def of_files(entry: Entry | None, files: Sequence[Kept]) -> Iterator[str]:
    """Every fault of files that join an entry, with what its chain of corrections has already."""
    there = list(Evidence.objects.filter(entry__in=chain_of(entry)).values_list("digest", "size")) if entry else []
    known = {digest for digest, _size in there}
    new = {each.digest: len(each.data) for each in files if each.digest not in known}
    if len(there) + len(new) > settings.EVIDENCE_MOST:
        yield _("Một việc có nhiều nhất %(most)s tệp. Hãy bớt tệp, hoặc gộp nhiều ảnh vào một tệp PDF.") % {
            "most": settings.EVIDENCE_MOST
        }
    if sum(size for _digest, size in there) + sum(new.values()) > settings.EVIDENCE_LIMIT:
        yield _("Các tệp của một việc cộng lại nhiều nhất %(limit)s MB. Hãy bớt hoặc thu nhỏ tệp.") % {
            "limit": settings.EVIDENCE_LIMIT // 1024**2
        }
