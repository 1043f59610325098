"""The tree that was chosen goes with every link, so that no number changes its meaning by a click."""

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from html import unescape

import docx
import openpyxl
import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from nhiemky.config.command import main
from nhiemky.documents.models import IssuedDocument
from tests.factories import a_unit, put, taken_back
from tests.web.conftest import Cast

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
REFORM, WARD = date(2025, 7, 1), date(2025, 9, 1)
LINK = re.compile(r'<a class="(?:fig|head fig-block[^"]*)" href="(/so-lieu/[^"]+)"[^>]*>(.*?)</a>', re.S)
SAYS = re.compile(r'<p class="big">(.*?)</p>', re.S)
GIFTS = "/so-lieu/tet_gifts_given/cay-{}/?tu=2025&den=2025"


@pytest.fixture(scope="module", autouse=True)
def reformed(cast: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    yield from taken_back(django_db_blocker, lambda: _make(cast))


def _make(cast: Cast) -> None:
    """A district ends; its school stands under the province, then under a ward. Another school goes to a neighbour."""
    from nhiemky.figures.actions import adopt_target
    from nhiemky.foundation.actions import create_user
    from nhiemky.foundation.roles import Role
    from nhiemky.ledger.actions import record_entry, record_statement
    from nhiemky.ledger.checks import Money
    from nhiemky.rules.indicators import Count
    from nhiemky.rules.quantities import Quantity
    from nhiemky.rules.targets import Aim, Basis
    from nhiemky.rules.timeline import Span
    from nhiemky.units.actions import give_grant

    by, began = cast.users["quan-tri"], date(2020, 1, 1)
    province, ward = a_unit("cay-tinh", "province"), a_unit("cay-phuong", "ward", life=Span(WARD, None))
    district = a_unit("cay-huyen", "district", life=Span(began, REFORM))
    near = a_unit("cay-ben", "ward", life=Span(began, None))
    school, left = (a_unit(f"cay-{name}", "grassroots", "su_nghiep", Span(began, None)) for name in ("truong", "di"))
    put(district, province, Span(began, REFORM))
    put(near, province, Span(began, None))
    put(school, district, Span(began, REFORM))
    put(school, province, Span(REFORM, WARD))
    put(ward, province, Span(WARD, None))
    put(school, ward, Span(WARD, None))
    put(left, near, Span(began, date(2023, 1, 1)))
    put(left, district, Span(date(2023, 1, 1), REFORM))
    put(left, province, Span(REFORM, None))
    for unit, day, value in (
        (school, "2025-03-08", 5), (district, "2025-04-30", 7), (school, "2025-08-01", 11), (ward, "2025-10-20", 13),
        (left, "2025-05-01", 17), (near, "2025-05-01", 19),
    ):  # fmt: skip
        record_entry(
            by=by, unit=unit, kind="tet_gifts", period=Span.parse(day), today=cast.today,
            counts=[Count("suat", Quantity(value))], money=[Money(Quantity(value * 500_000))],
        )  # fmt: skip
        record_statement(
            by=by, unit=unit, subject="members", period=Span.parse(day), today=cast.today, value=Quantity(10 * value)
        )
    adopt_target(
        by=by, unit=province, indicator="tet_gifts_given", aim=Aim.GTE, basis=Basis.TERM, low=Decimal(30),
        period=Span.parse("2025"),
    )  # fmt: skip
    for name, unit in (("phuong", ward), ("ben", near), ("tinh", province)):
        user = create_user(by=by, username=f"cay-{name}", display_name=f"Cán bộ {name}", password="mat-khau-dai-du")
        give_grant(by=by, unit=unit, user=user, role=Role.OFFICER, below=True, starts_on=cast.today)
        cast.users[user.username] = user


def shown(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def value_at(client: Client, href: str) -> str:
    answer = client.get(unescape(href))
    found = SAYS.search(answer.content.decode())
    assert answer.status_code == 200
    assert found
    return shown(found[1])


def without_targets(page: str) -> str:
    """The page up to its targets, which are judged on the tree as it was."""
    return page.split('<table class="targets"')[0]


@pytest.mark.parametrize("tree", ["2025-12-01", "2025-06-30", "2025-07-15"])
def test_every_number_of_a_report_opens_as_that_number_on_its_tree(client_of: ClientOf, tree: str) -> None:
    client = client_of("cay-tinh")
    page = client.get(f"/don-vi/cay-tinh/bao-cao/2025/?cay={tree}").content.decode()
    found = LINK.findall(without_targets(page))
    assert len(found) > 3
    for href, text in found:
        assert f"cay={tree}" in href
        [number] = re.findall(r"<b[^>]*>(.*?)</b>", text) or [text]
        assert shown(number) in value_at(client, href), href
    after = LINK.findall(page[page.index('<table class="targets"') :])
    assert after
    assert not any("cay=" in href for href, _text in after)
    assert all(shown(text) in value_at(client, href) for href, text in after)
    every = re.findall(r'(?:href|hx-get|src)="([^"]*/(?:bieu-do|bao-cao)/[^"]*)"', page)
    kept = [href for href in map(unescape, every) if f"cay={tree}" in href]
    assert {"docx", "pdf", "xlsx"} <= {href.split("?")[0].strip("/").split("/")[-1] for href in kept}
    assert all(f"cay={tree}" in href for href in every if "/bieu-do/" in href)
    assert f'name="cay" value="{tree}"' in page


@pytest.mark.parametrize("name", ["cham-lo", "co-cau", "cap-duoi"])
def test_every_number_of_a_chart_opens_as_that_number_on_its_tree(client_of: ClientOf, name: str) -> None:
    client = client_of("cay-tinh")
    path, query = f"/don-vi/cay-tinh/bieu-do/{name}/", "?tu=2025&den=2025&cay=2025-12-01&so-lieu=tet_gifts_given"
    page = client.get(path + query).content.decode()
    found = LINK.findall(page)
    assert len(found) > 1
    for href, text in found:
        assert "cay=2025-12-01" in href
        assert shown(text) in value_at(client, href), href
    drawn = client.get(f"{path}svg/{query}", headers={"HX-Request": "true"}).content.decode()
    assert set(re.findall(r'<a href="(/so-lieu/[^"]+)"', drawn)) <= {href for href, _text in found}
    assert "theo cây tổ chức ngày 01/12/2025" in page
    files = [unescape(href) for href in re.findall(r'href="([^"]*/bieu-do/[^"]*)"', page)]
    # all but the other sides of the switch
    assert sum("cay=2025-12-01" not in href for href in files) == page.count("Trước ") + page.count("Hôm nay ") + 1


def test_units_below_are_compared_on_the_tree_that_was_chosen(client_of: ClientOf) -> None:
    client = client_of("cay-tinh")
    path = "/don-vi/cay-tinh/bieu-do/cap-duoi/?tu=2025&den=2025&so-lieu=tet_gifts_given&cay={}"

    def compared(tree: str) -> dict[str, str]:
        page = client.get(path.format(tree)).content.decode()
        rows = re.findall(r'scope="row">(.*?)</th><td class="c-num" role="cell">(.*?)</td>', page, re.S)
        return {shown(label).removeprefix("Đơn vị thử cay-"): shown(text) for label, text in rows}

    assert compared("2025-06-30") == {"huyen": "40 suất", "ben": "19 suất"}
    assert compared("2025-12-01") == {"phuong": "29 suất", "ben": "19 suất", "di": "17 suất"}


def test_a_figure_is_shown_beside_the_one_on_the_other_boundaries(client_of: ClientOf) -> None:
    client = client_of("cay-tinh")
    here = client.get(GIFTS.format("phuong")).content.decode()
    assert value_at(client, GIFTS.format("phuong")) == "13 suất"
    other = re.search(r'<p class="otherwise">(.*?)<a class="fig" href="([^"]+)">(.*?)</a>', here, re.S)
    assert other
    assert shown(other[1]).startswith("Theo cây tổ chức ngày ")
    assert shown(other[3]).startswith("29 suất")
    assert value_at(client, other[2]).startswith("29 suất")
    there = client.get(unescape(other[2])).content.decode()
    assert "Theo cây tổ chức lúc đó:" in there
    assert "lúc đó thuộc Đơn vị thử cay-huyen, nay thuộc Đơn vị thử cay-phuong" in there
    assert "cũng vậy" in client.get(GIFTS.format("tinh") + "&cay=2025-12-01").content.decode()
    assert 'class="otherwise"' not in client.get(GIFTS.format("tinh")).content.decode()
    panel = client.get(unescape(other[2]), headers={"HX-Request": "true"}).content.decode()
    assert "theo cây tổ chức ngày" in panel
    assert "nay thuộc Đơn vị thử cay-phuong" in panel


def test_a_unit_that_does_not_live_on_the_day_leads_to_where_its_records_stand(client_of: ClientOf) -> None:
    client = client_of("cay-tinh")
    for path in (
        GIFTS.format("huyen"),
        "/don-vi/cay-huyen/bao-cao/2025/?",
        "/don-vi/cay-huyen/bieu-do/cham-lo/?tu=2025",
    ):
        page = client.get(f"{path}&cay=1/12/2025").content.decode()
        said = re.search(r'<p class="note warn">(Ngày.*?)<a href="([^"]+)">(.*?)</a>', page, re.S)
        assert said, path
        assert said[1].startswith("Ngày 01/12/2025 đơn vị này không còn, nên ở đây không có gì")
        assert "cay-tinh" in said[2]
        assert "cay=2025-12-01" in said[2]
        assert said[3] == "Đơn vị thử cay-tinh"
    assert client.get(unescape(said[2])).status_code == 200
    page = client.get(GIFTS.format("phuong") + "&cay=30/6/2025").content.decode()
    assert "Ngày 30/06/2025 đơn vị này chưa thành lập" in page
    # who may not read the unit that has the records is told its name only
    own = client_of("cay-phuong").get(GIFTS.format("phuong") + "&cay=30/6/2025").content.decode()
    assert "Đơn vị thử cay-tinh." in own
    assert 'href="/so-lieu/tet_gifts_given/cay-tinh' not in own


def test_the_switch_offers_the_days_before_units_moved_and_is_folded_where_none_did(client_of: ClientOf) -> None:
    client = client_of("cay-tinh")
    page = client.get("/don-vi/cay-tinh/bao-cao/2025/").content.decode()
    opened = page[page.index('<details class="change boundaries" open') :].partition("</details>")[0]
    assert [shown(each) for each in re.findall(r"<li>(.*?)</li>", opened)][1:-1] == [
        "Trước 01/01/2023", "Trước 01/07/2025", "Trước 01/09/2025",
    ]  # fmt: skip
    assert 'aria-current="true">Theo cây tổ chức lúc đó' in opened
    quiet = client_of("nho-quan").get("/don-vi/nho-quan/bao-cao/2018-2023/").content.decode()
    assert '<details class="change boundaries">' in quiet


@pytest.mark.parametrize(
    "path",
    [
        GIFTS.format("tinh") + "&",
        "/don-vi/cay-tinh/bao-cao/2025/?",
        "/don-vi/cay-tinh/bieu-do/cham-lo/?tu=2025&den=2025&",
    ],
)
def test_a_day_that_is_none_is_a_sentence_and_stays_typed(client_of: ClientOf, path: str) -> None:
    answer = client_of("cay-tinh").get(f"{path}cay=31/2/2025")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ngày của cây tổ chức ghi “31/2/2025” chưa đúng" in page
    assert 'name="cay" value="31/2/2025"' in page
    assert "lúc đó" in page


def test_files_that_cannot_be_are_refused(client_of: ClientOf) -> None:
    client = client_of("cay-tinh")
    for path in ("/so-lieu/tet_gifts_given/cay-tinh/excel/?tu=2025&", "/don-vi/cay-tinh/bao-cao/2025/tai/xlsx/?"):
        if "tai" in path:
            path = (
                unescape(
                    re.search(
                        r'href="([^"]*xlsx[^"]*)"', client.get("/don-vi/cay-tinh/bao-cao/2025/").content.decode()
                    )[1]
                )
                + "?"
            )
        assert client.get(f"{path}cay=hôm+qua").status_code == 422


def test_the_list_of_a_figure_says_where_records_stand(client_of: ClientOf) -> None:
    page = client_of("cay-tinh").get(GIFTS.format("phuong") + "&cay=2025-12-01").content.decode()
    href = unescape(re.search(r'href="(/so-lieu/[^"]*excel[^"]*)"', page)[1])
    assert "cay=2025-12-01" in href
    book = openpyxl.load_workbook(io.BytesIO(client_of("cay-tinh").get(href).content))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert "Chỗ đứng trên cây tổ chức" in cells
    assert "lúc đó thuộc Đơn vị thử cay-huyen, ngày 01/12/2025 thuộc Đơn vị thử cay-phuong" in cells
    assert "Tính theo: cây tổ chức ngày 01/12/2025" in cells


def test_nobody_reads_a_neighbour_by_choosing_the_tree(client_of: ClientOf) -> None:
    """The school left the ward in 2023: on the tree of 2022 its work of 2025 would stand there."""
    sentence = "gồm cả 1 đơn vị nay không thuộc phạm vi bạn được xem"
    near = client_of("cay-ben")
    for path in (
        GIFTS.format("ben") + "&",
        "/don-vi/cay-ben/bao-cao/2025/?",
        "/don-vi/cay-ben/bieu-do/cham-lo/?tu=2025&den=2025&",
        "/so-lieu/tet_gifts_given/cay-ben/excel/?tu=2025&den=2025&",
        "/don-vi/cay-ben/bieu-do/cham-lo/xlsx/?tu=2025&den=2025&",
    ):
        answer = near.get(f"{path}cay=2022-06-01")
        assert answer.status_code == 422, path
        assert sentence in answer.content.decode(), path
        assert "36 suất" not in answer.content.decode()
        assert "thử cay-di" not in answer.content.decode()
    posted = near.post("/don-vi/cay-ben/bao-cao/2025/ban-hanh/", {"cay": "2022-06-01", "digest": "x"})
    assert sentence in posted.content.decode()
    # in the years in which it stood there it belongs to what the ward did
    assert near.get("/so-lieu/tet_gifts_given/cay-ben/?tu=2022&den=2022&cay=2022-06-01").status_code == 200
    # and whoever reads both, reads both together
    assert value_at(client_of("cay-tinh"), GIFTS.format("ben") + "&cay=2022-06-01").startswith("36 suất")
    # the work of before the ward began is the ward's on its tree of today
    assert value_at(client_of("cay-phuong"), GIFTS.format("phuong") + "&cay=2025-12-01").startswith("29 suất")


def issued_on(client: Client, unit: str, **more: str) -> IssuedDocument:
    page = client.get(f"/don-vi/{unit}/bao-cao/2025/", more).content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest
    answer = client.post(f"/don-vi/{unit}/bao-cao/2025/ban-hanh/", {"digest": digest[1], "number": "", **more})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return IssuedDocument.objects.get(code=answer["Location"].strip("/").split("/")[-1])


def test_a_report_is_issued_on_the_tree_that_was_looked_at(client_of: ClientOf) -> None:
    client = client_of("quan-tri")
    then, other = issued_on(client, "cay-phuong"), issued_on(client, "cay-phuong", cay="2025-12-01")
    assert then.contents["boundaries_on"] == ""
    assert "cây tổ chức" not in then.title
    assert other.contents["boundaries_on"] == "2025-12-01"
    assert other.title.endswith("năm 2025, theo cây tổ chức ngày 01/12/2025")
    assert then.records_digest != other.records_digest
    page = client.get(f"/van-ban/{other.code}/").content.decode()
    assert "Không khác gì" in page
    assert "cây tổ chức ngày 01/12/2025" in page
    data = client.get(f"/van-ban/{other.code}/docx/").content
    word = "\n".join(each.text for each in docx.Document(io.BytesIO(data)).paragraphs)
    assert "tính theo cây tổ chức ngày 01/12/2025" in word
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/van-ban/{other.code}/xlsx/").content))
    assert "cây tổ chức ngày 01/12/2025" in " ".join(str(c.value) for row in book.active.iter_rows() for c in row)
    answer = client.get(f"/van-ban/{other.code}/pdf/")
    assert answer.content.startswith(b"%PDF")
    assert "cay-2025-12-01" in answer["Content-Disposition"]


def test_what_an_issued_report_would_say_today_is_asked_on_its_own_tree(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.ledger.actions import record_entry
    from nhiemky.rules.indicators import Count
    from nhiemky.rules.quantities import Quantity
    from nhiemky.rules.timeline import Span
    from nhiemky.units.models import Unit

    client = client_of("quan-tri")
    document = issued_on(client, "cay-phuong", cay="2025-12-01")
    record_entry(
        by=cast.users["quan-tri"], unit=Unit.objects.get(code="cay-truong"), kind="tet_gifts",
        period=Span.parse("2025-02-01"), today=cast.today, counts=[Count("suat", Quantity(100))],
    )  # fmt: skip
    page = client.get(f"/van-ban/{document.code}/").content.decode()
    assert "129 suất" in page
    assert "/don-vi/cay-phuong/bao-cao/2025/?cay=2025-12-01" in page
    assert document.contents["boundaries_on"] == "2025-12-01"


def test_a_report_issued_before_trees_could_be_chosen_is_read_as_it_is(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.reports.contents import ReportContents

    stored = {name: value for name, value in cast.document.contents.items() if name != "boundaries_on"}
    contents = ReportContents.from_json(stored)
    assert contents.tree is None
    assert contents.boundaries == "cây tổ chức lúc đó"


def test_the_command_line_asks_a_report_on_a_tree(client_of: ClientOf, capsys: pytest.CaptureFixture[str]) -> None:
    def report(*more: str) -> dict:
        assert main(["report", "cay-phuong", "2025", *more]) == 0
        return json.loads(capsys.readouterr().out)

    def gifts(found: dict) -> dict:
        return next(each for each in found["figures"] if each["indicator"] == "tet_gifts_given")

    assert (report()["boundaries"], gifts(report())["value"]) == ("then", 13)
    on = report("--boundaries", "2025-12-01")
    assert (on["boundaries"], gifts(on)["value"], gifts(on)["boundaries"]) == ("2025-12-01", 29, "2025-12-01")
    assert main(["report", "cay-phuong", "2025", "--boundaries", "hôm nay"]) == 2
    assert "--boundaries 2025-07-01" in capsys.readouterr().err


def test_members_two_levels_below_are_counted_beside_each_other(cast: Cast, client_of: ClientOf) -> None:
    """The register is kept two levels below the unit whose wards are compared, on either boundary."""
    from nhiemky.members.actions import begin_register, enter_person, join_unit
    from nhiemky.rules.timeline import Span
    from nhiemky.units.models import Unit

    by, school = cast.users["quan-tri"], Unit.objects.get(code="cay-truong")
    person = enter_person(by=by, unit=school, name="Trần Thị Mơ")
    join_unit(by=by, unit=school, person=person, valid=Span(date(2021, 1, 1), None), joining="individual")
    begin_register(by=by, unit=school, begins_on=date(2025, 1, 1))
    client = client_of("cay-tinh")
    for tree in ("", "&cay=2026-01-01"):
        page = client.get(
            f"/don-vi/cay-tinh/bieu-do/cap-duoi/?tu=2025&den=2025&so-lieu=register_members{tree}"
        ).content.decode()
        rows = re.findall(r'scope="row">(.*?)</th><td class="c-num" role="cell">(.*?)</td>', page, re.S)
        assert {shown(label): shown(text) for label, text in rows}["Đơn vị thử cay-phuong"] == "1 người", tree
