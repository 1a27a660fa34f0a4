"""The line index of TOML texts."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from duikou.policy.lines import LineIndex
from duikou.policy.loader import PACKS

TEXT = '''\
# a comment with [brackets] and key = value
top = 1

[pack]
title.zh = "一" # [[not a header]]
"quoted key" = 2

[[rule]]
id = "A"
text = """
[[rule]]
id = "not this one"
"""
clauses = [
  { document = "S1", note = { zh = "[", en = "]" } },
  { document = "S2" }, { document = "S3" },
]
after = 'it''s'

[rule.parameters.target]
value = 3

[[rule]]
id = "B # no comment"
parameters.target = { value = [1, 2] }
'''.replace("'it''s'", "'its'")

PLACES = [
    (("top",), 2),
    (("pack",), 4),
    (("pack", "title", "zh"), 5),
    (("pack", "quoted key"), 6),
    (("rule", 0), 8),
    (("rule", 0, "id"), 9),
    (("rule", 0, "text"), 10),
    (("rule", 0, "clauses"), 14),
    (("rule", 0, "clauses", 0), 15),
    (("rule", 0, "clauses", 0, "note", "zh"), 15),
    (("rule", 0, "clauses", 1), 16),
    (("rule", 0, "clauses", 2, "document"), 16),
    (("rule", 0, "after"), 18),
    (("rule", 0, "parameters", "target", "value"), 21),
    (("rule", 1), 23),
    (("rule", 1, "id"), 24),
    (("rule", 1, "parameters", "target", "value"), 25),
    (("rule", 1, "missing"), 23),
    (("nowhere",), None),
]


@pytest.mark.parametrize(("path", "line"), PLACES)
def test_a_path_has_its_line(path: tuple[str | int, ...], line: int | None) -> None:
    tomllib.loads(TEXT)  # the text itself must be right
    assert LineIndex(TEXT).line(*path) == line


@pytest.mark.parametrize(
    "file", sorted(PACKS.glob("*/*.toml")), ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_every_key_of_the_built_in_packs_stands_on_its_line(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines, index = text.splitlines(), LineIndex(text)
    for section, entries in tomllib.loads(text).items():
        for place, entry in enumerate(entries if isinstance(entries, list) else []):
            for key in entry:
                line = index.line(section, place, key)
                assert line is not None
                assert key in lines[line - 1], (section, place, key, line)
