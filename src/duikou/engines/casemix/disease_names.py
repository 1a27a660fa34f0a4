"""Names of disease categories for lists that people read, in words of our own.

Only the frequent ones have a name; a site that imports the code table of its edition
(`codes.CodeTable`) has all of them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from duikou.engines.casemix.data import FOLDER
from duikou.engines.text import Text


@cache
def names() -> Mapping[str, Text]:
    """Return category of ICD-10 (`I63`) -> its name."""
    with (FOLDER / "categories.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: Text(row["name_zh"], row["name_en"]) for row in csv.DictReader(file)}


def name_of(code: str) -> Text | None:
    """Return the name of the category that a code belongs to, None where it has none here."""
    return names().get(code[:3])
