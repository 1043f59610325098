"""The demonstration served by a process that can be killed and started again on the same data."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.browser.recorder import Recorder
from tests.browser.site import prepared


class Site:
    """A server that can be killed and started again on the same data."""

    def __init__(self, folder: Path, database: str = "") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if name != "NHIEMKY_DATABASE"}
        self.environment = kept | {"NHIEMKY_VAR": str(folder)}
        if database:
            self.environment["NHIEMKY_DATABASE"] = database
        self.command = [sys.executable, "-m", "nhiemky.config.command"]
        if database:
            subprocess.run([*self.command, "demo", "--small"], env=self.environment, check=True, capture_output=True)
        else:
            prepared(folder, self.command, ("demo", "--small"), self.environment)
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.forked"], env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.process = 0
        self.working = threading.Event()

    def start(self) -> None:
        assert self.parent.stdin and self.parent.stdout
        self.parent.stdin.write(f"{self.port}\n")
        self.parent.stdin.flush()
        self.process = int(self.parent.stdout.readline())
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                Recorder(self.port).ask("GET", "/dang-nhap/")
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("the server does not answer")

    def kill(self) -> None:
        self.working.clear()
        os.kill(self.process, signal.SIGKILL)
        self.process = 0

    def stop(self) -> None:
        if self.process:
            os.kill(self.process, signal.SIGKILL)
        assert self.parent.stdin
        self.parent.stdin.close()
        self.parent.wait(timeout=10)
        self.parent.stdout.close()  # type: ignore[union-attr]
