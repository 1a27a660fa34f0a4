"""Loading the packaged divisions into the database."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.core.models import AuditEvent, OrgUnit
from duikou.wings.places.loading import load_divisions
from duikou.wings.places.models import Division, DivisionChange, DivisionLink, TileCell
from duikou.wings.places.replay import table

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "name"),
    [(dt.date(2014, 1, 1), "divisions_2014.csv"), (dt.date(2026, 9, 1), "divisions_today.csv")],
)
def test_units_on_a_day_equal_the_printed_list(day: dt.date, name: str) -> None:
    found = Division.objects.on(day).filter(level="county").order_by("code").values_list("code", "name")
    assert list(found) == sorted((row["code"], row["name"]) for row in table(name))


def test_loading_again_changes_nothing_and_writes_no_event() -> None:
    def counts() -> list[int]:
        return [
            m.objects.count() for m in (Division, DivisionChange, DivisionLink, TileCell, OrgUnit, AuditEvent)
        ]

    before = counts()
    assert load_divisions() is False
    assert counts() == before


def test_the_load_is_one_audit_event() -> None:
    event = AuditEvent.objects.get(action="places.load")
    assert event.after == {"cities": 11, "units": 103, "changes": 8, "tiles": 180}


def test_an_interrupted_load_is_completed() -> None:
    gone = Division.objects.get(code="330114")
    DivisionLink.objects.filter(successor=gone).delete()
    gone.delete()
    assert load_divisions() is True
    assert DivisionLink.objects.count() == 20
    assert Division.objects.get(code="330114").org.name == "钱塘区"
    assert OrgUnit.objects.filter(name="钱塘区").count() == 1


def test_an_authority_keeps_its_organisation_through_renaming() -> None:
    for old, new in (("330621", "330603"), ("330682", "330604"), ("330183", "330111"), ("331021", "331083")):
        first, second = Division.objects.get(code=old), Division.objects.get(code=new)
        assert first.org == second.org
        assert first.org.name == second.name
        assert first.valid_to == second.valid_from


def test_merged_unit_keeps_its_own_organisation() -> None:
    jiangdong = Division.objects.get(code="330204")
    assert jiangdong.valid_to == dt.date(2016, 9, 14)
    assert jiangdong.org.name == "江东区"
    assert jiangdong.successions.get().successor.name == "鄞州区"


def test_organisation_tree() -> None:
    county = OrgUnit.objects.get(name="长兴县")
    assert [county.parent.name, county.parent.parent.name, county.parent.parent.parent.name] == [
        "湖州市", "浙江省", "中国",
    ]  # fmt: skip
    assert OrgUnit.objects.filter(kind="city").count() == 11
    assert OrgUnit.objects.filter(kind="county").count() == 93


def test_islands_need_a_ferry_until_the_bridge() -> None:
    daishan, shengsi = Division.objects.get(name="岱山县"), Division.objects.get(name="嵊泗县")
    assert daishan.needs_ferry(dt.date(2014, 3, 1))
    assert not daishan.needs_ferry(dt.date(2022, 1, 1))
    assert shengsi.needs_ferry(dt.date(2022, 1, 1))
    assert not Division.objects.get(name="长兴县").needs_ferry(dt.date(2014, 3, 1))
