"""A page of the accounts library that is closed needs no template of ours: nobody would ever see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver, resolve

from duikou.core.accounts import closed

OWN = Path(__file__).resolve().parents[3] / "src" / "duikou" / "web" / "templates"


def _patterns(found: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in found.url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one, path)
        else:
            yield path, one


def _views() -> Iterator[tuple[bool, set[str]]]:
    """Each page of the library: whether it is open, and the templates that it names."""
    for path, pattern in _patterns(get_resolver()):
        if path.startswith("accounts/") and (view := getattr(pattern.callback, "view_class", None)):
            shown = "/" + path.replace("<int:pk>", "1")
            names = {value for name in dir(view) if isinstance(value := getattr(view, name), str)}
            yield resolve(shown).func is not closed, names


def test_our_templates_of_the_library_belong_to_open_pages() -> None:
    views = [(is_open, names) for is_open, names in _views() if any(name.endswith(".html") for name in names)]
    opened = set().union(*(names for is_open, names in views if is_open))
    shut = set().union(*(names for is_open, names in views if not is_open))
    assert "account/login.html" in opened
    assert "account/password_reset.html" in shut
    ours = {path.relative_to(OWN).as_posix() for path in OWN.rglob("*.html")}
    assert not ours & (shut - opened)
