"""Every address of the staff screens, walked as a stranger, a neighbour, the owner, the level above and an auditor."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_settings
from django.urls import get_resolver, reverse
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from tests.factories import taken_back
from tests.foundation.backup.installation import backup_file
from tests.web.conftest import PERIOD, SUOI_MONG, Cast
from tests.web.members import people_at
from tests.web.moving import waiting_transfer

pytestmark = pytest.mark.both_engines

ENTRY = "hc-suoi-mong.e.001"

# addresses of one unit: those who may not read the unit get 404
OF_UNIT = {
    "web.units.unit": [SUOI_MONG],
    "web.units.life": [SUOI_MONG],
    "web.reports.report": [SUOI_MONG, PERIOD],
    "web.reports.download": [SUOI_MONG, PERIOD, "xlsx"],
    "web.targets.board": [SUOI_MONG, PERIOD],
    "web.targets.target": ["{target}"],
    "web.charts.chart": [SUOI_MONG, "cham-lo"],
    "web.charts.file": [SUOI_MONG, "cap-duoi", "png"],
    "web.figures.figure": ["hardship_support_visits", SUOI_MONG],
    "web.figures.export": ["hardship_support_visits", SUOI_MONG],
    "web.records.entry": ["{entry}"],
    "web.records.statement": ["{statement}"],
    "web.records.export": [SUOI_MONG],
    "web.records.evidence": ["{entry}", "{evidence}"],
    "web.members.import_template": [SUOI_MONG],
    "web.documents.document": ["{document}"],
    "web.documents.file": ["{document}", "pdf"],
    "web.members.person": ["{person}"],
    "web.transfers.list": [SUOI_MONG],
    "web.transfers.transfer": ["{transfer}"],
    "web.posts.list": [SUOI_MONG],
    "web.posts.body": [SUOI_MONG, "bch"],
    "web.members.list": [SUOI_MONG],
    "web.members.export": [SUOI_MONG],
    "web.members.brief_list": [SUOI_MONG],
    "web.members.readings": [SUOI_MONG],
}
# addresses of one unit for those who record there: to those who only read it, a sentence
OF_RECORDER = {
    "web.records.new": [SUOI_MONG],
    "web.records.state": [SUOI_MONG],
    "web.records.correct": ["{entry}"],
    "web.records.cancel": ["{entry}"],
    "web.records.correct_statement": ["{statement}"],
    "web.members.new": [SUOI_MONG],
    "web.members.new_many": [SUOI_MONG],
    "web.members.dues_of_unit": [SUOI_MONG],
    "web.members.amend": ["{person}"],
    "web.members.leave": ["{person}"],
    "web.members.rejoin": ["{former}"],
    "web.members.correct": ["{person}", "{stay}"],
    "web.members.annul": ["{person}", "{stay}"],
    "web.members.group": ["{person}"],
    "web.members.standing": ["{person}"],
    "web.members.standing_end": ["{person}", "{standing}"],
    "web.members.dues": ["{person}"],
    "web.members.child": ["{person}"],
    "web.members.child_gone": ["{person}", "{child}"],
    "web.transfers.new": ["{member}"],
    "web.transfers.receive": [SUOI_MONG],
    "web.members.import": [SUOI_MONG],
    "web.members.reveal": ["{person}"],
    "web.members.own_data": ["{person}"],
}
# addresses of one unit where something is written: an auditor, who only reads, is told so
OF_WRITER = {
    "web.terms.open": [SUOI_MONG],
    "web.terms.close": [SUOI_MONG, "2023-2028"],
    "web.terms.correct": [SUOI_MONG, "2023-2028"],
    "web.periods.name": [SUOI_MONG],
    "web.periods.correct": [SUOI_MONG, "thang-cong-nhan"],
    "web.targets.adopt": [SUOI_MONG, "2023-2028"],
    "web.targets.correct": ["{target}"],
    "web.targets.withdraw": ["{target}"],
    "web.members.merge": ["{person}"],
    "web.posts.fill": [SUOI_MONG],
    "web.posts.size": [SUOI_MONG],
    "web.posts.choose": [SUOI_MONG],
    "web.posts.correct": ["hc-suoi-mong.c.chu-tich-2"],
    "web.posts.end": ["hc-suoi-mong.c.chu-tich-2"],
}
# addresses that show each person their own
OF_PERSON = {
    "web.records.pick_unit": [],
    "web.records.amount": [],
    "web.home": [],
    "web.members.search": [],
    "web.units.tree": [],
    "web.documents.list": [],
    "web.gallery": [],
    "web.help.index": [],
    "web.help.page": ["ghi-viec"],
    "web.rulesets.rules": [],
    "web.account.account": [],
    "web.account.password": [],
    "web.account.confirm": [],
    "web.account.factor": [],
}
# addresses of one's own account that ask for the password again
OF_ACCOUNT = {"web.account.app": [], "web.account.passkey": [], "web.account.codes": []}
# addresses of one unit for whoever answers for it
OF_KEEPER = {
    "web.account.invite": [SUOI_MONG],
    "web.units.name": [SUOI_MONG],
    "web.members.begin": [SUOI_MONG],
}
# addresses of the whole installation
OF_ADMINISTRATOR = {
    "web.documents.template": [],
    "web.documents.template_download": [],
    "web.care.backups": [],
    "web.care.download": ["cua-toi.zip"],
}
# walked in tests of their own: the doors, the addresses that work once, and those that only write
ELSEWHERE = {
    "web.account.sign_in",
    "web.account.sign_out",
    "web.account.code",
    "web.account.start",
    "web.account.accept",
    "web.account.forgot",
    "web.account.reset",
    "web.account.email",
    "web.account.remove_factor",
    "web.account.revoke",
    "web.account.end_grant",
    "web.reports.issue",
    "web.records.add_evidence",
    "web.care.order",
    "web.help.picture",
    "web.members.unmerge",
    "web.transfers.accept",
    "web.transfers.refuse",
    "web.transfers.withdraw",
    "web.transfers.letter",
    "web.posts.annul",
    "web.members.import_columns",
    "web.members.import_preview",
    "web.members.import_apply",
    "web.members.import_report",
    "web.members.import_drop",
    "web.members.erase",
}
EVERY = OF_UNIT | OF_RECORDER | OF_WRITER | OF_PERSON | OF_ACCOUNT | OF_KEEPER | OF_ADMINISTRATOR

ClientOf = Callable[..., Client]


@pytest.fixture(scope="module")
def evidence_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evidence")


@pytest.fixture(scope="module")
def codes(cast: Cast, evidence_dir: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, str]]:
    """What the addresses name, of the cast's unit: made once, for walking changes none of it."""
    with override_settings(EVIDENCE_DIR=evidence_dir):
        yield from taken_back(django_db_blocker, lambda: _make(cast))


def _make(cast: Cast) -> dict[str, str]:
    from nhiemky.figures.models import Target
    from nhiemky.foundation.files import prepared
    from nhiemky.ledger.actions import attach_evidence
    from nhiemky.ledger.models import Entry, Statement
    from nhiemky.members.actions import enter_person, join_unit
    from nhiemky.rules.timeline import Span
    from nhiemky.units.actions import name_period

    entry = Entry.objects.filter(unit=cast.unit, replaced_by=None, cancels=False).order_by("pk")[0]
    [file] = attach_evidence(by=cast.users["suoi-mong"], entry=entry, files=[prepared("a.pdf", b"%PDF-1 walked")])
    name_period(
        by=cast.users["suoi-mong"],
        unit=cast.unit,
        kind="campaign",
        label="Tháng Công nhân",
        period=Span.parse("2024-05"),
    )
    person = enter_person(by=cast.users["suoi-mong"], unit=cast.unit, name="Lê Thị Đi Qua")
    join_unit(by=cast.users["suoi-mong"], unit=cast.unit, person=person, valid=Span.parse("2024-01-01.."))
    transfer = waiting_transfer(cast.users["quan-tri"], cast.unit)
    return {
        "person": person.code,
        "transfer": transfer.code,
        "member": transfer.person.code,
        "entry": entry.code,
        "evidence": file.code,
        "statement": Statement.objects.filter(unit=cast.unit, replaced_by=None).order_by("pk")[0].code,
        "document": cast.document.code,
        "target": Target.objects.filter(unit=cast.unit).order_by("pk")[0].code,
    } | people_at(cast)


@pytest.fixture
def address(codes: dict[str, str], db: None) -> Callable[[str], str]:
    return lambda name: reverse(name, args=[each.format(**codes) for each in EVERY[name]])


@pytest.fixture(autouse=True)
def with_gallery(settings: Settings) -> None:
    settings.GALLERY = True


@pytest.fixture(autouse=True)
def with_a_backup(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    backup_file(tmp_path / "backups" / "cua-toi.zip")


def test_every_address_is_walked() -> None:
    named = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert named == EVERY.keys() | ELSEWHERE


@pytest.mark.parametrize("name", sorted(EVERY))
def test_stranger_is_asked_to_sign_in(client_of: ClientOf, address: Callable[[str], str], name: str) -> None:
    answer = client_of().get(address(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("web.account.sign_in"))


@pytest.mark.parametrize("name", sorted(OF_UNIT | OF_RECORDER | OF_WRITER))
@pytest.mark.parametrize("login", ["song-lo", "hai-ba-trung"])
def test_neighbour_finds_nothing(client_of: ClientOf, address: Callable[[str], str], name: str, login: str) -> None:
    assert client_of(login).get(address(name)).status_code == 404


@pytest.mark.parametrize("name", sorted(OF_UNIT))
@pytest.mark.parametrize("login", ["suoi-mong", "hu-cau", "kiem-tra", "quan-tri"])
def test_owner_level_above_auditor_and_administrator_read(
    client_of: ClientOf, address: Callable[[str], str], name: str, login: str
) -> None:
    answer = client_of(login).get(address(name))
    assert answer.status_code == 200, getattr(answer, "content", b"")[-900:].decode(errors="replace")


@pytest.mark.parametrize("name", sorted(OF_RECORDER))
@pytest.mark.parametrize(
    ("login", "status"), [("suoi-mong", 200), ("hu-cau", 200), ("quan-tri", 200), ("kiem-tra", 403)]
)
def test_who_may_record(client_of: ClientOf, address: Callable[[str], str], name: str, login: str, status: int) -> None:
    """An auditor reads all and writes nothing: neither the form nor the post."""
    from nhiemky.foundation.models import AuditEvent

    client, place = client_of(login), address(name)
    before = AuditEvent.objects.count()
    assert client.get(place).status_code == status
    if status == 403:
        assert client.post(place, {"viec": "visit", "so-luot": "1", "ly-do": "x"}).status_code == 403
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    ("login", "status"), [("kiem-tra", 403), ("song-lo", 404), ("suoi-mong", 302), ("hu-cau", 302), ("", 302)]
)
def test_who_may_hand_in_a_file(client_of: ClientOf, address: Callable[[str], str], login: str, status: int) -> None:
    from nhiemky.ledger.models import Evidence

    place = address("web.records.correct").replace("sua", "minh-chung")
    before = Evidence.objects.count()
    file = SimpleUploadedFile("b.pdf", b"%PDF-1 handed in")
    assert client_of(login).post(place, {"tep": file}).status_code == status
    assert Evidence.objects.count() - before == (1 if login in ("suoi-mong", "hu-cau") else 0)


@pytest.mark.parametrize("name", sorted(OF_WRITER))
@pytest.mark.parametrize(
    ("login", "status"), [("suoi-mong", 200), ("hu-cau", 200), ("quan-tri", 200), ("kiem-tra", 403)]
)
def test_who_reads_is_told_that_writing_is_for_others(
    client_of: ClientOf, address: Callable[[str], str], name: str, login: str, status: int
) -> None:
    client = client_of(login)
    answer = client.get(address(name))
    assert answer.status_code == status
    if status == 403:
        assert "Hãy nhờ người quản trị" in answer.content.decode()
        assert client.post(address(name)).status_code == 403


@pytest.mark.parametrize("name", sorted(OF_PERSON))
@pytest.mark.parametrize("login", ["song-lo", "kiem-tra", "quan-tri", "binh-luc"])
def test_everybody_has_their_own(client_of: ClientOf, address: Callable[[str], str], name: str, login: str) -> None:
    answer = client_of(login).get(address(name), follow=True)
    assert answer.status_code == 200
    if login == "song-lo" and name != "web.gallery":
        assert "Suối Mộng" not in answer.content.decode()


@pytest.mark.parametrize("name", sorted(OF_ADMINISTRATOR))
@pytest.mark.parametrize(("login", "status"), [("quan-tri", 200), ("hu-cau", 404), ("kiem-tra", 404)])
def test_only_an_administrator_sees_the_template(
    client_of: ClientOf, address: Callable[[str], str], name: str, login: str, status: int
) -> None:
    assert client_of(login).get(address(name)).status_code == status


@pytest.mark.parametrize("name", sorted(OF_KEEPER))
@pytest.mark.parametrize(
    ("login", "status"), [("quan-tri", 200), ("hu-cau", 404), ("suoi-mong", 404), ("kiem-tra", 404), ("song-lo", 404)]
)
def test_only_who_answers_for_a_unit_sees_its_people(
    client_of: ClientOf, address: Callable[[str], str], name: str, login: str, status: int
) -> None:
    client = client_of(login)
    assert client.get(address(name)).status_code == status
    if status != 200:
        assert (
            client.post(address(name), {"for_whom": "x", "role": "officer", "name": "x", "short": "x"}).status_code
            == 404
        )


@pytest.mark.parametrize("name", sorted(OF_ACCOUNT))
def test_the_password_is_asked_again_before_the_account_changes(
    client_of: ClientOf, address: Callable[[str], str], name: str
) -> None:
    for answer in (client_of("song-lo").get(address(name)), client_of("song-lo").post(address(name))):
        assert answer.status_code == 302 and answer["Location"].startswith(reverse("web.account.confirm"))


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
