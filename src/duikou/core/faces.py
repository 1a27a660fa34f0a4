"""What the pages of every wing share: words, badges, addresses of rows, answers of forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from duikou.core.errors import Invalid
from duikou.engines.text import Text


def english() -> bool:
    """Whether the request is answered in English."""
    return (get_language() or "").startswith("en")


def words(text: Text | Mapping[str, str] | None) -> str:
    """A text of two languages in that of the request; nothing for none."""
    if text is None:
        return ""
    zh, en = (text.zh, text.en) if isinstance(text, Text) else (text["zh"], text["en"])
    return en if english() else zh


def badge(look: str, text: object) -> SafeString:
    """A badge with its words; cheap enough for every row of a long list."""
    return SafeString(f'<span class="dk-badge dk-badge-{look}">{escape(str(text))}</span>')


@cache
def _around(name: str) -> tuple[str, str]:
    before, _mark, after = reverse(name, args=["0"]).rpartition("0")
    return before, after


def row_url(name: str, key: object) -> str:
    """The address of a row's page, from a pattern that is looked up once: lists name hundreds of them."""
    before, after = _around(name)
    return f"{before}{key}{after}"


def add_errors(form: Form, error: Invalid) -> None:
    """Put an action's objections to the fields they belong to."""
    placed = False
    for name, texts in error.fields.items():
        for text in texts:
            if name in form.fields:
                form.add_error(name, text)
                placed = True
    if not placed:
        form.add_error(None, str(error.message))


def done(request: HttpRequest, text: str) -> None:
    """Tell that something has been done."""
    messages.success(request, text)
