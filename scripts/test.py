"""Run every check that this machine can run; say what was skipped and why (`make test`)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-q"]
sys.path.insert(0, str(ROOT))
from tests.spark.cluster import obstacle as no_spark  # noqa: E402
from tests.tele import absences  # noqa: E402

NEAR_THE_DATABASE = ("--near-the-database", "tests/wings", "tests/spec", "--ignore=tests/spec/casemix")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Step:
    """One check: its command, and why it cannot run here (empty: it can)."""

    name: str
    command: list[str]
    obstacle: str = ""


def steps() -> list[Step]:
    """All checks in order, cheapest first."""
    with_postgres = str(ROOT / "scripts" / "with_postgres")
    server = subprocess.run([with_postgres, "--check"], capture_output=True, check=False).returncode == 0
    no_server = "" if server else "no PostgreSQL server programs (Debian: apt-get install postgresql)"
    browser = os.environ.get("DUIKOU_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    no_browser = "" if browser else "no chromium (Debian: apt-get install chromium fonts-noto-cjk)"
    no_components = absences.pictures() or absences.calls() or no_browser
    workers = str(min(os.cpu_count() or 1, 4))
    # Long tests stand together: who has none left takes over half of what another has before it.
    shared = ["-n", workers, "--dist", "worksteal"]
    # An installation of its own for each process; the tests of a file build on one another's rows.
    by_file = ["-n", workers, "--dist", "loadfile"]
    return [
        Step("style", [str(BIN / "ruff"), "check", "."]),
        Step("format", [str(BIN / "ruff"), "format", "--check", "."]),
        Step("import contracts", [str(BIN / "lint-imports")]),
        Step("catalogues", [sys.executable, "scripts/messages.py", "--check"]),
        Step("types", [str(BIN / "mypy")]),
        Step("tests on SQLite", [*PYTEST, *shared, "tests/unit", "tests/spec", "tests/wings"]),
        Step(
            "tests on PostgreSQL",
            [with_postgres, *PYTEST, *shared, *NEAR_THE_DATABASE],
            no_server,
        ),
        Step("kill -9 on SQLite", [*PYTEST, *by_file, "tests/kill"]),
        Step("kill -9 on PostgreSQL", [with_postgres, *PYTEST, *by_file, "tests/kill"], no_server),
        # In order: the walk over all pages comes before the journeys that leave their rows behind.
        Step("browser", [*PYTEST, *by_file, "--no-loadscope-reorder", "tests/browser"], no_browser),
        Step("telemedicine", [*PYTEST, "-n", "0", "tests/tele"], no_components),
        Step("Spark", [*PYTEST, "tests/spark"], no_spark()),
    ]


def main() -> int:
    """Run the steps (all of them, even after a failure) and print the balance."""
    wanted = sys.argv[1:]
    balance: list[tuple[str, str]] = []
    failed = False
    for step in steps():
        if wanted and not any(word in step.name for word in wanted):
            continue
        if step.obstacle:
            balance.append((step.name, f"SKIPPED: {step.obstacle}"))
            continue
        print(f"\n=== {step.name}", flush=True)
        start = time.monotonic()
        code = subprocess.run(step.command, cwd=ROOT, check=False).returncode
        failed |= code != 0
        verdict = "ok" if code == 0 else f"FAILED (exit {code})"
        balance.append((step.name, f"{verdict}, {time.monotonic() - start:.0f} s"))
    print("\n=== balance")
    for name, verdict in balance:
        print(f"{name:24} {verdict}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
