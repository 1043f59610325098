"""Debian's Chromium, for the browser tests and the pictures of the pages."""

import os
import shutil

from playwright.sync_api import Browser, Playwright

MISSING = "Chromium is missing on this machine. To install it: sudo apt-get install chromium"

# Nothing but the pages under test may cause traffic or wait for the network.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


def launch(playwright: Playwright) -> Browser:
    path = find_chromium()
    if path is None:
        raise RuntimeError(MISSING)
    # Chromium's sandbox does not start for root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS + sandbox)
