"""A list of 200,000 members from a real .xlsx into the register, with its preview; at least 5,000 rows a second.

    .venv/bin/python -m benchmarks.members_import [ROWS] [PEER_ROWS]

In one run beside: the bare reading of the file (the limit), openpyxl with a row-by-row ORM, and django-import-export
where it can be imported (it is no dependency: `pip install --target DIR django-import-export`, PYTHONPATH=DIR). Peers
get PEER_ROWS of the same list and are compared by rows a second. Every measurement is a process of its own on an empty
SQLite installation; peak memory is that of the process. Rows a second are by the clock and, since machines are shared,
by the processor's time too.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

LIMIT_RATE, LIMIT_MEMORY = 5_000, 700
HEAD = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Điện thoại", "Email", "Dân tộc", "Số thẻ",
        "Ngày vào công đoàn", "Đảng viên", "Trình độ chuyên môn"]  # fmt: skip
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương"]
MIDDLE = ["Thị", "Văn", "Đức", "Minh", "Ngọc", "Thu", "Quang", "Hữu", "Thanh", "Xuân", "Thị Thanh", "Hoàng"]
GIVEN = ["Lan", "Hùng", "Hoa", "Sơn", "Yến", "Ánh", "Đạt", "Quỳnh", "Bình", "Châu", "Dũng", "Hạnh", "Khánh", "Uyên"]


def make_list(place: Path, rows: int) -> None:
    import xlsxwriter

    draw = Random(4)  # noqa: S311 - a list that is the same each time
    with xlsxwriter.Workbook(place, {"constant_memory": True}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_string(0, 0, "Danh sách đoàn viên")
        page.write_row(2, 0, HEAD)
        for at in range(rows):
            name = f"{draw.choice(FAMILY)} {draw.choice(MIDDLE)} {draw.choice(GIVEN)}"
            born = datetime(1966, 1, 1) + timedelta(days=draw.randrange(14_000))  # noqa: DTZ001 - a day
            since = datetime(2010, 1, 1) + timedelta(days=draw.randrange(5_500))  # noqa: DTZ001 - a day
            page.write_row(at + 3, 0, [at + 1, name])
            page.write_datetime(at + 3, 2, born, day)
            page.write_row(at + 3, 3, [
                draw.choice(["Nam", "Nữ"]), f"0{at * 7919 % 10**11:011d}", f"09{draw.randrange(10**8):08d}",
                f"doan.vien.{at}@congdoan.vn", "Kinh", f"TH{at:07d}",
            ])  # fmt: skip
            page.write_datetime(at + 3, 9, since, day)
            page.write_row(at + 3, 10, ["x" if at % 5 == 0 else "", draw.choice(["Đại học", "Cao đẳng", "Thạc sĩ"])])


def _bare(place: Path) -> int:
    from python_calamine import CalamineWorkbook

    return sum(1 for _row in CalamineWorkbook.from_path(place).get_sheet_by_index(0).iter_rows()) - 3


def _ours(place: Path) -> int:
    from nhiemky.foundation import clock
    from nhiemky.foundation.models import User
    from nhiemky.members.importing import preview, tasks
    from nhiemky.members.models import Membership
    from nhiemky.units.models import Unit

    by, unit = User.objects.get(username="dong-lenh"), Unit.objects.get(code="hc-thcs-may-trang")
    before = Membership.objects.count()
    draft = preview.begin(by=by, unit=unit, name=place.name, data=place.read_bytes(), at=clock.now())
    preview.look_over(draft, unit, by, clock.today())
    tasks.write(draft, unit, by, lambda _done: None)
    return Membership.objects.count() - before


def _row_by_row(place: Path) -> int:
    """As it is usually done: openpyxl, a look for the person, a save for each row; one transaction, no trail."""
    from datetime import date

    import openpyxl
    from django.db import transaction

    from nhiemky.foundation import clock
    from nhiemky.foundation.models import User
    from nhiemky.members.models import Membership, Person
    from nhiemky.members.particulars import read
    from nhiemky.rules.timeline import Span
    from nhiemky.units.models import Unit

    by, unit, today = User.objects.get(username="dong-lenh"), Unit.objects.get(code="hc-thcs-may-trang"), clock.today()
    codes = [
        "name",
        "born",
        "sex",
        "id_number",
        "phone",
        "email",
        "ethnicity",
        "card",
        "union_since",
        "",
        "qualification",
    ]
    done = 0
    with transaction.atomic():
        for cells in openpyxl.load_workbook(place, read_only=True).active.iter_rows(min_row=4, values_only=True):
            values = {}
            for code, value in zip(codes, cells[1:], strict=True):
                if code and value is not None:
                    values |= read(
                        code, value.date().isoformat() if isinstance(value, datetime) else str(value), today
                    ).values
            if not Person.objects.filter(id_digest=values["id_digest"]).exists():
                person = Person.objects.create(**values)
                row = Membership(person=person, unit=unit, joining="on_list", recorded_at=clock.now(), recorded_by=by)
                row.span = Span(values.get("union_since") or date(2024, 1, 1), None)
                row.save()
                done += 1
    return done


def _django_import_export(place: Path) -> int:
    """Its own way: a resource with a preview (dry run) and the import, in bulk, found by the digest of the number."""
    from django.conf import settings

    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "import_export"]
    import openpyxl
    import tablib
    from import_export import resources

    from nhiemky.foundation import clock
    from nhiemky.members.models import Person
    from nhiemky.members.particulars import read

    today = clock.today()
    names = ["name", "sort_key", "folded", "id_number", "id_digest", "id_last_digest", "phone", "email", "card"]

    class PersonResource(resources.ModelResource):
        class Meta:
            model = Person
            fields = names
            import_id_fields = ("id_digest",)
            use_bulk = True
            batch_size = 1000
            skip_unchanged = True

    table = tablib.Dataset(headers=names)
    for cells in openpyxl.load_workbook(place, read_only=True).active.iter_rows(min_row=4, values_only=True):
        values = {}
        for code, at in (("name", 1), ("id_number", 4), ("phone", 5), ("email", 6), ("card", 8)):
            values |= read(code, str(cells[at]), today).values
        table.append([values.get(name, "") for name in names])
    before = Person.objects.count()
    resource_ = PersonResource()
    resource_.import_data(table, dry_run=True, raise_errors=True)
    resource_.import_data(table, dry_run=False, raise_errors=True)
    return Person.objects.count() - before


WAYS = {
    "bare reading": _bare,
    "nhiemky, with preview": _ours,
    "openpyxl, row by row": _row_by_row,
    "django-import-export": _django_import_export,
}


def measure(way: str, place: str) -> None:
    """In a process of its own: seconds by clock and processor, rows, peak MiB; as JSON."""
    if way != "bare reading":
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nhiemky.config.settings")
        django.setup()
    clock, processor = time.perf_counter(), time.process_time()
    rows = WAYS[way](Path(place))
    taken = time.perf_counter() - clock, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "clock": taken[0], "processor": taken[1], "peak": peak}))


def main(rows: int = 200_000, peer_rows: int = 5_000) -> int:
    with tempfile.TemporaryDirectory(prefix="nhiemky-benchmark-") as name:
        folder = Path(name)
        make_list(folder / "all.xlsx", rows)
        make_list(folder / "some.xlsx", peer_rows)
        print(f"{rows} rows, {(folder / 'all.xlsx').stat().st_size / 2**20:.0f} MiB; peers {peer_rows} rows; "
              f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before")  # fmt: skip
        good = True
        for at, way in enumerate(WAYS):
            is_peer = at > 1
            environment = os.environ | {"NHIEMKY_VAR": str(folder / f"var-{at}")}
            environment.pop("NHIEMKY_DATABASE", None)
            run = [sys.executable, "-m"]
            if at:
                subprocess.run([*run, "nhiemky.config.command", "demo", "--small"], env=environment, check=True,  # noqa: S603 - our own words
                               capture_output=True)  # fmt: skip
            place = str(folder / ("some.xlsx" if is_peer else "all.xlsx"))
            done = subprocess.run([*run, "benchmarks.members_import", "--measure", way, place], env=environment,  # noqa: S603 - our own words
                                  capture_output=True, text=True)  # fmt: skip
            if done.returncode:
                print(f"{way:>24}: not measured ({done.stderr.strip().splitlines()[-1][:80]})")
                good = good and is_peer
                continue
            told = json.loads(done.stdout.splitlines()[-1])
            by_clock, by_processor = told["rows"] / told["clock"], told["rows"] / told["processor"]
            print(f"{way:>24}: {told['rows']:>7} rows in {told['clock']:6.1f} s: {by_clock:7.0f} rows/s "
                  f"({by_processor:7.0f} by processor time), peak {told['peak']:4.0f} MiB", flush=True)  # fmt: skip
            if way.startswith("nhiemky"):
                good = by_clock >= LIMIT_RATE and told["peak"] < LIMIT_MEMORY and told["rows"] == rows
        print(f"load {os.getloadavg()[0]:.1f} after; the limit is {LIMIT_RATE} rows/s and {LIMIT_MEMORY} MiB: "
              f"{'held' if good else 'NOT HELD in this run'}")  # fmt: skip
    return int(not good)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:4])
    else:
        sys.exit(main(*map(int, sys.argv[1:])))
