"""`duikou serve`: prepare, then keep web server and worker running until told to stop."""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import socket

from duikou.cli.boot import own_command
from duikou.cli.output import CliError
from duikou.cli.setup import prepare
from duikou.cli.supervisor import Part, Supervisor

PORT = 8000
ANSWERING = 4  # threads of a process that live rooms leave to everything else


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "--port",
        type=int,
        default=None,
        help=f"端口，默认取环境变量 PORT，否则 {PORT} / port (default: $PORT, else {PORT})",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="监听地址 / address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--web-workers", type=int, default=2, help="网站进程数 / web processes (default: %(default)s)"
    )
    parser.add_argument(
        "--threads", type=int, default=12, help="每进程线程数 / threads each (default: %(default)s)"
    )
    parser.add_argument(
        "--no-worker", action="store_true", help="不启动后台任务进程 / without background worker"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    port = _port(arguments.port)
    _check_free(arguments.host, port)
    prepare()
    os.environ.setdefault("DUIKOU_ROOM_STREAMS", str(max(0, arguments.threads - ANSWERING)))
    parts = [Part("web", _gunicorn(arguments, port), essential=True)]
    if not arguments.no_worker:
        parts += _background()
    return Supervisor(parts, ready_url=f"http://{_readable(arguments.host)}:{port}").run()


def _background() -> list[Part]:
    """The worker; where there is ffmpeg, one more for videos, which take long, and the live pictures."""
    from duikou.config import settings

    if not shutil.which(settings.FFMPEG):
        return [Part("worker", own_command("worker"))]
    return [
        Part("worker", own_command("worker", "--queue", "default")),
        Part("media", own_command("worker", "--queue", "media")),
        Part("live", own_command("live")),
    ]


def _port(given: int | None) -> int:
    text = os.environ.get("PORT", "") if given is None else str(given)
    port = int(text) if text.isdigit() else (PORT if not text else 0)
    if not 1 <= port <= 65535:
        raise CliError(f"端口应为 1 至 65535，实际为“{text}”", f"the port must be 1 to 65535, found “{text}”")
    return port


def _check_free(host: str, port: int) -> None:
    """Raise CliError when nobody could listen there: better now than after the preparation."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CliError(
                f"端口 {port} 已被占用：可能已有一个 duikou 在运行。请停止它，或用 --port 换一个端口",
                f"port {port} is taken, perhaps by another duikou: stop it, or choose another with --port",
            ) from None
        raise CliError(
            f"无法监听 {host}:{port}（{error.strerror}）。请检查 --host 与 --port",
            f"cannot listen on {host}:{port} ({error.strerror}): check --host and --port",
        ) from None


def _readable(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _gunicorn(arguments: argparse.Namespace, port: int) -> list[str]:
    own_command_interpreter = own_command()[0]
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    return [
        own_command_interpreter, "-m", "gunicorn", "duikou.config.wsgi:application",
        "--bind", f"{host}:{port}",
        "--worker-class", "gthread",
        "--workers", str(arguments.web_workers),
        "--threads", str(arguments.threads),
        "--timeout", "60",
        "--graceful-timeout", "15",
        "--keep-alive", "5",
        "--log-level", "warning",
        "--no-control-socket",  # it would lie in the home directory: two installations would collide
    ]  # fmt: skip
