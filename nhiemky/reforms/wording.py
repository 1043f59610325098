"""Sentences of the room: why a plan cannot be, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazily

from nhiemky.reforms.rows import Do
from nhiemky.rules import vietnamese
from nhiemky.rules.reorganisations import Fault, Refused
from nhiemky.rules.trees import Wrong


def short_of(name: str) -> str:
    """What a long name is shortened to, where nobody said."""
    return vietnamese.short_unit_name(vietnamese.clean(name))[:160]


def of_itself(name: str) -> str:
    return _("“%(name)s” là đơn vị lập phương án. Việc này do cấp trên của đơn vị lập.") % {"name": name}


def nobody_named(do: Do) -> str:
    return _("Dòng “%(do)s” thiếu đơn vị. Hãy ghi mã hoặc tên đơn vị.") % {"do": do.label}


def unknown(text: str) -> str:
    return _("Không có đơn vị “%(text)s” trong phạm vi của phương án. Hãy kiểm tra mã hoặc tên.") % {"text": text[:80]}


def several(text: str, codes: Sequence[str]) -> str:
    return _("Tên “%(text)s” có ở %(count)s đơn vị (%(codes)s). Hãy ghi mã đơn vị.") % {
        "text": text[:80], "count": len(codes), "codes": ", ".join(sorted(codes)[:5]),
    }  # fmt: skip


def not_alive(name: str, day: date) -> str:
    return _("“%(name)s” không hoạt động vào ngày %(day)s. Hãy kiểm tra đơn vị hoặc ngày có hiệu lực.") % {
        "name": name, "day": vietnamese.day(day),
    }  # fmt: skip


def twice(name: str) -> str:
    return _("“%(name)s” có hai dòng nói ngược nhau. Hãy giữ một dòng.") % {"name": name}


def stands_there(name: str, to: str) -> str:
    return _("“%(name)s” đang trực thuộc “%(to)s” rồi. Hãy bỏ dòng này.") % {"name": name, "to": to}


def no_member(text: str, name: str) -> str:
    return _("Không có đoàn viên “%(text)s” ở “%(name)s” vào ngày đó. Hãy kiểm tra mã hoặc số thẻ.") % {
        "text": text[:40], "name": name,
    }  # fmt: skip


def person_twice(text: str) -> str:
    return _("Đoàn viên “%(text)s” được chia hai lần. Hãy giữ một dòng.") % {"text": text[:40]}


def member_there(text: str, name: str) -> str:
    return _("Đoàn viên “%(text)s” đang ở “%(name)s” rồi. Hãy bỏ dòng này.") % {"text": text[:40], "name": name}


def two_heirs(name: str) -> str:
    return _("“%(name)s” có hai đơn vị thừa kế số liệu. Chỉ chọn một, hoặc không chọn.") % {"name": name}


def two_rests(name: str) -> str:
    return _("“%(name)s” có hai đơn vị nhận phần còn lại. Chỉ chọn một.") % {"name": name}


def later_entries(name: str, count: int, day: date) -> str:
    return _("“%(name)s” có %(count)s việc ghi từ ngày %(day)s trở đi. Hãy sửa ngày hoặc hủy các việc đó trước.") % {
        "name": name, "count": vietnamese.number(count), "day": vietnamese.day(day),
    }  # fmt: skip


def later_statements(name: str, count: int, day: date) -> str:
    return _("“%(name)s” có %(count)s số kê khai từ ngày %(day)s trở đi. Hãy sửa ngày các số đó trước.") % {
        "name": name, "count": vietnamese.number(count), "day": vietnamese.day(day),
    }  # fmt: skip


def later_terms(name: str, count: int, day: date) -> str:
    return _("“%(name)s” có nhiệm kỳ bắt đầu từ ngày %(day)s trở đi. Hãy sửa nhiệm kỳ đó trước.") % {
        "name": name, "day": vietnamese.day(day),
    }  # fmt: skip


def later_posts(name: str, count: int, day: date) -> str:
    return _("“%(name)s” có %(count)s chức danh bắt đầu từ ngày %(day)s trở đi. Hãy sửa các chức danh đó trước.") % {
        "name": name, "count": vietnamese.number(count), "day": vietnamese.day(day),
    }  # fmt: skip


def takes_no_members(to: str, name: str, count: int) -> str:
    return _(
        "“%(to)s” không phải công đoàn cơ sở nên không nhận %(count)s đoàn viên của “%(name)s”. Hãy chọn đơn vị khác."
    ) % {"to": to, "name": name, "count": vietnamese.number(count)}


def members_left(name: str, count: int) -> str:
    return _(
        "%(count)s đoàn viên của “%(name)s” chưa được chia về đâu. Hãy chọn một đơn vị nhận phần còn lại, chuyển tổ của họ, hoặc chia từng người."
    ) % {"name": name, "count": vietnamese.number(count)}


def ends_later(to: str, day: date) -> str:
    return _(
        "“%(to)s” kết thúc vào ngày %(day)s theo quyết định khác, nên không nhận thêm đoàn viên và số liệu. Hãy hủy việc sắp xếp đó trước."
    ) % {"to": to, "day": vietnamese.day(day)}


def outside(name: str, top: str, day: date) -> str:
    return _("“%(name)s” không ở dưới “%(top)s” vào ngày %(day)s. Việc này do cấp trên của đơn vị đó lập.") % {
        "name": name, "top": top, "day": vietnamese.day(day),
    }  # fmt: skip


_OF: dict[Refused, Any] = {
    Refused.UNKNOWN: lazily("“%(name)s” chưa từng được thành lập. Hãy thêm dòng thành lập hoặc sửa mã."),
    Refused.NOT_BEGUN: lazily("Ngày có hiệu lực %(day)s không sau ngày “%(name)s” bắt đầu hoạt động. Hãy sửa ngày."),
    Refused.ENDED: lazily("“%(name)s” đã kết thúc vào ngày %(day)s. Hãy chọn đơn vị còn hoạt động."),
    Refused.LIVES: lazily("“%(name)s” đang hoạt động. Hãy bỏ dòng này hoặc kiểm tra mã."),
    Refused.TWICE: lazily("“%(name)s” có hai dòng nói ngược nhau. Hãy giữ một dòng."),
    Refused.ITSELF: lazily("“%(name)s” không thể ở dưới, hoặc nhập vào, chính nó. Hãy chọn đơn vị khác."),
    Refused.TOO_FEW: lazily("“%(name)s” tách thì phải có từ hai đơn vị nhận. Hãy thêm đơn vị nhận."),
    Refused.NOT_A_PART: lazily("“%(name)s” không nằm trong các đơn vị được tách ra từ “%(other)s”. Hãy chọn lại."),
    Refused.LEFT_BELOW: lazily("“%(name)s” còn ở dưới “%(other)s” khi đơn vị này kết thúc. Hãy thêm dòng chuyển hoặc kết thúc."),
    Refused.LATER: lazily("Sau ngày %(day)s đã có thay đổi khác của “%(name)s” dựa trên hiện trạng này. Hãy hủy thay đổi đó trước."),
}  # fmt: skip
_OF_TREE: dict[Wrong, Any] = {
    Wrong.TWICE: lazily("“%(name)s” sẽ trực thuộc hai đơn vị cùng lúc (%(others)s). Hãy giữ một."),
    Wrong.CYCLE: lazily("Các đơn vị %(others)s sẽ ở dưới lẫn nhau. Hãy đặt một đơn vị dưới cấp trên khác."),
    Wrong.PARENT_NOT_ALIVE: lazily("Cấp trên của “%(name)s” (%(others)s) không hoạt động trong thời gian đó. Hãy chọn cấp trên khác."),
    Wrong.UNIT_NOT_ALIVE: lazily("“%(name)s” không hoạt động trong thời gian đó mà vẫn có cấp trên. Hãy kiểm tra ngày."),
    Wrong.ORPHAN: lazily("“%(name)s” sẽ không còn cấp trên. Hãy thêm dòng chuyển về một đơn vị."),
}  # fmt: skip


def of_fault(fault: Fault[str], name: Callable[[str], str], day: date) -> str:
    """The sentence of a fault that the rules found."""
    said = {"name": name(fault.unit), "other": name(fault.other) if fault.other else "", "day": vietnamese.day(day)}
    if fault.refused is not Refused.NO_TREE:
        return str(_OF[fault.refused] % said)
    assert fault.tree is not None
    others = [edge.parent if fault.tree.wrong is not Wrong.CYCLE else edge.unit for edge in fault.tree.edges]
    among = ", ".join(f"“{name(each)}”" for each in others)
    return str(_OF_TREE[fault.tree.wrong] % (said | {"others": among}))
