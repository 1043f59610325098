"""PDF: data stays data, letters are drawn in one face, the file may be archived, nothing outside is read."""

import io
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from nhiemky.documents import pdf

ALPHABET = pdf.LETTERS + pdf.LETTERS.lower()
PAGE = """#let d = json(bytes(sys.inputs.data))
#set document(title: "Thử")
#set text(font: (sys.inputs.font, "Libertinus Serif"), lang: "vi")
#d.text"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    source = tmp_path / "a" / "page.typ"
    source.parent.mkdir()
    source.write_text(PAGE, encoding="utf-8")
    return source


def text_of(data: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def faces_of(data: bytes) -> set[str]:
    fonts = PdfReader(io.BytesIO(data)).pages[0]["/Resources"]["/Font"]
    return {font.get_object()["/BaseFont"].partition("+")[2] for font in fonts.values()}


@pytest.mark.parametrize(
    "text", ['#panic("x")', "*đậm* _nghiêng_", '"]; #read("/etc/hostname")', "\\u{41} $x$", "= Tiêu"]
)
def test_what_a_person_typed_is_never_markup(page: Path, text: str) -> None:
    assert "".join(text.split()) in "".join(text_of(pdf.render(page, {"text": text})).split())


def test_every_vietnamese_letter_is_drawn_in_one_face(page: Path) -> None:
    made = pdf.render(page, {"text": ALPHABET})
    assert ALPHABET in text_of(made).replace("\n", "")
    assert len(faces_of(made)) == 1


def test_without_a_complete_face_on_the_machine_the_one_inside_typst_serves(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "face", lambda: (typst.Fonts(include_system_fonts=False), pdf.INSIDE_TYPST))
    made = pdf.render(page, {"text": ALPHABET})
    assert ALPHABET in text_of(made).replace("\n", "")
    assert faces_of(made) == {"LibertinusSerif-Regular-Identity-H"}


def test_the_file_says_that_it_is_an_archive_file_and_accessible(page: Path) -> None:
    reader = PdfReader(io.BytesIO(pdf.render(page, {"text": "x"})))
    described = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "pdfaid:part>2<" in described and "pdfaid:conformance>A<" in described and "pdfuaid:part>1<" in described
    assert reader.trailer["/Root"]["/Lang"] == "vi"


def test_a_sign_that_no_font_draws_does_not_stop_the_report(page: Path) -> None:
    assert "trước" in text_of(pdf.render(page, {"text": "trước \U000f0000 \x01 sau"}))


def test_nothing_outside_the_folder_is_read(page: Path) -> None:
    (page.parent.parent / "secret.txt").write_text("x", encoding="utf-8")
    page.write_text('#read("../secret.txt")', encoding="utf-8")
    with pytest.raises(typst.TypstError):
        pdf.render(page, {})
