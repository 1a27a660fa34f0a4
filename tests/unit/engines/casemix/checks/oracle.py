"""The checks once more, slowly and obviously: one record after the other, each rule a few lines of Python.

Nothing of the engine is used: the catalogue's predicates, classes and parameters are written out again.
A rule answers with the columns whose fault it tells.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from duikou.engines.casemix.columns import FEES
from tests.unit.engines.casemix.checks.plain import EMPTY, TODAY, Record, day_of, typed

Found = set[tuple[int, str, str]]
DAY = dt.timedelta(days=1)
WHOLE_FEES = [
    name for name in FEES if name not in ("physiotherapy", "anaesthesia", "operation", "antimicrobials")
]


@dataclass
class One:
    """One record: its text, and what it says."""

    raw: Record
    page: dict[str, Any]

    def text(self, name: str) -> str | None:
        """The text without blanks around it; None for nothing."""
        text = self.raw.get(name)
        return None if text is None or text.strip() in EMPTY else text.strip()

    def has(self, *names: str) -> bool:
        """Whether the file has these columns."""
        return all(name in self.raw for name in names)

    def __getattr__(self, name: str) -> Any:
        return self.page[name]

    def given(self, *names: str) -> bool:
        """Whether all of these can be read."""
        return all(self.page[name] is not None for name in names)

    @property
    def diagnoses(self) -> list[str]:
        """Columns of other diagnoses."""
        return sorted(name for name in self.raw if re.fullmatch(r"dx\d\d", name))

    @property
    def operations(self) -> list[str]:
        """Columns of operations."""
        return sorted(name for name in self.raw if re.fullmatch(r"px\d\d", name))

    @property
    def stay(self) -> int | None:
        """Days by the dates."""
        if not self.given("admitted", "discharged"):
            return None
        return max((self.discharged.date() - self.admitted.date()).days, 1)

    @property
    def days_old(self) -> int | None:
        """Days between birth and admission."""
        if not self.given("admitted", "birth_date"):
            return None
        return (self.admitted.date() - self.birth_date).days

    def fee(self, name: str) -> int:
        """An item in fen, 0 where it is not given."""
        return self.page.get(f"fee_{name}") or 0


def words(text: str) -> list[str]:
    """The words of a text, as a list."""
    return text.split()


def category(code: str | None) -> str:
    """Letter and two digits of a diagnosis; empty if it is none."""
    return code[:3] if code and re.fullmatch(r"[A-Z][0-9]{2}", code[:3]) else ""


def chapter(code: str | None) -> int:
    """Number of the chapter of an operation; -1 if it is none."""
    return int(code[:2]) if code and re.match(r"[0-9]{2}(\.|$)", code) else -1


def within(code: str | None, *ranges: str) -> bool:
    """Whether a diagnosis is in one of some ranges."""
    return any(
        first <= category(code) <= (last or first)
        for first, _, last in (one.partition("-") for one in ranges)
    )


def female(code: str | None) -> bool:
    return within(
        code, "C51-C58", "D06", "D25-D28", "D39", "E28", "F53", "N70-N77", "N80-N98", "O00-O99", "Q50-Q52",
        "Z32-Z36", "Z39",
    )  # fmt: skip


def male(code: str | None) -> bool:
    return within(code, "C60-C63", "D29", "D40", "E29", "N40-N51", "Q53-Q55")


Rule = Callable[[One], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    def keep(function: Rule) -> Rule:
        RULES[name] = function
        return function

    return keep


def when(name: str, column: str, broken: Callable[[One], bool], *needs: str) -> None:
    """A rule of one column that needs others."""

    def ask(one: One) -> Iterator[str]:
        if one.has(column, *needs) and broken(one):
            yield column

    RULES[name] = ask


def of_each(name: str, columns: Sequence[str], broken: Callable[[One, str], bool]) -> None:
    """A rule asked of several columns."""

    def ask(one: One) -> Iterator[str]:
        yield from (column for column in columns if one.has(column) and broken(one, column))

    RULES[name] = ask


def of_operations(name: str, beside: str, broken: Callable[[One, str], bool]) -> None:
    """A rule asked of each operation that has a column beside it."""

    def ask(one: One) -> Iterator[str]:
        if one.has("px01", f"px01_{beside}" if beside else "px01"):
            for column in one.operations:
                if one.has(f"{column}_{beside}" if beside else column) and broken(one, column):
                    yield column

    RULES[name] = ask


def first_diagnosis(
    name: str, fits: Callable[[str], bool], broken: Callable[[One], bool], *needs: str
) -> None:
    """A rule that names the first diagnosis of a kind."""

    def ask(one: One) -> Iterator[str]:
        if one.has("pdx", *needs) and broken(one):
            for column in ("pdx", *one.diagnoses):
                if one.page[column] and fits(one.page[column]):
                    yield column
                    return

    RULES[name] = ask


def first_operation(name: str, chapters: range, sex: int) -> None:
    def ask(one: One) -> Iterator[str]:
        if one.has("px01", "sex") and one.sex == sex:
            for column in one.operations:
                if chapter(one.page[column]) in chapters:
                    yield column
                    return

    RULES[name] = ask


def unreadable(one: One, column: str) -> bool:
    return one.page[column] is None and one.text(column) is not None


def missing(one: One, column: str) -> bool:
    if column in ("hospital", "record_no", "visit_no", "department", "payment", "pdx"):
        return one.page[column] is None
    return one.text(column) is None


def not_in(values: str) -> Callable[[One, str], bool]:
    return lambda one, column: one.text(column) is not None and one.text(column) not in values.split()


def number_not_in(values: set[int]) -> Callable[[One, str], bool]:
    return lambda one, column: one.page[column] is not None and one.page[column] not in values


def looks_unlike(pattern: str) -> Callable[[One, str], bool]:
    return lambda one, column: (text := one.text(column)) is not None and not re.fullmatch(pattern, text)


KEYS = ("hospital", "record_no", "visit_no")
of_each(
    "FP-005", KEYS, lambda one, c: bool(re.fullmatch(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+", one.raw[c] or ""))
)
of_each("FP-006", KEYS, lambda one, c: (one.raw[c] or "").endswith(".0"))
of_each(
    "FP-007",
    words("sex age_years age_days birth_weight admission_weight stay_days route disposition pdx_condition"),
    lambda one, c: (one.raw[c] or "").endswith(".0"),
)
of_each("FP-011", KEYS, lambda one, c: bool(re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", one.raw[c] or "")))

of_each("FP-101", words("hospital record_no admitted discharged sex age_years pdx total"), missing)
of_each(
    "FP-102",
    words(
        "visit_no birth_date stay_days route disposition department payment pdx_condition occupation marital "
        "allergy quality"
    ),
    missing,
)
of_each("FP-111", words("admitted discharged sex age_years disposition total"), unreadable)
of_each(
    "FP-112",
    words("birth_date age_days birth_weight admission_weight stay_days route pdx_condition own"),
    unreadable,
)
of_each("FP-113", [f"fee_{name}" for name in FEES], unreadable)
of_each("FP-121", ["sex"], number_not_in({0, 1, 2, 9}))
of_each("FP-122", ["disposition"], number_not_in({1, 2, 3, 4, 5, 9}))
of_each("FP-123", ["route"], number_not_in({1, 2, 3, 9}))
of_each("FP-124", ["pdx_condition"], number_not_in({1, 2, 3, 4}))
of_each("FP-126", ["payment"], looks_unlike(r"0?[1-9](\.?[0-9]{1,2})?"))
of_each("FP-127", ["blood_group"], not_in("1 2 3 4 5 6"))
of_each("FP-128", ["rh"], not_in("1 2 3 4"))
of_each("FP-129", ["quality"], not_in("1 2 3"))
of_each("FP-130", ["readmission_plan", "allergy"], not_in("1 2"))
of_each("FP-131", ["marital"], not_in("1 2 3 4 9"))


@rule("FP-103")
def _(one: One) -> Iterator[str]:
    if not one.has("dx01", "dx01_condition"):
        return
    for column in one.diagnoses:
        if one.has(f"{column}_condition") and one.page[column] and one.text(f"{column}_condition") is None:
            yield column


@rule("FP-125")
def _(one: One) -> Iterator[str]:
    if not one.has("dx01", "dx01_condition"):
        return
    for column in one.diagnoses:
        wrong = one.has(f"{column}_condition") and not_in("1 2 3 4")(one, f"{column}_condition")
        if wrong and one.page[column]:
            yield column


def later(one: One, day: dt.date | None, other: dt.date | None) -> bool:
    return day is not None and other is not None and day > other


when("FP-201", "discharged", lambda one: later(one, one.admitted, one.discharged), "admitted")
when("FP-202", "birth_date", lambda one: (one.days_old or 0) < 0, "admitted")
when("FP-203", "discharged", lambda one: one.given("discharged") and one.discharged.date() > TODAY)
when("FP-204", "admitted", lambda one: one.given("admitted") and one.admitted.year < 1990)
when("FP-205", "discharged", lambda one: (one.stay or 0) > 365, "admitted")
when("FP-206", "age_years", lambda one: one.given("age_years") and not 0 <= one.age_years <= 120)


def years_old(one: One) -> int | None:
    return None if one.days_old is None else one.days_old * 400 // 146097


when("FP-207", "birth_date", lambda one: (years_old(one) or 0) > 120, "admitted")
when(
    "FP-208",
    "age_years",
    lambda one: (
        one.given("age_years") and years_old(one) is not None and abs(one.age_years - years_old(one)) > 1
    ),
    "birth_date",
    "admitted",
)
when("FP-209", "stay_days", lambda one: one.given("stay_days") and one.stay_days < 1)
when(
    "FP-210",
    "stay_days",
    lambda one: (
        one.given("stay_days", "admitted", "discharged")
        and one.stay_days != one.stay
        and one.discharged >= one.admitted
    ),
    "admitted",
    "discharged",
)
when("FP-211", "age_days", lambda one: one.given("age_days") and not 0 <= one.age_days <= 365)
when("FP-212", "age_days", lambda one: (one.age_days or 0) > 0 and (one.age_years or 0) > 0, "age_years")
when(
    "FP-213",
    "age_days",
    lambda one: (
        (one.age_days or 0) > 0
        and one.days_old is not None
        and 0 <= one.days_old <= 365
        and abs(one.age_days - one.days_old) > 1
    ),
    "birth_date",
    "admitted",
)


def newborn(one: One) -> bool:
    return one.age_years == 0 and one.age_days is not None and 0 <= one.age_days <= 28


when("FP-301", "age_days", lambda one: one.age_years == 0 and missing(one, "age_days"), "age_years")
when(
    "FP-302",
    "birth_weight",
    lambda one: newborn(one) and missing(one, "birth_weight"),
    "age_days",
    "age_years",
)
when(
    "FP-303",
    "admission_weight",
    lambda one: newborn(one) and missing(one, "admission_weight"),
    "age_days",
    "age_years",
)
first_diagnosis(
    "FP-304",
    lambda code: bool(re.match(r"Z37\.?[02356]", code)),
    lambda one: one.birth_weight is None,
    "birth_weight",
)
first_diagnosis(
    "FP-305", lambda code: within(code, "O80-O84"), lambda one: one.birth_weight is None, "birth_weight"
)
of_each(
    "FP-311",
    ["birth_weight", "admission_weight"],
    lambda one, c: one.page[c] is not None and not 100 <= one.page[c] <= 9999,
)
of_each("FP-312", [f"birth_weight_{n}" for n in range(2, 6)], looks_unlike(r"[1-9][0-9]{2,3}(\.0+)?"))
when(
    "FP-313",
    "admission_weight",
    lambda one: (one.admission_weight or 0) > 0 and (one.age_days is None or one.age_days > 28),
    "age_days",
)
when("FP-314", "pdx", lambda one: within(one.pdx, "P00-P99") and (one.age_years or 0) > 0, "age_years")

when("FP-401", "pdx", lambda one: one.pdx is not None and not category(one.pdx))


@rule("FP-402")
def _(one: One) -> Iterator[str]:
    if not one.has("dx01"):
        return
    yield from (column for column in one.diagnoses if one.page[column] and not category(one.page[column]))


first_diagnosis("FP-403", female, lambda one: one.sex == 1, "sex")
first_diagnosis("FP-404", male, lambda one: one.sex == 2, "sex")
first_diagnosis(
    "FP-405",
    lambda code: within(code, "O00-O99"),
    lambda one: one.age_years is not None and not 10 <= one.age_years <= 60,
    "age_years",
)
when(
    "FP-406",
    "pathology",
    lambda one: within(one.pdx, "C00-C99", "D00-D48") and missing(one, "pathology"),
    "pdx",
)
when(
    "FP-407",
    "pathology_no",
    lambda one: not missing(one, "pathology") and missing(one, "pathology_no"),
    "pathology",
)
when(
    "FP-408",
    "external_cause",
    lambda one: within(one.pdx, "S00-T99") and missing(one, "external_cause"),
    "pdx",
)
when(
    "FP-409",
    "external_cause",
    lambda one: (
        not missing(one, "external_cause")
        and not any(within(one.page[c], "S00-T99") for c in ("pdx", *one.diagnoses))
    ),
    "pdx",
)
of_each("FP-410", ["external_cause"], looks_unlike(r"(?s)[V-Yv-y][0-9].*"))
when("FP-411", "pdx", lambda one: within(one.pdx, "V00-Y99"))


@rule("FP-412")
def _(one: One) -> Iterator[str]:
    if not one.has("dx01"):
        return
    yield from (column for column in one.diagnoses if one.pdx and one.page[column] == one.pdx)


def operated_on(one: One, column: str) -> dt.date | None:
    text = one.text(f"{column}_date")
    return moment.date() if text and (moment := day_of(text)) else None


def outside(one: One, column: str) -> bool:
    day = operated_on(one, column)
    return None not in (one.page[column], day) and (
        (one.given("admitted") and day < one.admitted.date())
        or (one.given("discharged") and day > one.discharged.date())
    )


def surgery(one: One, column: str) -> bool:
    return 1 <= chapter(one.page[column]) <= 86


of_operations("FP-501", "", lambda one, c: one.page[c] is not None and chapter(one.page[c]) < 0)
first_operation("FP-502", range(65, 76), 1)
first_operation("FP-503", range(60, 65), 2)
of_operations("FP-504", "date", lambda one, c: one.has("admitted", "discharged") and outside(one, c))
of_operations("FP-505", "date", lambda one, c: one.page[c] is not None and operated_on(one, c) is None)
of_operations(
    "FP-506", "level", lambda one, c: one.page[c] is not None and not_in("1 2 3 4")(one, f"{c}_level")
)
of_operations("FP-507", "level", lambda one, c: surgery(one, c) and missing(one, f"{c}_level"))
of_operations("FP-508", "anaesthesia", lambda one, c: surgery(one, c) and missing(one, f"{c}_anaesthesia"))
of_operations("FP-509", "incision", lambda one, c: surgery(one, c) and missing(one, f"{c}_incision"))
when("FP-510", "px01", lambda one: one.px01 is None and one.px02 is not None, "px02")
when("FP-511", "px01", lambda one: one.fee("operation") > 0 and one.px01 is None, "fee_operation")
when(
    "FP-512",
    "fee_anaesthesia",
    lambda one: one.text("px01_anaesthesia") not in (None, "99") and one.fee("anaesthesia") <= 0,
    "px01_anaesthesia",
)
when(
    "FP-513",
    "fee_surgical",
    lambda one: one.text("px01_level") in ("3", "4") and surgery(one, "px01") and one.fee("surgical") <= 0,
    "px01",
    "px01_level",
)

when("FP-601", "autopsy", lambda one: one.disposition == 5 and missing(one, "autopsy"), "disposition")
of_each("FP-602", ["autopsy"], not_in("1 2"))
when(
    "FP-603",
    "autopsy",
    lambda one: one.text("autopsy") == "1" and one.disposition not in (5, None),
    "disposition",
)
when("FP-604", "receiver", lambda one: one.disposition == 2 and missing(one, "receiver"), "disposition")
when(
    "FP-605",
    "receiver",
    lambda one: one.disposition == 3 and missing(one, "receiver") and not one.has("receiver_community"),
    "disposition",
)
when(
    "FP-606",
    "receiver_community",
    lambda one: one.disposition == 3 and missing(one, "receiver_community"),
    "disposition",
)
when(
    "FP-607",
    "readmission_purpose",
    lambda one: one.text("readmission_plan") == "2" and missing(one, "readmission_purpose"),
    "readmission_plan",
)
when(
    "FP-608",
    "readmission_plan",
    lambda one: one.disposition == 5 and one.text("readmission_plan") == "2",
    "disposition",
)
when(
    "FP-609",
    "allergy_drugs",
    lambda one: one.text("allergy") == "2" and missing(one, "allergy_drugs"),
    "allergy",
)
COMA = [f"coma_{moment}_" for moment in ("before", "after")]
of_each("FP-610", [f"{name}hours" for name in COMA], looks_unlike(r"([01]?[0-9]|2[0-3])(\.0+)?"))
of_each("FP-611", [f"{name}minutes" for name in COMA], looks_unlike(r"[0-5]?[0-9](\.0+)?"))
of_each("FP-612", [f"{name}days" for name in COMA], looks_unlike(r"[0-9]{1,5}(\.0+)?"))


def number(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"[-+]?[0-9]+(\.[0-9]*)?", text) else None


when(
    "FP-613",
    "coma_after_days",
    lambda one: (
        (number(one.text("coma_after_days")) or 0) > (one.stay or 10**9) and one.discharged >= one.admitted
    ),
    "admitted",
    "discharged",
)
when(
    "FP-614",
    "readmission_plan",
    lambda one: one.disposition not in (5, None) and missing(one, "readmission_plan"),
    "disposition",
)

when("FP-701", "total", lambda one: one.given("total") and one.total <= 0)
when("FP-702", "own", lambda one: one.given("own") and one.own < 0)
of_each("FP-703", [f"fee_{name}" for name in FEES], lambda one, c: (one.page[c] or 0) < 0)


def fee_sum(one: One) -> int:
    return sum(one.fee(name) for name in WHOLE_FEES)


when("FP-704", "total", lambda one: one.given("total") and fee_sum(one) > one.total + 1, "fee_service")
when(
    "FP-705",
    "total",
    lambda one: one.given("total") and 0 < fee_sum(one) < one.total - 1,
    "fee_service",
    "fee_other",
)
when("FP-706", "own", lambda one: one.given("own", "total") and one.own > one.total, "total")
when(
    "FP-707",
    "fee_physiotherapy",
    lambda one: one.given("fee_physiotherapy") and one.fee("physiotherapy") > one.fee("non_surgical"),
    "fee_non_surgical",
)
when(
    "FP-708",
    "fee_surgical",
    lambda one: one.fee("anaesthesia") + one.fee("operation") > one.fee("surgical"),
    "fee_anaesthesia",
    "fee_operation",
)
when(
    "FP-709",
    "fee_antimicrobials",
    lambda one: one.given("fee_antimicrobials") and one.fee("antimicrobials") > one.fee("western_drugs"),
    "fee_western_drugs",
)
when("FP-710", "rh", lambda one: one.fee("blood") > 0 and missing(one, "rh"), "fee_blood")
when(
    "FP-711",
    "fee_service",
    lambda one: (one.stay or 0) > 1 and (one.fee("service") <= 0 or one.fee("nursing") <= 0),
    "fee_nursing",
)
when(
    "FP-712",
    "fee_treatment_materials",
    lambda one: (
        (one.stay or 0) > 1
        and sum(one.fee(f"{name}_materials") for name in ("examination", "treatment", "surgical")) <= 0
    ),
    "fee_examination_materials",
    "fee_surgical_materials",
)
when(
    "FP-713",
    "fee_other",
    lambda one: one.given("total") and one.fee("other") > 0 and one.fee("other") >= one.total,
    "total",
)
when("FP-714", "total", lambda one: one.given("total") and one.total > 1_000_000_000)

DOMAIN = words("FP-111 FP-112 FP-113 FP-121 FP-122 FP-123 FP-124 FP-126 FP-127 FP-128 FP-129 FP-130 FP-131")
DOMAIN += ["FP-206", "FP-401", "FP-402", "FP-501"]


def faults_of(
    records: Sequence[Record],
    *,
    hospital: str | None = None,
    month: int | None = None,
    dx: set[str] | None = None,
    px: set[str] | None = None,
) -> Found:
    """Every fault of a batch whose first record is in row 2: (row, column, rule)."""
    ones = [One(record, typed({**record, "row": row})) for row, record in enumerate(records, start=2)]
    faults: Found = set()
    for one in ones:
        faults |= {(one.row, column, name) for name, ask in RULES.items() for column in ask(one)}
    faults |= set(_duplicates(ones)) | set(_date_forms(ones))
    for one in ones:
        if hospital is not None and one.has("hospital") and one.hospital not in (hospital, None):
            faults.add((one.row, "hospital", "FP-003"))
        if month is not None and one.given("discharged") and int(f"{one.discharged:%Y%m}") != month:
            faults.add((one.row, "discharged", "FP-004"))
        for known, columns, name in ((dx, ["pdx", *one.diagnoses], "FP-009"), (px, one.operations, "FP-010")):
            if known is not None:
                strange = (c for c in columns if one.page[c] is not None and one.page[c] not in known)
                faults |= {(one.row, column, name) for column in strange}
    return _folded(faults, ones)


def _duplicates(ones: Sequence[One]) -> Iterator[tuple[int, str, str]]:
    seen = set()
    for one in ones:
        if one.record_no is None:
            continue
        key = (one.hospital or "", one.record_no, one.visit_no or one.discharged)
        if key in seen:
            yield one.row, "record_no", "FP-002"
        seen.add(key)


def _date_forms(ones: Sequence[One]) -> Iterator[tuple[int, str, str]]:
    for column in ("admitted", "discharged", "birth_date"):
        signs = {one.row: _form(one.raw.get(column)) for one in ones}
        counted = Counter(sign for sign in signs.values() if sign is not None)
        if counted:
            order = ["-", "/", ".", "年", ""]
            usual = max(counted, key=lambda sign: (counted[sign], -order.index(sign)))
            for one in ones:
                if signs[one.row] not in (usual, None) and one.given(column):
                    yield one.row, column, "FP-008"


def _form(text: str | None) -> str | None:
    if text is None or len(text.encode()) < 5:
        return None
    sign = text.encode()[4:5]
    if sign.isdigit():
        return ""
    return {b"-": "-", b"/": "/", b".": ".", b"\xe5": "年"}.get(sign)


def _folded(faults: Found, ones: Sequence[One]) -> Found:
    """One fault instead of all in rows whose cells do not fit their heads."""
    for one in ones:
        cells = {column for row, column, name in faults if row == one.row and name in DOMAIN}
        if len(cells) >= 4:
            first = min(cells, key=list(one.raw).index)
            faults = {fault for fault in faults if fault[0] != one.row} | {(one.row, first, "FP-001")}
    return faults
