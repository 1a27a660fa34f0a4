"""What sheets and columns the workbook of a scheme has (`form.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from duikou.engines.text import Text

GUIDE: Final = "说明 Guide"
"""Sheet of explanations; never read."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the tables, the headers that people write, what it holds."""

    name: str
    header: str
    others: tuple[str, ...]
    needed: bool
    meaning: Text

    def is_called(self, header: str) -> bool:
        """Tell whether a header means this column."""
        return header.casefold() in {each.casefold() for each in (self.name, self.header, *self.others)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that holds one table."""

    table: str
    title_zh: str
    needed: bool
    columns: tuple[Column, ...]

    @property
    def title(self) -> str:
        """Return the title in our own workbooks."""
        return f"{self.title_zh} {self.table}"

    def is_called(self, title: str) -> bool:
        """Tell whether a sheet with this title is meant."""
        return self.title_zh == title.strip() or self.table in title.casefold().split()

    def column(self, header: str) -> Column | None:
        """Return the column that a header means."""
        return next((one for one in self.columns if one.is_called(header.strip())), None)


@dataclass(frozen=True, slots=True)
class Setting:
    """A line of the sheet of settings; `sort` is text, switch or whole."""

    key: str
    sort: str
    meaning: Text


@dataclass(frozen=True, slots=True)
class Form:
    """The whole workbook."""

    settings_title: str
    settings: tuple[Setting, ...]
    sheets: tuple[Sheet, ...]

    def sheet(self, title: str) -> Sheet | None:
        """Return what a sheet with this title holds, None for any other sheet."""
        return next((sheet for sheet in self.sheets if sheet.is_called(title)), None)


@cache
def form() -> Form:
    """Read the form."""
    table = tomllib.loads(files(__package__).joinpath("form.toml").read_text(encoding="utf-8"))
    return Form(
        table["settings"]["title"],
        tuple(Setting(key, sort, Text(zh, en)) for key, sort, zh, en in table["settings"]["keys"]),
        tuple(
            Sheet(
                sheet["table"],
                sheet["title"],
                sheet.get("needed", False),
                tuple(_column(*entry) for entry in sheet["columns"]),
            )
            for sheet in table["sheet"]
        ),
    )


def _column(name: str, header: str, others: Sequence[str], needed: bool, zh: str, en: str) -> Column:
    return Column(name, header, tuple(others), needed, Text(zh, en))
