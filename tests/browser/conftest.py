"""A running site on a database of its own, and a real browser that refuses to overlook anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.tools import ROOT, Opener, Windows, free_port, own_environment, serve, stop
from tests.prepared import prepare

CHROMIUM = os.environ.get("DUIKOU_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ANNEX = ROOT / "src/duikou/wings/pairings/data/zhejiang_2014_annex.csv"
PASSWORD = "Xiang-Qian-2026!"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ACCOUNTS = {
    "province": ("provincial_officer", "浙江省"),
    "province2": ("provincial_officer", "浙江省"),
    "hangzhou": ("city_officer", "杭州市"),
    "ningbo": ("city_officer", "宁波市"),
    "keeper": ("system_admin", "浙江省"),
    "auditor": ("auditor", "浙江省"),
    "county": ("county_officer", "安吉县"),
    "hospital": ("hospital_liaison", "安吉县人民医院"),
    "careless": ("county_officer", "德清县"),
    "clinic": ("clinician", "安吉县人民医院"),
    "expert": ("clinician", "浙江医院"),
    "records": ("medical_office", "安吉县人民医院"),
}


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """These tests talk to a running site; the test process itself has no database."""


@dataclass
class Site:
    """A running installation."""

    address: str
    home: Path
    administrator: str
    administrator_password: str
    environment: dict[str, str]

    def command(self, *words: str, seconds: float = 300) -> str:
        """Run the `duikou` command against this installation and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "duikou.cli", *words],
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"duikou {' '.join(words)}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def python(self, code: str) -> str:
        """Run some lines inside the installation (to prepare accounts)."""
        return self.command("manage", "shell", "-c", code)


@contextmanager
def served(home: Path, port: int, first: tuple[str, str] = ("", ""), **settings: str) -> Iterator[Site]:
    """A prepared home, served with these settings; `first` are the administrator's name and password."""
    environment = own_environment(home, **settings)
    process = serve(environment, home, port)
    try:
        yield Site(f"http://127.0.0.1:{port}", home, *first, environment)
    finally:
        stop(process)


@contextmanager
def running_site(home: Path, **settings: str) -> Iterator[Site]:
    """`duikou serve` on a home where everything has just been prepared."""
    with served(home, free_port(), prepare(home), **settings) as site:
        yield site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that the tests share. Who looks at slides starts the service of tiles that it names."""
    tiles = f"http://127.0.0.1:{free_port()}/tiles"
    with running_site(tmp_path_factory.mktemp("home"), DUIKOU_TILES_URL=tiles) as running:
        yield running


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers: one for a process, it allows no second."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's chromium, headless."""
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def accounts(site: Site) -> tuple[str, ...]:
    """One account for each part in the journeys; all with the same password."""
    return open_accounts(site)


def open_accounts(site: Site) -> tuple[str, ...]:
    """Open the accounts of the journeys on a site."""
    site.python(
        "import datetime as dt\n"
        "from duikou.core.models import OrgUnit, RoleGrant, User\n"
        f"for name, (role, org) in {ACCOUNTS!r}.items():\n"
        f"    user = User.objects.create_user(name, password={PASSWORD!r}, display_name=name)\n"
        "    unit = OrgUnit.objects.filter(name=org).order_by('path').first()\n"
        "    RoleGrant.objects.create(user=user, role=role, org=unit, valid_from=dt.date(2014, 1, 1))\n"
        "    if name == 'province':\n"
        "        RoleGrant.objects.create(\n"
        "            user=user, role='system_admin', org=unit, valid_from=dt.date(2014, 1, 1))\n"
    )
    return tuple(ACCOUNTS)


@pytest.fixture(scope="session")
def own_round(site: Site) -> str:
    """A draft round with the printed tables, for journeys that change something; answers its key.

    The published round keeps its numbers for the other tests.
    """
    site.python(
        "import datetime as dt\n"
        "from duikou.core.models import OrgUnit\n"
        "from duikou.core.scope import SYSTEM\n"
        "from duikou.wings.pairings.actions.rounds import create_round\n"
        "create_round(actor=SYSTEM, key='journey', name='试走轮次', name_en='Trial round',\n"
        "    org=OrgUnit.objects.get(name='浙江省'), policy_pack='zhejiang-2014',\n"
        "    start=dt.date(2014, 2, 15), end=dt.date(2017, 2, 14), divisions_on=dt.date(2014, 1, 26))\n"
    )
    site.command("import", "annex", str(ANNEX), "--round", "journey")
    return "journey"


@pytest.fixture(scope="session")
def proposals(site: Site, accounts: tuple[str, ...]) -> tuple[int, int]:
    """Two solved proposals after the published round, and a workbook of needs with a wrong row; their ids.

    The second has a locked and a forbidden pair.
    """
    printed = site.python(
        "from duikou.core.models import User\n"
        "from duikou.core.scope import SYSTEM, actor_for\n"
        "from duikou.wings.pairings.actions.needs import upload_declarations\n"
        "from duikou.wings.pairings.actions.proposals import copy_proposal, create_proposal, edit_pairs\n"
        "from duikou.wings.pairings.actions.solving import solve_proposal\n"
        "import io, openpyxl\n"
        "first = create_proposal(actor=SYSTEM, round_key='zhejiang-2014', name='Plan A')\n"
        "solve_proposal(actor=SYSTEM, proposal=first)\n"
        "second = copy_proposal(actor=SYSTEM, proposal=first, name='Plan B')\n"
        "edit_pairs(actor=SYSTEM, proposal=second, reason='试走',\n"
        "    lock=[('zj-002', 'zj-068')], forbid=[('zj-001', 'zj-068')])\n"
        "solve_proposal(actor=SYSTEM, proposal=second)\n"
        "book, memory = openpyxl.Workbook(), io.BytesIO()\n"
        "book.active.append(['医院', '年度', '类别', '专业', '数量', '来源', '依据'])\n"
        "book.active.append(['安吉县人民医院', 2014, '需要人月', '', 12, '试走', ''])\n"
        "book.active.append(['没有这家医院', 2014, '需要人月', '', 12, '试走', ''])\n"
        "book.save(memory)\n"
        "officer = actor_for(User.objects.get(username='province'))\n"
        "upload_declarations(actor=officer, content=memory.getvalue(), filename='needs.xlsx')\n"
        "print('proposals', first.pk, second.pk)\n"
    )
    found = re.search(r"proposals (\d+) (\d+)", printed)
    assert found, printed
    return int(found.group(1)), int(found.group(2))


@pytest.fixture(scope="session")
def doors() -> dict[str, list[Any]]:
    """Cookies of those who have signed in, by account."""
    return {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Note on the test how its own part went, so that its windows know whether to take pictures."""
    report = yield
    if report.when == "call":
        item.failed_itself = report.failed  # type: ignore[attr-defined]
    return report


def windows_of(request: pytest.FixtureRequest, windows: Windows) -> Iterator[Opener]:
    """Lend windows to one test: pictures after a failure, trouble reported at the end."""
    yield windows.open
    if getattr(request.node, "failed_itself", False):
        folder = request.config._tmp_path_factory.getbasetemp() / "pictures"  # type: ignore[attr-defined]
        windows.photograph(folder, re.sub(r"\W+", "-", request.node.name))
    windows.close()


@pytest.fixture
def visit(
    request: pytest.FixtureRequest,
    site: Site,
    browser: Browser,
    accounts: tuple[str, ...],
    doors: dict[str, list[Any]],
) -> Iterator[Opener]:
    """Open a window: `visit("province", language="en", width=360, dark=True)`; None = not signed in."""
    yield from windows_of(request, Windows(browser, site.address, PASSWORD, doors))
