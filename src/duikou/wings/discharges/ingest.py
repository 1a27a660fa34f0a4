"""From a file to rows that can be signed: read, check, map codes, group, make facts.

This is where the wing meets the engine. Names, identity numbers and addresses are left
behind by the reader; what is written here, for the report and for the store, has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from duikou.engines.casemix import checks, facts, grouper, layouts
from duikou.engines.casemix.columns import CHECKED
from duikou.engines.text import Text
from duikou.wings.discharges import files, identity, months, reference
from duikou.wings.discharges.actions.schemes import register_starter
from duikou.wings.discharges.models import Submission
from duikou.wings.discharges.residences import Residences

Progress = Callable[[int, int | None, str], None]

MOST_ROWS = 200_000  # of one hospital and month; the largest hospitals discharge a quarter of it
STEPS = 5


@dataclass
class Report:
    """What came of reading a file."""

    layout: str = ""
    encoding: str = ""
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    faults: int = 0
    grouped: int = 0
    unmapped: int = 0
    residence_unknown: int = 0
    completeness: int | None = None  # in 1e-4
    scheme_id: int | None = None
    fault_counts: list[dict[str, Any]] = field(default_factory=list)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    residences: dict[str, int] = field(default_factory=dict)


class Refused(Exception):
    """The file is not taken; what was found until then is in the report."""

    def __init__(self, text: Text, report: Report) -> None:
        super().__init__(text.en)
        self.text = text
        self.report = report


def examine(submission: Submission, progress: Progress) -> Report:
    """Read, check, map and group a whole file. Raises Refused when it cannot be taken as a whole."""
    report = Report()
    progress(0, STEPS, _("打开文件"))
    residences = Residences()
    try:
        reading = layouts.open_file(
            files.source(submission), needs=checks.NEEDS, resolver=residences, most_records=MOST_ROWS
        )
        report.layout, report.encoding = reading.layout.id, reading.encoding or ""
        checked, pages, apart = _read(submission, reading, report, progress)
    except layouts.BadFile as error:
        raise Refused(error.text, report) from error
    _tell(submission, checked, apart, report)
    report.residences = residences.unknown
    if checked.refusals:
        raise Refused(checked.refusals[0], report)
    if pages.is_empty():
        raise Refused(
            Text("文件中没有一条可以接收的记录。", "The file holds no record that can be accepted."), report
        )
    progress(3, STEPS, _("分组"))
    _group(submission, pages, report)
    progress(STEPS, STEPS, "")
    return report


def _read(
    submission: Submission, reading: layouts.Reading, report: Report, progress: Progress
) -> tuple[checks.Checked, pl.DataFrame, pl.DataFrame]:
    """All frames: what the checks say, the accepted pages, and the text of the rows kept apart."""
    checker: checks.Checker | None = None
    accepted: list[pl.DataFrame] = []
    apart: list[pl.DataFrame] = []
    for raw in reading.frames():
        progress(1, STEPS, _("已读 %(count)d 行") % {"count": reading.rows})
        if checker is None:
            checker = checks.Checker(
                expected_hospital=_own_name(submission, raw, report),
                expected_month=submission.month,
                names=reading.header,
            )
        pages = layouts.typed(raw)
        verdict = checker.frame(raw, pages)
        accepted.append(verdict.accepted(pages))
        apart.append(verdict.set_apart(raw))
        _require_month(submission, pages, report)
    if checker is None:
        raise Refused(Text("文件中没有记录，只有表头。", "The file holds no record, only headings."), report)
    return (
        checker.finish(),
        pl.concat(accepted, how="diagonal_relaxed"),
        pl.concat(apart, how="diagonal_relaxed"),
    )


def _own_name(submission: Submission, raw: pl.DataFrame, report: Report) -> str:
    """How the file calls the hospital that submits it. Raises Refused when it speaks of another one."""
    counted = raw["hospital"].drop_nulls().value_counts(sort=True)
    found = counted["hospital"].to_list()
    own = identity.spelled(submission.hospital, found)
    if own:
        return own[0]
    names, shown = submission.hospital.name, "、".join(found[:3]) or "—"
    raise Refused(
        Text(
            f"文件属于另一家医院：应为 {names}（名称、登记标识或组织机构代码），实际为 {shown}。"
            "请核对所选医院；若这是本院的组织机构代码，请先由主管部门登记。",
            f"The file is another hospital's: expected {names} (a name, key or organisation code on record), "
            f"found {shown}. Check the hospital chosen; if this is your own organisation code, have the "
            "authority record it first.",
        ),
        report,
    )


def _require_month(submission: Submission, pages: pl.DataFrame, report: Report) -> None:
    """Refuse a file of another month: with not a single discharge of the one that was announced."""
    found = pages.select(
        month=pl.col("discharged").dt.year().cast(pl.Int32) * 100
        + pl.col("discharged").dt.month().cast(pl.Int32)
    )["month"].drop_nulls()
    if found.is_empty() or (found == submission.month).any():
        return
    there = "、".join(months.shown(month) for month in found.unique().sort().to_list()[:4])
    raise Refused(
        Text(
            f"文件中没有 {submission.period} 出院的记录，实际为 {there}。请核对所选月份。",
            f"The file holds no discharge of {submission.period}, but of {there}. Check the month chosen.",
        ),
        report,
    )


def _rows(apart: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows kept apart as text without what is empty, with the rules that they break."""
    return [
        {
            "row": record.pop("row"),
            "faults": (record.pop("rules") or "").split(),
            "raw": {name: text for name, text in record.items() if text is not None},
        }
        for record in apart.iter_rows(named=True)
    ]


def _tell(submission: Submission, checked: checks.Checked, apart: pl.DataFrame, report: Report) -> None:
    """The checks' result into the report, and faults and workbook into the submission's folder."""
    report.rows = checked.records
    report.quarantine = _rows(apart)
    report.rejected = len(checked.rejected)
    report.accepted = report.rows - report.rejected
    report.faults = int(checked.counts["faults"].sum())
    scores = checked.completeness
    if scores.height and (expected := int(scores["expected"].sum() or 0)):
        report.completeness = int(scores["filled"].sum()) * 10_000 // expected
    rules = checked.counts.sort("faults", descending=True).group_by("rule", "severity", maintain_order=True)
    report.fault_counts = [
        {"rule": rule, "severity": severity, "column": column[:60], "count": count}
        for rule, severity, column, count in rules.agg(
            pl.col("column").first(), pl.col("faults").sum()
        ).iter_rows()
    ]
    checked.faults.write_parquet(files.faults(submission), compression="zstd")
    path = files.workbook(submission)
    path.unlink(missing_ok=True)
    if report.faults:
        path.write_bytes(checks.workbook(checked, apart, name=submission.filename))


def _group(submission: Submission, pages: pl.DataFrame, report: Report) -> None:
    """Map codes, group, and write pages and facts."""
    registered = reference.scheme_in_force() or register_starter()
    scheme = reference.loaded(registered)
    pages, unmapped = reference.mapped(pages)
    grouped = grouper.group(pages, scheme)
    made = facts.facts_of(
        pages,
        grouped,
        hospitals=identity.hospitals_frame(submission.hospital, pages["hospital"].unique().to_list()),
        major_diseases=reference.major_diseases(),
        batch=submission.batch,
    )
    report.scheme_id = registered.pk
    report.grouped = int(made["grouped"].sum())
    report.unmapped = unmapped if unmapped is not None else int((grouped["status"] == "unknown_code").sum())
    report.residence_unknown = made["residence"].null_count()
    kept = [name for name in pages.columns if name not in CHECKED]
    pages.select(kept).write_parquet(files.pages(submission), compression="zstd")
    made.write_parquet(files.facts(submission), compression="zstd")
