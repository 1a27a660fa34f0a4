"""`duikou tiles`: serve the tiles of slides. It needs no database and does not load the framework."""

from __future__ import annotations

import argparse
import os
import sys
from urllib.parse import urlsplit

PORT, MOST_WORKERS = 8044, 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--port", type=int, default=PORT, help="端口 / port (default: %(default)s)")
    parser.add_argument(
        "--host", default="127.0.0.1", help="监听地址 / address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=max(2, min(os.cpu_count() or 2, MOST_WORKERS)),
        help="进程数，每个同时切一块 / processes, each cuts one tile at a time (default: %(default)s)",
    )
    parser.add_argument(
        "--threads", type=int, default=4, help="每进程线程数 / threads each (default: %(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM: this process becomes the web server."""
    from duikou.config import settings
    from duikou.wings.pathology.tiling.tickets import key_from

    environment = {
        **os.environ,
        "TILES_SLIDES": str(settings.SLIDES),
        "TILES_KEY": key_from(settings.SECRET_KEY).hex(),  # not the site's own secret
        "TILES_SESSION": settings.SESSION_COOKIE_NAME,
        "TILES_PREFIX": urlsplit(settings.TILES_URL).path,
    }
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    command = [
        sys.executable, "-m", "gunicorn", "duikou.wings.pathology.tiling.service:application()",
        "--bind", f"{host}:{arguments.port}",
        "--worker-class", "gthread",
        "--workers", str(arguments.workers),
        "--threads", str(arguments.threads),
        "--timeout", "60",
        "--keep-alive", "30",
        "--log-level", "warning",
        "--no-control-socket",
    ]  # fmt: skip
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606  (our own command)
