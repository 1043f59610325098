"""A district's unions go to two new wards: from the first click to the applied event, and it never was."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from nhiemky.foundation.models import User
from nhiemky.foundation.roles import Role
from nhiemky.members.actions import enter_person, join_unit
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.rules.timeline import Span
from nhiemky.units.history import history
from nhiemky.units.models import Unit
from nhiemky.units.queries import tree_on
from tests.factories import a_unit, a_user, clerk, let, put

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

BEGAN, DAY = date(2020, 1, 1), date(2025, 7, 1)
ALWAYS = Span(BEGAN, None)


@pytest.fixture
def officer(db: None, settings: Settings, tmp_path: Any) -> Client:
    settings.VAR_DIR = settings.EVIDENCE_DIR = tmp_path
    top = a_unit("fl-tinh", "province", life=ALWAYS)
    district = a_unit("fl-huyen", "district", life=ALWAYS)
    put(district, top, ALWAYS)
    for at in range(6):
        union = a_unit(f"fl-{at}", "grassroots", "su_nghiep", ALWAYS)
        put(union, district, ALWAYS)
        person = enter_person(by=clerk(), name=f"Người {at}", fictional=True)
        join_unit(by=clerk(), unit=union, person=person, valid=ALWAYS, joining="individual")
    user = a_user("fl-can-bo")
    let(user, top, Role.ADMINISTRATOR, below=True)
    return signed_in(user)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return html.unescape(answer.content.decode())


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.split("<main")[1]))


def link(page: str, words: str) -> str:
    found = re.search(rf'<a[^>]* href="([^"]+)"[^>]*>(?:(?!</a>).)*{re.escape(words)}', page.split("<main")[1])
    assert found, words
    return found[1]


def sent(client: Client, path: str, **typed: Any) -> str:
    answer = client.post(path, typed, follow=True)
    assert answer.status_code == 200, answer.content.decode()[-3000:]
    return html.unescape(answer.content.decode())


def drafted(client: Client) -> str:
    unit = page_of(client, "/don-vi/fl-tinh/")
    listed = page_of(client, link(unit, "Sắp xếp tổ chức"))
    new = link(listed, "Lập phương án sắp xếp")
    form = {
        "ten": "Kết thúc cấp huyện", "ngay": "1/7/2025", "so": "12/QĐ", "ngay-quyet-dinh": "20/6/2025",
        "co-quan": "Tổng Liên đoàn", "ghi-chu": "theo Kết luận",
        "ma": hidden(page_of(client, new))["ma"],
    }  # fmt: skip
    first, again = client.post(new, form), client.post(new, form)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert Reorganisation.objects.filter(unit__code="fl-tinh").count() == 1
    return first["Location"]


def found_ward(client: Client, plan: str, name: str) -> None:
    choose = page_of(client, f"{plan}viec/them/")
    form = f"{plan}viec/them/{link(choose, 'Thành lập')}"
    given = hidden(page_of(client, form))
    assert name in sent(client, f"{plan}viec/them/", **given, ten=name, loai="ward")


def move(client: Client, plan: str, ward: str, *, most: int, end: bool) -> str:
    many = f"{plan}nhieu-viec/"
    to = many + link(page_of(client, f"{many}?q=huyen&chon=tu"), "fl-huyen")
    choice = page_of(client, many + link(page_of(client, to), ward))
    boxes = re.findall(r'name="cdcs" value="([^"]+)" checked', choice)[:most]
    return sent(client, many, **hidden(choice), cdcs=boxes, **({"ket-thuc": "1"} if end else {}))


def test_from_the_first_click_to_the_applied_event_and_back(officer: Client) -> None:
    before = history()
    plan = drafted(officer)
    found_ward(officer, plan, "Công đoàn phường Đông")
    found_ward(officer, plan, "Công đoàn phường Tây")
    move(officer, plan, "phường Đông", most=4, end=False)
    shown = move(officer, plan, "phường Tây", most=4, end=True)
    assert "9 dòng" in shown and "Chuyển Đơn vị thử fl-5 từ Đơn vị thử fl-huyen về" in shown
    assert "chưa đúng" not in shown
    looked = sent(officer, f"{plan}xem-truoc/")
    assert "trước và sau bằng nhau" in looked
    assert history() == before, "a preview writes nothing"
    # without the mark nothing happens, with it once, however often it is pressed
    stamp = hidden(looked)["phuong-an"]
    assert officer.post(f"{plan}ap-dung/", {"phuong-an": stamp}).status_code == 422
    for _press in range(2):
        done = sent(officer, f"{plan}ap-dung/", **{"phuong-an": stamp, "dong-y": "1"})
    assert "Đã ghi" in done and "<b>6</b> đơn vị chuyển cấp trên" in done
    after = tree_on(DAY)
    wards = Unit.objects.filter(names__name__startswith="Công đoàn phường").distinct()
    assert sorted(len(after[ward.pk]) for ward in wards) == [2, 4]
    assert not Unit.objects.get(code="fl-huyen").lives_on(DAY)
    # it never was
    refused = officer.post(f"{plan}huy/", {"ly-do": ""})
    assert refused.status_code == 422 and "Chưa có lý do" in refused.content.decode()
    for _press in range(2):
        gone = sent(officer, f"{plan}huy/", **{"ly-do": "Ghi nhầm ngày"})
    assert "Ghi nhầm ngày" in gone and "đã hủy" in gone
    assert "<b>CĐ phường Đông</b>" in gone, "what it founded is still called so"
    assert history() == before
    assert Reorganisation.objects.get().state == State.ANNULLED


def test_a_plan_that_changed_since_it_was_seen_is_not_applied(officer: Client) -> None:
    plan = drafted(officer)
    found_ward(officer, plan, "Công đoàn phường Đông")
    stamp = hidden(sent(officer, f"{plan}xem-truoc/"))["phuong-an"]
    found_ward(officer, plan, "Công đoàn phường Tây")
    told = sent(officer, f"{plan}ap-dung/", **{"phuong-an": stamp, "dong-y": "1"})
    assert "Phương án đã sửa sau khi xem trước" in told
    assert Reorganisation.objects.get().state == State.DRAFT


def test_rows_are_changed_and_taken_out_only_as_they_were_seen(officer: Client) -> None:
    plan = drafted(officer)
    sent(officer, f"{plan}viec/them/", viec="end", **{"don-vi": "fl-huyen"})
    said = sent(officer, f"{plan}viec/them/", viec="end", **{"don-vi": "fl-huyen"})
    assert "Dòng này đã có trong phương án" in said and "1 dòng" in said
    # the district still has its unions: told beside the row, and the plan cannot be previewed
    assert "còn ở dưới “Đơn vị thử fl-huyen”" in said and "1 dòng chưa đúng" in said
    assert "Phương án còn chỗ chưa đúng" in sent(officer, f"{plan}xem-truoc/")
    form = hidden(page_of(officer, f"{plan}viec/1/sua/"))
    changed = sent(officer, f"{plan}viec/1/sua/", **form | {"don-vi": "fl-0"})
    assert "Kết thúc hoạt động của Đơn vị thử fl-0" in changed
    # as a tab that was left open has it
    assert officer.post(f"{plan}viec/1/sua/", form | {"don-vi": "fl-1"}).status_code == 422
    assert "đã được sửa hoặc bỏ" in sent(officer, f"{plan}viec/1/bo/", dong=form["dong"])
    mark = hidden(page_of(officer, plan))["dong"]
    assert "Chưa có việc nào" in sent(officer, f"{plan}viec/1/bo/", dong=mark)


def test_it_is_brought_back_from_a_later_day_by_a_draft(officer: Client) -> None:
    plan = drafted(officer)
    found_ward(officer, plan, "Công đoàn phường Đông")
    move(officer, plan, "phường Đông", most=6, end=True)
    stamp = hidden(sent(officer, f"{plan}xem-truoc/"))["phuong-an"]
    sent(officer, f"{plan}ap-dung/", **{"phuong-an": stamp, "dong-y": "1"})
    form = hidden(page_of(officer, f"{plan}lap-lai/"))
    assert officer.post(f"{plan}lap-lai/", form | {"ngay": "1/7/2025"}).status_code == 422
    first, again = (officer.post(f"{plan}lap-lai/", form | {"ngay": "1/10/2025"}) for _press in range(2))
    assert first["Location"] == again["Location"] != plan
    turned = page_of(officer, first["Location"])
    assert "Lập lại Đơn vị thử fl-huyen" in turned and "chưa đúng" not in turned
    # what stands on it is told, and the event stays
    stamp = hidden(sent(officer, f"{first['Location']}xem-truoc/"))["phuong-an"]
    sent(officer, f"{first['Location']}ap-dung/", **{"phuong-an": stamp, "dong-y": "1"})
    refused = officer.post(f"{plan}huy/", {"ly-do": "Ghi nhầm"})
    assert refused.status_code == 422 and "Đã có thay đổi về sau" in refused.content.decode()
