"""Ask every check of the catalogue of frames of front pages: one pass, reasons for each faulty row.

A row with a fault of severity `reject` is set apart with its text as it came in; rows with
warnings and notes are accepted. A file whose columns are shifted, or of which too many rows
are set apart, is refused as a whole. Nothing is dropped: accepted and set-apart rows together
are the file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from duikou.engines.casemix.checks.classes import Classes
from duikou.engines.casemix.checks.completeness import Answer, Tally, renamed
from duikou.engines.casemix.checks.frame import Frame, frame_of
from duikou.engines.casemix.checks.loading import catalogue
from duikou.engines.casemix.checks.model import Catalogue, Check, Parameter
from duikou.engines.casemix.checks.predicates import (
    Asked,
    applies,
    asked_of,
    can_break,
    columns_of,
    day_number,
)
from duikou.engines.casemix.checks.results import COUNTS, UNKNOWN, Checked, Policy, Verdict
from duikou.engines.casemix.checks.shifted import fold_shifted
from duikou.engines.casemix.checks.special import FORMS, Codes, DateForms, Seen, unknown_codes
from duikou.engines.casemix.checks.telling import Hits, told, type_text
from duikou.engines.casemix.columns import FAULTS
from duikou.engines.text import Text

_CHINA: Final = dt.timezone(dt.timedelta(hours=8))


@dataclass
class Checker:
    """Checks a batch frame by frame. Memory grows by 24 bytes for each record, not with the text."""

    expected_hospital: str | None = None
    expected_month: int | None = None  # yyyymm
    codes: Codes | None = None
    names: Mapping[str, str] = field(default_factory=dict)  # our name of a column -> the file's
    today: dt.date | None = None
    found: Catalogue = field(default_factory=catalogue)
    policy: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        self._parameters = _parameters(
            self.today or dt.datetime.now(_CHINA).date(), self.expected_hospital, self.expected_month
        )
        self._classes = Classes(self.found)
        self._known: dict[object, Asked] = {}
        self._seen, self._forms, self._tally = Seen(), DateForms(), Tally()
        self._records = self._kept = self._left_out = self._shifted = 0
        self._faults: list[pl.DataFrame] = []
        self._rejected: list[pl.Series] = []
        self._counts: list[pl.DataFrame] = []
        self._unknown: list[pl.DataFrame] = []

    def frame(self, raw: pl.DataFrame, pages: pl.DataFrame) -> Verdict:
        """Check one frame: its text and its typed pages, row by row the same records."""
        frame = frame_of(raw, pages, self._classes)
        hits = self._ask(frame)
        for check in self.found.checks:
            if check.kind not in ("sql", "mandatory", "form", "values") and applies(
                check, frame, self._parameters
            ):
                hits += self._special(check, frame)
        return self._verdict(frame, told(hits, frame, self._parameters))

    def finish(self) -> Checked:
        """The result over all frames."""
        rejected = pl.concat(self._rejected) if self._rejected else pl.Series("row", dtype=pl.UInt32)
        scores, items = self._tally.result()
        return Checked(
            records=self._records,
            faults=pl.concat(self._faults) if self._faults else pl.DataFrame(schema=dict(FAULTS)),
            left_out=self._left_out,
            rejected=rejected,
            counts=_summed(self._counts, COUNTS, "faults"),
            completeness=scores,
            items=renamed(items, self.names),
            unknown=_summed(self._unknown, UNKNOWN, "times"),
            refusals=self._refusals(len(rejected)),
            catalogue=self.found,
        )

    def _ask(self, frame: Frame) -> list[Hits]:
        """Evaluate all predicates at once."""
        asked = self._predicates(frame)
        open_ones = [
            name
            for name in asked.masks
            if name.startswith("w") or can_break(asked.predicates[int(name[1:])], frame)
        ]
        needed = {column for name in open_ones for column in asked.needed[name]}
        masks = frame.lazy(needed).select(**{name: asked.masks[name] for name in open_ones}).collect()
        broken = [mask.name for mask in masks if mask.name.startswith("m") and mask.any()]
        places = masks.select(pl.col(name).arg_true().implode() for name in broken)
        hits, answers = [], []
        for number, one in enumerate(asked.predicates):
            name = f"m{number}"
            at = places[name][0] if name in places.columns else _NOWHERE
            if one.check.kind == "mandatory":
                answers.append(Answer(one.column, at, None if one.asked is None else masks[f"w{number}"]))
            if len(at):
                form = type_text(one.column) if one.check.kind == "form" else None
                hits.append(Hits(one.check, one.column, at, form=form))
        self._tally.add(frame, answers)
        return hits

    def _predicates(self, frame: Frame) -> Asked:
        """The predicates for frames of these columns; most frames of a file have the same."""
        key = (frame.names, frame.diagnoses, frame.operations)
        if key not in self._known:
            self._known[key] = asked_of(self.found.checks, frame, self._parameters)
        return self._known[key]

    def _special(self, check: Check, frame: Frame) -> list[Hits]:
        if check.kind == "duplicate":
            again = self._seen.repeated(frame.pages)
            hits = Hits(check, check.columns[0], again["at"], {"first": again["first"]})
            return [hits] if again.height else []
        if check.kind == "date_forms":
            return self._date_forms(check, frame)
        if check.kind == "unknown_code" and self.codes:
            return self._unknown_codes(check, frame, self.codes)
        return []

    def _date_forms(self, check: Check, frame: Frame) -> list[Hits]:
        hits = []
        for name in columns_of(check, frame):
            places, usual = self._forms.unusual(name, frame.raw[name])
            at = pl.Series(places, dtype=pl.UInt32)
            at = at.filter(frame.pages[name][at].is_not_null())  # what is no date is another check's matter
            if len(at):
                hits.append(Hits(check, name, at, form=FORMS[usual]))
        return hits

    def _unknown_codes(self, check: Check, frame: Frame, codes: Codes) -> list[Hits]:
        kind = "dx" if check.over == "diagnoses" else "px"
        known = codes.given().get(kind)
        if known is None:
            return []
        hits = []
        for name in (["pdx"] if kind == "dx" else []) + columns_of(check, frame):
            at = unknown_codes(frame.pages[name], known)
            if len(at):
                hits.append(Hits(check, name, at))
                counted = frame.pages[name][at].alias("code").value_counts(name="times")
                self._unknown.append(
                    counted.select(kind=pl.lit(kind), code="code", times=pl.col("times").cast(pl.Int64))
                )
        return hits

    def _verdict(self, frame: Frame, told_faults: list[pl.DataFrame]) -> Verdict:
        self._records += frame.pages.height
        if not told_faults:
            return Verdict(
                pl.DataFrame(schema=dict(FAULTS)), pl.Series("row", dtype=pl.UInt32), self._refusal()
            )
        said = pl.concat(told_faults)
        table, shifted = fold_shifted(self._whole_faults(said, frame), frame, self.found)
        self._shifted += shifted
        faults = table.sort("row", "rule", "column").select(list(FAULTS)).cast(pl.Schema(FAULTS))
        rejected = faults.filter(pl.col("severity") == "reject")["row"].unique().sort()
        self._rejected.append(rejected)
        self._counts.append(
            faults.group_by("rule", "column", "severity").len("faults").cast({"faults": pl.Int64})
        )
        kept = faults.head(self.policy.kept_faults - self._kept)
        self._faults.append(kept)
        self._kept += kept.height
        self._left_out += faults.height - kept.height
        return Verdict(faults, rejected, self._refusal())

    def _whole_faults(self, said: pl.DataFrame, frame: Frame) -> pl.DataFrame:
        """Faults with their records, severities and the file's names of columns (`ours`: our name)."""
        checks = pl.DataFrame(
            [(check.id, check.severity, check.domain) for check in self.found.checks],
            schema=["rule", "severity", "domain"],
            orient="row",
        )
        return (
            said.join(checks, on="rule", how="left", maintain_order="left")
            .with_columns(
                frame.pages["row"][said["at"]],
                frame.pages["id"][said["at"]],
                pl.col("found").fill_null(""),
                ours=pl.col("column"),
                column=pl.col("column").replace(dict(self.names)),
            )
            .select(*FAULTS, "at", "domain", "ours")
        )

    def _refusal(self) -> Text | None:
        """Why the file is refused already: columns shifted in many of the records so far."""
        if self._shifted <= max(self.policy.few, self.policy.shifted_share * self._records):
            return None
        place = pl.concat(self._counts).filter(rule="FP-001").group_by("column").agg(pl.col("faults").sum())
        column = place.sort(["faults", "column"], descending=[True, False])["column"][0]
        return Text(
            f"{self._records} 条记录中有 {self._shifted} 条从“{column}”列起内容与列名不符，"
            "疑为错列：整批退回，请核对导出模板的列顺序后重新上传",
            f"in {self._shifted} of {self._records} records the cells from column “{column}” on do not fit "
            "their heads: shifted columns? The batch is refused; check the columns of the export and submit "
            "it again",
        )

    def _refusals(self, rejected: int) -> tuple[Text, ...]:
        refusals = [text] if (text := self._refusal()) else []
        if rejected > max(self.policy.few, self.policy.rejected_share * self._records):
            most = round(self.policy.rejected_share * 100)
            refusals.append(
                Text(
                    f"{self._records} 条记录中有 {rejected} 条不能接收，超过 {most}%："
                    "整批退回，请更正后重新上传",
                    f"{rejected} of {self._records} records cannot be accepted, more than {most} %: "
                    "the batch is refused; correct it and submit it again",
                )
            )
        return tuple(refusals)


def run(
    raw: pl.DataFrame,
    pages: pl.DataFrame,
    *,
    expected_hospital: str | None = None,
    expected_month: int | None = None,
    codes: Codes | None = None,
    names: Mapping[str, str] | None = None,
    today: dt.date | None = None,
    policy: Policy | None = None,
    found: Catalogue | None = None,
) -> Checked:
    """Check a batch that is in memory as a whole."""
    checker = Checker(
        expected_hospital, expected_month, codes, names or {}, today, found or catalogue(), policy or Policy()
    )
    checker.frame(raw, pages)
    return checker.finish()


_NOWHERE: Final = pl.Series(dtype=pl.UInt32)


def _parameters(today: dt.date, hospital: str | None, month: int | None) -> dict[str, Parameter]:
    parameters: dict[str, Parameter] = {"today": today.isoformat(), "today_day": day_number(today)}
    if hospital is not None:
        parameters["expected_hospital"] = hospital
    if month is not None:
        begin = dt.date(month // 100, month % 100, 1)
        end = (begin + dt.timedelta(days=31)).replace(day=1)
        parameters |= {
            "expected_month": f"{begin:%Y-%m}",
            "month_begin": day_number(begin),
            "month_end": day_number(end),
        }
    return parameters


def _summed(
    parts: Collection[pl.DataFrame], schema: Mapping[str, type[pl.DataType]], number: str
) -> pl.DataFrame:
    keys = [name for name in schema if name != number]
    if not parts:
        return pl.DataFrame(schema=dict(schema))
    return pl.concat(parts).group_by(keys).agg(pl.col(number).sum()).select(list(schema)).sort(keys)
