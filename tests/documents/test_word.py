"""Word templates: what is refused on upload, what a template may do, what data may hold."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from docx import Document
from hypothesis import given, strategies
from hypothesis import settings as hypothesis

from nhiemky.documents import word
from nhiemky.documents.actions import store_issued, upload_template
from nhiemky.documents.models import WordTemplate
from nhiemky.documents.queries import template_in_use
from nhiemky.foundation.models import AuditEvent
from nhiemky.foundation.refusals import Refusal

NOT_WORD = "không phải là văn bản Word"


def docx(*paragraphs: str, footer: str = "") -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.sections[0].footer.paragraphs[0].text = footer
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def repacked(
    data: bytes, change: Callable[[str, bytes], bytes | None] = lambda name, part: part, **added: bytes
) -> bytes:
    """The package with changed and added parts; `__` in a name stands for a slash and `_DOT_` for a dot."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (part := change(name, old.read(name))) is not None:
                new.writestr(name, part)
        for name, part in added.items():
            new.writestr(name.replace("__", "/").replace("_DOT_", "."), part)
    return kept.getvalue()


def text_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    lines = [paragraph.text for paragraph in document.paragraphs]
    return "\n".join([*lines, document.sections[0].footer.paragraphs[0].text])


def link(target: str, kind: str = "attachedTemplate") -> Callable[[str, bytes], bytes]:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    row = f'<Relationship Id="rIdX" Type="{base}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</Relationships>", row.encode()) if name == "word/_rels/document.xml.rels" else part

    return change


# --- data --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["A & B <Bắc> \"hai\" 'ba'", "</w:t></w:r>", "{{ x }} {% if %}", "=1+1", "&lt;b&gt;", "]]>", "Độc lập – Tự do"],
)
def test_data_survives_as_it_is(text: str) -> None:
    made = word.render(docx("[{{ x }}]", footer="({{ x }})"), {"x": text})
    assert text_of(made) == f"[{text}]\n({text})"


def test_control_characters_do_not_cut_the_document_short() -> None:
    assert text_of(word.render(docx("a{{ x }}", "sau"), {"x": "\x00\x01\x0b\ufffe\ud800b"})).startswith("ab\nsau")


@hypothesis(max_examples=40, deadline=None)
@given(strategies.text())
def test_whatever_is_typed_the_document_opens(text: str) -> None:
    assert text_of(word.render(docx("{{ x }}", "sau"), {"x": text})).rstrip().endswith("sau")


def test_a_long_title_fits_the_properties_and_is_escaped_once() -> None:
    document = Document(io.BytesIO(docx("x")))
    document.core_properties.title = "{{ x }}"
    kept = io.BytesIO()
    document.save(kept)
    made = Document(io.BytesIO(word.render(kept.getvalue(), {"x": "A & B" * 100})))
    assert made.core_properties.title == ("A & B" * 100)[:255]


# --- what a template may do --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ x.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ x.upper() }}",
        "{{ '%s'.format(x) }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 9 ** 99999999 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'x'|center(999999999) }}",
        "{{ x|attr('__class__') }}",
        "{{ x|safe }}",
        "{% for i in range(9) %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ lipsum.__globals__ }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_the_sandbox_holds(tag: str) -> None:
    faults = word.check_template(docx(tag), {"x": "đoàn"})
    assert len(faults) == 1 and faults[0].endswith(".")
    with pytest.raises(Refusal):
        word.render(docx(tag), {"x": "đoàn"})


def test_a_template_shows_walks_and_chooses() -> None:
    made = word.render(
        docx(
            "{%p for each in rows %}",
            "{{ loop.index }} {{ each|upper }}",
            "{%p endfor %}",
            "{% if not rows %}x{% endif %}",
        ),
        {"rows": ["ạ", "đ"]},
    )
    assert text_of(made).split("\n")[:2] == ["1 Ạ", "2 Đ"]


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("{{ bc.tile }}", "“tile”"),
        ("{{ khong_co }}", "“khong_co”"),
        ("{% if khong_co %}{% endif %}", "“khong_co”"),
        ("Chào {{ x ", "viết sai thẻ"),
        ("{% for a in x %}", "viết sai thẻ"),
    ],
)
def test_a_misspelt_tag_is_named_on_upload(tag: str, said: str) -> None:
    (fault,) = word.check_template(docx(tag), {"x": "1", "bc": {}})
    assert said in fault


# --- what is refused ---------------------------------------------------------------------------------------------


def test_a_good_file_has_no_faults() -> None:
    assert word.check_template(docx("{{ x }}"), {"x": 1}) == []
    assert word.check_template(docx("{{ x }}")) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00" + b"\x00" * 500,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512,
        b"PK\x03\x04 broken",
        docx("x")[:-40],
        repacked(docx("x"), lambda name, part: None if name == "word/document.xml" else part),
        repacked(docx("x"), lambda name, part: None if name == "[Content_Types].xml" else part),
        repacked(docx("x"), lambda name, part: b"<a" if name == "[Content_Types].xml" else part),
        repacked(
            docx("x"), lambda name, part: part.replace(b"wordprocessingml.document.main", b"spreadsheetml.sheet.main")
        ),
        repacked(docx("x"), lambda name, part: part.replace(b"document.main+xml", b"template.main+xml")),
    ],
)
def test_what_is_no_word_document_is_refused(data: bytes) -> None:
    (fault,) = word.check_template(data, {})
    assert NOT_WORD in fault


def test_a_program_in_front_of_a_package_is_refused() -> None:
    """A self-extracting program is also a readable zip file."""
    (fault,) = word.check_template(b"MZ" + b"\x00" * 100 + docx("x"), {})
    assert NOT_WORD in fault


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (repacked(docx("x"), word__vbaProject_DOT_bin=b"x"), "macro"),
        (
            repacked(docx("x"), lambda name, part: part.replace(
                b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                b"vnd.ms-word.document.macroEnabled.main+xml")),
            "macro",
        ),
        (repacked(docx("x"), word__embeddings__oleObject1_DOT_bin=b"x"), "“oleObject1.bin”"),
        (repacked(docx("x"), word__embeddings__a_DOT_docx=docx("y")), "“a.docx”"),
        (repacked(docx("x"), word__media__image1_DOT_png=b"MZ\x90\x00"), "“image1.png”"),
        (repacked(docx("x"), word__media__run_DOT_exe=b"x"), "“run.exe”"),
        (repacked(docx("x"), word__activeX__activeX1_DOT_xml=b"<a/>"), "“activeX1.xml”"),
        (repacked(docx("x"), word__x_DOT_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "DOCTYPE"),
        (repacked(docx("x"), link("file:///c:/mau.dotm")), "bên ngoài"),
        (repacked(docx("x"), link("http://example.org/a.png", "image")), "bên ngoài"),
        (repacked(docx("x"), link("file://server/share", "hyperlink")), "bên ngoài"),
        (repacked(docx("x"), link("javascript:alert(1)", "hyperlink")), "bên ngoài"),
    ],
)  # fmt: skip
def test_what_hides_in_a_document_is_refused(data: bytes, said: str) -> None:
    (fault,) = word.check_template(data, {})
    assert said in fault


def test_a_link_that_a_person_clicks_is_allowed() -> None:
    assert word.check_template(repacked(docx("x"), link("mailto:vp@example.org", "hyperlink")), {}) == []


def test_every_fault_of_a_package_is_said() -> None:
    data = repacked(docx("x"), link("http://example.org/a.png", "image"), word__media__run_DOT_exe=b"MZ")
    assert len(word.check_template(data, {})) == 2


def test_a_bomb_is_refused_unopened() -> None:
    bomb = repacked(docx("x"), word__media__a_DOT_png=bytes(word.LARGEST_UNPACKED + 1))
    assert len(bomb) < 200_000
    (fault,) = word.check_template(bomb, {})
    assert "lớn hơn 50 MB" in fault


def test_many_parts_are_refused() -> None:
    many = {f"word__a{at}_DOT_xml": b"" for at in range(word.MOST_PARTS)}
    assert "lớn hơn" in word.check_template(repacked(docx("x"), **many), {})[0]


def test_a_file_over_the_limit_is_refused() -> None:
    assert "nặng hơn 10 MB" in word.check_template(b"x" * (settings.UPLOAD_LIMIT + 1), {})[0]


# --- the actions -------------------------------------------------------------------------------------------------


def test_an_uploaded_template_is_the_one_in_use(clerk: Any) -> None:
    for text in ("một {{ x }}", "hai {{ x }}"):
        upload_template(by=clerk, kind="thu", contents=docx(text), sample={"x": 1}, wanted={})
    assert text_of(word.render(template_in_use("thu") or b"", {"x": 5})).startswith("hai 5")
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.subject) == ("documents.template.upload", "template:thu")


def test_a_faulty_template_changes_nothing(clerk: Any) -> None:
    with pytest.raises(Refusal, match=NOT_WORD):
        upload_template(by=clerk, kind="hong", contents=b"MZ", sample={}, wanted={})
    assert not WordTemplate.objects.filter(kind="hong").exists()
    assert template_in_use("hong") is None


def test_a_document_is_stored_inside_an_action_only(clerk: Any) -> None:
    with pytest.raises(RuntimeError):
        store_issued(
            by=clerk, kind="k", unit_code="u", title="t", number="", contents={}, records_digest="", files={}
        )  # fmt: skip
