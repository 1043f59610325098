"""Commands print the address at which the server really runs."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from nhiemky.config.address import address_of, told


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.VAR_DIR = tmp_path / "var"
    settings.TLS = False
    monkeypatch.setenv("NHIEMKY_PORT", "8123")
    monkeypatch.delenv("NHIEMKY_HOSTS", raising=False)
    return tmp_path / "var"


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_while_the_server_runs_its_port_is_printed(folder: Path, host: str) -> None:
    assert address_of("/x/", None) == "http://127.0.0.1:8123/x/"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with told(host, port):
            assert address_of("/x/", None) == f"http://127.0.0.1:{port}/x/"
            assert address_of("/x/", 9000) == "http://127.0.0.1:9000/x/", "unless another is asked for"
    assert list(folder.iterdir()) == []


def test_a_server_that_was_killed_is_not_believed(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with told("127.0.0.1", port):
        assert address_of("/", None) == "http://127.0.0.1:8123/"
    for line in ("", "x", "127.0.0.1 99999999", "\x00 80"):
        (folder / "serving").write_text(line)
        assert address_of("/", None) == "http://127.0.0.1:8123/"


def test_a_second_server_keeps_its_line(folder: Path) -> None:
    with told("127.0.0.1", 1), socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        second = told("127.0.0.1", port)
        second.__enter__()
    assert (folder / "serving").read_text() == f"127.0.0.1 {port}\n"


def test_behind_tls_the_name_is_printed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TLS = True
    monkeypatch.setenv("NHIEMKY_HOSTS", "cong-doan.example khac.example")
    assert address_of("/x/", None) == "https://cong-doan.example/x/"
