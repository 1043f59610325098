"""Every kind of the catalogue can be recorded by form, and what was recorded opens."""

from collections.abc import Callable

import pytest
from django.test import Client

from nhiemky.ledger import kinds
from tests.web.conftest import SUOI_MONG
from tests.web.forms import NEW, form_at, latest

ClientOf = Callable[..., Client]


@pytest.mark.parametrize("kind", kinds.kinds().values(), ids=lambda kind: kind.code)
def test_a_kind_is_recorded(client_of: ClientOf, kind: kinds.Kind) -> None:
    client = client_of("suoi-mong")
    fields = form_at(client, f"{NEW}?viec={kind.code}") | {f"so-{word}": "1" for word in kind.words[:1]}
    if kind.money != "none":
        fields |= {"tien-0": "15 triệu"}
    answer = client.post(NEW, fields)
    assert answer.status_code == 302, answer.content.decode()
    made = latest()
    assert (made.kind, made.unit.code) == (kind.code, SUOI_MONG)
    page = client.get(answer["Location"]).content.decode()
    assert kind.label in page.replace("&#x27;", "'")
    assert ("15 triệu đồng" in page) is (kind.money != "none")


def test_every_subject_has_its_form_and_every_figure_its_page_and_target(client_of: ClientOf) -> None:
    from nhiemky.figures.definitions import definitions, openable

    client = client_of("suoi-mong")
    unit = f"/don-vi/{SUOI_MONG}"
    paths = [f"{unit}/ke-khai/?muc={code}" for code in kinds.subjects()]
    paths += [f"/so-lieu/{code}/{SUOI_MONG}/?tu=2023&den=2028" for code in openable()]
    paths += [f"{unit}/chi-tieu/2023-2028/moi/?so-lieu={code}" for code in definitions()]
    paths += [f"{unit}/bieu-do/co-cau/?linh-vuc={code}" for code in kinds.fields()]
    wrong = [path for path in paths if client.get(path).status_code != 200]
    assert not wrong
    assert len(paths) > 400
