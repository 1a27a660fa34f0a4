"""Small invented schemes for tests: folders of tables, and records for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from duikou.engines.casemix.columns import PAGES

INVENTED: Mapping[str, str] = {
    "mdc.csv": """
        eval_order,mdc,condition
        1,MA,ppx(VALID) and anydx(D)
        2,MB,pdx(D) and age_days<=28
        3,MZ,pdx(D) and distinct_sites(anydx)>=2
        4,MC,pdx(D)
    """,
    "mdc_dx.csv": """
        mdc,dx,site
        MA,A01,
        MB,B01,
        MB,B02,
        MZ,S01,head
        MZ,S02,head
        MZ,S02,chest
        MZ,S03,leg
        MC,C01,
        MC,C02,
        MC,C03,
        MC,S01,
        MC,B01,
    """,
    "adrg.csv": """
        mdc,eval_order,adrg,condition
        MA,1,AA1,ppx(P)
        MB,1,BR1,pdx(D) and 0<weight<1500
        MB,2,BR2,true
        MZ,1,ZR1,true
        MC,1,CA1,pdx(D) and (anypx(P:1) or (anypx(P:2) and anypx(P:3)))
        MC,2,CA2,ppx(P)
        MC,3,CR1,pdx(D)
        MC,4,CR2,sex==2
    """,
    "adrg_dx.csv": """
        adrg,dx
        BR1,B01
        CA1,C01
        CR1,C01
        CR1,C02
    """,
    "adrg_px.csv": """
        adrg,px,list
        AA1,10.1,P
        CA1,20.1,1
        CA1,20.2,2
        CA1,20.3,3
        CA1,20.1,3
        CA2,30.1,
    """,
    "drg.csv": """
        adrg,eval_order,drg,severity_test,name_zh
        AA1,1,AA19,any,甲
        BR1,1,BR19,any,
        BR2,1,BR21,mcc,
        BR2,2,BR25,any,
        ZR1,1,ZR13,mcc_or_cc,
        ZR1,2,ZR15,any,
        CA1,1,CA19,any,
        CA2,1,CA29,any,
        CR1,1,CR11,mcc,
        CR1,2,CR13,mcc_or_cc,
        CR1,3,CR15,any,
        CR2,1,CR29,any,
    """,
    "mcc.csv": "dx,exclusion_table\nK01,1\nK02,2",
    "cc.csv": "dx,exclusion_table\nK03,1\nK04,3\nS03,9",
    "cc_exclusion_pdx.csv": "pdx,exclusion_table\nC01,1\nC02,3",
    "px_valid.csv": "px,name_zh\n10.1,\n20.1,\n30.1,",
}
"""One gate by operation, one by age, one by body sites, one plain; rules of several forms."""


def write_scheme(folder: Path, tables: Mapping[str, str]) -> Path:
    """Write the tables of a scheme into a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        lines = [line.strip() for line in text.strip().splitlines()]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def pages_of(*records: Mapping[str, Any]) -> pl.DataFrame:
    """Make PAGES of records `{dx: "A01 K01", px: "10.1", …}`; the first diagnosis is the principal."""
    rows = []
    for number, record in enumerate(records, 1):
        row: dict[str, Any] = {"row": number + 1, "id": str(number)}
        for column, value in record.items():
            if column == "dx":
                pdx, *others = value.split()
                row |= {"pdx": pdx if pdx != "-" else None} | numbered("dx", others)
            elif column == "px":
                row |= numbered("px", [code if code != "-" else None for code in value.split()])
            else:
                row[column] = value
        rows.append(row)
    columns = {name for row in rows for name in row} | {"pdx"}
    schema = {name: PAGES.get(name, pl.String) for name in sorted(columns)}
    schema |= {name: pl.Float64 for name in ("icu_hours", "ventilator_hours") if name in columns}
    return pl.DataFrame(rows, schema=schema)


def numbered(stem: str, codes: list[str | None]) -> dict[str, str | None]:
    """Spread codes over `dx01`, `dx02` …"""
    return {f"{stem}{number:02}": code for number, code in enumerate(codes, 1)}
