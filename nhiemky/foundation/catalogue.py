"""Reads the reviewed text files under `data/`. A new kind, award, indicator or unit type is a file there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings


@dataclass(frozen=True)
class Term:
    """A code with the words shown for it, and where it has one its rank or group."""

    code: str
    label: str
    rank: int = 0
    group: str = ""
    level: str = ""


def rows(place: str, name: str) -> Iterator[dict[str, Any]]:
    """The `[[name]]` rows of `data/<place>`, a file or a folder of files, in the order of their file names."""
    path = settings.DATA_DIR / place
    for file in sorted(path.glob("*.toml")) if path.is_dir() else [path]:
        yield from tomllib.loads(file.read_text(encoding="utf-8")).get(name, [])


@cache
def terms(place: str, name: str) -> dict[str, Term]:
    """Code -> Term of a small list such as `catalogue/grades.toml`."""
    kept = set(Term.__dataclass_fields__)
    return {row["code"]: Term(**{key: value for key, value in row.items() if key in kept}) for row in rows(place, name)}
