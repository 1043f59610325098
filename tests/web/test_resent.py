"""A form sent again: the same contents are acknowledged, other contents are never taken for written."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from tests.web.accounts import PEOPLE, asking
from tests.web.conftest import SUOI_MONG, Cast
from tests.web.forms import NEW, STATE, form_at, latest, record, words
from tests.web.test_target_forms import AT, code_for, count, form, last_target

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
UNIT = f"/don-vi/{SUOI_MONG}"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.EVIDENCE_DIR = tmp_path


@pytest.fixture
def chair(client_of: ClientOf) -> Client:
    return client_of("suoi-mong")


def posted_to(page: str) -> tuple[str, str]:
    """Where the form on the page goes, and its code."""
    action = re.search(r'<form class="[^"]*" method="post" action="([^"]+)"', page)
    code = re.search(r'name="ma" value="([^"]+)"', page)
    assert action and code
    return action[1], code[1]


def test_a_correction_sent_again_with_changes_is_offered_as_the_next(chair: Client) -> None:
    record(chair, so_luot="5", ghi_chu="đầu")
    path = f"/ban-ghi/{latest().code}/sua/"
    sent = form_at(chair, path) | {"so-luot": "5", "ghi-chu": "hai", "ly-do": "gõ nhầm"}
    done, made = chair.post(path, sent)["Location"], latest()
    for other in ({"so-luot": "6"}, {"ly-do": "lý do khác"}, {"ghi-chu": "ba"}, {"so-luot": "sáu"}):
        answer = chair.post(path, sent | other)
        page = words(answer)
        assert answer.status_code == 409, other
        assert "Những chỗ vừa đổi chưa được ghi" in page
        assert all(f'value="{value}"' in page or value in page for value in other.values())
        assert latest() == made
    assert chair.post(path, sent)["Location"] == done
    answer = chair.post(path, sent | {"so-luot": "6"}, headers={"Accept": "application/json"})
    action, code = posted_to(words(answer))
    assert answer.status_code == 409 and action == f"/ban-ghi/{made.code}/sua/"
    assert chair.post(action, sent | {"so-luot": "6", "ma": code}).status_code == 302
    assert latest().replaces == made and [each.value for each in latest().counts.all()] == [6]


def test_a_file_added_to_a_form_sent_again_is_not_taken_for_kept(chair: Client) -> None:
    fields = form_at(chair, f"{NEW}?viec=visit") | {"so-luot": "1"}

    def sent(name: str) -> Any:
        return chair.post(NEW, fields | {"tep": SimpleUploadedFile("a.pdf", f"%PDF-{name}".encode())})

    assert sent("một").status_code == 302
    assert sent("một").status_code == 302
    answer = sent("hai")
    assert answer.status_code == 409 and "Tệp đã chọn cần chọn lại" in words(answer)


def test_work_that_was_cancelled_since_is_offered_as_new_work(chair: Client) -> None:
    fields = form_at(chair, f"{NEW}?viec=visit") | {"so-luot": "1"}
    chair.post(NEW, fields)
    path = f"/ban-ghi/{latest().code}/huy/"
    chair.post(path, form_at(chair, path) | {"ly-do": "nhầm"})
    answer = chair.post(NEW, fields | {"so-luot": "2"})
    action, code = posted_to(words(answer))
    assert answer.status_code == 409 and action == NEW
    assert chair.post(NEW, fields | {"so-luot": "2", "ma": code}).status_code == 302
    assert not latest().cancels and latest().replaces is None


def test_a_cancellation_sent_again_for_another_reason(chair: Client) -> None:
    record(chair, so_luot="1")
    path = f"/ban-ghi/{latest().code}/huy/"
    sent = form_at(chair, path) | {"ly-do": "Ghi nhầm"}
    done, made = chair.post(path, sent)["Location"], latest()
    assert chair.post(path, sent | {"ly-do": "  Ghi   nhầm "})["Location"] == done
    for reason in ("Ghi hai lần", ""):
        answer = chair.post(path, sent | {"ly-do": reason})
        page = words(answer)
        assert answer.status_code == 409 and "lý do đã ghi: “Ghi nhầm”" in page and f'value="{reason}"' in page
        assert "Hủy việc này</button>" not in page
    assert latest() == made and made.reason == "Ghi nhầm"


def test_a_statement_sent_again_with_changes(chair: Client) -> None:
    from nhiemky.ledger.models import Statement

    def newest() -> Statement:
        return Statement.objects.order_by("-pk")[0]

    sent = form_at(chair, f"{STATE}?muc=members") | {"so": "1.234"}
    done, first = chair.post(STATE, sent)["Location"], newest()
    assert chair.post(STATE, sent)["Location"] == done
    for other in ({"so": "1.240"}, {"ghi-chu": "đếm lại"}, {"la": "gt"}, {"so": "nhiều"}):
        assert chair.post(STATE, sent | other).status_code == 409, other
    answer = chair.post(STATE, sent | {"so": "1.240"})
    page = words(answer)
    assert "1.234 người" in page and 'value="1.240"' in page and newest() == first
    action, code = posted_to(page)
    assert action == f"/so-ke/{first.code}/sua/"
    mended = sent | {"so": "1.240", "ma": code, "ly-do": "đếm lại"}
    assert chair.post(action, mended).status_code == 302
    second = newest()
    assert (second.replaces, second.value) == (first, 1240)
    assert chair.post(action, mended).status_code == 302
    for other in ({"so": "1.250"}, {"ly-do": "lý do khác"}):
        answer = chair.post(action, mended | other)
        assert answer.status_code == 409 and posted_to(words(answer))[0] == f"/so-ke/{second.code}/sua/"
    assert newest() == second


@pytest.mark.parametrize(("kind", "typed"), [("grade", "good"), ("money", "1,5 tỷ"), ("percent", "96,2")])
def test_every_kind_of_statement_sent_again_is_the_same(chair: Client, kind: str, typed: str) -> None:
    from nhiemky.ledger import kinds

    subject = next(code for code, each in kinds.subjects().items() if each.type == kind)
    sent = form_at(chair, f"{STATE}?muc={subject}") | {"so": typed}
    assert chair.post(STATE, sent).status_code == 302
    assert chair.post(STATE, sent).status_code == 302


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"kieu": "gte", "can_cu": "by_date", "han": "6/2026", "muc": "92"},
        {"kieu": "lte", "so_lieu": "occupational_accidents", "muc": "5"},
        {"so_lieu": "workers_unionised_pct", "kieu": "gte", "muc": "92,5%"},
        {"so_lieu": "district_union_grade", "kieu": "", "xep_loai": "good"},
        {"ai_giao": "hc-tinh", "van_ban": " Công văn  12", "dieu": "Điều 2 ", "trich": "Kết nạp\nđoàn viên"},
    ],
)
def test_a_target_sent_again(cast: Cast, chair: Client, given: dict[str, str]) -> None:
    from nhiemky.ledger import kinds

    if given.get("xep_loai"):
        given = given | {"xep_loai": list(kinds.grades())[1]}
    before, sent = count(), form(**given)
    for _ in range(2):
        assert chair.post(AT, sent).status_code == 302
    made = last_target()
    answer = chair.post(AT, sent | {"dieu": "Điều 9"})
    page = words(answer)
    assert answer.status_code == 409 and "Những chỗ vừa đổi chưa được ghi" in page and 'value="Điều 9"' in page
    assert f'<a href="/chi-tieu/{made.code}/sua/">' in page
    assert count() == before + 1


def test_a_changed_target_is_offered_as_a_correction(cast: Cast, chair: Client) -> None:
    sent = form()
    chair.post(AT, sent)
    made = last_target()
    action, code = posted_to(words(chair.post(AT, sent | {"muc-tren": "600"})))
    assert action == f"/chi-tieu/{made.code}/sua/"
    mended = sent | {"muc-tren": "600", "ma": code, "ly-do": "gõ nhầm"}
    for _ in range(2):
        assert chair.post(action, mended).status_code == 302
    new = last_target()
    assert (new.replaces, new.high) == (made, 600)
    for other in ({"muc-tren": "700"}, {"ly-do": "khác"}):
        answer = chair.post(action, mended | other)
        assert answer.status_code == 409 and posted_to(words(answer))[0] == f"/chi-tieu/{new.code}/sua/"
    path, sent = f"/chi-tieu/{new.code}/rut/", {"ma": code_for(f"rut:{new.code}"), "ly-do": "đại hội bỏ"}
    for _ in range(2):
        assert chair.post(path, sent).status_code == 302
    answer = chair.post(path, sent | {"ly-do": "lý do khác"})
    page = words(answer)
    assert answer.status_code == 409 and "“đại hội bỏ”" in page and 'value="lý do khác"' in page
    assert last_target().reason == "đại hội bỏ"
    # withdrawn since: the first form, changed, is a new target and no correction
    again = form()
    chair.post(AT, again)
    gone = last_target()
    chair.post(f"/chi-tieu/{gone.code}/rut/", {"ma": code_for(f"rut:{gone.code}"), "ly-do": "bỏ"})
    answer = chair.post(AT, again | {"muc-tren": "900"})
    assert answer.status_code == 409 and posted_to(words(answer))[0] == AT


@pytest.mark.parametrize(
    ("path", "name", "given", "changes"),
    [
        ("/nhiem-ky/moi/", "nhiem-ky",
         {"tu": "2003", "den": "2008", "khoa": "12", "phuong-cham": "Đổi mới", "nghi-quyet": "NQ  12", "so": "1", "ngay": "1/2/2003"},
         [{"den": "2007"}, {"khoa": "13"}, {"phuong-cham": "Khác"}, {"so": "2"}, {"ten": "Tên khác"}]),
        ("/nhiem-ky/moi/", "nhiem-ky", {"tu": "2009", "den": "2012"}, [{"tu": "2008"}]),
        ("/ky-bao-cao/moi/", "ky", {"loai": "school_year", "nam": "2026"}, [{"nam": "2027"}, {"loai": "five_years"}]),
        ("/ky-bao-cao/moi/", "ky", {"loai": "campaign", "ten": "Tháng  Công nhân", "tu": "1/5/2026", "den": "31/5/2026"},
         [{"ten": "Tháng khác"}, {"den": "30/5/2026"}]),
        ("/nhiem-ky/2023-2028/ket-thuc/", "ket-thuc:2023-2028", {"den": "30/6/2025", "van-ban": "QĐ  9"},
         [{"den": "30/7/2025"}, {"den": "6/2025"}, {"van-ban": "QĐ 10"}]),
    ],
)  # fmt: skip
def test_terms_and_periods_sent_again(
    cast: Cast, chair: Client, path: str, name: str, given: dict[str, str], changes: list[dict[str, str]]
) -> None:
    from nhiemky.units.models import NamedPeriod, Term

    sent = given | {"ma": code_for(name)}
    first = chair.post(f"{UNIT}{path}", sent)
    assert first.status_code == 302
    rows = (Term.objects.count(), NamedPeriod.objects.count())
    assert chair.post(f"{UNIT}{path}", sent)["Location"] == first["Location"]
    for other in changes:
        answer = chair.post(f"{UNIT}{path}", sent | other)
        page = words(answer)
        assert answer.status_code == 409 and "đã được ghi lúc" in page, other
        assert "Những chỗ vừa đổi ở dưới chưa được ghi" in page and f'<a href="{UNIT}/">Mở trang' in page
        assert all(f'value="{" ".join(value.split())}"' in page for value in (sent | other).values())
    assert rows == (Term.objects.count(), NamedPeriod.objects.count())


def test_an_invitation_is_made_once_and_shown_once(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.models import OneTimeLink

    client, before = client_of("quan-tri"), OneTimeLink.objects.count()
    sent = asking(client)
    page = words(client.post(PEOPLE, sent))
    [address] = re.findall(r'id="made" value="http://testserver([^"]+)"', page)
    # the code of the form does not give the address away
    assert sent["ma"].partition(":")[0] not in address
    again = words(client.post(PEOPLE, sent))
    assert "đã được lập trước đó" in again and 'id="made"' not in again and address not in again
    for other in ({"for_whom": "anh Ba"}, {"role": "auditor"}):
        answer = client.post(PEOPLE, sent | other)
        assert answer.status_code == 409 and "chưa được ghi" in words(answer) and 'id="made"' not in words(answer)
    assert OneTimeLink.objects.count() == before + 1
    assert client_of().get(address).status_code == 200
    assert client.post(PEOPLE, sent | {"ma": "toi-tu-chon"}).status_code == 422
    other_form = asking(client)
    assert other_form["ma"] != sent["ma"] and 'id="made"' in words(client.post(PEOPLE, other_form))
