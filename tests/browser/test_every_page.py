"""Every page that links lead to: no accessibility violation, no script or policy error, nothing cut off.

The pages are found by following links from the entrances, one page per kind of
address (numbers and keys replaced), for people of four kinds. Each page is then
looked at in both languages, light and dark, wide and narrow; what one of them has
seen, the next ones are not asked about again.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.tools import Opener, axe

ENTRANCES = {
    "province": [
        "/app/",
        "/app/pairings/",
        "/app/pairings/?city=杭州市",
        "/app/search/?q=安吉",
        "/app/search/?q=没有这样的词",
        "/app/pairings/list/?q=没有这样的词",
        "/app/hospitals/1/merge/?target=2",
        "/app/places/?as_of=2026-01-01",
    ],
    None: ["/", "/search/?q=长兴", "/search/?q=没有这样的词", "/accounts/login/"],
}
PARTS = ("board", "changes", "map", "history")  # of a proposal, beside its overview
PASSED_OVER = ("/accounts/logout", "/static/", "/i18n/", "/api/v1/", "export=", "template.", "issues.xlsx")
KEYS = re.compile(
    r"/(\d+|[A-Z]+-\d+[a-z]?|zj-\d+|[a-z]+-20\d\d)(?=/|$)|(?<=/capabilities)/\w+(?=/)|(?<=/figures)/\w+(?=/)"
)
DESK_PAGES = (
    "proposals", "proposals/new", "proposals/#", "proposals/#/settings", "proposals/#/explain",
    "proposals/#/pair", "proposals/#/open", "proposals/compare", "needs", "needs/#",
)  # fmt: skip
# By language: width and tone of a look. The first one of a language is a thorough look, also for
# accessibility; another one is for what may be cut off.
LOOKS = {"zh-hans": ((1280, False), (360, True)), "en": ((360, True),)}
MOST = 160
# A table beside its picture is read whole: columns behind an edge are overlooked.
CUT = """[...document.querySelectorAll('.dk-figure-table, .dk-figure-table .dk-table-wrap')]
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim().slice(0, 40))"""


def kind_of(address: str) -> str:
    """The kind of page behind an address: its path without ids (parameters only choose rows)."""
    return KEYS.sub("/#", urlsplit(address).path)


def desks(proposals: tuple[int, int]) -> list[str]:
    """Pages of proposals that links alone would leave out: parts of one address, and a form for later."""
    first, second = proposals
    desk = f"/app/pairings/proposals/{second}/"
    return [
        *(f"{desk}?part={part}" for part in PARTS),
        f"{desk}open/",
        f"/app/pairings/proposals/compare/?first={first}&second={second}",
    ]


def reachable(page: Page, entrances: list[str], who: str | None) -> list[str]:
    """One address per kind of page, in the order of finding; the signed-in stay in their own frame."""
    found: dict[str, str] = {}
    waiting = list(entrances)
    own_frame = ("/app/", "/accounts/") if who else ("/",)
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        kind = address if address in entrances else kind_of(address)
        if kind in found:
            continue
        answer = page.goto(address, wait_until="commit")
        assert answer is not None
        assert answer.status < 400, f"{address} answered {answer.status}"
        page.wait_for_load_state("domcontentloaded")
        found[kind] = address
        here = urlsplit(page.url).path
        for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))"):
            link = (here + link if link.startswith("?") else link).split("#")[0]
            if link.startswith(own_frame) and not any(part in link for part in PASSED_OVER):
                waiting.append(link)
    return list(found.values())


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """Kinds of pages that somebody before has looked at: others see the same with fewer buttons."""
    return set()


@pytest.mark.parametrize("who", [None, "province", "hospital", "auditor"], ids=lambda who: who or "public")
def test_every_page(visit: Opener, proposals: tuple[int, int], seen: set[str], who: str | None) -> None:
    entrances = ENTRANCES.get(who, ["/app/"]) + (desks(proposals) if who == "province" else [])
    addresses = reachable(visit(who), entrances, who)
    if who == "province":
        kinds = {kind_of(address) for address in addresses}
        missing = {f"/app/pairings/{name}/" for name in DESK_PAGES} - kinds
        assert not missing, missing
    assert len(addresses) > (60 if who == "province" else 10), addresses
    # The first page is everybody's own.
    addresses = [one for one in addresses if one in entrances or kind_of(one) not in seen]
    seen.update(map(kind_of, addresses))
    trouble: list[str] = []
    for language, looks in LOOKS.items():
        page = visit(who, language=language)
        for address in addresses:
            for number, (width, dark) in enumerate(looks):
                page.set_viewport_size({"width": width, "height": 800})
                page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
                if not number:
                    page.goto(address)
                label = f"{address} [{language} {width} {'dark' if dark else 'light'}]"
                page.wait_for_selector(f"html[data-bs-theme={'dark' if dark else 'light'}]")
                if not number:
                    trouble += [f"{label} {entry}" for entry in axe(page)]
                wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                if wide > 1:
                    trouble.append(f"{label} is {wide} px wider than the window")
                trouble += [f"{label} cuts a table: {words}" for words in page.evaluate(CUT)]
            if language == "en":
                trouble += [f"{address} lacks English: {text}" for text in untranslated(page)]
    assert not trouble, f"{len(trouble)} troubles on {len(addresses)} pages:\n" + "\n".join(trouble[:60])


def untranslated(page: Page) -> list[str]:
    """Chinese words in the frame of an English page: buttons, headings, labels (not names of hospitals)."""
    words: list[str] = page.eval_on_selector_all(
        "h1, h2, h3, button, label, th[scope=col], nav a, legend, summary, caption, .btn, .dk-hint",
        "all => all.filter(e => !e.closest('[lang^=zh], [data-raw], .dk-raw'))"
        ".map(e => e.textContent.replace(/“[^”]*”/g, '').trim()).filter(t => /[\\u4e00-\\u9fff]/.test(t))",
    )
    # Names of places, hospitals, documents and persons stay Chinese, and so do examples of what to type.
    allowed = re.compile(r"[市县区省州]|医院|卫生院|保健院|对口|附件|〔|^系统管理员$|[Ff]or example ")
    return [word[:60] for word in words if not allowed.search(word)]
