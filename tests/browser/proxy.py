"""A small proxy that cuts the line at one chosen request: before the server hears of it, or after it has answered."""

import socket
import threading
from dataclasses import dataclass, field
from types import TracebackType


@dataclass
class Cut:
    """Cut the first request whose first line holds `line`; `late` lets the server answer and drops the answer."""

    line: str
    late: bool
    done: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """Listens on a port of its own; one request for each connection."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.cut: Cut | None = None
        self.seen: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open = True

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        # wakes the listener
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._listener.close()

    def _listen(self) -> None:
        while self._open:
            client, _address = self._listener.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client:
                request = _request(client)
                if request:
                    self._pass(client, request)
        except OSError:
            pass

    def _pass(self, client: socket.socket, request: bytes) -> None:
        line = request.partition(b"\r\n")[0].decode("latin-1")
        self.seen.append(line)
        cut = self.cut if self.cut and self.cut.line in line and not self.cut.done.is_set() else None
        if cut:
            cut.done.set()
            if not cut.late:
                return
        with socket.create_connection(("127.0.0.1", self.to)) as server:
            server.sendall(request)
            answer = b""
            while part := server.recv(65536):
                answer += part
                if not cut:
                    client.sendall(part)


def _request(client: socket.socket) -> bytes:
    """Head and body, asking the server to close afterwards."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = client.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        part = client.recv(65536)
        if not part:
            return b""
        body += part
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body
