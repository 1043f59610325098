"""The guide as pages: `docs/huong-dan/NN-name.md`, read once, with pictures made from the product itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_NAME = re.compile(r"(\d\d)-([a-z0-9-]+)\.md")
_PICTURE = re.compile(r"[a-z0-9-]+\.png")


@dataclass(frozen=True)
class GuidePage:
    """A page: its address, its title, and its body as HTML that came from our own file."""

    slug: str
    title: str
    summary: str
    body: SafeString


@cache
def pages() -> dict[str, GuidePage]:
    """slug -> page, in the order of their numbers."""
    found = {}
    for path in sorted((settings.DOCS_DIR / "huong-dan").glob("*.md")):
        if named := _NAME.fullmatch(path.name):
            found[named[2]] = _page(named[2], path.read_text(encoding="utf-8"))
    return found


def picture(name: str) -> Path | None:
    """A picture of the guide; None where there is none of that name."""
    path: Path = settings.DOCS_DIR / "huong-dan" / "anh" / name
    return path if _PICTURE.fullmatch(name) and path.is_file() else None


def _page(slug: str, text: str) -> GuidePage:
    heading, _, rest = text.partition("\n")
    summary = rest.strip().partition("\n\n")[0]
    # HTML in a file would be shown as text: a page is words, lists and pictures
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(rest)
    for token in _all(tokens):
        _point_inside(token)
    body = reader.renderer.render(tokens, reader.options, {})
    return GuidePage(slug, heading.lstrip("# ").strip(), " ".join(summary.split()), mark_safe(body))  # noqa: S308


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _point_inside(token: Token) -> None:
    """Links between the files, and to their pictures, become addresses of the product."""
    href, src = token.attrGet("href"), token.attrGet("src")
    if isinstance(href, str) and (named := _NAME.fullmatch(href)):
        token.attrSet("href", reverse("web.help.page", args=[named[2]]))
    if isinstance(src, str) and src.startswith("anh/"):
        token.attrSet("src", reverse("web.help.picture", args=[src.removeprefix("anh/")]))
        token.attrSet("loading", "lazy")
