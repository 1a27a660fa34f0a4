"""What the journeys share: signing in, and the accessibility check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text("utf-8")
Opener = Callable[..., Page]


def sign_in(page: Page, name: str, password: str) -> None:
    """Sign in through the form."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("form[action*=login] button[type=submit], main form button.btn-primary")
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
