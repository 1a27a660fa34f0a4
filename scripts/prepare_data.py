"""Build the package's Zhejiang data files from the research tables.

Run it when the research tables change; the results are committed, so nobody needs the tables
to run the program::

    DUIKOU_SHARED=../shared python scripts/prepare_data.py          # write
    DUIKOU_SHARED=../shared python scripts/prepare_data.py --check  # compare only, exit 1 on a difference

Inputs: `data/geo/*.csv` and the plan's text under DUIKOU_SHARED, `data_curation.toml` beside this
file. Outputs: the `data` folders of the wings places, hospitals and pairings.

What the columns of the outputs mean where a name alone does not say it:

- `mark` of a hospital is the provenance of its kind, grade and place, `name_mark` that of its
  name; `mark` of a further name is the provenance of "this is another name of that hospital".
  seed = the annexes, recalled = general knowledge, inferred = our reading; the last two are
  to be confirmed.
- `valid_from` is the first day of a name, `valid_to` the first day on which it is no longer valid.
- `lon`, `lat` are WGS84 degrees of the locality or county seat, never of the hospital itself.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pypinyin import Style, lazy_pinyin

from duikou.engines.pairing.annex import read_annex

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DUIKOU_SHARED", str(REPOSITORY.parent / "shared")))
WINGS = REPOSITORY / "src" / "duikou" / "wings"
CURATION: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "data_curation.toml").read_text(encoding="utf-8")
)

Record = dict[str, str]

KINDS = {
    "general": "general",
    "specialised": "specialised",
    "TCM": "tcm",
    "maternal-child": "maternal_child",
    "psychiatric": "psychiatric",
    "township": "township",
}
# Readings that differ from the commonest one.
READINGS = {"乐清": "yue qing", "长兴": "chang xing", "丽水": "li shui", "莲都": "lian du"}
TCM_SPELLINGS = "“中医院”“中医医院”两种写法"
UNIT_WORDS = {"畲族自治县": "She Autonomous County", "区": "District", "市": "City", "县": "County"}


def read_geo(name: str) -> list[Record]:
    """Rows of one research table."""
    with (SHARED / "data" / "geo" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """A CSV text with a header line; an unknown column in a row is an error."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def romanise(name: str) -> tuple[str, str]:
    """English name and toneless pinyin of a division: 淳安县 → ("Chun'an County", "chunan xian")."""
    stem, suffix = next((name[: -len(end)], end) for end in UNIT_WORDS if name.endswith(end))
    syllables = READINGS[stem].split() if stem in READINGS else lazy_pinyin(stem, style=Style.NORMAL)
    joined = syllables[0] + "".join(("'" if s[0] in "aoe" else "") + s for s in syllables[1:])
    pinyin = f"{''.join(syllables)} {''.join(lazy_pinyin(suffix, style=Style.NORMAL))}"
    return f"{joined.capitalize()} {UNIT_WORDS[suffix]}", pinyin


def divisions(edition: str) -> str:
    """County-level divisions of one edition with English name and pinyin."""
    rows = read_geo(f"zhejiang_divisions_{edition}.csv")
    columns = list(rows[0])
    columns[2:2] = ["name_en", "pinyin"]
    for row in rows:
        row["name_en"], row["pinyin"] = romanise(row["name"])
    return table(columns, rows)


def cities() -> str:
    """The cities (地级市), whose codes and names did not change between the two editions."""
    names = {row["city_code"]: row["city_name"] for row in read_geo("zhejiang_divisions_2014.csv")}
    today = {row["city_code"]: row["city_name"] for row in read_geo("zhejiang_divisions_today.csv")}
    if names != today:
        raise SystemExit("expected the same cities in both editions of the division table")
    rows = []
    for code, name in sorted(names.items()):
        name_en, pinyin = romanise(name)
        rows.append({"code": code, "name": name, "name_en": name_en, "pinyin": pinyin,
                     "province_code": "330000", "province_name": "浙江省"})  # fmt: skip
    return table(["code", "name", "name_en", "pinyin", "province_code", "province_name"], rows)


def copied(name: str) -> str:
    """A research table as it is, with our line ends."""
    rows = read_geo(name)
    return table(list(rows[0]), rows)


HOSPITAL_COLUMNS = [
    "key", "name", "kind", "field", "level", "ownership", "region", "role", "unit_code_2014",
    "unit_code_today", "locality", "lon", "lat", "coord_level", "coord_source", "development_zone",
    "main_county_hospital", "confidence", "mark", "name_mark", "note",
]  # fmt: skip
NAME_COLUMNS = ["hospital_key", "name", "kind", "valid_from", "valid_to", "mark", "note"]


def display_name(row: Record) -> tuple[str, Record | None]:
    """Display name of a located hospital and, where the printed name differs, the alias that it is."""
    printed = row["name_in_annex"]
    if printed in CURATION["display"]:
        entry = CURATION["display"][printed]
        mark = "seed" if entry["kind"] == "typo" else "inferred"
        alias = {"name": printed, "kind": entry["kind"], "valid_to": entry.get("valid_to", ""),
                 "mark": mark, "note": entry["note"]}  # fmt: skip
        return entry["name"], alias
    if printed.startswith(row["county_name_2014"]) and row["county_name_2014"].endswith("区"):
        alias = {"name": printed, "kind": "short", "mark": "inferred", "note": "省略城市名"}
        return row["city"] + printed, alias
    return printed, None


def name_mark(row: Record, display: str) -> str:
    """How the display name is known: printed so, recalled, or our reading that the city was left out."""
    printed = row["name_in_annex"]
    if display == printed:
        return "seed"
    return "recalled" if printed in CURATION["display"] else "inferred"


def aliases(row: Record, display: str) -> Iterable[Record]:
    """Every further name of a hospital: full, variant, short, same-as and old ones."""
    full, *same = re.split(r"（(?=[^（）]*）$)", row["probable_full_name"])
    if full.replace("中医医院", "中医院") == display:
        yield {"name": full, "kind": "variant", "mark": "recalled", "note": TCM_SPELLINGS}
    elif full not in (display, row["name_in_annex"]):
        yield {"name": full, "kind": "full", "mark": "recalled", "note": "可能的全称，待核实"}
    for name in (part for tail in same for part in tail.rstrip("）").split("、")):
        if name.replace("中医医院", "中医院") == display:
            yield {"name": name, "kind": "variant", "mark": "recalled", "note": TCM_SPELLINGS}
        elif name.startswith("原"):
            yield {"name": name[1:], "kind": "old", "mark": "recalled", "note": "更名日期待核实"}
        else:
            yield {"name": name, "kind": "same_as", "mark": "recalled", "note": "同一机构的另一名称，待核实"}
    for entry in CURATION["alias"]:
        if entry["of"] == row["name_in_annex"]:
            for name in entry["names"]:
                yield {"name": name, "kind": entry["kind"], "valid_from": entry.get("valid_from", ""),
                       "mark": "recalled", "note": entry["note"]}  # fmt: skip
    short = display.removeprefix(row["city"])
    if row["county_name_2014"].endswith("区") and short.startswith(row["county_name_2014"]):
        yield {"name": short, "kind": "short", "mark": "inferred", "note": "省略城市名"}
    for name in (display, short) if short.startswith(row["county_name_2014"]) else (display,):
        other = re.sub(r"(?<=[县市区])中医院$", "中医医院", name)
        if name.endswith("中医医院"):
            other = name.replace("中医医院", "中医院")
        if other != name:
            yield {"name": other, "kind": "variant", "mark": "inferred", "note": TCM_SPELLINGS}


def hospital_row(number: int, row: Record, display: str) -> Record:
    """One line of the hospital register."""
    printed = row["name_in_annex"]
    kind, field = CURATION["kind"].get(printed, [KINDS[row["kind"]], ""])
    region = "county"
    if row["role"] == "supporter":
        region = "provincial" if row["annex"] == "1" else "municipal"
    level, _, source = row["coord_level"].partition(" (")
    return {
        "key": f"zj-{number:03d}",
        "name": display,
        "kind": kind,
        "field": field,
        "level": row["level"],
        "ownership": CURATION["ownership"].get(printed, "public"),
        "region": region,
        "role": row["role"],
        "unit_code_2014": row["county_code_2014"],
        "unit_code_today": row["county_code_today"],
        "locality": row["locality"],
        "lon": row["approx_lon"],
        "lat": row["approx_lat"],
        "coord_level": {"county seat": "county_seat"}.get(level, level),
        "coord_source": source.rstrip(")"),
        "development_zone": str(printed in CURATION["development_zone"]["names"]).lower(),
        "main_county_hospital": str(printed in CURATION["main_county_hospital"]["names"]).lower(),
        "confidence": row["confidence"],
        "mark": "inferred" if printed in CURATION["inferred_kind"]["names"] else "recalled",
        "name_mark": name_mark(row, display),
        "note": CURATION["note"].get(printed, ""),
    }


def hospitals() -> tuple[str, str]:
    """The hospital register and its further names, numbered in order of first printing."""
    register, names = [], []
    owner: dict[str, str] = {}
    for number, row in enumerate(read_geo("hospitals_located.csv"), start=1):
        display, printed_alias = display_name(row)
        record = hospital_row(number, row, display)
        register.append(record)
        seen = {display}
        for alias in [*([printed_alias] if printed_alias else []), *aliases(row, display)]:
            if alias["name"] not in seen:
                seen.add(alias["name"])
                names.append({"hospital_key": record["key"], **alias})
        for name in seen:
            if owner.setdefault(name, record["key"]) != record["key"]:
                raise SystemExit(f"name {name} would belong to both {owner[name]} and {record['key']}")
    return table(HOSPITAL_COLUMNS, register), table(NAME_COLUMNS, names)


def annex() -> str:
    """The 165 printed rows of both tables, read from the plan and compared with the research table."""
    plan = next((SHARED / "sources").glob("000_*.txt"))
    reading = read_annex(plan.read_bytes(), plan.name)
    read = [tuple("" if value is None else str(value) for value in row.printed) for row in reading.rows]
    columns = ("annex", "prefecture_heading", "supporter", "index_in_annex", "recipient")
    known = [tuple(row[column] for column in columns) for row in read_geo("hospital_pairs.csv")]
    if reading.issues or read != known or Counter(row[0] for row in read) != {"1": 41, "2": 124}:
        raise SystemExit("the plan does not read as the 41 + 124 rows of hospital_pairs.csv")
    names = ["position", "table", "group", "supporter", "running_number", "recipient"]
    return table(
        names,
        [dict(zip(names, (str(n), *row), strict=True)) for n, row in enumerate(read, start=1)],
    )


def main() -> int:
    """Write the files, or compare them with `--check`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files only")
    arguments = parser.parse_args()
    if not (SHARED / "data" / "geo").is_dir():
        print(f"expected the research tables in {SHARED}/data/geo; set DUIKOU_SHARED", file=sys.stderr)
        return 2
    register, names = hospitals()
    files = {
        "places/data/divisions_2014.csv": divisions("2014"),
        "places/data/divisions_today.csv": divisions("today"),
        "places/data/changes.csv": copied("zhejiang_changes.csv"),
        "places/data/tilegrid.csv": copied("zhejiang_tilegrid.csv"),
        "places/data/cities.csv": cities(),
        "hospitals/data/hospitals.csv": register,
        "hospitals/data/hospital_names.csv": names,
        "pairings/data/zhejiang_2014_annex.csv": annex(),
    }
    differing = 0
    for name, text in files.items():
        path = WINGS / name
        same = path.is_file() and path.read_text(encoding="utf-8") == text
        differing += not same
        print(f"{'same' if same else 'differs' if arguments.check else 'written'}  {name}  "
              f"{text.count(chr(10)) - 1} rows")  # fmt: skip
        if not arguments.check and not same:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return 1 if arguments.check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
