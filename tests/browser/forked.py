"""`nhiemky serve` again and again, each time in a fresh process: imports are done once, so a boot takes no second.

Reads lines from its input: a port number starts a server, whose process number it answers.
"""

import argparse
import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nhiemky.config.settings")


def main() -> None:
    django.setup()
    from django.db import connections

    from nhiemky.config import subcommands, wsgi  # noqa: F401 - loaded before the fork

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        connections.close_all()
        process = os.fork()
        if not process:
            # what the server says must not be read as an answer of ours
            os.dup2(2, 1)
            os.setsid()
            subcommands.serve(argparse.Namespace(host="127.0.0.1", port=int(line), no_work=False))
            os._exit(0)
        print(process, flush=True)


if __name__ == "__main__":
    main()
