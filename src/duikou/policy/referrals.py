"""Where a disease is treated first, on what conditions patients go up or come down: data of a pack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from duikou.engines.text import Text
from duikou.policy.context import Context, read_clauses, read_mark
from duikou.policy.fields import Fields
from duikou.policy.model import Clause, Disease
from duikou.policy.vocabulary import CodeUse, Mark

_ID = re.compile(r"[a-z]+(_[a-z]+)*")
_RANGE = re.compile(r"[A-Z]\d{2}(\.\d{1,2})?(-[A-Z]\d{2}(\.\d{1,2})?)?")
_DRG = re.compile(r"[A-Z]{2}\d{1,2}")


class First(StrEnum):
    """Who treats a disease first."""

    COUNTY = "county"
    TERTIARY = "tertiary"


class Direction(StrEnum):
    """Which way a patient goes."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Condition:
    """A reason for which a patient goes up or comes down (转诊指征)."""

    id: str
    direction: Direction
    title: Text
    clauses: tuple[Clause, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Tier:
    """A group of diseases with the level that treats it first (分级诊疗病种)."""

    id: str
    title: Text
    codes: tuple[str, ...]  # ICD-10 categories, codes or ranges
    drgs: tuple[str, ...]
    first: First
    clauses: tuple[Clause, ...]
    mark: Mark

    def covers(self, code: str) -> bool:
        """Whether an ICD-10 code, or a DRG code, belongs to it."""
        return code in self.drgs or any(_within(code, entry) for entry in self.codes)


def _within(code: str, entry: str) -> bool:
    first, _dash, last = entry.partition("-")
    if not last:
        return code == first or code.startswith(first if "." in first else f"{first}.")
    head = code[: len(last)] if "." in last else code[:3]
    return first[: len(head)] <= head <= last


def is_drg(code: str) -> bool:
    """Whether a code is written like that of a DRG."""
    return _DRG.fullmatch(code) is not None


def tier_of(tiers: Mapping[str, Tier], code: str) -> Tier | None:
    """The group of a code: the first that covers it."""
    return next((tier for tier in tiers.values() if tier.covers(code)), None) if code else None


def read_condition(table: Fields, context: Context) -> Condition:
    """Read one condition."""
    clauses = read_clauses(table, context)
    found = Condition(
        id=table.string("id"),
        direction=table.choice("direction", Direction),
        title=table.text("title"),
        clauses=clauses,
        mark=read_mark(table, context, clauses),
    )
    table.finish()
    _check_id(table, found.id)
    return found


class TierReader:
    """Reads tiers; one of a major disease takes its name and codes."""

    def __init__(self, diseases: Mapping[str, Disease]) -> None:
        self._diseases = diseases

    def read(self, table: Fields, context: Context) -> Tier:
        """Read one tier; its faults are noted, never raised."""
        clauses = read_clauses(table, context)
        codes = table.strings("codes", required=False)
        drgs = table.strings("drgs", required=False)
        named = table.string("disease", required=False)
        disease = self._diseases.get(named)
        if named and disease is None:
            table.fault(f"未知的病种 {named}", f"unknown disease, {named}", "disease")
        if disease is not None:
            title = disease.title
            codes = (*(one.code for one in disease.codes if one.use == CodeUse.CORE), *codes)
        else:
            title = table.text("title")
        found = Tier(
            id=table.string("id"),
            title=title,
            codes=codes,
            drgs=drgs,
            first=table.choice("first", First),
            clauses=clauses,
            mark=read_mark(table, context, clauses),
        )
        table.finish()
        _check_id(table, found.id)
        for code in codes:
            if not _RANGE.fullmatch(code):
                table.fault(f"编码 {code} 应形如 I21 或 I10-I15", f"code {code} must look like I21", "codes")
        for code in drgs:
            if not _DRG.fullmatch(code):
                table.fault(f"病组 {code} 应形如 FR11", f"group {code} must look like FR11", "drgs")
        if not (codes or drgs) and not table.has("disease"):
            table.fault("须有编码、病组或病种", "needs codes, groups or a disease", "codes")
        return found


def _check_id(table: Fields, found: str) -> None:
    if found and not _ID.fullmatch(found):
        table.fault(f"编号 {found} 应形如 lung_cancer", f"the id {found} must look like lung_cancer", "id")
