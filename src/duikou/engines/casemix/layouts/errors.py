"""The refusal of a file that cannot be read; its sentences are in wording.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from duikou.engines.text import Text


class BadFile(Exception):
    """The whole file is refused; nothing of it may be kept."""

    def __init__(
        self,
        reason: str,
        text: Text,
        *,
        line: int | None = None,
        byte: int | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(text.en)
        self.reason = reason
        self.text = text
        self.line = line  # of the file, the header being line 1
        self.byte = byte  # offset in the file (after decompression), from 0
        self.column = column  # heading in the file


def refusal(
    reason: str,
    *,
    line: int | None = None,
    byte: int | None = None,
    column: str | None = None,
    **values: str | int | Text,
) -> BadFile:
    """Make a refusal; the values fill its sentences, a `Text` each language its own."""
    wording = _wording()[reason]
    values |= {"line": line or 1, "byte": byte or 0, "column": column or ""}
    zh = {key: value.zh if isinstance(value, Text) else value for key, value in values.items()}
    en = {key: value.en if isinstance(value, Text) else value for key, value in values.items()}
    text = Text(wording["zh"].format(**zh), wording["en"].format(**en))
    return BadFile(reason, text, line=line, byte=byte, column=column)


@cache
def _wording() -> Mapping[str, Mapping[str, str]]:
    path = files("duikou.engines.casemix.layouts") / "wording.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
