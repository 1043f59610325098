"""`nhiemky` again and again, each time in a process of its own: what it imports is imported once for all of them.

The parent has everything loaded and does nothing itself. Each child takes its own environment, settings and database,
and is a process like any other: it can be told to end, killed, and asked how it ended.
"""

from __future__ import annotations

import atexit
import gc
import hashlib
import importlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import psycopg

ROOM = 1 << 20


class Begun:
    """A child on its way, asked as one asks `subprocess.Popen`."""

    def __init__(self, arguments: list[str], out: int, err: int, told: int) -> None:
        self.args = arguments
        self.stdout: IO[str] = os.fdopen(out, encoding="utf-8")
        self.stderr: IO[str] = os.fdopen(err, encoding="utf-8")
        # the first line is the number of the process, the second how it ended
        self._told: IO[str] = os.fdopen(told, encoding="utf-8")
        self.pid = int(self._told.readline())
        self.returncode: int | None = None
        self._said: dict[str, str] = {}
        self._reading: list[threading.Thread] = []

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it says until it ends; `subprocess.TimeoutExpired` if it does not end so soon, and it may be asked again."""
        if not self._reading:
            self._reading = [
                threading.Thread(target=self._read, args=each, daemon=True)
                for each in (("out", self.stdout), ("err", self.stderr), ("ended", self._told))
            ]
            for each in self._reading:
                each.start()
        self._reading[2].join(timeout)
        if self._reading[2].is_alive():
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        for each in self._reading:
            each.join()
        self.returncode = int(self._said["ended"])
        return self._said["out"], self._said["err"]

    def _read(self, name: str, stream: IO[str]) -> None:
        with stream:
            self._said[name] = stream.read()

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)


class Parent:
    """One for each engine, as long as the tests run."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._folder = TemporaryDirectory(prefix="nhiemky-forked-")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.foundation.backup.forked", str(theirs.fileno()), self._folder.name],
                env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self._line = ours
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
        atexit.register(self.stop)

    def start(self, code: str, arguments: list[str], environment: dict[str, str]) -> Begun:
        """Run the Python, as `python -c` does, in a child."""
        ends = [os.pipe() for _ in range(3)]
        asked = json.dumps({"code": code, "arguments": arguments, "environment": environment}).encode()
        socket.send_fds(self._line, [asked], [write for _read, write in ends])
        for _read, write in ends:
            os.close(write)
        return Begun(arguments, *(read for read, _write in ends))

    def stop(self) -> None:
        self._line.close()
        self._process.wait(timeout=60)
        self._folder.cleanup()


# ---- in the parent


def main(line: str, folder: str) -> None:
    import django

    django.setup()
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader

    from nhiemky.config import command, subcommands  # noqa: F401 - loaded before the fork
    from nhiemky.exchange import reading

    command._parser()
    MigrationLoader(None)
    for name in reading._types():
        reading._validator(name)
    connections.close_all()
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(line)) as asking:
        while True:
            asked, ends, _flags, _from = socket.recv_fds(asking, ROOM, 3)
            if not asked:
                break
            if not os.fork():
                asking.close()
                _watch(json.loads(asked), ends, Path(folder))
            for each in ends:
                os.close(each)
            _reap(os.WNOHANG)
    _reap(0)


def _reap(how: int) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def _watch(asked: dict[str, Any], ends: list[int], folder: Path) -> None:
    """Start the child and tell its number, and later how it ended."""
    out, err, told = ends
    child = os.fork()
    if not child:
        os.close(told)
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
        status = 1
        try:
            status = _run(asked, folder)
        finally:
            _end()
            os._exit(status)
    os.close(out)
    os.close(err)
    os.write(told, f"{child}\n".encode())
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.write(told, str(ended).encode())
    os._exit(0)


def _end() -> None:
    """What a Python does that ends by itself."""
    from django.db import connections

    sys.stdout.flush()
    sys.stderr.flush()
    with suppress(Exception):
        connections.close_all()


def _run(asked: dict[str, Any], folder: Path) -> int:
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["-c", *asked["arguments"]]
    _settle()
    _remember_migrating(folder)
    try:
        exec(compile(asked["code"], "<string>", "exec"), {"__name__": "__main__"})
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else 0 if ending.code is None else 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _settle() -> None:
    """Settings and database of this environment in the place of those that the parent had."""
    from django.conf import settings
    from django.db import connections
    from django.utils.functional import empty

    from nhiemky.config import settings as module

    importlib.reload(module)
    settings._wrapped = empty  # type: ignore[attr-defined]
    settings.__dict__.clear()
    settings._wrapped = empty  # type: ignore[attr-defined]
    connections.__dict__.pop("settings", None)
    connections._settings = None  # type: ignore[attr-defined]
    if hasattr(connections._connections, "default"):  # type: ignore[attr-defined]
        del connections["default"]


def _remember_migrating(folder: Path) -> None:
    """What makes the tables of an empty database is worked out by the first child and said again by the others."""
    from django.db import connection

    from nhiemky.foundation.backup import schema

    worked_out = schema.migrate_to

    def migrate_to(migrations: set[schema.Migration] | None = None) -> None:
        if migrations is None or schema.applied():
            worked_out(migrations)
            return
        kept = folder / hashlib.sha256(repr(sorted(migrations)).encode()).hexdigest()
        if connection.vendor == "sqlite":
            _copied(kept, lambda: worked_out(migrations))
        else:
            _said_again(kept, lambda: worked_out(migrations))

    schema.migrate_to = migrate_to


def _copied(kept: Path, work_out: Any) -> None:
    """SQLite: the pages of the file."""
    from django.db import connection

    connection.ensure_connection()
    if kept.exists():
        with sqlite3.connect(kept) as source:
            source.backup(connection.connection)
        source.close()
        return
    work_out()
    making = kept.with_suffix(f".{os.getpid()}")
    with sqlite3.connect(making) as target:
        connection.connection.backup(target)
    target.close()
    making.rename(kept)


def _said_again(kept: Path, work_out: Any) -> None:
    """PostgreSQL, in the middle of a transaction: the statements."""
    from django.db import connection

    if kept.exists():
        with connection.cursor() as cursor:
            cursor.execute(kept.read_text())
        return
    said: list[str] = []

    connection.ensure_connection()
    # the cursor of a statement forgets what it found when it is asked for anything else
    words = psycopg.ClientCursor(connection.connection)

    def listen(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if many:
            raise RuntimeError("a migration that says one statement many times")
        said.append(words.mogrify(sql, params) if params else str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        work_out()
    making = kept.with_suffix(f".{os.getpid()}")
    making.write_text(";\n".join(each.rstrip().removesuffix(";") for each in said))
    making.rename(kept)


if __name__ == "__main__":
    main(*sys.argv[1:])
