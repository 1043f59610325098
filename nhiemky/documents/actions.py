"""Writes of the documents: the office's templates, and the register of what was issued."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.documents import word
from nhiemky.documents.models import IssuedDocument, IssuedFile, WordTemplate
from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action, current
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.rules.vietnamese import clean

LONGEST_NUMBER = 60
NUMBER = re.compile(r"[^\W_](?:[^\W_]|[ /.,&()-])*")
LONGEST_TITLE = 300


@action("documents.template.upload")
def upload_template(
    *, by: User, kind: str, contents: bytes, sample: Mapping[str, Any], wanted: Mapping[str, str]
) -> WordTemplate:
    """Take a Word template into use for a kind of document; refused with every fault, tried on the sample context.

    `wanted`: the texts of the sample that no document may lack, by what they are.
    """
    if faults := word.check_template(contents, sample):
        raise Refusal.of(faults)
    if missing := word.left_out(contents, sample, wanted):
        raise Refusal(
            _("Mẫu không in: %(missing)s. Hãy thêm lại các thẻ ấy theo mẫu gốc rồi tải lên.")
            % {"missing": "; ".join(missing)}
        )
    digest = hashlib.sha256(contents).hexdigest()
    template = WordTemplate.objects.create(
        kind=kind, contents=contents, digest=digest, uploaded_at=clock.now(), uploaded_by=by
    )
    write_event(subject=f"template:{kind}", data={"digest": digest})
    return template


@action("documents.template.withdraw")
def withdraw_templates(*, by: User, kind: str) -> None:
    """The built-in template is used again; what the office uploaded is kept."""
    if WordTemplate.objects.filter(kind=kind, withdrawn_at=None).update(withdrawn_at=clock.now()) == 0:
        raise Refusal(_("Đang dùng mẫu có sẵn rồi."))
    write_event(subject=f"template:{kind}", data={"withdrawn": True})


def store_issued(
    *,
    by: User,
    kind: str,
    unit_code: str,
    title: str,
    number: str,
    contents: Mapping[str, Any],
    records_digest: str,
    files: Mapping[str, bytes],
) -> IssuedDocument:
    """Enter a document in the register with its files. Called by the action that issues it, which writes the event."""
    if current.get() is None:
        raise RuntimeError("a document is issued inside an action")
    number = clean(number)
    if number and not NUMBER.fullmatch(number):
        raise Refusal(_("Số, ký hiệu chỉ gồm chữ, số và các dấu / - . ví dụ 12/BC-LĐLĐ. Hãy ghi lại."))
    if len(number) > LONGEST_NUMBER:
        raise Refusal(_("Số, ký hiệu dài hơn %(limit)s chữ. Hãy rút ngắn lại.") % {"limit": LONGEST_NUMBER})
    document = IssuedDocument.objects.create(
        kind=kind,
        unit=unit_code,
        title=clean(title)[:LONGEST_TITLE],
        number=number,
        contents=dict(contents),
        records_digest=records_digest,
        issued_at=clock.now(),
        issued_by=by,
    )
    for format, data in files.items():
        digest = hashlib.sha256(data).hexdigest()
        IssuedFile.objects.create(document=document, format=format, contents=data, digest=digest)
    return document
