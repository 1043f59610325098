"""What the tests of backups share: small files that are backups, and an installation in a folder of its own."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import psycopg

from nhiemky.foundation.backup.archive import Writer
from tests.foundation.backup.forked import Begun, Parent

AT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def backup_file(path: Path, members: dict[str, bytes] | None = None, **manifest: object) -> Path:
    """A sealed file with these members, as a programmer with our own code could write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w+b") as file:
        writer = Writer(file, AT)
        for name, contents in (members or {}).items():
            writer.add(name, [contents], compress=name.startswith("tables/"))
        writer.finish(manifest)
    return path


def evidence(folder: Path, count: int, size: int, seed: int = 1) -> None:
    """Files under their digests, as the recording of work keeps them."""
    chance = random.Random(seed)
    for _ in range(count):
        contents = chance.randbytes(size)
        name = hashlib.sha256(contents).hexdigest()
        place = folder / "evidence" / name[:2] / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(contents)


_MAIN = "import sys; from nhiemky.config.command import main; sys.exit(main(sys.argv[1:]))"
_SET_UP = "import django; django.setup()\n"
_EACH = """
import contextlib, io, json, sys
from nhiemky.config.command import main
told = []
for arguments in json.loads(sys.argv[1]):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(arguments)
    told.append((status, said.getvalue()))
print(json.dumps(told))
"""


@functools.cache
def _parent(on_server: bool) -> Parent:
    """The one whose children work on installations of this engine."""
    return Parent(Installation(Path(gettempdir()), "postgresql://nobody@/nothing" if on_server else "").environment)


@dataclass(frozen=True)
class Installation:
    """A folder, a database, and the command line that works on them.

    `anew`: each command is a Python that begins with nothing, as with people; otherwise one in which all is loaded.
    """

    var: Path
    database: str = ""
    anew: bool = False

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NHIEMKY_")}
        return (
            kept
            | {"NHIEMKY_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": "nhiemky.config.settings"}
            | ({"NHIEMKY_DATABASE": self.database} if self.database else {})
        )

    def start(self, *arguments: str, after: str = "") -> subprocess.Popen[str] | Begun:
        """The command on its way; `after` is some Python that comes first in the same process."""
        if after or not self.anew:
            return self._begin(f"{after}\n{_MAIN}", *arguments)
        return self._popen("-m", "nhiemky.config.command", *arguments)

    def _begin(self, code: str, *arguments: str) -> subprocess.Popen[str] | Begun:
        if self.anew:
            return self._popen("-c", f"{_SET_UP}{code}", *arguments)
        return _parent(bool(self.database)).start(code, list(arguments), self.environment)

    def _popen(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *arguments: str, status: int = 0) -> str:
        """What the command says; fails unless it ends with this status."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert process.returncode == status, f"{arguments}: {process.returncode}\n{out}\n{err}"
        return out + err

    def each(self, *commands: tuple[str, ...]) -> list[tuple[int, str]]:
        """Status and words of several commands, one after the other in one process."""
        told = self.python(_EACH, json.dumps(commands))
        return [(status, said) for status, said in json.loads(told.splitlines()[-1])]

    def python(self, code: str, *arguments: str, status: int = 0) -> str:
        """Run some Python with the installation set up; fails unless it ends with this status."""
        process = self._begin(code, *arguments)
        out, err = process.communicate(timeout=300)
        assert process.returncode == status, f"{process.returncode}\n{out}\n{err}"
        return out


def asked(installation: Installation, statement: str) -> list[tuple[Any, ...]]:
    """What the database of the installation answers, past all programs of ours."""
    if installation.database:
        with psycopg.connect(installation.database) as found:
            return found.execute(statement).fetchall()
    with closing(sqlite3.connect(installation.var / "nhiemky.sqlite3")) as there:
        return there.execute(statement).fetchall()


def head(installation: Installation) -> tuple[int, str]:
    """Number and digest of the last event."""
    [(number, digest)] = asked(installation, "SELECT number, digest FROM foundation_audithead")
    return number, digest


def files(installation: Installation) -> dict[str, bytes]:
    """The evidence, without what is only on its way."""
    folder = installation.var / "evidence"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }
