"""Server time of each page of the demonstration: p95 of 200 requests beside the limit of 100 ms.

    .venv/bin/python -m benchmarks.pages [REQUESTS]

Makes the demonstration in a folder of its own, follows links from the home page as the administrator (sixty of
each kind of page), takes of each kind the slowest three, and asks each 200 times in turn: with what the server keeps in memory, and as the
first asking after a write, when it keeps nothing. The peer in the same run is the sign-in page.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict

LIMIT_MS = 100
OF_A_KIND = 60
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')


def main(requests: int = 200) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "NHIEMKY_VAR": folder,
            "NHIEMKY_GALLERY": "1",
            "DJANGO_SETTINGS_MODULE": "nhiemky.config.settings",
        }
        os.environ.pop("NHIEMKY_DATABASE", None)
        from django.core.management import call_command

        import nhiemky.config.wsgi  # noqa: F401 - set up as the server is

        call_command("migrate", verbosity=0)
        return _measure(requests)


def _measure(requests: int) -> int:
    from django.conf import settings
    from django.test import Client
    from django.urls import resolve

    from nhiemky.config.demo import make_demo
    from nhiemky.figures.queries.material import forget
    from nhiemky.foundation import clock
    from nhiemky.foundation.models import User
    from nhiemky.web.charts import views as charts

    make_demo(settings.DATA_DIR, clock.today())
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="quan-tri"))

    def timed(address: str) -> tuple[float, bytes, str]:
        begun = time.perf_counter()
        # a picture is asked for by the page it stands on
        answer = client.get(address, headers={"HX-Request": "true"} if "/svg/" in address else {})
        took = (time.perf_counter() - begun) * 1000
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code == 302:
            return took, b"", ""  # the password is asked for again first
        if answer.status_code != 200:
            sys.exit(f"{address}: {answer.status_code}")
        return took, answer.content if "html" in kind and not answer.streaming else b"", kind

    seen: dict[str, float] = {}
    documents: dict[str, float] = {}
    met: Counter[str] = Counter()
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0).replace("&amp;", "&")
        if address in seen or address in documents or address.startswith("/static/"):
            continue
        # thousands of records look alike: so many of each kind show the slow ones
        name = resolve(address.split("?")[0]).view_name
        met[name] += 1
        if met[name] > OF_A_KIND:
            continue
        took, body, kind = timed(address)
        (seen if "html" in kind else documents)[address] = took
        waiting += LINK.findall(body.decode())
    by_name: dict[str, list[str]] = defaultdict(list)
    for address in sorted(seen, key=lambda each: -seen[each]):
        by_name[resolve(address.split("?")[0]).view_name].append(address)
    print(f"{len(seen)} pages of {len(by_name)} kinds and {len(documents)} files were found by following links")
    slowest = 0.0
    peer = _percentiles([_anonymous() for _ in range(requests)])
    print(f"{'':15} after a write")
    print(f"{'p50':>7} {'p95':>7} {'p50':>7} {'p95':>7} ms   (limit {LIMIT_MS} ms at p95)")
    print(f"{peer[0]:7.1f} {peer[1]:7.1f} {'':15}      peer: the sign-in page, which asks the database nothing")
    for name, addresses in sorted(by_name.items()):
        for address in addresses[:3]:
            warm = _percentiles([timed(address)[0] for _ in range(requests)])
            first = _percentiles([(forget(), charts.forget(), timed(address)[0])[2] for _ in range(requests)])
            slowest = max(slowest, warm[1], first[1])
            print(f"{warm[0]:7.1f} {warm[1]:7.1f} {first[0]:7.1f} {first[1]:7.1f}      {name}  {address}", flush=True)
    print(f"slowest p95: {slowest:.1f} ms")
    return int(slowest >= LIMIT_MS)


def _anonymous() -> float:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    begun = time.perf_counter()
    client.get("/dang-nhap/")
    return (time.perf_counter() - begun) * 1000


def _percentiles(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
