"""Where a figure opens: its indicator and unit in the path; its period, its day and its tree in the query."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

# the name in an address of the day whose tree is asked for
TREE = "cay"


def target_href(code: str) -> str:
    """Where a target opens: who set it, where it was read, what it is judged from."""
    return reverse("web.targets.target", args=[code])


@lru_cache(maxsize=20_000)  # a report asks for a hundred of them, and always for the same
def figure_href(
    indicator: str,
    unit_code: str,
    period: str,
    as_of: date | None = None,
    name: str = "figure",
    tree: date | None = None,
) -> str:
    """The address for a period as `Span.isoformat` writes it; without a day, stocks are those of its last day.

    `tree`: the day whose tree was asked for; without it each record stands where it stood then.
    """
    first, dots, last = period.partition("..")
    query = {"tu": first, "den": last if dots else first}
    if as_of:
        query["ngay"] = as_of.isoformat()
    if tree:
        query[TREE] = tree.isoformat()
    kept = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse(f'web.figures.{name}', args=[indicator, unit_code])}?{kept}"
