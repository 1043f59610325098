"""Word out: the office's own .docx template, filled in; and what a file must be to serve as one."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from nhiemky.foundation.refusals import Refusal

LARGEST_UNPACKED = 50 * 1024 * 1024
MOST_PARTS = 2000
MAIN = "word/document.xml"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
CONTENT_TYPES = "[Content_Types].xml"
# everything that a plain Word document is made of; whatever else is inside is a reason to refuse
PART_SUFFIXES = {".xml", ".rels", ".odttf"} | {
    f".{each}" for each in ("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "svg")
}
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xd0\xcf\x11\xe0", b"PK\x03\x04")
FILTERS = {"capitalize", "count", "d", "default", "e", "escape", "first", "join", "last", "length", "lower"}
FILTERS |= {"replace", "title", "trim", "upper"}
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)


class OfficeEnvironment(ImmutableSandboxedEnvironment):
    """What an uploaded template may do: show fields, walk lists, choose. It calls nothing and multiplies nothing.

    The sandbox alone would still let `'x' * 10**10` eat the memory.
    """

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_printable)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(operator)


def _printable(value: Any) -> Any:
    """XML cannot hold control characters, and one of them would cut the document short."""
    return _NOT_XML.sub("", value) if isinstance(value, str) else value


class _Template(DocxTemplate):
    """Document properties are set by python-docx, which escapes them itself and takes 255 letters."""

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        plain = (jinja_env or OfficeEnvironment()).overlay(autoescape=False)
        for name in ("author", "comments", "subject", "title"):
            text = plain.from_string(getattr(self.docx.core_properties, name)).render(context)
            setattr(self.docx.core_properties, name, text[:255])


def render(template: bytes, context: Mapping[str, Any]) -> bytes:
    """The .docx that the template makes of the context; a Refusal says what is wrong with the template."""
    try:
        return _rendered(template, context)
    except Exception as fault:
        raise Refusal(_fault_text(fault)) from fault


def _rendered(template: bytes, context: Mapping[str, Any]) -> bytes:
    document = _Template(io.BytesIO(template))
    document.render(dict(context), OfficeEnvironment(), autoescape=True)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _fault_text(fault: Exception) -> str:
    if isinstance(fault, UndefinedError):
        named = re.findall(r"'([^']+)'", str(fault))
        return _("Mẫu dùng trường “%(name)s” không có trong dữ liệu. Hãy sửa theo danh sách trường của mẫu.") % {
            "name": named[-1] if named else fault
        }
    if isinstance(fault, SecurityError):
        return _("Mẫu làm việc không được phép (gọi hàm hoặc tính toán). Hãy chỉ dùng trường, danh sách và điều kiện.")
    if isinstance(fault, TemplateSyntaxError):
        return _("Mẫu viết sai thẻ %(near)s: %(fault)s. Hãy sửa thẻ rồi tải lại.") % {
            "near": _near(fault),
            "fault": fault.message,
        }
    if isinstance(fault, TemplateError):
        return _("Mẫu có thẻ không dùng được: %(fault)s. Hãy sửa thẻ rồi tải lại.") % {"fault": fault}
    return _("Mẫu không dựng được thành văn bản. Hãy mở bằng Word, lưu lại dạng .docx rồi tải lại.")


def _near(fault: TemplateSyntaxError) -> str:
    """The line of the template in which the tag stands, as docxtpl kept it."""
    lines = [line.strip() for line in getattr(fault, "docx_context", ())]
    at = min(fault.lineno - 1, 3)
    return f"“{lines[at][:80]}”" if at < len(lines) and lines[at] else ""


# --- what was uploaded ---------------------------------------------------------------------------------------------


def check_template(data: bytes, sample: Mapping[str, Any] | None = None) -> list[str]:
    """What stops the file from serving as a template; empty when nothing does.

    With a sample context every tag is tried on it, so that a misspelt field is found before a report is issued.
    """
    if len(data) > settings.UPLOAD_LIMIT:
        return [
            _("Tệp nặng hơn %(limit)s MB. Hãy bỏ bớt hình trong mẫu.") % {"limit": settings.UPLOAD_LIMIT // 1024**2}
        ]
    try:
        # a zip file is read from its end: what runs as a program in front of it would go unseen
        if not data.startswith(b"PK\x03\x04"):
            raise zipfile.BadZipFile
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            found = list(dict.fromkeys(_package_faults(package)))
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, EOFError, OSError, ValueError, KeyError):
        found = [_("Tệp không phải là văn bản Word .docx. Hãy mở bằng Word rồi lưu lại dạng “Word Document (*.docx)”.")]
    return found or _tag_faults(data, sample)


def _package_faults(package: zipfile.ZipFile) -> Iterator[str]:
    parts = package.infolist()
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
        yield _("Tệp bung ra lớn hơn %(limit)s MB nên không được mở. Hãy làm lại mẫu từ mẫu gốc.") % {
            "limit": LARGEST_UNPACKED // 1024**2
        }
        return
    names = [part.filename for part in parts]
    packed = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if len(set(names)) < len(names) or any(part.flag_bits & 1 or part.compress_type not in packed for part in parts):
        raise zipfile.BadZipFile
    types = {each.get("PartName"): each.get("ContentType", "") for each in _xml(package, CONTENT_TYPES)}
    main = types.get(f"/{MAIN}", "")
    if "macro" in main.casefold() or any("vbaproject" in name.casefold() for name in names):
        yield _("Tệp có macro. Hãy lưu lại dạng “Word Document (*.docx)”, không có macro.")
    elif main != MAIN_TYPE or MAIN not in names:
        raise zipfile.BadZipFile
    for part in parts:
        yield from _part_faults(package, part)


def _part_faults(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[str]:
    path = PurePosixPath(part.filename)
    if part.is_dir() or "vbaproject" in path.name.casefold():
        return
    # the package's own links are called just ".rels", which a path takes for a name without suffix
    suffix = "." + path.name.rpartition(".")[2].casefold()
    contents = package.read(part)
    embedded = {"embeddings", "activex"} & {each.casefold() for each in path.parts}
    if suffix not in PART_SUFFIXES or embedded or contents.startswith(PROGRAMS):
        yield _("Tệp nhúng thành phần không được phép: “%(name)s”. Hãy xóa tệp nhúng, đối tượng OLE khỏi mẫu.") % {
            "name": path.name
        }
    elif suffix in {".xml", ".rels"} and b"<!DOCTYPE" in contents.replace(b"\x00", b""):
        yield _("Phần “%(name)s” của tệp có khai báo DOCTYPE, Word không ghi như thế. Hãy làm lại mẫu từ mẫu gốc.") % {
            "name": path.name
        }
    elif suffix == ".rels":
        yield from _link_faults(package, part.filename)


def _link_faults(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Whatever would be fetched from elsewhere when the document is opened; a link that a person clicks is no such."""
    for each in _xml(package, name):
        target, kind = each.get("Target", ""), each.get("Type", "").rpartition("/")[2]
        if each.get("TargetMode", "").casefold() != "external":
            continue
        if kind != "hyperlink" or not _SAFE_LINK.match(target):
            yield _("Tệp lấy nội dung từ bên ngoài: “%(target)s”. Hãy bỏ mẫu đính kèm, hình hoặc tệp liên kết ấy.") % {
                "target": target[:100]
            }


def _xml(package: zipfile.ZipFile, name: str) -> Any:
    return etree.fromstring(package.read(name), etree.XMLParser(resolve_entities=False, no_network=True))


def left_out(template: bytes, sample: Mapping[str, Any], wanted: Mapping[str, str]) -> list[str]:
    """Of the `wanted` texts of the sample, by what they are, those that the template does not print anywhere."""
    document = Document(io.BytesIO(_rendered(template, sample)))
    # capitals are a look, and a paragraph's text lies in many pieces
    printed = "".join(part.text or "" for part in document.element.body.iter(qn("w:t"))).casefold()
    return [name for name, text in wanted.items() if text.casefold() not in printed]


def _tag_faults(data: bytes, sample: Mapping[str, Any] | None) -> list[str]:
    if sample is None:
        return []
    try:
        _rendered(data, sample)
    except PackageNotFoundError:
        return [_("Tệp không phải là văn bản Word .docx. Hãy mở bằng Word rồi lưu lại dạng “Word Document (*.docx)”.")]
    # a template is written by hand: whatever it makes go wrong is its fault, and is said in a sentence
    except Exception as fault:
        return [_fault_text(fault)]
    return []
