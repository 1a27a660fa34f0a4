"""Words on the terminal: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

MARKS = {"error": "✗", "warning": "!", "note": "·"}  # severities, heaviest first


class CliError(Exception):
    """What keeps a command from doing its work, in both languages, with what to do about it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")


def say(text: str) -> None:
    """Tell the person at the terminal something that is not the result."""
    print(text, file=sys.stderr, flush=True)


def fail(text: str) -> None:
    """Print an error."""
    print(f"错误 / error: {text}", file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Print one JSON value as the result."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def working(zh: str, en: str) -> Iterator[None]:
    """Show that something takes a while: a spinner on a terminal, one line elsewhere."""
    text = f"{zh} / {en}"
    if not sys.stderr.isatty():
        yield
        say(f"✓ {text}")
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status(text):
        yield
    console.print(f"[green]✓[/] {text}", highlight=False)


@contextmanager
def progress_bar(zh: str, en: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show progress as `done` of `total`: a bar on a terminal, a line at the start elsewhere."""
    text = f"{zh} / {en}"
    if not sys.stderr.isatty():
        say(f"… {text}")
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(text), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
