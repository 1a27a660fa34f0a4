"""Invented front pages in the layouts of the interfaces: HQMS (2019, 2020) and table N041.

Everything that our layouts name is filled from the narrow frame; names, identity numbers,
addresses and the like are invented on top, so that it can be proved that they never enter a store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import polars as pl

from duikou.engines.casemix.generate.personal import persons
from duikou.engines.casemix.generate.province import Province
from duikou.engines.casemix.generate.stays import COMMUNITY, OUTCOME
from duikou.engines.casemix.generate.tables import companions, illnesses
from duikou.engines.casemix.layouts.definition import Layout, layout

WIDE: Final = ("hqms-2020", "hqms-2019", "n041")
ROWS: Final = 1 << 13  # a frame of 811 columns takes its room whatever is in it

HQMS_PERSONAL: Final = {
    "name": ("A11",),
    "identity": ("A20", "A47"),
    "phone": ("A27", "A30", "A35"),
    "address": ("A26", "A24", "A34"),
    "birthplace": ("A22",),
    "post_code": ("A25C", "A28C", "A31C"),
    "employer": ("A29",),
    "contact": ("A32",),
    "staff": ("B22", "B23", "B24", "B25", "B26", "B29", "B31", "B32", "C18x01"),
}
N041_PERSONAL: Final = {
    "name": ("XM",),
    "identity": ("SFZH", "JKKH"),
    "phone": ("DH", "DWDH", "DH2"),
    "address": ("XZZ", "HKDZ", "DZ"),
    "birthplace": ("CSD", "GG"),
    "post_code": ("YB1", "YB2", "YB3"),
    "employer": ("GZDWJDZ",),
    "contact": ("LXRXM",),
    "staff": ("KZR", "ZRYS", "ZZYS", "ZYYS", "ZRHS", "BMY", "ZKYS", "ZKHS", "SZ1"),
}
HQMS_FIXED: Final = {
    "A15C": "CHN",
    "A19C": "01",
    "A23C": "演示省",
    "A33C": "1",
    "B14": "演示病区",
    "B17": "演示病区",
}
N041_FIXED: Final = {"GJ": "CHN", "MZ": "01", "GX": "1", "RYBF": "演示病区", "CYBF": "演示病区"}


def wide(frame: pl.DataFrame, layout_id: str, province: Province, seed: int) -> pl.DataFrame:
    """Write narrow pages in another layout: its columns in its order, as text.

    Raises KeyError for a layout that is not wide.
    """
    if layout_id not in WIDE:
        raise KeyError(f"{layout_id} is none of {', '.join(WIDE)}")
    form = layout(layout_id)
    known = _names(frame, province, form) | _diagnosis_names(frame, form)
    filled = {form.fields[name]: frame[name] for name in frame.columns if name in form.fields}
    if form.id == "n041":
        filled |= _as_n041(frame, form)
    personal = persons(frame, province, seed)
    where = N041_PERSONAL if form.id == "n041" else HQMS_PERSONAL
    fixed: Mapping[str, str] = N041_FIXED if form.id == "n041" else HQMS_FIXED
    filled |= known | {column: personal[what] for what, columns in where.items() for column in columns}
    filled |= {column: pl.repeat(text, len(frame), eager=True) for column, text in fixed.items()}
    empty = pl.repeat(None, len(frame), dtype=pl.String, eager=True)
    return pl.DataFrame({column: filled.get(column, empty) for column in form.columns})


def all_wide(
    frames: Iterable[pl.DataFrame], layout_id: str, province: Province, seed: int
) -> Iterator[pl.DataFrame]:
    """The same for many frames, in small ones."""
    for frame in frames:
        for part in frame.iter_slices(ROWS):
            yield wide(part, layout_id, province, seed)


def _names(frame: pl.DataFrame, province: Province, form: Layout) -> dict[str, pl.Series]:
    """The hospital's name: beside its code, or where the layout has no code."""
    names = frame["hospital"].replace({one.key: one.name for one in province.hospitals})
    return {"USERNAME" if form.id == "n041" else "A02": names}


def _diagnosis_names(frame: pl.DataFrame, form: Layout) -> dict[str, pl.Series]:
    """Names of the diagnoses, where a table of the generator has one."""
    known = {one.code: one.zh for one in companions()} | {one.code: one.zh for one in illnesses()}
    known[OUTCOME] = "单一活产"
    columns = (
        {"outpatient_dx": "MZZD", "pdx": "ZYZD"}
        if form.id == "n041"
        else {"outpatient_dx": "C02N", "pdx": "C04N"}
    )
    others = "QTZD{0}" if form.id == "n041" else "C07x{0:02d}N"
    columns |= {f"dx{place:02d}": others.format(place) for place in range(1, 9)}
    return {
        column: frame[name].replace_strict(known, default=None, return_dtype=pl.String)
        for name, column in columns.items()
        if name in frame.columns
    }


def _as_n041(frame: pl.DataFrame, form: Layout) -> dict[str, pl.Series]:
    """What table N041 writes otherwise: days without separators, hours apart, two columns of receivers."""
    filled = {}
    days = (
        "admitted",
        "discharged",
        "birth_date",
        *(name for name in frame.columns if name.endswith("_date")),
    )
    for name in days:
        if name in form.fields:
            text = frame[name].str.head(10)
            filled[form.fields[name]] = text.str.replace(r"^(\d{4})-(\d\d)-(\d\d)$", "${1}${2}${3}")
    for name in ("admitted", "discharged"):
        filled[form.fields[f"{name}_hour"]] = frame[name].str.slice(11, 2)
    if "receiver" in frame.columns:
        down = (frame["disposition"] == str(COMMUNITY)).fill_null(False)
        filled[form.fields["receiver"]] = frame["receiver"].set(down, None)
        filled[form.fields["receiver_community"]] = frame["receiver"].set(~down, None)
    return filled
