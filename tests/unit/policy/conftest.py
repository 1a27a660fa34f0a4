"""A small right pack, and a way to break it in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = """\
[pack]
id = "trial"
title = { zh = "试用", en = "Trial" }
description = { zh = "供测试", en = "For tests" }
valid_from = 2014-01-01
valid_to = 2016-12-31

[[document]]
id = "L1"
kind = "governing"
title = { zh = "通知", en = "Notice" }
number = "1"
issuer = { zh = "省", en = "Province" }
issued = 2014-01-01

[[document]]
id = "P1"
kind = "page"
title = { zh = "网页", en = "Page" }
site = "example.org"

[[category]]
id = "pairing"
prefix = "PAIR"
title = { zh = "对口", en = "Pairing" }
"""

RULE = """\
[[rule]]
id = "PAIR-01"
title = { zh = "三所", en = "Three" }
text = { zh = "约三所。", en = "About three." }
clauses = [{ document = "L1", section = "§1" }]
mark = "seed"
force = "binding"
severity = "warning"
parameters.target = { value = 3, unit = "hospital" }
"""

CATALOGUES = """\
[[specialty]]
id = "oncology"
order = 1
title = { zh = "肿瘤科", en = "Oncology" }
clauses = [{ document = "L1", section = "§2" }]
mark = "seed"

[[milestone_year]]
year = 2014
due = 2014-12-31
due_mark = "inferred"
listed = false
clauses = [{ document = "L1", section = "§3" }]

[[milestone_year]]
year = 2015
due = 2015-12-31
due_mark = "inferred"
listed = true
clauses = [{ document = "L1", section = "§3" }]

[[technique]]
id = "icu"
year = 2015
kind = "department"
title = { zh = "重症", en = "Critical care" }
specialty = "oncology"
clauses = [{ document = "L1", section = "§3" }]
mark = "seed"

[[disease]]
id = "ami"
number = 1
title = { zh = "心梗", en = "Infarction" }
phase = "pilot"
clauses = [{ document = "P1" }]
mark = "found"
codes = [
  { code = "I21", mark = "found", use = "core" },
  { code = "I22", mark = "recalled", use = "optional" },
]

[[event]]
id = "evaluation"
title = { zh = "评估", en = "Evaluation" }
text = { zh = "每年评估。", en = "Every year." }
clauses = [{ document = "L1", section = "§4" }]
mark = "seed"
every = "year"
years = [2014, 2015]
start_day = "10-01"
due_day = "12-31"
rule = "PAIR-01"

[[event]]
id = "signing"
title = { zh = "签订", en = "Signing" }
text = { zh = "签订协议。", en = "Sign." }
clauses = [{ document = "L1", section = "§4" }]
mark = "seed"
start = 2014-02-01
due = 2014-02-15

[[conflict]]
id = "order"
entries = ["evaluation"]
problem = { zh = "先后不明", en = "Order unclear" }
proposal = { zh = "先自评", en = "Self first" }
mark = "inferred"

[[question]]
id = "Q1"
text = { zh = "几所？", en = "How many?" }
rules = ["PAIR-01"]
"""

AGREEMENTS = """\
[[evidence_kind]]
id = "posting"
zh = "派驻"
en = "posting"

[[agreement]]
id = "plain"
kind = "standard"
title = { zh = "协议", en = "Agreement" }
preamble = { zh = "{supporter}与{recipient}：", en = "{supporter} and {recipient}:" }
mark = "seed"
heading = [
  { id = "duties", number = "一、", zh = "职责", en = "Duties" },
  { id = "term", number = "二、", zh = "期限", en = "Term" },
]

[[agreement.clause]]
id = "send-doctors"
heading = "duties"
party = "supporter"
title = { zh = "派人", en = "Send" }
text = { zh = "甲方应当派驻三名医师。", en = "Party A shall post three doctors." }
points = ["派驻三名医师"]
rule = "PAIR-01"
clauses = [{ document = "L1", section = "§5" }]
mark = "seed"
measure = { unit = "person", target = 3, period = "year", mark = "seed" }
evidence = ["posting"]

[[agreement.clause]]
id = "end-day"
heading = "term"
title = { zh = "期限", en = "Term" }
text = { zh = "期限到{end}为止。", en = "It ends on {end}." }
points = ["期限到"]
rule = "PAIR-01"
clauses = [{ document = "L1", section = "§6" }]
mark = "seed"

[[agreement]]
id = "closer"
kind = "union"
extends = "plain"
title = { zh = "联合协议", en = "Union agreement" }
preamble = { zh = "双方：", en = "Both:" }
mark = "inferred"
note = { zh = "文件没有文本。", en = "No text is printed." }

[[agreement.clause]]
id = "meet-monthly"
heading = "duties"
party = "both"
title = { zh = "会商", en = "Meet" }
text = { zh = "双方每月会商。", en = "Both meet each month." }
rule = "PAIR-01"
clauses = [{ document = "L1", section = "§7" }]
mark = "inferred"
"""

FILES = {
    "pack.toml": HEADER,
    "rules.toml": RULE,
    "catalogues.toml": CATALOGUES,
    "agreements.toml": AGREEMENTS,
}

Writer = Callable[..., Path]


@pytest.fixture
def write_pack(tmp_path: Path) -> Writer:
    """Write the right pack, with texts replaced or files added, and return its folder."""

    def write(
        replace: tuple[str, str, str] | None = None,
        *,
        extra: dict[str, str] | None = None,
        name: str = "trial",
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        files = {**FILES, **(extra or {})}
        if replace:
            file, old, new = replace
            assert old in files[file], f"{old!r} is not in {file}"
            files[file] = files[file].replace(old, new, 1)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        return folder

    return write
