"""Every page that links lead to: no accessibility violation, no script or policy error, no overflow.

The pages are found by following links from the entrances, one page per kind of
address (digits and keys replaced), as an officer with wide permissions and as the
public. Each is then looked at in both languages, light and dark, wide and narrow.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.tools import Opener, axe

ENTRANCES = {"province": ["/app/", "/app/pairings/"], None: ["/"]}
PASSED_OVER = ("/accounts/logout", "/static/", "/api/v1/openapi", "export=", "/i18n/", "template", "/file")
LOOKS = [
    ("zh-hans", 1280, False),
    ("en", 360, False),
    ("zh-hans", 360, True),
    ("en", 1280, True),
]
MOST = 120


def kind_of(address: str) -> str:
    """The kind of page behind an address: its path without ids; query parameters only by name."""
    parts = urlsplit(address)
    path = re.sub(r"/(\d+|[A-Z]+-\d+[a-z]?|zj-\d+|\d{6})(?=/|$)", "/#", parts.path)
    names = sorted(re.findall(r"(?:^|&)([^=&]+)=", parts.query))
    listing = {"page", "size", "sort", "q", "next"}
    return path + "?" + ",".join(name for name in names if name not in listing)


def reachable(page: Page, entrances: list[str]) -> list[str]:
    """One address per kind of page, in the order of finding."""
    found: dict[str, str] = {}
    waiting = list(entrances)
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind in found:
            continue
        answer = page.goto(address)
        assert answer is not None
        assert answer.status < 400, f"{address} answered {answer.status}"
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        found[kind] = address
        links = page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))")
        for link in links:
            target = urlsplit(link)
            if target.scheme or target.netloc or not target.path.startswith("/"):
                if not link.startswith("?"):
                    continue
                link = urlsplit(page.url).path + link
            if any(part in link for part in PASSED_OVER):
                continue
            if kind_of(link) not in found:
                waiting.append(link.split("#")[0])
    return list(found.values())


@pytest.mark.parametrize("who", ["province", None, "auditor", "hospital"], ids=lambda who: who or "public")
def test_every_page(visit: Opener, who: str | None) -> None:
    addresses = reachable(visit(who), ENTRANCES.get(who, ["/app/"]))
    assert len(addresses) > (25 if who == "province" else 3), addresses
    looks = LOOKS if who in ("province", None) else LOOKS[:1]
    trouble: list[str] = []
    for language, width, dark in looks:
        page = visit(who, language=language, width=width, dark=dark)
        for address in addresses:
            page.goto(address)
            label = f"{address} [{language} {width} {'dark' if dark else 'light'}]"
            trouble += [f"{label} {entry}" for entry in axe(page)]
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wide > 1:
                trouble.append(f"{label} is {wide} px wider than the window")
            if language == "en":
                trouble += [f"{label} lacks English: {text}" for text in untranslated(page)]
    assert not trouble, f"{len(trouble)} troubles on {len(addresses)} pages:\n" + "\n".join(trouble[:40])


def untranslated(page: Page) -> list[str]:
    """Chinese words in the frame of an English page: buttons, headings, labels (not names of hospitals)."""
    words: list[str] = page.eval_on_selector_all(
        "h1, h2, h3, button, label, th[scope=col], nav a, legend, summary",
        "all => all.filter(e => !e.closest('[lang^=zh], [data-raw], .dk-raw'))"
        ".map(e => e.textContent.trim()).filter(t => /[\\u4e00-\\u9fff]/.test(t))",
    )
    allowed = re.compile(r"[市县区省州]|医院|卫生院|保健院|简体中文|对口|附件|〔")
    return [word[:60] for word in words if not allowed.search(word)]
