"""Every address of the staff screens, walked as a stranger, a neighbour, the owner, the level above and an auditor."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django.fixtures import Settings

from tests.web.conftest import PERIOD, SUOI_MONG, Cast

pytestmark = pytest.mark.both_engines

ENTRY = "hc-suoi-mong.e.001"

# addresses of one unit: those who may not read the unit get 404
OF_UNIT = {
    "web.units.unit": [SUOI_MONG],
    "web.reports.report": [SUOI_MONG, PERIOD],
    "web.reports.download": [SUOI_MONG, PERIOD, "xlsx"],
    "web.targets.board": [SUOI_MONG, PERIOD],
    "web.targets.target": ["{target}"],
    "web.figures.figure": ["hardship_support_visits", SUOI_MONG],
    "web.figures.export": ["hardship_support_visits", SUOI_MONG],
    "web.records.entry": ["{entry}"],
    "web.records.statement": ["{statement}"],
    "web.documents.document": ["{document}"],
    "web.documents.file": ["{document}", "pdf"],
}
# addresses that show each person their own
OF_PERSON = {"web.home": [], "web.units.tree": [], "web.documents.list": [], "web.gallery": [], "web.help.index": [], "web.help.page": ["ghi-viec"]}
# addresses of the whole installation
OF_ADMINISTRATOR = {"web.documents.template": [], "web.documents.template_download": []}
ELSEWHERE = {"web.help.picture", "web.account.sign_in", "web.account.sign_out", "web.reports.issue"}

ClientOf = Callable[..., Client]


@pytest.fixture
def address(cast: Cast, db: None) -> Callable[[str], str]:
    from nhiemky.figures.models import Target
    from nhiemky.ledger.models import Entry, Statement

    made = {
        "entry": Entry.objects.filter(unit=cast.unit).order_by("pk")[0].code,
        "statement": Statement.objects.filter(unit=cast.unit).order_by("pk")[0].code,
        "document": cast.document.code,
        "target": Target.objects.filter(unit=cast.unit).order_by("pk")[0].code,
    }
    every = OF_UNIT | OF_PERSON | OF_ADMINISTRATOR
    return lambda name: reverse(name, args=[each.format(**made) for each in every[name]])


@pytest.fixture(autouse=True)
def with_gallery(settings: Settings) -> None:
    settings.GALLERY = True


def test_every_address_is_walked() -> None:
    named = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert named == OF_UNIT.keys() | OF_PERSON.keys() | OF_ADMINISTRATOR.keys() | ELSEWHERE


@pytest.mark.parametrize("name", sorted(OF_UNIT | OF_PERSON | OF_ADMINISTRATOR))
def test_stranger_is_asked_to_sign_in(client_of: ClientOf, address: Callable[[str], str], name: str) -> None:
    answer = client_of().get(address(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("web.account.sign_in"))


@pytest.mark.parametrize("name", sorted(OF_UNIT))
@pytest.mark.parametrize("login", ["song-lo", "hai-ba-trung"])
def test_neighbour_finds_nothing(client_of: ClientOf, address: Callable[[str], str], name: str, login: str) -> None:
    assert client_of(login).get(address(name)).status_code == 404


@pytest.mark.parametrize("name", sorted(OF_UNIT))
@pytest.mark.parametrize("login", ["suoi-mong", "hu-cau", "kiem-tra", "quan-tri"])
def test_owner_level_above_auditor_and_administrator_read(
    client_of: ClientOf, address: Callable[[str], str], name: str, login: str
) -> None:
    assert client_of(login).get(address(name)).status_code == 200


@pytest.mark.parametrize("name", sorted(OF_PERSON))
@pytest.mark.parametrize("login", ["song-lo", "kiem-tra", "quan-tri", "binh-luc"])
def test_everybody_has_their_own(client_of: ClientOf, address: Callable[[str], str], name: str, login: str) -> None:
    answer = client_of(login).get(address(name))
    assert answer.status_code == 200
    if login == "song-lo" and name != "web.gallery":
        assert "Suối Mộng" not in answer.content.decode()


@pytest.mark.parametrize("name", sorted(OF_ADMINISTRATOR))
@pytest.mark.parametrize(("login", "status"), [("quan-tri", 200), ("hu-cau", 404), ("kiem-tra", 404)])
def test_only_an_administrator_sees_the_template(
    client_of: ClientOf, address: Callable[[str], str], name: str, login: str, status: int
) -> None:
    assert client_of(login).get(address(name)).status_code == status


def test_unit_that_does_not_exist_looks_like_one_out_of_reach(client_of: ClientOf) -> None:
    client = client_of("song-lo")
    there, nowhere = client.get("/don-vi/hc-suoi-mong/"), client.get("/don-vi/khong-co/")
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content


def test_gallery_is_only_for_those_who_build(client_of: ClientOf, settings: Settings) -> None:
    settings.GALLERY = False
    assert client_of("quan-tri").get("/gallery/").status_code == 404


@pytest.mark.parametrize(
    ("login", "status"), [("kiem-tra", 403), ("song-lo", 404), ("suoi-mong", 302), ("hu-cau", 302), ("", 302)]
)
def test_who_may_issue(cast: Cast, client_of: ClientOf, login: str, status: int) -> None:
    from nhiemky.documents.models import IssuedDocument
    from nhiemky.reports.queries import report_of
    from nhiemky.units.queries import period_named

    digest = report_of(cast.unit, period_named(cast.unit, PERIOD), cast.today).records_digest
    before = IssuedDocument.objects.count()
    answer = client_of(login).post(
        reverse("web.reports.issue", args=[SUOI_MONG, PERIOD]), {"number": "02/BC", "digest": digest}
    )
    assert answer.status_code == status
    issued = IssuedDocument.objects.count() - before
    assert issued == (1 if login in ("suoi-mong", "hu-cau") else 0)
    if status == 403:
        assert "Hãy nhờ người quản trị" in answer.content.decode()


def test_auditor_is_not_offered_to_issue(client_of: ClientOf) -> None:
    page = reverse("web.reports.report", args=[SUOI_MONG, PERIOD])
    assert "Ban hành báo cáo này" not in client_of("kiem-tra").get(page).content.decode()
    assert "Ban hành báo cáo này" in client_of("suoi-mong").get(page).content.decode()
