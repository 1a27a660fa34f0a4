"""What the browser tests share: windows that overlook nothing, signing in, the accessibility check."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text("utf-8")
WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.__violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile);
});
"""
EXPECTED = ("status of 4", "ERR_INTERNET_DISCONNECTED")
"""What a browser notes of refusals, and of a network that the test itself has cut."""
Opener = Callable[..., Page]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of an installation that lives in `home`: nothing of the developer's own."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DUIKOU_", "DATABASE_", "DJANGO_"))
    }
    return environment | {
        "DUIKOU_HOME": str(home),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for a site that has just been started; show its log if it does not come."""
    for _ in range(1500):  # five minutes: a busy machine takes long over its first start
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2):  # a loopback address of our own
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the site did not start: {log.read_text('utf-8')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a site that a fixture has started."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def serve(
    environment: dict[str, str], home: Path, port: int, log: str = "serve.log"
) -> subprocess.Popen[bytes]:
    """`duikou serve`, as an operator starts it, once it answers; what it prints is added to `log`."""
    printed = home / log
    with printed.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "duikou.cli", "serve", "--port", str(port)],
            env=environment,
            cwd=home,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/readyz", process, printed)
    except BaseException:
        stop(process)
        raise
    return process


def sign_in(page: Page, name: str, password: str) -> None:
    """Sign in through the form."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("main form[action*=login] button.btn-primary")
    page.wait_for_load_state()


def axe(page: Page) -> list[str]:
    """Violations of WCAG 2.2 AA and best practice on the page as it stands."""
    page.evaluate(AXE)
    result: dict[str, Any] = page.evaluate(
        "async () => await axe.run(document, {resultTypes: ['violations']})"
    )
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]} -- {node['failureSummary'][:200]}"
        for violation in result["violations"]
        for node in violation["nodes"][:3]
    ]


def count_of(page: Page) -> int:
    """How many rows the list on the page says it has."""
    words = page.locator(".dk-list-count b").inner_text()
    return int("".join(letter for letter in words if letter.isdigit()))


def field(page: Page, name: str) -> Locator:
    """The field of a form by its technical name, whatever its kind."""
    return page.locator(f"main [name='{name}']")


def press(page: Page, words: str, *, within: str = "main") -> None:
    """Press the button with these words and wait for the page that follows."""
    with page.expect_navigation():
        page.locator(within).get_by_role("button", name=words, exact=True).click()


def follow(link: Locator) -> None:
    """Click a link, or a button whose form leads on, and wait for the page that follows.

    A bare click returns while the old page still stands: what is then asked of "the page"
    meets the old one, or none at all.
    """
    with link.page.expect_navigation():
        link.click()


@dataclass
class Windows:
    """Browser windows on one site. `close` fails the test on anything that went wrong in one of them:

    a JavaScript error, a violation of the content security policy, an answer of 500 or
    more, a request to another host.
    """

    browser: Browser
    address: str
    password: str
    doors: dict[str, list[Any]]
    """Cookies by account: who has signed in once walks in again without the form."""
    beside: tuple[str, ...] = ()
    """Addresses of further servers of the test's own."""
    contexts: list[BrowserContext] = dataclasses.field(default_factory=list)
    trouble: list[str] = dataclasses.field(default_factory=list)

    def open(
        self,
        who: str | None = None,
        *,
        language: str = "zh-hans",
        width: int = 1280,
        dark: bool = False,
        script: bool = True,
    ) -> Page:
        """A new window with its own cookies, signed in as `who` (None: not signed in)."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 800 if width > 600 else 740},
            color_scheme="dark" if dark else "light",
            locale="en-GB" if language == "en" else "zh-CN",
            base_url=self.address,
            java_script_enabled=script,
        )
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        if script:
            context.add_init_script(WATCH)
        if who in self.doors:
            context.add_cookies(self.doors[who])
        self._speak(context, language)
        page = context.new_page()
        self._attach(page)
        if who and who not in self.doors:
            sign_in(page, who, self.password)
            # A busy machine answers late: whoever looks for the session before the answer finds none.
            expect(page.locator("input[name=login]")).to_have_count(0, timeout=20_000)
            self.doors[who] = [cookie for cookie in context.cookies() if cookie["name"] != "duikou-language"]
            self._speak(context, language)
        return page

    def _speak(self, context: BrowserContext, language: str) -> None:
        context.add_cookies([{"name": "duikou-language", "value": language, "url": self.address}])

    def _attach(self, page: Page) -> None:
        trouble = self.trouble
        page.on("pageerror", lambda error: trouble.append(f"script error on {page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                trouble.append(f"console on {page.url}: {message.text}")
                if message.type == "error" and not any(word in message.text for word in EXPECTED)
                else None
            ),
        )
        page.on(
            "response",
            lambda answer: trouble.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        page.on(
            "request",
            lambda request: (
                trouble.append(f"request to another host: {request.url}")
                if not request.url.startswith((self.address, *self.beside, "data:", "blob:", "about:"))
                else None
            ),
        )

    def photograph(self, folder: Path, name: str) -> None:
        """Keep a picture of every open page (after a failure)."""
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self.contexts for page in context.pages]
        for number, page in enumerate(pages, 1):
            path = folder / f"{name}-{number}.png"
            page.screenshot(path=path, full_page=True)
            print(f"{page.url} looked like {path}")

    def close(self) -> None:
        """Close all windows and report what went wrong in them."""
        for context in self.contexts:
            for page in context.pages:
                noted = page.evaluate("window.__violations || []")
                self.trouble += [f"CSP on {page.url}: {entry}" for entry in noted]
            context.close()
        assert not self.trouble, "\n".join(self.trouble)
