"""The guide and the screens say the same: pictures exist and stay small, pages are linked, buttons are named as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.repository.test_repository import ROOT, report

GUIDE = ROOT / "docs" / "huong-dan"
TEMPLATES = ROOT / "nhiemky" / "web" / "templates"
PAGES = sorted(GUIDE.glob("*.md"))
# as a page in the product holds it: a screen of text beside its pictures
LONGEST = 420
MOST_BYTES = 1_500_000


def pictures_in(text: str) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(anh/([^)]+)\)", text)


def named_in(text: str) -> list[str]:
    """What a page prints in bold: the words of a button, a heading or a field."""
    return re.findall(r"\*\*([^*]+)\*\*", text)


def said_on_screens() -> set[str]:
    templates = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    return {one or other for one, other in re.findall(r"""translate "([^"]+)"|_\("([^"]+)"\)""", templates)}


def unnamed(text: str, said: set[str]) -> list[str]:
    # the first letter may be a small one on the screen, and a colon or a mark of a question may follow
    plain = {each.rstrip("?:…") for each in said} | said
    return [name for name in named_in(text) if not {name, name[:1].lower() + name[1:]} & plain]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_what_the_screens_say(page: Path) -> None:
    report(unnamed(page.read_text(encoding="utf-8"), said_on_screens()), f"No template says this; mend {page.name}.")


def test_a_planted_button_that_no_screen_has_is_caught() -> None:
    said = said_on_screens()
    assert not unnamed("Bấm **Ghi việc**.", said)
    assert unnamed("Bấm **Gửi biểu mẫu**.", said) == ["Gửi biểu mẫu"]


def test_every_picture_is_there_and_used() -> None:
    named = {name for page in PAGES for name in pictures_in(page.read_text(encoding="utf-8"))}
    there = {path.name for path in (GUIDE / "anh").iterdir()}
    report(sorted(named ^ there), "Take it again with ./dev shots guide (tests/browser/guide.py), or stop naming it.")
    assert sum(path.stat().st_size for path in (GUIDE / "anh").iterdir()) <= MOST_BYTES


def test_every_picture_has_its_taker() -> None:
    taken = set(
        re.findall(r'Picture\(\s*"([a-z0-9-]+)"', (ROOT / "tests/browser/guide.py").read_text(encoding="utf-8"))
    )
    assert taken == {path.stem for path in (GUIDE / "anh").iterdir()}


def test_pages_are_numbered_linked_and_short() -> None:
    assert [page.name[:2] for page in PAGES] == [f"{at:02}" for at in range(1, len(PAGES) + 1)]
    texts = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
    linked = {to for name, text in texts.items() for to in re.findall(r"\]\(([^)]+\.md)\)", text) if to != name}
    first = PAGES[0].name
    report(sorted(set(texts) - linked - {first}), f"Link it from {first} or from the page before it.")
    report(sorted(linked - set(texts)), "This link leads nowhere.")
    report([name for name, text in texts.items() if len(text.split()) > LONGEST], f"Shorten to {LONGEST} words.")
