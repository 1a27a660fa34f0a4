"""Workbooks of annual tasks: the list that can be filled in and imported, the same with its faults."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from duikou.core import exports
from duikou.core.faces import english, words
from duikou.policy.vocabulary import Unit
from duikou.wings.hospitals.catalogue import OTHER
from duikou.wings.plans import task_list_texts as texts
from duikou.wings.plans.demands import Demands, demands
from duikou.wings.plans.models import SupportPlan, TaskBatch, YearTask
from duikou.wings.plans.queries.checks import standing
from duikou.wings.plans.values import UNITS

WIDTHS = (16, 30, 40, 16, 26, 16, 30, 30, 10, 10, 12, 30, 12, 12)


def task_list(plan: SupportPlan) -> bytes:
    """A year's tasks under the columns that the import reads, with the words that may be used."""
    known = demands(plan.policy_pack)
    return _book(
        [
            exports.Sheet(plan.title, _headings(), [_row(known, one) for one in standing(plan)], WIDTHS),
            _vocabulary(known),
        ]
    )


def _headings() -> list[str]:
    return [words(texts.heading(column)) for column in texts.COLUMNS]


def _row(known: Demands, task: YearTask) -> list[object]:
    shown = {
        "one": words(known.word(task.one)) if task.one else "",
        "focus": words(known.word(task.focus)) if task.focus else "",
        "specialty": words(known.specialty(task.specialty)) if task.specialty else "",
        "technique": words(known.technique(task.technique)) if task.technique else "",
        "unit": words(Unit(task.unit).label) if task.unit else "",
        "period": _called(texts.PERIODS[task.period]),
        "evidence": "；".join(words(known.evidence(one)) for one in task.evidence),
        "owner": _called(texts.OWNERS[task.owner]),
    }
    return [shown[column] if column in shown else getattr(task, column) for column in texts.COLUMNS]


def _called(names: tuple[str, ...]) -> str:
    """The first of some names in the reader's language, as the import reads it."""
    return names[1] if english() else names[0]


def _vocabulary(known: Demands) -> exports.Sheet:
    pack = known.pack
    lists: dict[str, list[str]] = {
        "one": [words(known.word(one)) for one in known.ones],
        "focus": [words(known.word(one)) for one in known.focuses],
        "specialty": [words(known.specialty(key)) for key in (*pack.specialties, OTHER)],
        "technique": [words(one.title) for one in pack.techniques.values()],
        "unit": [words(Unit(one).label) for one in UNITS],
        "period": [_called(names) for names in texts.PERIODS.values()],
        "evidence": [words(one.title) for one in pack.evidence_kinds.values()],
        "owner": [_called(names) for names in texts.OWNERS.values()],
    }
    longest = max(len(one) for one in lists.values())
    rows = [[one[line] if line < len(one) else "" for one in lists.values()] for line in range(longest)]
    return exports.Sheet(
        _("可用的词"), [words(texts.heading(column)) for column in lists], rows, [24] * len(lists)
    )


def issues_workbook(batch: TaskBatch) -> bytes:
    """What was wrong with an upload: its own rows with the faults beside them, then all faults in a list."""
    by_line: dict[int, list[str]] = {}
    for issue in batch.issues:
        by_line.setdefault(issue["line"], []).append(_fault(issue))
    rows = [
        [
            *(row["cells"].get(column, "") for column in texts.COLUMNS),
            "；".join(by_line.get(row["line"], [])),
        ]
        for row in batch.cells
    ]
    return _book(
        [
            exports.Sheet(_("任务"), [*_headings(), _("问题")], rows, (*WIDTHS, 60)),
            exports.Sheet(
                _("问题清单"),
                [_("行"), _("列"), _("应为"), _("实际")],
                _issues(batch.issues),
                (8, 14, 50, 40),
            ),
        ]
    )


def _fault(issue: dict[str, Any]) -> str:
    return _("%(column)s：应为%(expected)s；实际为“%(found)s”") % {
        "column": column_words(issue["column"]),
        "expected": words(issue["expected"]),
        "found": issue["found"],
    }


def _issues(issues: Iterable[dict[str, Any]]) -> list[Sequence[object]]:
    return [
        (one["line"] or _("整个文件"), column_words(one["column"]), words(one["expected"]), one["found"])
        for one in issues
    ]


def column_words(column: str) -> str:
    """What we call a column; a dash for the whole file."""
    return words(texts.heading(column)) if column in texts.COLUMNS else "—"


def _book(sheets: Sequence[exports.Sheet]) -> bytes:
    memory = io.BytesIO()
    exports.write_xlsx(memory, sheets)
    return memory.getvalue()
