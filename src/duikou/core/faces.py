"""What the pages of every wing share: words, badges, addresses of rows, answers of forms."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from duikou.core.errors import Conflict, Invalid
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


def add_errors(form: BaseForm, error: Invalid) -> None:
    """Put an action's objections to the fields they belong to."""
    placed = False
    for name, texts in error.fields.items():
        for text in texts:
            if name in form.fields:
                form.add_error(name, text)
                placed = True
    if not placed:
        form.add_error(None, str(error.message))


def answer_form(
    request: HttpRequest,
    form: BaseForm,
    do: Callable[[dict[str, Any]], Any],
    template: str,
    context: Mapping[str, Any],
    *,
    said: str,
    then: str | Callable[[Any], str],
) -> HttpResponse:
    """Show a form; carry out what it says; show it again with what the action objects to.

    `do` gets what was typed; what it makes goes to `then`, the address to go on to.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = do(form.cleaned_data)
            except (Invalid, Conflict) as error:
                status = error.status
                add_errors(form, error if isinstance(error, Invalid) else Invalid(error.message))
            else:
                done(request, said)
                return redirect(then(made) if callable(then) else then)
    return render(request, template, context, status=status)


def form_key() -> str:
    """What tells one form that is sent twice from two forms."""
    return str(uuid.uuid4())


def done(request: HttpRequest, text: str) -> None:
    """Tell that something has been done."""
    messages.success(request, text)
