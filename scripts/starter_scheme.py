"""Writes the tables of the project's own small scheme out of the short lists in scripts/starter.

    python scripts/starter_scheme.py            write the tables
    python scripts/starter_scheme.py --check    change nothing; fail when the tables differ from the lists

The lists use ranges of categories (`I60-I67`, `36.0-36.3`); a scheme has one line for each code.
A category that no major category takes, one that two take, and a group with a category that its
major category does not have stop the writing.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "scripts" / "starter"
TARGET = ROOT / "src" / "duikou" / "engines" / "casemix" / "data" / "starter"
SIDE_BY_SIDE = "PYZMN"  # tried first, on age, sex or more than one diagnosis: they may share categories
ONE = [("9", "any", "", "")]
TWO = [
    ("3", "mcc_or_cc", "，有合并症", ", with complication"),
    ("5", "any", "，无合并症", ", without complication"),
]
THREE = [
    ("1", "mcc", "，有重度合并症", ", with severe complication"),
    ("3", "cc", "，有一般合并症", ", with complication"),
    ("5", "any", "，无合并症", ", without complication"),
]
GRADES = {1: ONE, 2: TWO, 3: THREE}

Table = list[Sequence[object]]


def spread(text: str) -> list[str]:
    """Return every category of a list with ranges."""
    codes: list[str] = []
    for part in text.split():
        first, _, last = part.partition("-")
        last = last or first
        if "." in part:
            tenths = range(round(float(first) * 10), round(float(last) * 10) + 1)
            codes += [f"{tenth // 10:02}.{tenth % 10}" for tenth in tenths]
        elif first[0] == last[0]:
            codes += [f"{first[0]}{number:02}" for number in range(int(first[1:]), int(last[1:]) + 1)]
        else:  # V01-Y98
            letters = [chr(code) for code in range(ord(first[0]), ord(last[0]) + 1)]
            every = [f"{letter}{number:02}" for letter in letters for number in range(100)]
            codes += every[int(first[1:]) : len(every) - 99 + int(last[1:])]
    return codes


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((SOURCE / f"{name}.toml").read_text(encoding="utf-8"))


class Scheme:
    """Collects the tables."""

    def __init__(self) -> None:
        edition = read("edition")
        self.existing = spread(edition["categories"])
        excluded = set(spread(edition["not_principal"]))
        self.principal = [code for code in self.existing if code not in excluded]
        self.faults: list[str] = []
        self.tables: dict[str, Table] = {
            "mdc": [("eval_order", "mdc", "condition", "name_zh", "name_en")],
            "mdc_dx": [("mdc", "dx", "site", "list")],
            "mdc_px": [("mdc", "px")],
            "adrg": [("mdc", "eval_order", "adrg", "condition", "name_zh", "name_en")],
            "adrg_dx": [("adrg", "dx")],
            "adrg_px": [("adrg", "px")],
            "drg": [("adrg", "eval_order", "drg", "severity_test", "name_zh", "name_en")],
            "cc": [("dx", "exclusion_table")],
            "mcc": [("dx", "exclusion_table")],
            "cc_exclusion_pdx": [("pdx", "exclusion_table")],
            "px_valid": [("px",), *((code,) for code in spread(edition["valid_operations"]))],
            "dx_codes": [("dx",), *((code,) for code in self.existing)],
        }
        groups = read("groups_a_g") | read("groups_h_x")
        description = read("mdc")
        for order, (letter, zh, en, condition, categories) in enumerate(description["mdc"], start=1):
            self.tables["mdc"].append((order, f"MDC{letter}", condition, zh, en))
            own = self.among(self.principal, categories, f"MDC{letter}")
            if letter == "Z":
                own = self.severe(description)
            else:
                self.tables["mdc_dx"] += [(f"MDC{letter}", code, "", "") for code in own]
            for place, group in enumerate(groups[letter], start=1):
                self.group(f"MDC{letter}", place, own, group)
        self.tables["mdc_px"] += [
            ("MDCA", code)
            for code in dict.fromkeys(px for adrg, px in self.tables["adrg_px"] if adrg[0] == "A")
        ]
        self.coverage()
        self.severity()

    def among(self, allowed: Iterable[str], text: str, where: str) -> list[str]:
        """Return the categories of a list that are allowed; one that is named alone must be."""
        known = set(allowed)
        strange = [part for part in text.split() if "-" not in part and part not in known]
        empty = [part for part in text.split() if "-" in part and not known & set(spread(part))]
        if strange or empty:
            self.faults.append(f"{where}: not there: {' '.join(strange + empty)}")
        return [code for code in spread(text) if code in known]

    def severe(self, description: dict[str, Any]) -> list[str]:
        """Write the regions of the body, and the categories that say "several" themselves."""
        rows: Table = []
        for zh, text in description["sites"].values():
            rows += [("MDCZ", code, zh, "") for code in self.among(self.principal, text, zh)]
        rows += [("MDCZ", code, "", "SEVERAL") for code in spread(description["several"]["categories"])]
        self.tables["mdc_dx"] += rows
        return [str(row[1]) for row in rows]

    def group(self, mdc: str, place: int, own: list[str], group: Sequence[Any]) -> None:
        adrg, zh, en, categories, operations, grades, *condition = group
        dx = self.among(own, categories, adrg)
        px = spread(operations)
        parts = ["pdx(D)"] * bool(dx) + ["ppx(P)"] * bool(px)
        self.tables["adrg"].append(
            (mdc, place, adrg, condition[0] if condition else " and ".join(parts), zh, en)
        )
        self.tables["adrg_dx"] += [(adrg, code) for code in dx]
        self.tables["adrg_px"] += [(adrg, code) for code in px]
        for order, (last, test, more_zh, more_en) in enumerate(GRADES[grades], start=1):
            self.tables["drg"].append((adrg, order, adrg + last, test, zh + more_zh, en + more_en))

    def coverage(self) -> None:
        owners: dict[str, list[str]] = {}
        for mdc, code, _, _ in self.tables["mdc_dx"][1:]:
            owners.setdefault(str(code), []).append(str(mdc)[-1])
        for code in self.principal:
            alone = [letter for letter in owners.get(code, []) if letter not in SIDE_BY_SIDE]
            if code not in owners:
                self.faults.append(f"{code}: in no major category")
            elif len(alone) > 1:
                self.faults.append(f"{code}: in {' and '.join(alone)}")

    def severity(self) -> None:
        for table, principal, severe, ordinary in read("severity")["tables"]:
            for name, text in (("mcc", severe), ("cc", ordinary)):
                self.tables[name] += [(code, table) for code in self.among(self.existing, text, table)]
            found = self.among(self.principal, principal, table)
            self.tables["cc_exclusion_pdx"] += [(code, table) for code in found]
        for name in ("mcc", "cc", "cc_exclusion_pdx"):
            codes = [row[0] for row in self.tables[name][1:]]
            twice = sorted({str(code) for code in codes if codes.count(code) > 1})
            if twice:
                self.faults.append(f"{name}: given twice: {' '.join(twice)}")
        both = {row[0] for row in self.tables["cc"][1:]} & {row[0] for row in self.tables["mcc"][1:]}
        if both:
            self.faults.append(f"cc and mcc: {' '.join(sorted(map(str, both)))}")


def written(table: Table) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    return out.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference")
    arguments = parser.parse_args()
    scheme = Scheme()
    if scheme.faults:
        print("\n".join(scheme.faults))
        return 1
    different = []
    for name, table in scheme.tables.items():
        path = TARGET / f"{name}.csv"
        if not path.is_file() or path.read_text(encoding="utf-8") != written(table):
            different.append(path.name)
            if not arguments.check:
                path.write_text(written(table), encoding="utf-8")
    counts = ", ".join(f"{len(table) - 1} {name}" for name, table in scheme.tables.items())
    print(f"{counts}\n{'different' if arguments.check else 'written'}: {', '.join(different) or 'none'}")
    return int(arguments.check and bool(different))


if __name__ == "__main__":
    sys.exit(main())
