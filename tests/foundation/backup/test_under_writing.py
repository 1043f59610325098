"""A backup made while people write is a point between two pieces of acknowledged work, whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import TIMES
from tests.foundation.backup.conftest import New
from tests.foundation.backup.installation import Installation, asked
from tests.foundation.backup.writing import acknowledged, faults_of, make_under_writing

pytestmark = pytest.mark.both_engines


def test_every_backup_is_a_point_between_two_acknowledged_records(
    new: New, seeded: Installation, tmp_path: Path
) -> None:
    writing, empty = new(like=seeded), new()
    backups = 6 * (TIMES or 1)
    made = make_under_writing(writing, tmp_path, backups, writers=2)
    digests = acknowledged(tmp_path)
    assert len(made) == backups and made[-1].held > made[0].held, "nobody wrote meanwhile: this would prove nothing"
    assert sum(each.after > each.before for each in made) > backups // 2, "writers waited for the backup"
    assert {each.path.name: faults_of(each, digests) for each in made} == {each.path.name: [] for each in made}
    last = made[-1]
    empty.run("restore", str(last.path))
    assert "0 lỗi" in empty.run("check")
    [(count,)] = asked(empty, "SELECT count(*) FROM foundation_auditevent")
    assert count == last.held + 1
    trail = dict(asked(empty, "SELECT number, digest FROM foundation_auditevent"))
    assert all(trail[number] == digest for number, digest in digests.items() if number <= last.held)
