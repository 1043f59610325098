"""Where this installation is served: told by the server while it runs, and asked by commands that print an address."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from nhiemky.foundation import disk

EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not listened at
PATIENCE = 0.5


@contextmanager
def told(host: str, port: int) -> Iterator[None]:
    """While this goes on, `address_of` names this host and port."""
    place, line = _place(), f"{host} {port}\n".encode()
    place.parent.mkdir(parents=True, exist_ok=True)
    disk.put(place, line)
    try:
        yield
    finally:
        with suppress(OSError):
            # a second server may have told its own since
            if place.read_bytes() == line:
                place.unlink()


def address_of(path: str, port: int | None) -> str:
    """Where people reach this installation: its first host name or this machine, at the port that is served."""
    name = next(iter(os.environ.get("NHIEMKY_HOSTS", "").split()), "")
    if name and settings.TLS:
        return f"https://{name}{path}"
    served, serving = _running()
    return f"http://{name or served}:{port or serving or usual_port()}{path}"


def usual_port() -> int:
    return int(os.environ.get("NHIEMKY_PORT", "8000"))


def _place() -> Path:
    return Path(settings.VAR_DIR) / "serving"


def _running() -> tuple[str, int | None]:
    """Host and port of the server; a server that was killed leaves its line, so somebody has to answer there."""
    try:
        host, _space, port = _place().read_text().strip().rpartition(" ")
        here = "127.0.0.1" if host in EVERY_ADDRESS else host
        with socket.create_connection((here, int(port)), PATIENCE):
            return f"[{here}]" if ":" in here else here, int(port)
    except (OSError, ValueError, OverflowError):
        return "127.0.0.1", None
