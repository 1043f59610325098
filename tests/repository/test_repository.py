"""Tests of the repository itself. Every failure says how to put it right."""

import importlib
import pkgutil
import re
import subprocess
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Model

import nhiemky

ROOT = Path(nhiemky.__file__).resolve().parent.parent
LIMIT = 400
FLOORS = {
    "config": 11,
    "web": 10,
    "portal": 10,
    "reports": 9,
    "exchange": 9,
    "congress": 8,
    "reforms": 8,
    "figures": 7,
    "ledger": 6,
    "members": 5,
    "units": 4,
    "documents": 3,
    "foundation": 2,
    "rules": 1,
}


@cache
def files() -> list[Path]:
    # A checkout that belongs to another user is still the one under test.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    # A symbolic link is somebody else's file, and a deleted file is listed until it is committed.
    found = (ROOT / name for name in sorted(set(listed.split("\0"))) if name)
    return [path for path in found if path.is_file() and not path.is_symlink()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return ""


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if room_of(model)]


def room_of(model: type[Model]) -> str | None:
    package, _, rest = model.__module__.partition(".")
    return rest.partition(".")[0] if package == "nhiemky" else None


def report(faults: list[str], remedy: str) -> None:
    assert not faults, "\n".join([f"{len(faults)} to put right. {remedy}", *faults])


# ---- files


def test_no_file_is_too_long() -> None:
    faults = []
    for path in files():
        inside = path.relative_to(ROOT)
        if path.suffix not in {".py", ".html", ".css"} or "migrations" in inside.parts or inside.parts[0] == "data":
            continue
        lines = len(text_of(path).splitlines())
        if lines > LIMIT:
            faults.append(f"{inside}: {lines} lines")
    report(faults, f"A file holds at most {LIMIT} lines: make the drawer a folder with a file per noun.")


# Each pattern is written so that it does not match itself.
BANNED = {
    "a path of one machine": r"(?<![\w.}])/(?:work|root|farm)(?:/|\b(?=[\s\"'`)]|$))",
    "the address of a package index": r"(?:pypi[.]org|pythonhosted[.]org|registry[.]npmjs|-index-url\s*[=\s]\s*http)",
    "unfinished work": r"\b(?:TO[D]O|FIX[M]E)\b|NotImplemented[E]rror",
}


def banned_in(text: str) -> list[tuple[int, str]]:
    return [
        (number, what)
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in BANNED.items()
        if re.search(pattern, line)
    ]


def test_nothing_banned_is_written() -> None:
    faults = [f"{path.relative_to(ROOT)}:{line}: {what}" for path in files() for line, what in banned_in(text_of(path))]
    report(faults, "Finish the work, or say it without naming the machine or the index.")


@pytest.mark.parametrize(
    "cut", ["cd /wo|rk/main", "'/ro|ot'", "/fa|rm", "https://pypi.|org", "# TO|DO later", "NotImpl|ementedError"]
)
def test_a_planted_banned_word_is_caught(cut: str) -> None:
    assert banned_in(cut.replace("|", ""))


def unpinned_in(text: str) -> list[str]:
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n?", "", text)).splitlines()
    pins = [line for line in lines if line.strip()]
    good = re.compile(r"^[A-Za-z0-9._\[\],-]+==\S+(?:\s*;[^#]*?)?(?:\s+--hash=sha256:[0-9a-f]{64})+\s*(?:#.*)?$")
    return [line[:80] for line in pins if not good.match(line)]


def test_every_requirement_is_pinned_with_hashes() -> None:
    lists = sorted((ROOT / "requirements").glob("*.txt"))
    assert {path.name for path in lists} >= {"base.txt", "build.txt", "dev.txt"}
    faults = [f"{path.name}: {line}" for path in lists for line in unpinned_in(path.read_text(encoding="utf-8"))]
    report(faults, "Pin again: ./dev lock")


def test_a_planted_loose_requirement_is_caught() -> None:
    digest = "--hash=sha256:" + "0" * 64
    assert not unpinned_in(f"a==1 \\\n    {digest} \\\n    {digest}\n    # via b\n")
    for bad in ("a==1\n", f"a>=1 \\\n    {digest}\n", f"--index-url x\na==1 \\\n    {digest}\n"):
        assert unpinned_in(bad)


@pytest.mark.parametrize("name", ["CHANGELOG.md", "README.md", "README.vi.md", "CONTRIBUTING.md", "LICENSE"])
def test_the_first_files_a_reader_looks_for_exist(name: str) -> None:
    assert (ROOT / name).is_file(), f"Write {name}."


def test_dev_alone_lists_its_recipes() -> None:
    shown = subprocess.run([ROOT / "dev"], check=True, capture_output=True, text=True).stdout
    names = ["setup", "demo", "serve", "test", "lint", "ci", "shots", "screens", "lock", "start", "first-day", "long"]
    report([name for name in names if name not in shown], "List the recipe in ./dev.")


# ---- the house


def test_every_room_stands_and_says_what_it_is_for() -> None:
    found = {module.name for module in pkgutil.iter_modules(nhiemky.__path__) if module.ispkg}
    assert found == FLOORS.keys(), "A room has a floor here and in .importlinter, and every floor has its room."
    silent = [room for room in FLOORS if not (importlib.import_module(f"nhiemky.{room}").__doc__ or "").strip()]
    report(silent, "Give the room's __init__.py a docstring of one line.")


def test_keys_point_down() -> None:
    faults = []
    for model in own_models():
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and field.concrete else None
            room, other = room_of(model), room_of(target) if isinstance(target, type) else None
            if room and other and room != other and FLOORS[room] <= FLOORS[other]:
                faults.append(f"{model._meta.label}.{field.name} points at {other}, which is not below {room}")
    report(faults, "Turn the key round: the upper room's row names the lower room's.")


def test_every_action_is_named_and_has_a_policy() -> None:
    for module in pkgutil.walk_packages(nhiemky.__path__, "nhiemky."):
        if {"actions", "policies"} & set(module.name.split(".")[2:]):
            importlib.import_module(module.name)
    from nhiemky.foundation.door import ACTIONS
    from nhiemky.foundation.policies import POLICIES

    assert ACTIONS, "No action is registered with the door."
    name_is = re.compile(r"^[a-z_]+(\.[a-z_]+)+$")
    faults = [f"{name}: no policy" for name in sorted(ACTIONS) if name not in POLICIES]
    faults += [f"{name}: not of the form room.noun.verb" for name in sorted(ACTIONS) if not name_is.match(name)]
    faults += [f"{name}: a policy for no action" for name in sorted(set(POLICIES) - set(ACTIONS))]
    report(faults, "One name serves as permission, event, address and test; its policy row stands in policies.")


def test_personal_fields_are_classed() -> None:
    classes = {"public", "internal", "sensitive", "secret"}
    classed = {model: model.FIELD_CLASSES for model in own_models() if hasattr(model, "FIELD_CLASSES")}
    assert "Person" in {model.__name__ for model in classed if room_of(model) == "members"}, (
        "members.Person needs FIELD_CLASSES: a class for every field."
    )
    faults = []
    for model, given in classed.items():
        fields = {f.name for f in model._meta.concrete_fields if not f.primary_key and not f.is_relation}
        faults += [f"{model.__name__}.{name}: no class" for name in sorted(fields - given.keys())]
        faults += [f"{model.__name__}.{name}: no such field" for name in sorted(given.keys() - fields)]
        faults += [f"{model.__name__}.{name}: unknown class {c}" for name, c in given.items() if c not in classes]
    report(faults, f"Class every field that is no key as one of {', '.join(sorted(classes))}.")


def test_the_glossary_names_every_model() -> None:
    rows = [line.split("|") for line in text_of(ROOT / "docs" / "glossary.md").splitlines() if line.startswith("|")]
    named = {word for row in rows if len(row) > 2 for word in re.findall(r"\w+", row[2])}
    models = {model.__name__ for model in own_models() if not model._meta.auto_created}
    report(
        sorted(models - named), "Add a row to docs/glossary.md: Vietnamese term | name in code | what one row means."
    )


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail("Models changed without a migration. Run django's makemigrations and keep what it writes.")


# ---- templates

VISIBLE_ATTRIBUTES = {"title", "aria-label", "aria-description", "placeholder", "alt", "label", "hx-confirm"}
COMMENTS = r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}"
TRANSLATED = r"\{%\s*(blocktrans(?:late)?)\b.*?%\}.*?\{%\s*end\1\s*%\}|\{%\s*trans(?:late)?\s.*?%\}"
TAGS = r"\{%.*?%\}|\{\{.*?\}\}"


def has_letter(text: str | None) -> bool:
    return any(letter.isalpha() for letter in text or "")


class TemplateReader(HTMLParser):
    """What a template shows without translation, and what it asks the browser to run without a file."""

    def __init__(self) -> None:
        super().__init__()
        self.untranslated: list[str] = []
        self.inline: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        where = f"line {self.getpos()[0]}: <{tag}>"
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(f"{where} with its contents in the page")
        self.inside = tag if tag in {"script", "style"} else ""
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")) or re.match(r"\s*javascript:", value or "", re.I):
                self.inline.append(f"{where} {name}=")
            shown = name in VISIBLE_ATTRIBUTES or (
                name == "value" and tag == "input" and given.get("type") in {"submit", "button", "reset"}
            )
            if shown and has_letter(value):
                self.untranslated.append(f"{where} {name}={value!r}")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        line = self.getpos()[0]
        if self.inside == "script" and data.strip():
            self.inline.append(f"line {line}: a script with a body")
        elif not self.inside and has_letter(data):
            self.untranslated.append(f"line {line}: {' '.join(data.split())[:60]!r}")


def blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def read_template(source: str) -> TemplateReader:
    reader = TemplateReader()
    rest = re.sub(TRANSLATED, blank, re.sub(COMMENTS, blank, source, flags=re.S), flags=re.S)
    # A Vietnamese literal handed to a tag or a filter is text on screen as well.
    for tag in re.findall(TAGS, rest, flags=re.S):
        for literal in re.findall(r"""(?<!_\()(?:"([^"]*)"|'([^']*)')""", tag):
            if any(letter.isalpha() and not letter.isascii() for letter in "".join(literal)):
                reader.untranslated.append(f"{' '.join(tag.split())[:60]}")
    reader.feed(re.sub(TAGS, blank, rest, flags=re.S))
    reader.close()
    return reader


def templates() -> list[Path]:
    return [path for path in files() if path.suffix == ".html" and "templates" in path.relative_to(ROOT).parts]


def test_every_text_on_screen_is_translated() -> None:
    assert templates()
    faults = [
        f"{p.relative_to(ROOT)}: {fault}" for p in templates() for fault in read_template(text_of(p)).untranslated
    ]
    report(faults, "Wrap it in {% translate %} or {% blocktranslate %}.")


def test_no_template_carries_script_or_style() -> None:
    faults = [f"{p.relative_to(ROOT)}: {fault}" for p in templates() for fault in read_template(text_of(p)).inline]
    report(faults, "Move it to a file under static/; the content security policy refuses it in the page.")


GOOD_TEMPLATE = """<!DOCTYPE html>{% extends "base.html" %}{# ghi chú #}<!-- ghi chú -->
{% comment "lý do" %}chữ{% endcomment %}<h1 class="lớp">{% translate "Đơn vị" %} · {{ total }}%&nbsp;</h1>
{% blocktranslate count n=total %}một{% plural %}nhiều{% endblocktranslate %}
<a href="{% url 'x' %}" title="{% translate "Mở" %}" {% if a > b %}hidden{% endif %}>
{{ name|default:_("không tên") }}</a>
<script src="{% static 'a.js' %}" defer></script><input type="text" value="chữ">"""


def test_a_good_template_passes() -> None:
    reader = read_template(GOOD_TEMPLATE)
    assert (reader.untranslated, reader.inline) == ([], [])


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Đơn vị</p>",
        "<p>{{ a }} {% translate 'x' %} units</p>",
        "<img alt='Sơ đồ'>",
        '<a aria-label="Open {{ x }}"></a>',
        '<input type="submit" value="Gửi">',
        '{% include "a.html" with title="Báo cáo" %}',
        '{{ x|default:"không" }}',
        "{% blocktranslate %}a{% endblocktranslate %} sót",
    ],
)
def test_planted_untranslated_text_is_caught(planted: str) -> None:
    assert read_template(planted).untranslated


@pytest.mark.parametrize(
    "planted",
    [
        "<script>alert(1)</script>",
        '<script src="a.js">alert(1)</script>',
        "<style>p{}</style>",
        '<p style="color:red">',
        '<p style="width:{{ w }}%">',
        '<a onclick="go()">',
        '<a hx-on:click="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_planted_script_or_style_is_caught(planted: str) -> None:
    assert read_template(planted).inline
