"""The oracle asked of a batch: every rule of every record, and what only many records tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.unit.engines.casemix.checks.oracle.asking import RULES
from tests.unit.engines.casemix.checks.oracle.record import One, words
from tests.unit.engines.casemix.checks.plain import Record, typed

Found = set[tuple[int, str, str]]


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
