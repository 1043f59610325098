"""Reads an exchange file into objects and finds what is wrong with its form: every fault with its line."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, ValidationError

from nhiemky.exchange.faults import Fault

VERSION = 1
LARGEST_FILE = 20 * 1024 * 1024


@dataclass(frozen=True)
class Item:
    """One object of the file."""

    line: int
    type: str
    id: str
    given: dict[str, Any]

    @property
    def table(self) -> str:
        """A row that ends another shares its identities: a cancellation those of entries."""
        return {"cancellation": "entry", "leaving": "membership"}.get(self.type, self.type)

    @property
    def digest(self) -> str:
        written = json.dumps(self.given, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True)
class Parsed:
    """The objects of a file and the faults of its form; `fictional` as its header says."""

    items: Sequence[Item]
    faults: Sequence[Fault]
    fictional: bool = False


@cache
def _schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((settings.BASE_DIR / "docs" / "exchange.schema.json").read_text("utf-8"))
    return found


@cache
def _types() -> frozenset[str]:
    """The types of object that a line may be."""
    return frozenset(name for name, each in _schema()["$defs"].items() if "type" in each.get("properties", {}))


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(_in_place(_schema()["$defs"][name]))


def _in_place(part: Any) -> Any:
    """The schema with each definition in the place that names it: looking names up cost a third of the reading."""
    if isinstance(part, dict):
        if "$ref" in part:
            part = part | _schema()["$defs"][part["$ref"].rpartition("/")[2]]
        return {name: _in_place(value) for name, value in part.items() if name != "$ref"}
    return [_in_place(each) for each in part] if isinstance(part, list) else part


def read(contents: bytes) -> Parsed:
    """The objects of an exchange file (docs/exchange.md), in the order of its lines."""
    if len(contents) > LARGEST_FILE:
        return Parsed((), (Fault(0, _("Tệp lớn hơn 20 MB. Hãy chia thành nhiều tệp rồi nạp lần lượt.")),))
    try:
        text = contents.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Parsed((), (Fault(0, _("Tệp không phải chữ UTF-8. Hãy lưu lại bằng bảng mã UTF-8.")),))
    items: list[Item] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}
    header: dict[str, Any] | None = None
    # only a line feed ends a line: other separators may stand inside a text
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        given, wrong = _object(line)
        if given is None:
            faults += [Fault(number, each) for each in wrong]
        elif header is None:
            header = given
            faults += [Fault(number, each) for each in _header_faults(given)]
        elif wrong := list(_form_faults(given)):
            faults += [Fault(number, each) for each in wrong]
        else:
            item = Item(number, given["type"], given["id"], given)
            if first := seen.get((item.table, item.id)):
                what = _("“%(id)s” đã có ở dòng %(first)s. Mỗi mã chỉ ghi một lần.") % {"id": item.id, "first": first}
                faults.append(Fault(number, what))
            seen.setdefault((item.table, item.id), number)
            items.append(item)
    if header is None and not faults:
        faults.append(Fault(0, _("Tệp trống. Hãy chọn tệp có dữ liệu.")))
    return Parsed(items, faults, bool(header and header.get("fictional")))


def _object(line: str) -> tuple[dict[str, Any] | None, list[str]]:
    try:
        given = json.loads(line, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except _Repeated as fault:
        return None, [_("Trường “%(name)s” ghi hai lần trong một dòng.") % {"name": fault}]
    except (ValueError, RecursionError):
        return None, [_("Dòng này không phải JSON. Hãy kiểm tra dấu ngoặc, dấu phẩy và dấu nháy.")]
    if _has_odd_characters(given):
        return None, [_("Có ký tự điều khiển hoặc ký tự ẩn trong chữ. Hãy gõ lại đoạn chữ đó.")]
    if not isinstance(given, dict):
        return None, [_("Mỗi dòng phải là một đối tượng JSON {…}.")]
    return given, []


def _has_odd_characters(given: Any) -> bool:
    """Control characters, lone surrogates and marks that turn the direction of text, anywhere in the object."""
    if isinstance(given, str):
        return not given.isprintable() and any(
            unicodedata.category(each) in ("Cc", "Cs", "Cf", "Co", "Cn") and each not in "\t" for each in given
        )
    if isinstance(given, dict):
        return any(_has_odd_characters(name) or _has_odd_characters(value) for name, value in given.items())
    return isinstance(given, list) and any(_has_odd_characters(each) for each in given)


class _Repeated(ValueError):
    pass


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Repeated(name)
        found[name] = value
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _header_faults(given: dict[str, Any]) -> Iterator[str]:
    if given.get("type") != "nhiemky":
        yield _('Dòng đầu phải là {"type": "nhiemky", …}. Đây có đúng là tệp dữ liệu Nhiệm kỳ không?')
    elif given.get("version") != VERSION:
        yield _("Tệp thuộc phiên bản %(version)s, hệ thống chỉ đọc phiên bản 1.") % {"version": given.get("version")}
    else:
        yield from _faults("nhiemky", given)


def _form_faults(given: dict[str, Any]) -> Iterator[str]:
    name = given.get("type")
    if not isinstance(name, str) or name == "nhiemky" or name not in _types():
        yield _("Không có loại đối tượng “%(type)s”.") % {"type": name}
        return
    yield from _faults(name, given)


def _faults(name: str, given: dict[str, Any]) -> Iterator[str]:
    for error in sorted(_validator(name).iter_errors(given), key=lambda each: list(map(str, each.absolute_path))):
        yield from _sentences(error)


_TYPES = {
    "integer": "số nguyên",
    "string": "chữ",
    "array": "danh sách [ ]",
    "object": "đối tượng { }",
    "boolean": "true/false",
}


def _sentences(error: ValidationError) -> Iterator[str]:
    path = ".".join(str(part) for part in error.absolute_path)
    where = path or str(error.instance.get("type", ""))
    match error.validator:
        case "required":
            for name in error.validator_value:
                if name not in error.instance:
                    yield _("Thiếu trường “%(name)s”.") % {"name": f"{path}.{name}".strip(".")}
        case "additionalProperties":
            known = error.schema.get("properties", {})
            for name in error.instance:
                if name not in known:
                    yield _("Không có trường “%(name)s”. Hãy bỏ hoặc viết lại tên trường.") % {"name": name}
        case "type":
            kinds = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
            words = " hoặc ".join(_TYPES.get(str(each), str(each)) for each in kinds)
            yield _("Trường “%(name)s” phải là %(type)s, không phải “%(given)s”.") % {
                "name": where, "type": words, "given": str(error.instance)[:60],
            }  # fmt: skip
        case "enum":
            choices = ", ".join(map(str, error.validator_value))
            yield _("Trường “%(name)s” chỉ nhận: %(known)s.") % {"name": where, "known": choices}
        case "minimum":
            yield _("Số ở “%(name)s” nhỏ hơn mức cho phép: %(given)s.") % {"name": where, "given": error.instance}
        case _:
            yield _("Trường “%(name)s” viết chưa đúng: “%(given)s”.") % {
                "name": where, "given": str(error.instance)[:60],
            }  # fmt: skip
