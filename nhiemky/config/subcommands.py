"""What each sub-command of `nhiemky` does: the same actions and queries that the screens use."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _

from nhiemky.config import address, place
from nhiemky.config.care import (  # noqa: F401 - commands
    backup,
    bring_up_to_date,
    reseal,
    restore,
    tick,
    tick_once,
    upgrade,
    work,
)
from nhiemky.config.demo import make_demo
from nhiemky.config.exchange import export, load  # noqa: F401 - sub-commands
from nhiemky.config.imports import import_members  # noqa: F401 - sub-command
from nhiemky.config.people import password, second_factor, start  # noqa: F401 - sub-commands
from nhiemky.config.reorganising import reorganise  # noqa: F401 - sub-command
from nhiemky.figures.definitions import definitions
from nhiemky.figures.json import figure_json
from nhiemky.figures.queries import Asked, figure_of, open_figure
from nhiemky.foundation import background, clock
from nhiemky.foundation.refusals import Refusal
from nhiemky.reports.check import every_fault
from nhiemky.reports.json import report_json
from nhiemky.reports.queries import report_of
from nhiemky.reports.render import FORMATS, render
from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.units.history import boundaries_on
from nhiemky.units.models import Unit
from nhiemky.units.queries import (
    Period,
    ancestors_on,
    cards,
    living_on,
    names_of,
    period_named,
    periods_of,
    search_units,
)


def migrate(given: argparse.Namespace) -> None:
    call_command("migrate", verbosity=0, interactive=False)


def units(given: argparse.Namespace) -> None:
    on = _day(given.on) if given.on else clock.today()
    rows = [_unit_json(unit, on) for unit in cards(search_units(given.search, on).filter(living_on(on)), on)]
    if given.format == "json":
        _print_json(rows)
        return
    for row in rows:
        print(f"{row['code']}\t{row['name']}\t{', '.join(each['label'] for each in row['periods'])}")


def _unit_json(card: Any, on: date) -> dict[str, Any]:
    unit = Unit.objects.get(pk=card.id)
    above = ancestors_on(unit, on)[:1]
    return {
        "code": card.code,
        "name": card.name,
        "short": card.short,
        "kind": card.kind,
        "kind_label": card.kind_label,
        "block": card.block,
        "parent": names_of(above, on)[above[0]].code if above else None,
        "fictional": card.fictional,
        "periods": [
            {
                "key": period.key,
                "label": period.label,
                "kind": period.kind,
                "period": period.span.isoformat(),
                "ordinal": period.term.ordinal if period.term else None,
            }
            for period in periods_of(unit)
        ],
    }


def report(given: argparse.Namespace) -> None:
    unit, period = asked_for(given.unit, given.period)
    contents = report_of(unit, period, clock.today(), _boundaries(given.boundaries))
    if given.format == "json":
        data = (json.dumps(report_json(contents), ensure_ascii=False, indent=2) + "\n").encode()
    elif given.format in FORMATS:
        data = render(contents, given.format)
    else:
        from nhiemky.web.reports.page import standalone_page

        data = standalone_page(contents).encode()
    _put(data, given.output, given.format)


def asked_for(unit_code: str, period_text: str) -> tuple[Unit, Period]:
    """The unit and its period; a Refusal names what is there instead."""
    unit = _unit(unit_code)
    period = period_named(unit, period_text)
    if period is None:
        known = ", ".join(each.key for each in periods_of(unit)) or _("chưa có kỳ nào")
        raise Refusal(
            _(
                "Đơn vị “%(unit)s” không có kỳ “%(period)s”. Các kỳ có sẵn: %(known)s; hoặc ghi năm, hay 2024-01..2024-06."
            )
            % {"unit": unit_code, "period": period_text, "known": known}
        )
    return unit, period


def _unit(code: str) -> Unit:
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Refusal(_("Không có đơn vị mã “%(code)s”. Tìm mã bằng: nhiemky units --search TÊN") % {"code": code})
    return unit


def figure(given: argparse.Namespace) -> None:
    unit = _unit(given.unit)
    if given.indicator not in definitions():
        raise Refusal(_("Không có số liệu “%(code)s”. Danh mục ở thư mục data/indicators.") % {"code": given.indicator})
    try:
        span = Span.between(_partial(given.start), _partial(given.end))
    except ValueError:
        raise Refusal(_("Ngày đầu và ngày cuối chưa đúng. Ví dụ: --from 2018 --to 2023-06-11")) from None
    today = clock.today()
    asked = Asked(span, min(span.last_day, today), _boundaries(given.boundaries))
    found, material = figure_of(given.indicator, unit, asked, today)
    answer = figure_json(found)
    if given.open:
        opened = open_figure(found, material)
        answer["records"] = [vars(row) for row in opened.counted]
        answer["beside"] = [vars(row) for row in opened.beside]
    _print_json(answer)


def _boundaries(text: str) -> date | None:
    if text == "then":
        return None
    try:
        day = vietnamese.parse_day(text)
    except ValueError:
        raise Refusal(
            _("Cây tổ chức “%(given)s” chưa rõ. Hãy ghi then, hoặc một ngày như --boundaries 2025-07-01.")
            % {"given": text}
        ) from None
    boundaries_on(day)  # refused in words on a day that has no tree
    return day


def _partial(text: str) -> PartialDate:
    if "/" in text:
        return PartialDate.parse(vietnamese.parse_day(text).isoformat())
    return PartialDate.parse(text)


def _day(text: str) -> date:
    try:
        return vietnamese.parse_day(text)
    except ValueError:
        raise Refusal(_("Ngày “%(given)s” chưa đúng. Ví dụ: 12/6/2023") % {"given": text}) from None


def check(given: argparse.Namespace) -> int:
    faults = list(every_fault(clock.today()))
    if given.format == "json":
        _print_json([vars(fault) for fault in faults])
    else:
        for fault in faults:
            print(f"{fault.place}: {fault.sentence}")
        print(_("Đã kiểm tra: %(count)s lỗi.") % {"count": len(faults)})
    return 1 if faults else 0


def demo(given: argparse.Namespace) -> None:
    migrate(given)
    logins = make_demo(settings.DATA_DIR, clock.today(), whole=not given.small)
    print(_("Dữ liệu minh họa đã sẵn sàng: http://127.0.0.1:%(port)s") % {"port": given.port})
    print(f"  {_('Tên đăng nhập'):<14} {_('Mật khẩu'):<20} {_('Xem được gì')}")
    for login in logins:
        print(f"  {login.username:<14} {login.password:<20} {login.about}")


def serve(given: argparse.Namespace) -> None:
    from waitress import create_server

    from nhiemky.config.wsgi import application

    port = given.port or address.usual_port()
    bring_up_to_date()
    held = place.hold_open()
    if not given.no_work:
        background.begin_working(tick_once)
    # behind TLS a proxy speaks for the client; without it, nobody's word on that is taken
    proxy = {
        "trusted_proxy": os.environ.get("NHIEMKY_PROXY", "127.0.0.1"),
        "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto",
    }
    # the limit is told in Vietnamese by our own middleware; waitress only guards against the absurd
    server = create_server(
        application,
        host=given.host,
        port=port,
        threads=8,
        max_request_body_size=256 * 1024 * 1024,
        ident=None,
        **(proxy if settings.TLS else {}),
    )
    print(
        _("Nhiệm kỳ chạy tại http://%(host)s:%(port)s (Ctrl+C để dừng)") % {"host": given.host, "port": port},
        flush=True,
    )
    with address.told(given.host, port):
        server.run()
    if held:
        held.close()


def _put(data: bytes, output: Path | None, kind: str) -> None:
    if output:
        try:
            output.write_bytes(data)
        except OSError as fault:
            raise Refusal(
                _("Không ghi được “%(file)s”. Hãy kiểm tra thư mục và quyền ghi.") % {"file": output}
            ) from fault
        print(_("Đã ghi %(file)s (%(size)s byte).") % {"file": output, "size": len(data)}, file=sys.stderr)
    elif kind in ("json", "html"):
        sys.stdout.write(data.decode())
    elif sys.stdout.isatty():
        raise Refusal(_("Tệp %(kind)s không hiện được trên màn hình. Hãy thêm -o TÊN_TỆP.") % {"kind": kind})
    else:
        sys.stdout.buffer.write(data)


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2, default=str))
