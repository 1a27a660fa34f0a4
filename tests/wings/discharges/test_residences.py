"""Residences of a file: by the divisions of the register, by people's decisions, else waiting for one."""

from __future__ import annotations

import polars as pl
import pytest

from duikou.wings.discharges.models import ResidenceAlias
from duikou.wings.discharges.residences import Residences

pytestmark = pytest.mark.django_db


def codes(residences: Residences, *addresses: str | None, day: str = "20250301") -> list[str | None]:
    return residences.codes(
        pl.Series(addresses, dtype=pl.String), pl.Series([day] * len(addresses))
    ).to_list()


def test_the_register_tells_most() -> None:
    residences = Residences()
    found = codes(residences, "浙江省湖州市安吉县递铺街道1号", "余杭区临平街道", "安徽省广德市", None)
    assert found == ["330523", "330113", "340000", None]
    assert codes(residences, "余杭区临平街道", day="20200301") == ["330110"]
    assert residences.unknown == {}


def test_decisions_go_first_and_the_rest_waits_without_street_or_house() -> None:
    ResidenceAlias.objects.create(text="演示新区", division_code="330523")
    residences = Residences()
    assert codes(residences, "演示新区某路1号", "杭州市江干区某街2号", "演示村3组") == ["330523", None, None]
    assert residences.unknown == {"杭州市江干区": 1}


def test_no_housing_estate_waits() -> None:
    """What ends in 区 behind the county is somebody's home or school, not a division."""
    residences = Residences()
    codes(residences, "杭州市江干区某街阳光小区3幢", "江干区某街师范校区", "某某小区")
    assert residences.unknown == {"杭州市江干区": 1, "江干区": 1}


def test_the_number_of_queries_does_not_grow_with_the_addresses(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(3):
        codes(Residences(), *(f"安吉县{n}号" for n in range(500)))
