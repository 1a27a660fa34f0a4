"""A running site on a database of its own, and a real browser that refuses to overlook anything.

Every page opened here fails the test on a JavaScript error, a violation of the content
security policy, an answer of 500 or more, or a request to another host.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.tools import Opener, sign_in

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("DUIKOU_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
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
WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.__violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile);
});
"""


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """These tests talk to a running site; the test process itself has no database."""


@dataclass
class Site:
    """A running installation."""

    address: str
    home: Path
    administrator_password: str
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """Run the `duikou` command against this installation and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "duikou.cli", *words],
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"duikou {' '.join(words)}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def python(self, code: str) -> str:
        """Run some lines inside the installation (to prepare accounts)."""
        return self.command("manage", "shell", "-c", code)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`duikou serve` on a fresh home: the way a newcomer starts it."""
    home = tmp_path_factory.mktemp("home")
    port = _free_port()
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("DUIKOU_", "DATABASE_", "DJANGO_"))
    }
    environment |= {"DUIKOU_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    log = home / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "duikou.cli", "serve", "--port", str(port)],
            env=environment,
            cwd=home,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address + "/readyz", process, log)
        password = re.search(r"(?:password|密码)[^:：]*[:：]\s*(\S+)", log.read_text("utf-8"))
        assert password, (
            f"the first start prints the administrator's one-time password: {log.read_text('utf-8')}"
        )
        yield Site(address, home, password.group(1), environment)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2):  # a loopback address of our own
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the site did not start: {log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, headless."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def accounts(site: Site) -> dict[str, str]:
    """Accounts for the journeys, by the role they play; all with the same password."""
    wanted = {
        "province": ("provincial_officer", "浙江省"),
        "hangzhou": ("city_officer", "杭州市"),
        "ningbo": ("city_officer", "宁波市"),
        "admin": ("system_admin", "浙江省"),
        "auditor": ("auditor", "浙江省"),
        "county": ("county_officer", "安吉县"),
        "hospital": ("hospital_liaison", "安吉县人民医院"),
    }
    site.python(
        "import datetime as dt\n"
        "from duikou.core.models import OrgUnit, RoleGrant, User\n"
        f"for name, (role, org) in {wanted!r}.items():\n"
        "    user = User.objects.create_user(name, password=%r, display_name=name)\n"
        % PASSWORD
        + "    unit = OrgUnit.objects.filter(name=org).order_by('path').first()\n"
        "    RoleGrant.objects.create(user=user, role=role, org=unit, valid_from=dt.date(2014, 1, 1))\n"
        "    if name == 'province':\n"
        "        RoleGrant.objects.create(\n"
        "            user=user, role='system_admin', org=unit, valid_from=dt.date(2014, 1, 1))\n"
    )
    return {name: name for name in wanted}


@dataclass
class Watched:
    """What went wrong on the pages of one context."""

    trouble: list[str] = field(default_factory=list)

    def attach(self, page: Page, address: str) -> None:
        """Note every error of `page`."""
        page.on("pageerror", lambda error: self.trouble.append(f"script error on {page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                self.trouble.append(f"console on {page.url}: {message.text}")
                if message.type == "error" and "status of 4" not in message.text
                else None
            ),
        )
        page.on(
            "response",
            lambda answer: (
                self.trouble.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                self.trouble.append(f"request to another host: {request.url}")
                if not request.url.startswith((address, "data:", "blob:", "about:"))
                else None
            ),
        )


@pytest.fixture
def visit(site: Site, browser: Browser, accounts: dict[str, str]) -> Iterator[Opener]:
    """Open a window: `visit("province", language="en", width=360, dark=True)`; None = not signed in."""
    contexts: list[BrowserContext] = []
    watched = Watched()

    def open_window(
        who: str | None = None, *, language: str = "zh-hans", width: int = 1280, dark: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800 if width > 600 else 740},
            color_scheme="dark" if dark else "light",
            locale="en-GB" if language == "en" else "zh-CN",
            base_url=site.address,
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        context.add_cookies([{"name": "duikou-language", "value": language, "url": site.address}])
        page = context.new_page()
        watched.attach(page, site.address)
        if who:
            sign_in(page, who, PASSWORD)
        return page

    yield open_window
    for context in contexts:
        for page in context.pages:
            watched.trouble += [
                f"CSP on {page.url}: {entry}" for entry in page.evaluate("window.__violations || []")
            ]
        context.close()
    assert not watched.trouble, "\n".join(watched.trouble)
