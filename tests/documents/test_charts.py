"""Pictures: only what draws, says or links; the same from many threads; typed text never becomes markup."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from PIL import Image

from nhiemky.documents import charts
from nhiemky.documents.charts import NARROW, WIDE, Bar, Chart, Panel, Tone, inline_svg, money_scale, png, shortened, svg
from nhiemky.documents.svg import HERE, cleaned

NASTY = """Đường <script>alert(1)</script> & "nháy" 'đơn' ${datum.v} %(x)s ]]>"""


def columns(count: int = 60, label: str = "Tháng") -> Chart:
    bars = tuple(
        Bar(f"{label} {at}", at * 7919 % 97 * 1_000_000, f"{at} triệu", f"{label} {at}: {at} triệu", f"/so-lieu/x/?tu={at}&den=2",
            Tone.STRONG if at % 12 == 0 else Tone.PLAIN, str(2023 + at // 12) if at % 12 == 0 else "",
            "Tết" if at % 12 == 1 else "")
        for at in range(count)
    )  # fmt: skip
    return Chart(label, f"{label}: nhiều nhất", (Panel("Số tiền", bars, 1_000_000, "triệu"), Panel("Số lượt", bars)))


def rows(count: int = 5, label: str = "Kết nạp mới đoàn viên công đoàn") -> Chart:
    bars = tuple(
        Bar(label, Fraction(30 * at) if at else None, "152 người / từ 300 – 500 người", f"{label} {at}", f"/so-lieu/y/?tu={at}",
            list(Tone)[at % len(Tone)], note="chậm tiến độ")
        for at in range(count)
    )  # fmt: skip
    return Chart(label, f"{label}: 5 chỉ tiêu", (Panel("", bars),), rows=True, bound=100, bound_label="mức đề ra")


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("chart", [columns(), columns(1), columns(7), rows(), rows(1)])
def test_a_picture_holds_nothing_that_a_strict_page_refuses(chart: Chart, width: int) -> None:
    for inline, drawn in ((True, inline_svg(chart, width)), (False, svg(chart, width))):
        root = ElementTree.fromstring(drawn)
        tags = {each.tag.rpartition("}")[2] for each in root.iter()}
        assert tags <= {"svg", "g", "a", "path", "rect", "line", "text", "tspan", "title"}
        for each in root.iter():
            for name, value in each.attrib.items():
                assert name != "style"
                assert not name.startswith("on")
                assert "url(" not in value
                assert HERE not in value
                assert "://" not in value or name == "xmlns"
        links = [each.get("href") for each in root.iter() if each.tag.endswith("}a")]
        wanted = [bar.href for panel in chart.panels for bar in panel.bars]
        assert links == wanted
        assert all(each.get("tabindex") == "-1" for each in root.iter() if each.tag.endswith("}a"))
        assert (root.get("aria-hidden") == "true") is inline
        assert (root.get("aria-label") == chart.message) is not inline


def test_what_a_bar_says_is_read_where_one_points_at_it() -> None:
    root = ElementTree.fromstring(inline_svg(columns(3)))
    for link in (each for each in root.iter() if each.tag.endswith("}a")):
        (path,) = list(link)
        assert path.find("{http://www.w3.org/2000/svg}title").text.startswith("Tháng ")


def test_text_of_a_person_stays_text() -> None:
    for chart in (columns(2, NASTY), rows(2, NASTY)):
        for drawn in (inline_svg(chart), svg(chart)):
            root = ElementTree.fromstring(drawn)
            assert not [each for each in root.iter() if "script" in each.tag]
            said = " ".join(filter(None, (each.text for each in root.iter())))
            assert "<script>alert(1)" in said


def test_a_planted_style_and_script_are_taken_out() -> None:
    planted = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1 1" onload="x()">'
        '<style>a{}</style><script>x()</script><g style="fill:red"><a xlink:href="javascript:x()"><path d="M0,0h1"/></a>'
        '<a xlink:href="https://ngoai.example/"><path d="M0,0h1"/></a><image href="/x.png"/></g></svg>'
    )
    for inline in (True, False):
        out = cleaned(planted, inline=inline, label="nhãn")
        assert not re.search(r"style|script|onload|image|ngoai|href", out)


def test_pixels_are_of_a_sane_size() -> None:
    for chart in (columns(), rows(19), rows(1), columns(1)):
        for width in (WIDE, NARROW):
            data = png(chart, width)
            picture = Image.open(io.BytesIO(data))
            assert picture.format == "PNG"
            assert 2 * width <= picture.width <= 2 * width + 200
            assert 100 < picture.height < 20_000
            assert len(data) < 150_000
            # there is ink on white
            assert picture.convert("L").getextrema()[0] < 80
            assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_vietnamese_letters_are_drawn() -> None:
    """A letter without a shape is a box: all boxes look alike, letters do not."""
    drawn = {
        letter: png(Chart(letter * 6, letter, (Panel("", (Bar("x", 1, "1", "x"),)),), rows=True)) for letter in "ữựằộẽđ"
    }
    assert len(set(drawn.values())) == len(drawn)


def test_many_threads_draw_the_same() -> None:
    wanted = {at: inline_svg(columns(at)) for at in range(1, 7)}
    charts.forget()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda at: (at, inline_svg(columns(at))), [1, 2, 3, 4, 5, 6] * 3))
    assert all(wanted[at] == drawn for at, drawn in found)


def test_memory_stays_and_time_is_told(record_property: pytest.FixtureRequest) -> None:
    def resident() -> int:
        with open("/proc/self/status", encoding="ascii") as told:
            return next(int(line.split()[1]) // 1024 for line in told if line.startswith("VmRSS"))

    inline_svg(columns())
    before, times = resident(), []
    for at in range(30):
        charts.forget()
        begun = time.perf_counter()
        inline_svg(columns(30 + at))
        times.append((time.perf_counter() - begun) * 1000)
    assert resident() - before < 60
    begun = time.perf_counter()
    inline_svg(columns(59))
    kept = (time.perf_counter() - begun) * 1000
    print(f"drawn anew: p50 {sorted(times)[15]:.0f} ms, slowest {max(times):.0f} ms; kept in memory: {kept:.2f} ms")
    assert kept < 20


@pytest.mark.parametrize(
    ("value", "scale", "said"),
    [(1_636_000_000, 1_000_000, "1.636 triệu"), (1_636_550_000, 1_000_000, "1.636,6 triệu"), (999, 1_000_000, "0 triệu"),
     (12_345_000_000, 1_000_000_000, "12,3 triệu"), (0, 1, "0 triệu")],
)  # fmt: skip
def test_numbers_on_a_picture_are_vietnamese(value: int, scale: int, said: str) -> None:
    assert shortened(value, scale, "triệu") == said


def test_the_scale_of_money_fits_its_largest() -> None:
    assert money_scale(999_999) == (1, "đồng")
    assert money_scale(5_000_000)[0] == 1_000_000
    assert money_scale(50_000_000_000)[0] == 1_000_000_000


@pytest.mark.parametrize(
    ("step", "values", "carry"),
    [
        # a month's number would lie on the column of the month before it, or of two months before
        (20, [101, 10, 9, 30, 8, 7, 36], {0, 6}),
        (20, [5, 5, 0, 0, 0], {0}),
        # years stand far apart: each carries its own
        (90, [5, 9, 7], {0, 1, 2}),
    ],
)
def test_a_number_meets_neither_another_nor_a_column(step: int, values: list[int], carry: set[int]) -> None:
    assert charts._peaks(tuple(Bar("", value, str(value), "") for value in values), step) == carry
