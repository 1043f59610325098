"""The 67 published figures: each is in its unit's report as it was published, and opens into its record."""

from __future__ import annotations

import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from docx import Document

from nhiemky.figures.definitions import definitions
from nhiemky.figures.models import Target
from nhiemky.figures.queries import Asked, figure_of, open_figure
from nhiemky.foundation import clock
from nhiemky.foundation.models import User
from nhiemky.ledger.models import Entry, Statement
from nhiemky.reports.contents import ReportContents
from nhiemky.reports.json import report_json
from nhiemky.reports.queries import report_of
from nhiemky.reports.render import render
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.units.queries import period_named

PUBLISHED: list[dict[str, Any]] = json.loads((Path(__file__).parent / "figures.json").read_text("utf-8"))
REPORTS = sorted({(row["unit"], row["period"]) for row in PUBLISHED})

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def report(unit: str, period: str) -> ReportContents:
    row = Unit.objects.get(code=unit)
    asked = period_named(row, period)
    assert asked is not None
    return report_of(row, asked, clock.today())


def the_figure(found: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    rows = found["targets"] + found["direction"] if row["kind"] == "target" else found["figures"]
    matching = [each for each in rows if each["indicator"] == row["indicator"]]
    assert len(matching) == 1, f"figure {row['no']} {row['indicator']}: {len(matching)} lines in the report"
    return matching[0]


def check_numbers(figure: dict[str, Any], row: dict[str, Any]) -> None:
    assert figure["comparator"] == row["comparator"]
    if "out_of" in row:
        assert (figure["numerator"], figure["denominator"]) == (row["value"], row["out_of"])
    elif "value_min" in row:
        assert (figure["min"], figure["max"]) == (row["value_min"], row["value_max"])
    elif "value_text" in row:
        assert figure["value_text"] == row["value_text"]
    else:
        assert figure["value"] == row["value"]
    if "amount_vnd" in row:
        money = figure if row["indicator"] == "employment_loan_capital" else figure["money"]
        of_value = row["comparator"] if row["value"] == row["amount_vnd"] else "eq"
        assert (money["value"], money["comparator"]) == (row["amount_vnd"], row.get("amount_cmp", of_value))
    if "amount_text" in row:
        assert (figure["money"]["value"], figure["money"]["value_text"]) == (None, row["amount_text"])


def word_lines(contents: ReportContents) -> list[str]:
    """The text of the Word report, a table row or a paragraph each."""
    document = Document(io.BytesIO(render(contents, "docx")))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    return [" | ".join(cells) for cells in rows] + [paragraph.text for paragraph in document.paragraphs]


def page_lines(unit: str, period: str) -> list[str]:
    """The text of the report page, a table row each, as the administrator sees it."""
    client = administrator()
    answer = client.get(f"/don-vi/{unit}/bao-cao/{period_named(Unit.objects.get(code=unit), period).key}/")
    assert answer.status_code == 200
    rows = re.findall(r"<tr.*?</tr>", answer.content.decode(), flags=re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def test_every_figure_is_reported_as_published_and_opens(capsys: pytest.CaptureFixture[str]) -> None:
    contents = {each: report(*each) for each in REPORTS}
    page = {each: page_lines(*each) for each in REPORTS}
    answers = {each: report_json(contents[each]) for each in REPORTS}
    word = {each: word_lines(contents[each]) for each in REPORTS}
    seen = 0
    for row in PUBLISHED:
        place = (row["unit"], row["period"])
        figure = the_figure(answers[place], row)
        check_numbers(figure, row)
        label = figure["label"]
        of_figure = [line for line in word[place] if label in line]
        assert any(all(text in line for text in row["shows"]) for line in of_figure), (
            row["no"],
            row["shows"],
            of_figure,
        )
        shown = [line for line in page[place] if label in line]
        assert any(all(text in line for text in row["shows"]) for line in shown), (row["no"], row["shows"], shown)
        check_opens(figure, row)
        seen += 1
    with capsys.disabled():
        print(f"\npublished figures shown and opened: {seen} of {len(PUBLISHED)}")
    assert seen == 67


def check_opens(figure: dict[str, Any], row: dict[str, Any]) -> None:
    if row["kind"] == "target":
        check_target_opens(figure["id"], row)
        return
    assert len(figure["entries"]) == 1, (row["no"], figure["entries"])
    code = figure["entries"][0]
    record = Entry.objects.filter(code=code).first() or Statement.objects.get(code=code)
    assert record.unit.code == row["unit"]
    assert record.source is not None and record.places


def check_target_opens(code: str, row: dict[str, Any]) -> None:
    """From the row of the report one comes to the target's page, which names where it was read."""
    client = administrator()
    unit = Unit.objects.get(code=row["unit"])
    page = client.get(f"/don-vi/{unit.code}/bao-cao/{period_named(unit, row['period']).key}/").content.decode()
    target = Target.objects.select_related("source").get(code=code)
    assert target.source is not None and target.places
    assert f'href="/chi-tieu/{code}/"' in page, row["no"]
    opened = html.unescape(client.get(f"/chi-tieu/{code}/").content.decode())
    for text in (*row["shows"], target.source.title, *target.places):
        assert text in opened, (row["no"], text)


def administrator() -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="quan-tri"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_figure_opens_into_the_rows_that_make_it() -> None:
    today = clock.today()
    for unit, period in REPORTS:
        for figure in report_json(report(unit, period))["figures"]:
            if "period" not in figure:
                continue
            span = Span.parse(figure["period"])
            asked = Asked(span, min(span.last_day, today))
            found, material = figure_of(figure["indicator"], Unit.objects.get(code=unit), asked, today)
            opened = open_figure(found, material)
            assert sorted(row.code for row in opened.counted) == sorted(figure["entries"])
            if definitions()[figure["indicator"]].measure == "count" and not found.value.vague:
                assert sum(row.value or 0 for row in opened.counted) == found.value.value


def test_a_fact_stated_twice_is_stored_once_with_both_places() -> None:
    twice = [row for row in PUBLISHED if row["no"] in (36, 38, 37, 44, 40, 41)]
    answer = report_json(report("cd-ubnd-hai-ba-trung", "2017-2022"))
    codes = {the_figure(answer, row)["entries"][0] for row in twice}
    assert len(codes) == 3
    for code in codes:
        record = Entry.objects.filter(code=code).first() or Statement.objects.get(code=code)
        assert len(record.places) >= 2, code


def test_a_vague_amount_adds_nothing_and_marks_the_total() -> None:
    contents = report("huyen-khong-neu-ten", "2022-2023")
    [line] = [
        line for section in contents.sections for line in section.lines if line.indicator == "sick_members_visited"
    ]
    assert (line.text, line.money, line.incomplete) == ("trên 100 lượt", "hàng trăm triệu đồng", True)
    assert line.json["money"]["value"] is None and line.json["money"]["incomplete"]
    assert any("hàng trăm triệu đồng" in remark for remark in contents.remarks)


def test_nothing_is_invented() -> None:
    people = {post.person for unit, period in REPORTS for post in report(unit, period).posts}
    assert people == {"Cao Thị Hoa", "Trần Tuấn Anh"}
    parents = {unit: report(unit, period).parent_name for unit, period in REPORTS}
    assert parents["nho-quan"] == parents["huyen-khong-neu-ten"] == ""
    assert "không nêu tên" in Unit.objects.get(code="huyen-khong-neu-ten").names.get().name
    assert not Unit.objects.get(code="song-lo").terms.exists()
    assert all(unit.ends_before is None for unit in Unit.objects.filter(fictional=False))


def test_loading_the_published_files_again_changes_nothing(clerk: User) -> None:
    from django.conf import settings

    from nhiemky.exchange.actions import load_file

    before = (Entry.objects.count(), Statement.objects.count(), Target.objects.count(), Unit.objects.count())
    for path in sorted((settings.DATA_DIR / "published").glob("*.jsonl")):
        assert load_file(by=clerk, contents=path.read_bytes(), today=clock.today()).written == 0
    assert before == (Entry.objects.count(), Statement.objects.count(), Target.objects.count(), Unit.objects.count())


def test_no_sentence_of_the_articles_stands_in_the_files() -> None:
    """Facts only: no text of the published files is longer than a short remark."""
    from django.conf import settings

    for path in (settings.DATA_DIR / "published").glob("*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            for value in json.loads(line).values():
                assert not isinstance(value, str) or len(value) < 260, (path.name, value)
