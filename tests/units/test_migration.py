"""Units that were there before reorganisations have one life each, as their span says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.units.migrating import UNITS


def test_every_unit_has_lived_once(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "NHIEMKY_DATABASE"}
    command = [sys.executable, "-m", "tests.units.migrating"]
    done = subprocess.run(
        command, env=kept | {"NHIEMKY_VAR": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    assert len(said["before"]) == len(UNITS)
    assert said["lives"] == said["after"] == said["before"]
    assert said["known since"] == {code: number for number, code in enumerate(UNITS, 1)}
