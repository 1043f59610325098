"""A term, a named period and a unit that were written wrongly are put right by form."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.conftest import Cast
from tests.web.test_target_forms import code_for

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]


def test_a_term_is_corrected_by_form(cast: Cast, client_of: ClientOf) -> None:
    client, at = client_of("suoi-mong"), "/don-vi/hc-suoi-mong/nhiem-ky/2023-2028/sua/"
    page = client.get("/don-vi/hc-suoi-mong/").content.decode()
    assert at in page and at in client.get(at.replace("/sua/", "/ket-thuc/")).content.decode()
    page = client.get(at).content.decode()
    for begun in ('value="19/05/2023"', 'value="2028"', 'value="2023–2028"'):
        assert begun in page
    assert 'name="het"' not in page
    sent = {
        "ma": code_for("sua-nhiem-ky:2023-2028"),
        "tu": "20/10/2023",
        "den": "2027",
        "ten": "",
        "khoa": "XI",
        "phuong-cham": "M",
    }
    refused = client.post(at, sent | {"tu": "31/2/2023"})
    assert refused.status_code == 422 and 'value="XI"' in refused.content.decode()
    for _ in range(2):
        assert client.post(at, sent)["Location"] == "/don-vi/hc-suoi-mong/"
    from nhiemky.units.models import Term

    made = Term.objects.order_by("pk").last()
    assert (made.label, made.ordinal, made.motto, made.ends_before) == ("2023–2027", 11, "M", None)
    assert made.replaces and made.planned.isoformat() == "2023-10-20..2027"
    board = client.get("/don-vi/hc-suoi-mong/chi-tieu/2023-2027/").content.decode()
    assert "19</b>" in board or "/19" in board, "the targets of the term are those of the corrected one"
    assert client.get("/don-vi/hc-suoi-mong/bao-cao/2023-2028/").status_code == 200, "the address from before"


def test_a_closed_term_is_opened_again(cast: Cast, client_of: ClientOf) -> None:
    client, at = client_of("suoi-mong"), "/don-vi/hc-suoi-mong/nhiem-ky/2023-2028/sua/"
    client.post(at.replace("/sua/", "/ket-thuc/"), {"ma": code_for("ket-thuc:2023-2028"), "den": "30/6/2025"})
    assert 'name="het" value="30/06/2025"' in client.get(at).content.decode()
    sent = {"ma": code_for("sua-nhiem-ky:2023-2028"), "tu": "19/5/2023", "den": "2028", "ten": "2023–2028"}
    client.post(at, sent | {"het": ""})
    assert "19/05/2023 – 2028" in client.get("/don-vi/hc-suoi-mong/").content.decode()


def test_a_named_period_is_corrected_by_form(cast: Cast, client_of: ClientOf) -> None:
    client, where = client_of("suoi-mong"), "/don-vi/hc-suoi-mong/ky-bao-cao/"
    client.post(where + "moi/", {"ma": code_for("ky"), "loai": "school_year", "nam": "2020"})
    at = where + "nam-hoc-2020-2021/sua/"
    assert at in client.get("/don-vi/hc-suoi-mong/").content.decode()
    assert 'value="09/2020"' in client.get(at).content.decode()
    sent = {"ma": code_for("sua-ky:nam-hoc-2020-2021"), "ten": "Năm học 2020–2021", "tu": "5/9/2020", "den": "5/2021"}
    assert client.post(at, sent | {"den": "2019"}).status_code == 422
    for _ in range(2):
        assert client.post(at, sent)["Location"] == "/don-vi/hc-suoi-mong/"
    assert "05/09/2020 – 05/2021" in client.get("/don-vi/hc-suoi-mong/").content.decode()
    assert client.get(where + "khong-co/sua/").status_code == client.get(where + "2023-2028/sua/").status_code == 404


def test_the_unit_is_amended_by_form(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.units.models import Unit
    from nhiemky.units.queries import card

    unit = Unit.objects.get(code="hc-thcs-may-trang")
    here, client, at = card(unit, cast.today), client_of("quan-tri"), "/don-vi/hc-thcs-may-trang/ten/"
    page = client.get(at).content.decode()
    assert '<option value="grassroots" selected' in page and '<option value="hcsn" selected' in page
    sent = {
        "name": here.name,
        "short": here.short,
        "kind": "grassroots_trade",
        "block": "nghiep_doan",
        "note": "Dưới X",
    }
    assert client.post(at, sent | {"kind": "x"}).status_code == 422
    answer = client.post(at, sent, follow=True).content.decode()
    assert "Đã sửa thông tin đơn vị" in answer and "Dưới X" in answer
    assert (card(unit, cast.today).kind, card(unit, cast.today).block) == ("grassroots_trade", "nghiep_doan")
