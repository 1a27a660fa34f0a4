"""PDF documents out of a Typst template and plain values.

Values go in as JSON, so that whatever a name contains is printed literally and never read
as markup. The bytes are the same for the same values and moment. The documents keep to
PDF/A and PDF/UA, under which a character without a glyph is an error and not an empty
box: then fonts of the machine are tried, and what none of them has is spelt out.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from pylopdf_fonts_zh_cn import sans_path

STANDARDS = ["a-2a", "ua-1"]
MOST_SPELT = 100  # different characters that no font has; more is no document for people
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)


def pdf(
    template: str,
    values: Mapping[str, Any],
    *,
    moment: dt.datetime,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """The document; the template reads `values` with `json(bytes(sys.inputs.values))`.

    `pictures` (names of the code's own, not input) are there for its `image("/name")`, each with an `alt`.
    """
    text = json.dumps(values, ensure_ascii=False, sort_keys=True)
    with tempfile.TemporaryDirectory() as root:
        for name, content in (pictures or {}).items():
            Path(root, name).write_bytes(content)
        return _document(template, text, moment, root)


def _document(template: str, text: str, moment: dt.datetime, root: str) -> bytes:
    try:
        return _compiled(template, text, moment, root, system=False)
    except typst.TypstError as error:
        if not _MISSING.search(error.message):
            raise
    for _attempt in range(MOST_SPELT):
        try:
            return _compiled(template, text, moment, root, system=True)
        except typst.TypstError as error:
            missing = _MISSING.search(error.message)
            if missing is None:
                raise
            text = spelt_out(text, _unquoted(missing[1]))
    raise ValueError(f"more than {MOST_SPELT} characters that no font has")


def spelt_out(text: str, characters: str) -> str:
    """The text with each of some characters as its number: U+1F3E5 in brackets."""
    for character in dict.fromkeys(characters):
        if ord(character) > 0x7F:  # the signs of JSON itself are in every font
            text = text.replace(character, f"〔U+{ord(character):04X}〕")
    return text


def _unquoted(quoted: str) -> str:
    """The characters that a message of the compiler quotes, some of them escaped."""
    return re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda found: chr(int(found[1], 16)), quoted)


def _compiled(template: str, text: str, moment: dt.datetime, root: str, *, system: bool) -> bytes:
    found: bytes = typst.compile(  # type: ignore[call-overload]
        template.encode(),
        root=root,
        format="pdf",
        font_paths=[str(Path(sans_path()).parent)],
        ignore_system_fonts=not system,
        sys_inputs={"values": text},
        pdf_standards=STANDARDS,
        timestamp=int(moment.timestamp()),
    )
    return found
