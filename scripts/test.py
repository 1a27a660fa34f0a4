"""Run every check that this machine can run; say what was skipped and why (`make test`)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-q"]
sys.path.insert(0, str(ROOT))
from tests.spark.cluster import obstacle as no_spark  # noqa: E402
from tests.tele import absences  # noqa: E402

NEAR_THE_DATABASE = ("--near-the-database", "tests/wings", "tests/spec", "--ignore=tests/spec/casemix")
KILLS_NEAR_THE_DATABASE = ("tests/kill", "--ignore=tests/kill/test_store.py")  # the store is made of files
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Step:
    """One check: its command, and why it cannot run here (empty: it can)."""

    name: str
    command: list[str]
    obstacle: str = ""
    reads: bool = False  # reads files on one processor: several such checks go side by side


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
        Step("style", [str(BIN / "ruff"), "check", "."], reads=True),
        Step("format", [str(BIN / "ruff"), "format", "--check", "."], reads=True),
        Step("import contracts", [str(BIN / "lint-imports")], reads=True),
        Step("catalogues", [sys.executable, "scripts/messages.py", "--check"], reads=True),
        Step("types", [str(BIN / "mypy")], reads=True),
        Step("tests on SQLite", [*PYTEST, *shared, "tests/unit", "tests/spec", "tests/wings"]),
        Step(
            "tests on PostgreSQL",
            [with_postgres, *PYTEST, *shared, *NEAR_THE_DATABASE],
            no_server,
        ),
        Step("kill -9 on SQLite", [*PYTEST, *by_file, "tests/kill"]),
        Step(
            "kill -9 on PostgreSQL", [with_postgres, *PYTEST, *by_file, *KILLS_NEAR_THE_DATABASE], no_server
        ),
        # In order: the walk over all pages comes before the journeys that leave their rows behind.
        Step("browser", [*PYTEST, *by_file, "--no-loadscope-reorder", "tests/browser"], no_browser),
        Step("telemedicine", [*PYTEST, "-n", "0", "tests/tele"], no_components),
        Step("Spark", [*PYTEST, "tests/spark"], no_spark()),
    ]


def main() -> int:
    """Run the steps (all of them, even after a failure) and print the balance."""
    wanted = sys.argv[1:]
    chosen = [step for step in steps() if not wanted or any(word in step.name for word in wanted)]
    balance = {step.name: f"SKIPPED: {step.obstacle}" for step in chosen if step.obstacle}
    able = [step for step in chosen if not step.obstacle]
    with ThreadPoolExecutor(os.cpu_count()) as side_by_side:
        balance.update(side_by_side.map(quiet, [step for step in able if step.reads]))
    balance.update(loud(step) for step in able if not step.reads)
    print("\n=== balance")
    for step in chosen:
        print(f"{step.name:24} {balance[step.name]}")
    return int(any("FAILED" in verdict for verdict in balance.values()))


def loud(step: Step) -> tuple[str, str]:
    """Run a step and show its output as it comes; its name and verdict."""
    print(f"\n=== {step.name}", flush=True)
    start = time.monotonic()
    code = subprocess.run(step.command, cwd=ROOT, check=False).returncode
    return step.name, verdict(code, start)


def quiet(step: Step) -> tuple[str, str]:
    """Run a step and show its output when it has ended; its name and verdict."""
    start = time.monotonic()
    done = subprocess.run(
        step.command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(f"\n=== {step.name}\n{done.stdout}", end="", flush=True)
    return step.name, verdict(done.returncode, start)


def verdict(code: int, start: float) -> str:
    """How a step that began at `start` has ended, and how long it took."""
    return f"{f'FAILED (exit {code})' if code else 'ok'}, {time.monotonic() - start:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
