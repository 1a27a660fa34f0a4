"""The province that invented front pages are drawn for: the packaged register's real hospitals and counties.

Real are names, places and grades; how many people live where, who is treated for what and
which counties are supported from which year is invented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from duikou.cli.offline import register_lines
from duikou.wings.places.replay import table

if TYPE_CHECKING:
    from duikou.engines.casemix.generate.places import County, Hospital
    from duikou.engines.casemix.generate.province import Province

TIERS: Final = {"county": "county", "municipal": "city", "provincial": "province"}


def register_province(
    seed: int, *, first_year: int, years: int, effect: float, fill: bool = False
) -> Province:
    """An invented province over the real register, in the divisions of today.

    With `fill` every county in which the register has no hospital for all illnesses gets one
    that does not exist and is called 演示医院.
    """
    from duikou.engines.casemix.generate.province import province

    counties, hospitals = _counties(), _hospitals(seed, first_year, years)
    if fill:
        hospitals += _missing(counties, hospitals)
    return province(seed, counties, hospitals, first_year=first_year, years=years, effect=effect)


def _missing(counties: list[County], hospitals: list[Hospital]) -> list[Hospital]:
    from duikou.engines.casemix.generate.places import Hospital

    served = {one.county for one in hospitals if not one.fields}
    return [
        Hospital(f"demo-{unit.code}", f"演示医院（{unit.name}）", unit.code)
        for unit in counties
        if unit.code not in served
    ]


def _counties() -> list[County]:
    from duikou.engines.casemix.generate.places import County

    provinces = {line["code"]: line["province_name"] for line in table("cities.csv")}
    return [
        County(
            code=line["code"],
            city=line["city_code"],
            name=line["name"],
            city_name=line["city_name"],
            province_name=provinces[line["city_code"]],
        )
        for line in table("divisions_today.csv")
    ]


def _hospitals(seed: int, first_year: int, years: int) -> list[Hospital]:
    """The register's hospitals; the first one of a county carries the county's invented year of support."""
    from duikou.engines.casemix.generate.places import Hospital, fields_of, invented_support

    lines = register_lines().values()
    receiving = sorted({line["unit_code_today"] for line in lines if line["role"] == "recipient"})
    begins = dict(zip(receiving, invented_support(seed, len(receiving), first_year, years), strict=True))
    return [
        Hospital(
            key=line["key"],
            name=line["name"],
            county=line["unit_code_today"],
            tier=TIERS[line["region"]],
            level=line["level"],
            fields=fields_of(line["kind"], line["field"]),
            support_from=begins[line["unit_code_today"]] if line["role"] == "recipient" else None,
        )
        for line in lines
    ]
