"""What the pages say, and what they do with bad input."""

import hashlib
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from tests.web.conftest import PERIOD, SUOI_MONG, Cast

ClientOf = Callable[..., Client]
FIGURE = "/so-lieu/hardship_support_visits/nho-quan/?tu=2018&den=2023-06-11"


def shown(client: Client, path: str, status: int = 200, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def test_report_shows_its_figures_as_links_that_open(client_of: ClientOf) -> None:
    client = client_of("nho-quan")
    page = shown(client, "/don-vi/nho-quan/bao-cao/2018-2023/")
    for text in ("13/13", "3.161", "1.636 triệu đồng", "9.092", "1.041 triệu đồng", "2018 – 11/06/2023"):
        assert text in page
    links = set(re.findall(r'<a class="fig" href="([^"]+)"', page))
    assert len(links) >= 5
    for link in links:
        assert "chưa có số liệu" not in shown(client, link.replace("&amp;", "&"))


def test_figure_page_and_fragment_say_the_same(client_of: ClientOf) -> None:
    client = client_of("nho-quan")
    page, part = shown(client, FIGURE), shown(client, FIGURE, **{"HX-Request": "true"})
    assert "<html" in page and "<html" not in part
    for text in ("3.161 lượt", "1.636 triệu đồng", "số tổng đã công bố", "Cộng số lượt của việc"):
        assert text in page and text in part
    assert "HX-Request" in client.get(FIGURE)["Vary"]


def test_figure_names_what_it_does_not_count(client_of: ClientOf) -> None:
    page = shown(client_of("hu-cau"), f"/so-lieu/hardship_support_visits/{SUOI_MONG}/?tu=2018-05-20&den=2023-05-18")
    assert "Không cộng vào" in page and "Đã nằm trong số tổng đã công bố" in page
    assert "6 đơn vị ngày 18/05/2023" in page


def test_ratio_shows_both_numbers(client_of: ClientOf) -> None:
    page = shown(client_of("hu-cau"), f"/so-lieu/workers_unionised_pct/{SUOI_MONG}/?tu=2023-05-19&den=2028")
    assert "Tử số" in page and "Mẫu số" in page


def test_counted_rows_add_up_to_the_figure(cast: Cast, client_of: ClientOf) -> None:
    path = "/so-lieu/hardship_support_visits/hc-tinh/excel/?tu=2018&den=2028"
    answer = client_of("hu-cau").get(path)
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = [row for row in sheet.iter_rows(min_row=3, values_only=True) if row[0] == "có"]
    from nhiemky.figures.queries import Asked, figure_of
    from nhiemky.rules.timeline import Span
    from nhiemky.units.models import Unit

    asked = Asked(Span(date(2018, 1, 1), date(2029, 1, 1)), cast.today)
    figure, _ = figure_of("hardship_support_visits", Unit.objects.get(code="hc-tinh"), asked, cast.today)
    assert len(rows) == len(figure.records) > 1
    assert sum(row[4] or 0 for row in rows) == figure.value.value
    assert sum(row[6] or 0 for row in rows) == figure.money.value


def test_tally_of_targets_opens_into_its_targets(client_of: ClientOf) -> None:
    client, query = client_of("hu-cau"), "?tu=2023-05-19&den=2028"
    path = f"/so-lieu/resolution_targets_completed/{SUOI_MONG}/"
    page = shown(client, path + query)
    met, _, whole = re.search(r"<b>(\d+)(/)(\d+) chỉ tiêu</b>", page).groups()
    assert page.count('<li><span class="attend-what">') == int(whole)
    sheet = load_workbook(io.BytesIO(client.get(f"{path}excel/{query}").content)).active
    states = [row[3] for row in sheet.iter_rows(min_row=3, max_row=2 + int(whole), values_only=True)]
    assert states.count("đạt") == int(met)


def test_records_of_units_out_of_reach_are_named_without_a_link(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.actions import create_user
    from nhiemky.foundation.roles import Role
    from nhiemky.units.actions import give_grant

    by = cast.users["quan-tri"]
    alone = create_user(by=by, username="rieng", display_name="Chỉ riêng đơn vị", password="mat-khau-dai-du")
    give_grant(by=by, unit=cast.unit, user=alone, role=Role.OFFICER, below=False, starts_on=cast.today)
    client = Client()
    client.force_login(alone, backend="django.contrib.auth.backends.ModelBackend")
    page = shown(client, f"/so-lieu/workers_total/{SUOI_MONG}/?tu=2023-05-19&den=2028")
    rows = re.findall(r'<(a|span) class="rec-what"', page)
    assert "span" in rows
    for link in re.findall(r'<a class="rec-what" href="([^"]+)"', page):
        assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/don-vi/?ngay=31/2/2024&q=nho", "31/2/2024"),
        ("/so-lieu/hardship_support_visits/nho-quan/?tu=31/2/2024&den=2025", "31/2/2024"),
        ("/so-lieu/hardship_support_visits/nho-quan/?tu=2025&den=2020", "2020"),
        ("/don-vi/nho-quan/bao-cao/2018-2023/?tu=hôm+qua&den=2025", "hôm qua"),
        ("/don-vi/nho-quan/bao-cao/2018-2023/?tu=2025&den=", "2025"),
    ],
)
def test_bad_date_gets_a_sentence_and_keeps_what_was_typed(client_of: ClientOf, path: str, kept: str) -> None:
    page = shown(client_of("nho-quan"), path, status=422)
    assert "chưa đúng. Hãy ghi" in page and f'value="{kept}"' in page


def test_typed_period_leads_to_its_report(client_of: ClientOf) -> None:
    answer = client_of("nho-quan").get("/don-vi/nho-quan/bao-cao/2018-2023/?tu=1/1/2024&den=6/2024")
    assert answer["Location"] == "/don-vi/nho-quan/bao-cao/2024-01-01..2024-06/"
    assert client_of("nho-quan").get(answer["Location"]).status_code == 200


def test_tree_finds_without_accents_in_any_order_as_page_and_fragment(client_of: ClientOf) -> None:
    client = client_of("quan-tri")
    page, part = shown(client, "/don-vi/?q=lo+song"), shown(client, "/don-vi/?q=lo+song", **{"HX-Request": "true"})
    for text in (page, part):
        assert "huyện Sông Lô" in text and "Nho Quan" not in text
        assert "trực thuộc LĐLĐ tỉnh Vĩnh Phúc" in text
    assert "<html" not in part


def test_tree_is_that_of_the_day(client_of: ClientOf) -> None:
    client = client_of("hu-cau")
    assert "Lái xe Đồi Gió" in shown(client, "/don-vi/")
    earlier = shown(client, "/don-vi/?ngay=12/6/2023")
    assert "Lái xe Đồi Gió" not in earlier and "12/06/2023" in earlier


def test_corrections_are_visible_with_their_history(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.ledger.models import Entry

    later = Entry.objects.filter(replaces__isnull=False, cancels=False).select_related("unit", "replaces")[0]
    client = client_of("quan-tri")
    new, old = shown(client, f"/ban-ghi/{later.code}/"), shown(client, f"/ban-ghi/{later.replaces.code}/")
    assert later.reason in new and "Ghi lần đầu" in new and "<s>" in new
    assert "Mở bản mới nhất" in old and f"/ban-ghi/{later.code}/" in old
    gone = Entry.objects.filter(cancels=True).select_related("unit")[0]
    assert "đã hủy" in shown(client, f"/ban-ghi/{gone.code}/")
    assert "đã hủy" in shown(client, f"/don-vi/{gone.unit.code}/")


def test_board_filters_by_state(client_of: ClientOf) -> None:
    client = client_of("hu-cau")
    path = f"/don-vi/{SUOI_MONG}/chi-tieu/2023-2028/"
    every, behind = shown(client, path), shown(client, f"{path}?trang-thai=behind")
    rows = [page.count('role="rowheader"') for page in (every, behind)]
    assert 0 < rows[1] < rows[0]
    assert shown(client, f"{path}?trang-thai=khong-co").count("rowheader") == every.count("rowheader")


def test_issued_file_is_served_byte_for_byte(cast: Cast, client_of: ClientOf) -> None:
    client = client_of("suoi-mong")
    page = shown(client, f"/van-ban/{cast.document.code}/")
    for file in cast.document.files.all():
        answer = client.get(reverse("web.documents.file", args=[cast.document.code, file.format]))
        assert hashlib.sha256(answer.content).hexdigest() == file.digest
        assert file.digest in page
        assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(f"/van-ban/{cast.document.code}/exe/").status_code == 404
    assert "Không khác gì" in page


def test_issued_document_names_what_reads_otherwise_today(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.ledger.actions import record_entry
    from nhiemky.rules.indicators import Count
    from nhiemky.rules.quantities import Quantity
    from nhiemky.rules.timeline import Span

    record_entry(
        by=cast.users["suoi-mong"], unit=cast.unit, kind="training", period=Span.on(date(2022, 3, 1)),
        today=cast.today, counts=[Count("lop", Quantity(5))],
    )  # fmt: skip
    page = shown(client_of("suoi-mong"), f"/van-ban/{cast.document.code}/")
    assert "Lúc ban hành" in page and "Lớp tập huấn" in page


def test_issue_is_refused_when_figures_changed_since_the_page(cast: Cast, client_of: ClientOf) -> None:
    client = client_of("suoi-mong")
    answer = client.post(reverse("web.reports.issue", args=[SUOI_MONG, PERIOD]), {"number": "9/BC", "digest": "khác"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Số liệu đã thay đổi" in page and 'value="9/BC"' in page


def test_who_lands_on_the_form_by_address_sees_the_report(client_of: ClientOf) -> None:
    answer = client_of("suoi-mong").get(reverse("web.reports.issue", args=[SUOI_MONG, PERIOD]))
    assert answer["Location"] == reverse("web.reports.report", args=[SUOI_MONG, PERIOD])


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("mau.exe", b"MZ\x90\x00", "không phải tệp Word"),
        ("mau.docx", b"MZ\x90\x00" * 100, "không phải là văn bản Word"),
        ("mau.docx", b"", "Chưa chọn tệp"),
        ("mau.docx", b"x" * (10 * 1024 * 1024 + 1), "10 MB"),
    ],
)
def test_bad_template_is_refused_in_a_sentence(client_of: ClientOf, name: str, data: bytes, sentence: str) -> None:
    from nhiemky.documents.models import WordTemplate

    answer = client_of("quan-tri").post("/mau-van-ban/", {"template": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not WordTemplate.objects.exists()


def test_a_template_that_leaves_things_out_is_refused_with_their_names(client_of: ClientOf) -> None:
    client = client_of("quan-tri")
    blank, kept = Document(), io.BytesIO()
    blank.add_paragraph("rỗng")
    blank.save(kept)
    answer = client.post("/mau-van-ban/", {"template": SimpleUploadedFile("mau.docx", kept.getvalue())})
    assert answer.status_code == 422
    for name in ("linh_vuc", "chi_tieu", "nguon", "hu_cau"):
        assert name in answer.content.decode()


def test_the_built_in_template_can_be_used_again(client_of: ClientOf) -> None:
    client = client_of("quan-tri")
    own = client.get("/mau-van-ban/tai/").content
    client.post("/mau-van-ban/", {"template": SimpleUploadedFile("mau.docx", own)})
    assert "mẫu riêng của cơ quan" in client.get("/mau-van-ban/").content.decode()
    client.post("/mau-van-ban/", {"built-in": "1"})
    assert "mẫu riêng của cơ quan" not in client.get("/mau-van-ban/").content.decode()
    assert client.post("/mau-van-ban/", {"built-in": "1"}).status_code == 422


def test_a_period_of_ones_own_is_asked_for_on_the_units_page(client_of: ClientOf) -> None:
    client = client_of("binh-luc")
    answer = client.get("/don-vi/ldld-binh-luc/?tu=2017&den=6/2022")
    assert (answer.status_code, answer["Location"]) == (302, "/don-vi/ldld-binh-luc/bao-cao/2017..2022-06/")
    for query in ("tu=31/2/2023&den=2023", "tu=2023&den=31/2/2023", "tu=2023&den=2022", "tu=2023"):
        assert 'role="alert"' in shown(client, f"/don-vi/ldld-binh-luc/?{query}")
    assert "Ô “Đến hết” ghi “31/2/2023” chưa đúng" in shown(client, "/don-vi/ldld-binh-luc/?tu=2023&den=31/2/2023")


def test_a_half_known_share_says_what_is_missing(client_of: ClientOf) -> None:
    page = shown(client_of("kiem-tra"), "/don-vi/hc-kcn/chi-tieu/2023-2028/")
    assert "mới có một trong hai số để tính tỷ lệ" in page
    report = shown(client_of("kiem-tra"), "/don-vi/hc-kcn/bao-cao/2023-2028/")
    assert re.search("cần cả hai số “[^”]+” và “[^”]+” của cùng một đơn vị", report) and "kê khai lẻ" not in report


def test_a_target_opens_into_who_set_it_where_it_was_read_and_what_was_measured(client_of: ClientOf) -> None:
    client = client_of("nho-quan")
    [address] = set(
        re.findall(r'href="(/chi-tieu/[^"/]*ket-nap[^"/]*/)"', shown(client, "/don-vi/nho-quan/chi-tieu/2023-2028/"))
    )
    page, part = shown(client, address), shown(client, address, **{"HX-Request": "true"})
    assert "<html" in page and "<html" not in part
    for text in ("từ 300 – 500 người", "từ 300 - 500 đoàn viên", "đoạn", "nghị quyết của đơn vị"):
        assert text in page and text in part


def test_no_cache_keeps_what_a_person_saw(client_of: ClientOf) -> None:
    assert client_of("nho-quan").get("/")["Cache-Control"] == "private, no-cache"


def test_template_in_use_can_be_taken_away_and_given_back(client_of: ClientOf) -> None:
    client = client_of("quan-tri")
    data = client.get("/mau-van-ban/tai/").content
    answer = client.post("/mau-van-ban/", {"template": SimpleUploadedFile("mau.docx", data)}, follow=True)
    page = answer.content.decode()
    assert "Đã nhận mẫu mới" in page and "mẫu riêng của cơ quan" in page


@pytest.mark.parametrize("format", ["docx", "pdf", "xlsx"])
def test_report_is_taken_away(client_of: ClientOf, format: str) -> None:
    answer = client_of("nho-quan").get(f"/don-vi/nho-quan/bao-cao/2018-2023/tai/{format}/")
    assert answer.status_code == 200
    assert f'.{format}"' in answer["Content-Disposition"]


def test_report_as_a_file_on_disk_needs_no_server(cast: Cast, db: None) -> None:
    from nhiemky.reports.queries import report_of
    from nhiemky.units.queries import period_named
    from nhiemky.web.reports.page import standalone_page

    page = standalone_page(report_of(cast.unit, period_named(cast.unit, PERIOD), cast.today))
    assert "1.520" in page and "Đơn vị hư cấu, số liệu minh họa" in page and "<style>" in page
    assert set(re.findall(r'(?:href|src)="([^"#][^"]*)"', page)) == set()


def test_fictional_banner_stands_only_where_it_is_true(client_of: ClientOf) -> None:
    banner = "Đơn vị hư cấu, số liệu minh họa"
    assert banner in shown(client_of("hu-cau"), "/")
    assert banner not in shown(client_of("nho-quan"), "/")
    assert banner not in shown(client_of("nho-quan"), "/don-vi/nho-quan/bao-cao/2018-2023/")


def test_the_first_page_leads_nowhere_that_is_closed(client_of: ClientOf) -> None:
    for login in ("chu-tich", "van-thu", "kiem-tra"):
        client = client_of(login)
        for address in sorted(set(re.findall(r'href="(/don-vi/[\w-]+/)"', shown(client, "/")))):
            assert client.get(address).status_code == 200, (login, address)


def test_who_has_no_unit_is_told_what_to_do(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.actions import create_user

    cast.users["moi"] = create_user(
        by=cast.users["quan-tri"], username="moi", display_name="Người mới", password="mat-khau-dai-du"
    )
    assert "Bạn chưa được giao đơn vị nào" in shown(client_of("moi"), "/")
    assert "nhờ người quản trị giao quyền" in shown(client_of("moi"), "/don-vi/")


def test_every_figure_says_how_it_was_made(client_of: ClientOf) -> None:
    for path in (f"/don-vi/{SUOI_MONG}/bao-cao/2018-2023/", f"/don-vi/{SUOI_MONG}/chi-tieu/2023-2028/"):
        page = shown(client_of("hu-cau"), path)
        figures = re.findall(r'<a class="fig" [^>]*>', page.partition('id="p-phuong-huong"')[0])
        assert len(figures) > 10
        assert [each for each in figures if 'title="' not in each] == []


def test_html_in_a_name_stays_text(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.ledger.actions import record_entry
    from nhiemky.rules.indicators import Count
    from nhiemky.rules.quantities import Quantity
    from nhiemky.rules.timeline import Span

    row = record_entry(
        by=cast.users["suoi-mong"], unit=cast.unit, kind="training", period=Span.on(date(2024, 3, 1)),
        today=cast.today, counts=[Count("lop", Quantity(1))], note="<script>alert(1)</script>",
    )  # fmt: skip
    page = shown(client_of("suoi-mong"), f"/ban-ghi/{row.code}/")
    assert "<script>alert" not in page and "&lt;script&gt;" in page
