"""Measure what one request of the lists costs the server, on PostgreSQL.

    make bench-web                                        # starts a PostgreSQL for itself
    DATABASE_URL=postgres://… python tests/bench/bench_web.py [--requests 200] [--only provincial]

Loads an invented province of 1,000 hospitals and 3,000 pairings into a database of its
own, starts the program's web server (one process, production settings) and sends
requests one after the other. Prints CPU milliseconds per request, from the process
accounting of the kernel: application (web process) and database (all its processes),
and the number of queries per request (counted in this process). Nothing on the client's
side is counted. The same is done for a country of 4,000 hospitals, 10,000 pairings and
2,900 counties, where the overview must not cost more than twice the provincial one.

CPU time is what the machine spends; on a busy machine it grows somewhat (caches), but
far less than the time on the clock. The process accounting needs /proc (Linux).
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
FEW, MANY = 14, 100
WARM_UP = 20
QUERY_LIMIT = 8
SIZES = {
    "provincial": {"counties": 90, "hospitals": 1_000, "pairings": 3_000},
    "national": {"counties": 2_900, "hospitals": 4_000, "pairings": 10_000},
}


@dataclass(frozen=True)
class Target:
    """One address to measure."""

    label: str
    path: str
    signed_in: str  # "token" or "session"
    limit_ms: float | None = None


LISTS = (
    Target("hospital list, JSON, 14 rows", "/api/v1/hospitals?ownership=enterprise&limit=100", "token"),
    Target("hospital list, JSON, 100 rows", "/api/v1/hospitals?limit=100", "token", 12),
    Target("hospital list, HTML, 14 rows", "/app/hospitals/?ownership=enterprise&size=100", "session"),
    Target("hospital list, HTML, 100 rows", "/app/hospitals/?size=100", "session", 25),
    Target("pairing list, JSON, 14 rows", "/api/v1/pairings?kind=union&limit=100", "token"),
    Target("pairing list, JSON, 100 rows", "/api/v1/pairings?limit=100", "token", 12),
    Target("pairing list, HTML, 14 rows", "/app/pairings/list/?kind=union&size=100", "session"),
    Target("pairing list, HTML, 100 rows", "/app/pairings/list/?size=100", "session", 25),
)
OVERVIEWS = (
    Target("overview, HTML", "/app/pairings/?round=invented", "session"),
    Target("figures of the round, JSON", "/api/v1/rounds/invented/figures", "token"),
    Target("public figures, JSON", "/api/v1/public/rounds/invented/figures", "token"),
)


# ---------------------------------------------------------------- process accounting


def cpu_ms(pid: int, *, children: bool = False) -> float:
    """CPU milliseconds that a process has used; with `children` also those of its ended children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    used = int(fields[11]) + int(fields[12])
    if children:
        used += int(fields[13]) + int(fields[14])
    return used * 1000 / TICKS


def children_of(pid: int) -> list[int]:
    """Processes whose parent is `pid`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # ended meanwhile
            if int(fields[1]) == pid:
                found.append(int(entry.name))
    return found


@dataclass(frozen=True)
class Meter:
    """Reads what application and database have used so far."""

    master: int  # of the web server
    postmaster: int

    def read(self) -> tuple[float, float]:
        """CPU milliseconds of the application and of the database."""
        app = sum(cpu_ms(pid) for pid in children_of(self.master))
        database = cpu_ms(self.postmaster, children=True)
        database += sum(cpu_ms(pid) for pid in children_of(self.postmaster))
        return app, database


# ---------------------------------------------------------------- one size


def set_up() -> None:
    """Let Django find settings and database."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "duikou.config.settings"
    import django

    django.setup()


@dataclass(frozen=True)
class Ready:
    """What the requests need."""

    token: str
    cookie: str
    postmaster: int


def load(size: dict[str, int]) -> Ready:
    """Migrate, load the invented country, and sign an officer of its province in."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from duikou.core import tokens
    from duikou.core.models import OrgUnit, RoleGrant, User
    from duikou.core.scope import actor_for
    from duikou.wings.hospitals.models import Hospital
    from duikou.wings.pairings.actions.audits import audit_round
    from duikou.wings.pairings.models import Pairing
    from tests.bench.invented import SINCE, country

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    edition = country(**size)
    few = Hospital.objects.order_by("pk").values_list("pk", flat=True)[:FEW]
    Hospital.objects.filter(pk__in=list(few)).update(ownership="enterprise")
    few = Pairing.objects.order_by("pk").values_list("pk", flat=True)[:FEW]
    Pairing.objects.filter(pk__in=list(few)).update(kind="union")
    user = User.objects.create(username="bench", display_name="演示")
    province = OrgUnit.objects.get(kind="province")
    RoleGrant.objects.create(user=user, role="provincial_officer", org=province, valid_from=SINCE)
    actor = actor_for(user)
    start = time.process_time()
    audit_round(actor=actor, round_key=edition.key)
    print(
        f"  loaded; audit with writing its findings: {time.process_time() - start:.1f} s of CPU (application)"
    )
    _row, token = tokens.create(actor=actor, name="bench", scopes=actor.permissions, days=1)
    client = Client()
    client.force_login(user)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return Ready(token, cookie, _parent(backend))


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        sys.exit(
            "bench_web: the database's processes cannot be seen from here (no /proc, or another machine): "
            "CPU time cannot be measured. Run it on Linux beside the database (make bench-web)."
        )


def headers_for(target: Target, ready: Ready) -> dict[str, str]:
    """As a program, or as a browser."""
    if target.signed_in == "token":
        return {"Authorization": f"Bearer {ready.token}", "Accept": "application/json"}
    return {"Cookie": ready.cookie, "Accept": "text/html", "Accept-Language": "zh-CN"}


def queries_of(target: Target, ready: Ready) -> tuple[int, int]:
    """Number of queries and of rows (as the answer shows them) of one request, in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(
        headers={name: value for name, value in headers_for(target, ready).items() if name != "Cookie"}
    )
    client.cookies.load(ready.cookie if target.signed_in == "session" else "")
    client.get(target.path)  # what is read once per process is not counted
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(target.path)
    if answer.status_code != 200:
        sys.exit(f"bench_web: {target.path} answered {answer.status_code}: {answer.content[:300]!r}")
    if target.signed_in == "token":
        shown = len(answer.json().get("items", []))
    else:
        shown = len(re.findall(rb'<tr role="row"><t[dh] ?[^>]*role="(?:cell|rowheader)"', answer.content))
    return len(captured), shown


@contextmanager
def served() -> Iterator[tuple[int, int]]:
    """The web server with one process; gives its master's process id and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "duikou.config.wsgi:application",
        "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "1", "--threads", "4",
        "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DUIKOU_API_RATE": "0"}
    server = subprocess.Popen(command, env=environment)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    sys.exit("bench_web: the web server did not start")
                time.sleep(0.2)
        yield server.pid, port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)


@dataclass(frozen=True)
class Measured:
    """What one address costs."""

    target: Target
    rows: int
    queries: int
    app: float
    database: float

    @property
    def total(self) -> float:
        """Application and database."""
        return self.app + self.database

    @property
    def verdict(self) -> str:
        """Whether the targets are met."""
        if self.queries > QUERY_LIMIT and "list" in self.target.label:
            return f"missed: more than {QUERY_LIMIT} queries"
        if self.target.limit_ms is None:
            return ""
        word = "ok" if self.total <= self.target.limit_ms else "MISSED"
        return f"{word} (target {self.target.limit_ms:g} ms)"


def measure(target: Target, ready: Ready, port: int, meter: Meter, count: int) -> Measured:
    """CPU per request, after warming up; one after the other on one connection."""
    queries, rows = queries_of(target, ready)
    headers = headers_for(target, ready)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask() -> None:
        connection.request("GET", target.path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"bench_web: {target.path} answered {answer.status}")

    for _number in range(WARM_UP):
        ask()
    app, database = meter.read()
    for _number in range(count):
        ask()
    app_after, database_after = meter.read()
    connection.close()
    return Measured(target, rows, queries, (app_after - app) / count, (database_after - database) / count)


def show(found: list[Measured]) -> None:
    """A table of what was measured."""
    print(f"  {'':34}{'rows':>6}{'queries':>9}{'app ms':>9}{'db ms':>8}{'total':>8}")
    for one in found:
        numbers = f"{one.rows:>6}{one.queries:>9}{one.app:>9.1f}{one.database:>8.1f}{one.total:>8.1f}"
        print(f"  {one.target.label:34}{numbers}  {one.verdict}")


def run_one(name: str, count: int) -> list[Measured]:
    """Measure one size in the database of DATABASE_URL."""
    size = SIZES[name]
    print(f"{name}: {size['hospitals']} hospitals, {size['pairings']} pairings, {size['counties']} counties")
    set_up()
    ready = load(size)
    with served() as (master, port):
        meter = Meter(master, ready.postmaster)
        found = [measure(t, ready, port, meter, count) for t in (*LISTS, *OVERVIEWS)]
    show(found)
    return found


# ---------------------------------------------------------------- all sizes


def with_database(address: str, name: str) -> str:
    """The address of a fresh database beside that of `address`."""
    import psycopg

    parts = urlsplit(address)
    options = dict(part.split("=", 1) for part in parts.query.split("&") if "=" in part)
    place: dict[str, Any] = {"dbname": parts.path.lstrip("/"), "user": parts.username}
    if host := parts.hostname or options.get("host"):
        place["host"] = host
    if parts.port:
        place["port"] = parts.port
    if parts.password:
        place["password"] = parts.password
    with psycopg.connect(**place, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return urlunsplit(parts._replace(path=f"/{name}"))


def main() -> int:
    """Measure all sizes, each in a process and a database of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=200, help="requests per address")
    parser.add_argument("--only", choices=SIZES, help="only this size")
    parser.add_argument("--inside", choices=SIZES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        found = run_one(arguments.inside, arguments.requests)
        Path(os.environ["BENCH_RESULT"]).write_text("\n".join(f"{m.target.label}\t{m.total}" for m in found))
        return 0
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        sys.exit("bench_web: DATABASE_URL must name a PostgreSQL server (make bench-web starts one)")
    if not Path("/proc/self/stat").exists():
        sys.exit("bench_web: no /proc on this system: CPU time per process cannot be read")
    print("1 web process (gthread), sequential requests; load average " + " ".join(map(str, os.getloadavg())))
    totals: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in [arguments.only] if arguments.only else list(SIZES):
            result = Path(folder) / f"{name}.txt"
            environment = {
                **os.environ,
                "DATABASE_URL": with_database(address, f"bench_{name}"),
                "DUIKOU_HOME": str(Path(folder) / name),
                "BENCH_RESULT": str(result),
                "DUIKOU_LOG_JSON": "1",
                "DUIKOU_HOSTS": "127.0.0.1,testserver",
            }
            command = [sys.executable, __file__, "--inside", name, "--requests", str(arguments.requests)]
            subprocess.run(command, env=environment, check=True)
            lines = (line.split("\t") for line in result.read_text().splitlines())
            totals[name] = {label: float(value) for label, value in lines}
    if len(totals) == len(SIZES):
        print("national / provincial (target: at most 2)")
        for label, value in totals["national"].items():
            ratio = value / totals["provincial"][label]
            print(f"  {label:34}{ratio:>6.2f}  {'ok' if ratio <= 2 else 'MISSED'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
