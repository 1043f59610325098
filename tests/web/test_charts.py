"""Charts on their pages: the table says what the figures say, every link opens a figure with that number."""

import io
import re
import time
from collections.abc import Callable
from html import unescape

import openpyxl
import pytest
from django.test import Client
from PIL import Image

from tests.web.conftest import SUOI_MONG, Cast

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
PAGES = {
    "cham-lo": f"/don-vi/{SUOI_MONG}/bieu-do/cham-lo/",
    "chi-tieu": f"/don-vi/{SUOI_MONG}/bieu-do/chi-tieu/?tu=19/5/2023&den=2028",
    "co-cau": f"/don-vi/{SUOI_MONG}/bieu-do/co-cau/",
    "cap-duoi": "/don-vi/hc-tinh/bieu-do/cap-duoi/?so-lieu=union_members",
}
LINK = re.compile(r'<a class="fig" href="(/so-lieu/[^"]+)"[^>]*>([^<]+)</a>')
SAYS = re.compile(r'<p class="big">(.*?)</p>', re.S)


def file_of(page: str, format: str) -> str:
    path, _, query = page.partition("?")
    return f"{path}{format}/?{query}"


def table_of(page: str) -> str:
    return page[page.index('<table class="behind"') :]


@pytest.mark.parametrize("name", PAGES)
def test_every_number_of_the_table_opens_as_that_number(client_of: ClientOf, name: str) -> None:
    client = client_of("hu-cau")
    found = LINK.findall(table_of(client.get(PAGES[name]).content.decode()))
    assert len(found) > 1
    for href, text in found:
        said = SAYS.search(client.get(unescape(href)).content.decode())
        assert said
        assert unescape(text) in unescape(re.sub(r"<[^>]+>", "", said[1])), href


@pytest.mark.parametrize("name", PAGES)
def test_picture_and_table_lead_to_the_same_figures(client_of: ClientOf, name: str) -> None:
    client = client_of("hu-cau")
    table = {href for href, _ in LINK.findall(table_of(client.get(PAGES[name]).content.decode()))}
    drawn = client.get(file_of(PAGES[name], "svg"), headers={"HX-Request": "true"}).content.decode()
    picture = set(re.findall(r'<a href="(/so-lieu/[^"]+)"', drawn))
    assert picture == table
    assert "style=" not in drawn
    assert "<style" not in drawn
    assert "<script" not in drawn
    file = client.get(file_of(PAGES[name], "svg"))
    assert file["Content-Type"] == "image/svg+xml"
    assert "HX-Request" in file["Vary"]


@pytest.mark.parametrize("name", PAGES)
def test_files_hold_what_the_page_shows(client_of: ClientOf, name: str) -> None:
    client = client_of("hu-cau")
    answer = client.get(file_of(PAGES[name], "png"))
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.format == "PNG"
    assert picture.width > 1400
    assert "attachment" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(file_of(PAGES[name], "xlsx")).content))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None]
    for _, text in LINK.findall(table_of(client.get(PAGES[name]).content.decode())):
        assert unescape(text) in cells


def test_a_chart_without_numbers_is_a_sentence(client_of: ClientOf) -> None:
    client = client_of("nho-quan")
    empty = "/don-vi/nho-quan/bieu-do/{}/?tu=2010&den=2011"
    for name in ("cham-lo", "chi-tieu", "co-cau", "cap-duoi"):
        page = client.get(empty.format(name)).content.decode()
        assert "Chưa có gì để vẽ" in page
        assert "<table" not in page
        assert client.get(file_of(empty.format(name), "png")).status_code == 422
        fragment = client.get(file_of(empty.format(name), "svg"), headers={"HX-Request": "true"})
        assert fragment.status_code == 200
        assert "<svg" not in fragment.content.decode()
    # a published total of five years is in no month, and is told
    page = client.get("/don-vi/nho-quan/bieu-do/cham-lo/?tu=2018&den=11/6/2023").content.decode()
    assert "chỉ có số tổng của cả kỳ" in page
    assert LINK.search(page)


def test_units_out_of_reach_are_named_without_a_link(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.actions import create_user
    from nhiemky.foundation.roles import Role
    from nhiemky.units.actions import give_grant
    from nhiemky.units.models import Unit

    by = cast.users["quan-tri"]
    lone = create_user(by=by, username="chi-minh-tinh", display_name="Chỉ tỉnh", password="mat-khau-dai-du")
    give_grant(
        by=by, unit=Unit.objects.get(code="hc-tinh"), user=lone, role=Role.OFFICER, below=False, starts_on=cast.today
    )
    cast.users["chi-minh-tinh"] = lone
    try:
        page = client_of("chi-minh-tinh").get(PAGES["cap-duoi"]).content.decode()
        assert "Suối Mộng" in table_of(page)
        assert not LINK.findall(table_of(page))
        drawn = client_of("chi-minh-tinh").get(file_of(PAGES["cap-duoi"], "svg"), headers={"HX-Request": "true"})
        assert "/so-lieu/" not in drawn.content.decode()
    finally:
        del cast.users["chi-minh-tinh"]


@pytest.mark.parametrize(
    "path",
    [f"/don-vi/{SUOI_MONG}/bieu-do/khac/", f"/don-vi/{SUOI_MONG}/bieu-do/cham-lo/pdf/"],
)
def test_what_is_no_chart_is_no_page(client_of: ClientOf, path: str) -> None:
    assert client_of("hu-cau").get(path).status_code == 404


def test_a_strange_address_is_answered(client_of: ClientOf) -> None:
    client, at = client_of("hu-cau"), f"/don-vi/{SUOI_MONG}/bieu-do"
    assert client.get(f"{at}/cham-lo/?tu=31/2/2024").status_code == 422
    assert client.get(f"{at}/cham-lo/svg/?tu=31/2/2024").status_code == 422
    for query in ("linh-vuc=khong-co", "so-lieu=khong-co", "so-lieu=district_union_grade", "tu=1&den=9998", "tu=&den=2030",
                  "tu=2024&den="):  # fmt: skip
        for name in PAGES:
            assert client.get(f"{at}/{name}/?{query}").status_code in (200, 422), (name, query)


def test_time_of_each_picture(client_of: ClientOf) -> None:
    from nhiemky.documents import charts
    from nhiemky.figures.queries.material import forget

    client = client_of("hu-cau")
    client.get(file_of(PAGES["cham-lo"], "svg"))
    for name, page in PAGES.items():
        took = {}
        for what, address in (("page", page), ("picture", file_of(page, "svg")), ("png", file_of(page, "png"))):
            forget()
            charts.forget()
            begun = time.perf_counter()
            assert client.get(address).status_code == 200
            took[what] = (time.perf_counter() - begun) * 1000
        client.get(file_of(page, "svg"))
        begun = time.perf_counter()
        client.get(file_of(page, "svg"))
        kept = (time.perf_counter() - begun) * 1000
        print(
            f"{name}: "
            + ", ".join(f"{what} {ms:.0f} ms" for what, ms in took.items())
            + f", picture again {kept:.0f} ms"
        )
        assert kept < 500
