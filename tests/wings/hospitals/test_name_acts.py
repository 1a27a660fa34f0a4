"""Names: dated renaming, aliases, and the names that a merger or a split moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duikou.core.errors import Conflict, Denied, DuikouError, Invalid, Missing
from duikou.core.models import OrgUnit
from duikou.core.scope import SYSTEM, Actor
from duikou.engines.pairing.model import Resolution
from duikou.engines.pairing.resolve import Match
from duikou.wings.hospitals import actions, queries
from duikou.wings.hospitals.actions import Facts
from duikou.wings.hospitals.models import Hospital, HospitalName, Succession
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db
MakeActor = Callable[..., Actor]
ROUND = dt.date(2014, 3, 1)
RENAMED = dt.date(2018, 6, 1)


def matched_key(match: Match) -> str | None:
    return match.hospital.key if match.hospital else None


@pytest.fixture
def officer(actor: MakeActor) -> Actor:
    return actor("provincial_officer", "浙江省")


def hospital(name: str) -> Hospital:
    return Hospital.objects.select_related("org", "division__parent").get(name=name)


def rename(who: Actor, row: Hospital, name: str, on: dt.date, **more: Any) -> None:
    actions.rename_hospital(
        actor=who, hospital=row, version=row.version, name=name, on=on, **{"reason": "批复", **more}
    )


def names_of(row: Hospital) -> set[tuple[str, str]]:
    return set(row.names.values_list("name", "kind"))


# ---------------------------------------------------------------- rename


def test_the_old_name_stays_dated_and_searchable(officer: Actor) -> None:
    row = hospital("富阳市第三人民医院")
    rename(officer, row, "杭州市富阳区第三人民医院", RENAMED)
    assert OrgUnit.objects.get(pk=row.org_id).name == "杭州市富阳区第三人民医院"
    old = row.names.get(name="富阳市第三人民医院", kind="old")
    assert old.valid_to == RENAMED
    assert queries.on_day([row.pk], ROUND)[row.pk].name == "富阳市第三人民医院"
    assert queries.on_day([row.pk], RENAMED)[row.pk].name == "杭州市富阳区第三人民医院"
    found = queries.hospitals(officer, queries.HospitalFilter(text="富阳市第三")).get()
    assert found == row
    match = queries.register_on(ROUND).resolve("富阳市第三人民医院", ROUND)
    assert matched_key(match) == row.key
    assert match.resolution is Resolution.EXACT  # it was the name on that day
    later = queries.register_on(RENAMED).resolve("富阳市第三人民医院", RENAMED)
    assert matched_key(later) == row.key
    assert later.resolution is Resolution.OLD


def test_a_name_may_be_given_up_and_taken_again(officer: Actor) -> None:
    row = hospital("湖州交通医院")
    for name, year in (
        ("湖州甲医院", 2015),
        ("湖州交通医院", 2016),
        ("湖州甲医院", 2017),
        ("湖州交通医院", 2018),
    ):
        rename(officer, row, name, dt.date(year, 1, 1))
    told = [queries.on_day([row.pk], dt.date(year, 7, 1))[row.pk].name for year in range(2014, 2019)]
    assert told == ["湖州交通医院", "湖州甲医院", "湖州交通医院", "湖州甲医院", "湖州交通医院"]


def test_an_alias_that_becomes_the_name_is_not_kept_twice(officer: Actor) -> None:
    row = hospital("玉环县人民医院")
    assert row.names.filter(name="玉环市人民医院", kind="full").exists()
    rename(officer, row, "玉环市人民医院", dt.date(2017, 4, 9))
    assert list(row.names.filter(name="玉环市人民医院").values_list("kind", flat=True)) == ["official"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "湖州交通医院"}, "name"),
        ({"name": " 湖州 交通医院 "}, "name"),  # the same but for spaces
        ({"name": ""}, "name"),
        ({"name": "湖州市第一人民医院"}, "confirmed"),
        ({"on": dt.date(2200, 1, 1)}, "on"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_renaming_is_refused(officer: Actor, changes: dict[str, Any], field: str) -> None:
    row = hospital("湖州交通医院")
    with pytest.raises(Invalid) as refusal:
        rename(officer, row, **{"name": "湖州新医院", "on": RENAMED, **changes})
    assert list(refusal.value.fields) == [field]
    assert hospital("湖州交通医院").names.filter(kind="old").count() == 0


def test_a_renaming_before_the_last_one_is_refused(officer: Actor) -> None:
    row = hospital("湖州交通医院")
    rename(officer, row, "湖州甲医院", RENAMED)
    with pytest.raises(Invalid, match="晚于"):
        rename(officer, row, "湖州乙医院", RENAMED)


def test_another_city_may_not_rename(actor: MakeActor) -> None:
    with pytest.raises(Denied):
        rename(actor("city_officer", "杭州市"), hospital("湖州交通医院"), "杭州交通医院", RENAMED)


# ---------------------------------------------------------------- aliases


def test_an_alias_is_found_and_resolved(officer: Actor) -> None:
    row = hospital("湖州交通医院")
    actions.add_alias(actor=officer, hospital=row, version=row.version, name="湖州市交通醫院", kind="variant")
    assert queries.hospitals(officer, queries.HospitalFilter(text="交通醫院")).get() == row
    match = queries.register_on(ROUND).resolve("湖州市交通醫院", ROUND)
    assert matched_key(match) == row.key


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "湖州交通医院"}, "name"),  # its own name
        ({"kind": "official"}, "kind"),
        ({"kind": "nickname"}, "kind"),
        ({"valid_from": RENAMED, "valid_to": RENAMED}, "valid_to"),
        ({"name": "浙江医院"}, "confirmed"),  # another hospital's official name
        ({"name": "湖州市第1人民医院"}, "confirmed"),  # the same in another writing
    ],
)
def test_an_alias_is_refused(officer: Actor, changes: dict[str, Any], field: str) -> None:
    row = hospital("湖州交通医院")
    values = {"name": "交通医院", "kind": "short", **changes}
    before = names_of(row)
    with pytest.raises(Invalid) as refusal:
        actions.add_alias(actor=officer, hospital=row, version=row.version, **values)
    assert list(refusal.value.fields) == [field]
    assert names_of(row) == before


def test_a_confirmed_alias_may_equal_another_hospitals_name(officer: Actor) -> None:
    row = hospital("湖州交通医院")
    actions.add_alias(
        actor=officer, hospital=row, version=row.version, name="浙江医院", kind="same_as", confirmed=True
    )
    assert ("浙江医院", "same_as") in names_of(row)


def test_a_wrong_alias_is_removed_and_stays_in_the_history(officer: Actor) -> None:
    row = hospital("浙江大学医学院附属第一医院")
    alias = row.names.get(name="浙一")
    actions.remove_alias(actor=officer, hospital=row, version=row.version, alias=alias.pk, reason="不通用")
    assert not row.names.filter(name="浙一").exists()
    assert HospitalName.history.filter(name="浙一", history_type="-").exists()


def test_official_names_are_not_removed(officer: Actor) -> None:
    row = hospital("湖州交通医院")
    rename(officer, row, "湖州甲医院", RENAMED)
    for name in row.names.filter(kind__in=("official", "old")):
        with pytest.raises(Invalid):
            actions.remove_alias(actor=officer, hospital=row, version=row.version, alias=name.pk, reason="误")
    with pytest.raises(Missing):
        actions.remove_alias(actor=officer, hospital=row, version=row.version, alias=10**9, reason="误")
    with pytest.raises(Invalid, match="理由"):
        actions.remove_alias(actor=officer, hospital=row, version=row.version, alias=1, reason="")


# ---------------------------------------------------------------- merge and undo


FIRST, SECOND = "温州市龙湾区第一人民医院", "温州市龙湾区人民医院"


def merge(who: Actor, source: Hospital, target: Hospital, **more: Any) -> Succession:
    values = {"kind": "duplicate", "on": dt.date(2014, 6, 1), "reason": "核实为同一家", **more}
    return actions.merge_hospitals(
        actor=who,
        source=source,
        source_version=source.version,
        target=target,
        target_version=target.version,
        **values,
    )


def test_a_merged_entry_points_on_and_its_names_lead_to_the_target(officer: Actor) -> None:
    source, target = hospital(FIRST), hospital(SECOND)
    own = names_of(source)
    merge(officer, source, target)
    assert (source.state, source.merged_into) == ("merged", target)
    assert names_of(source) == own  # it keeps all its names
    assert {name for name, _kind in own} <= {name for name, _kind in names_of(target)}
    found = set(queries.hospitals(officer, queries.HospitalFilter(text=FIRST)))
    assert found == {source, target}
    assert queries.find_hospital(officer, source.pk).merged_into == target
    match = queries.register_on(ROUND).resolve("龙湾区第一人民医院", ROUND)
    assert matched_key(match) == target.key


def test_a_duplicate_counts_as_one_on_every_day_a_merger_from_its_day_on(officer: Actor) -> None:
    source, target = hospital(FIRST), hospital(SECOND)
    day = dt.date(2016, 1, 1)
    merge(officer, source, target, kind="merge", on=day)
    before, after = queries.engine_hospitals(day - dt.timedelta(days=1)), queries.engine_hospitals(day)
    assert before[source.pk].key == source.key
    assert after[source.pk].key == target.key
    printed = queries.register_on(ROUND).resolve("龙湾区第一人民医院", ROUND)
    assert matched_key(printed) == source.key
    actions.undo_merge(actor=officer, hospital=source, version=source.version, reason="有误")
    target.refresh_from_db()
    merge(officer, source, target, kind="duplicate", on=day)
    assert queries.engine_hospitals(ROUND)[source.pk].key == target.key


def test_undoing_a_merger_gives_everything_back(officer: Actor) -> None:
    source, target = hospital(FIRST), hospital(SECOND)
    before = (names_of(source), names_of(target))
    merge(officer, source, target)
    actions.undo_merge(actor=officer, hospital=source, version=source.version, reason="查实为两家")
    assert (names_of(source), names_of(target)) == before
    assert (source.state, source.merged_into) == ("active", None)
    record = Succession.objects.get(origin=source)
    assert record.undone_on is not None
    assert record.undone_reason == "查实为两家"
    assert queries.engine_hospitals(ROUND)[source.pk].key == source.key


def test_mergers_follow_one_another_and_are_undone_from_the_end(officer: Actor) -> None:
    a, b, c = hospital(FIRST), hospital(SECOND), hospital("瑞安市中医院")
    merge(officer, a, b)
    merge(officer, b, c)
    assert queries.engine_hospitals(ROUND)[a.pk].key == c.key
    with pytest.raises(Conflict, match="请先恢复"):
        actions.undo_merge(actor=officer, hospital=a, version=a.version, reason="误")
    b.refresh_from_db()
    actions.undo_merge(actor=officer, hospital=b, version=b.version, reason="误")
    a.refresh_from_db()
    actions.undo_merge(actor=officer, hospital=a, version=a.version, reason="误")
    assert {queries.engine_hospitals(ROUND)[row.pk].key for row in (a, b, c)} == {a.key, b.key, c.key}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": ""}, Invalid),
        ({"kind": "split"}, Invalid),
        ({"on": dt.date(2200, 1, 1)}, Invalid),
        ({"target": FIRST}, Invalid),  # into itself
        ({"target_version": 99}, Conflict),
        ({"source_version": 99}, Conflict),
    ],
)
def test_a_merger_is_refused(officer: Actor, changes: dict[str, Any], error: type[DuikouError]) -> None:
    source, target = hospital(FIRST), hospital(changes.pop("target", SECOND))
    values = {
        "source": source,
        "source_version": source.version,
        "target": target,
        "target_version": target.version,
        "kind": "duplicate",
        "on": ROUND,
        "reason": "同一家",
        **changes,
    }
    with pytest.raises(error):
        actions.merge_hospitals(actor=officer, **values)
    assert hospital(FIRST).state == "active"
    assert not Succession.objects.exists()


def test_a_merger_needs_the_permission_at_both_ends(actor: MakeActor) -> None:
    source, target = hospital("杭州市第一人民医院"), hospital("浙江医院")
    city = actor("city_officer", "杭州市")
    with pytest.raises(Denied):
        merge(city, source, target)
    with pytest.raises(Denied):
        merge(city, target, source)
    assert Hospital.objects.filter(state="merged").count() == 0


def test_what_is_merged_cannot_be_merged_or_edited(officer: Actor) -> None:
    source, target = hospital(FIRST), hospital(SECOND)
    merge(officer, source, target)
    with pytest.raises(Conflict, match="已并入"):
        merge(officer, source, target)
    with pytest.raises(Conflict, match="已并入"):
        merge(officer, target, source)
    with pytest.raises(Conflict):
        rename(officer, source, "龙湾医院", RENAMED)


# ---------------------------------------------------------------- split


def test_a_split_takes_the_chosen_aliases_along(officer: Actor) -> None:
    row = hospital("浙江大学医学院附属第一医院")
    alias = row.names.get(name="浙大一院")
    new = actions.split_hospital(
        actor=officer,
        hospital=row,
        version=row.version,
        name="浙大一院之江院区",
        facts=Facts(kind="general", tier="provincial"),
        division=Division.objects.get(name="西湖区", valid_to=None),
        on=RENAMED,
        reason="独立设置",
        names=[alias.pk],
    )
    assert names_of(new) == {("浙大一院之江院区", "official"), ("浙大一院", "short")}
    assert not row.names.filter(name="浙大一院").exists()
    step = Succession.objects.get(origin=row)
    assert (step.kind, step.result) == ("split", new)
    assert row.state == "active"


def test_a_split_is_refused(officer: Actor, actor: MakeActor) -> None:
    row = hospital("杭州市第一人民医院")
    place = Division.objects.get(name="西湖区", valid_to=None)
    values: dict[str, Any] = {
        "actor": officer,
        "hospital": row,
        "version": row.version,
        "name": "杭州市第一人民医院分院",
        "facts": Facts(kind="general", tier="municipal"),
        "division": place,
        "on": RENAMED,
        "reason": "独立设置",
    }
    other = hospital("浙江大学医学院附属第一医院").names.get(name="浙一")
    for changes, error in (
        ({"reason": ""}, Invalid),
        ({"names": [row.names.get(kind="official").pk]}, Invalid),
        ({"names": [other.pk]}, Invalid),
        ({"name": "浙江医院"}, Invalid),
        (
            {
                "actor": actor("city_officer", "杭州市"),
                "facts": Facts(kind="general", tier="provincial"),
            },
            Denied,
        ),
    ):
        with pytest.raises(error):
            actions.split_hospital(**{**values, **changes})
    assert not Succession.objects.exists()
    assert Hospital.objects.filter(state="active").count() == 218


# ---------------------------------------------------------------- properties

KEYS = [f"zj-{number:03d}" for number in range(100, 106)]


@given(steps=st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS), st.booleans()), max_size=8))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
def test_no_series_of_mergers_loses_a_hospital_or_a_name(
    steps: list[tuple[str, str, bool]], db: None
) -> None:
    """Whatever is merged and undone: every entry stays, leads to one in force, and every name finds it."""
    from django.db import transaction

    with transaction.atomic():
        rows = {row.key: row for row in Hospital.objects.filter(key__in=KEYS)}
        own = {key: names_of(row) for key, row in rows.items()}
        for source_key, target_key, undo in steps:
            source, target = rows[source_key], rows[target_key]
            for row in rows.values():
                row.refresh_from_db()
            try:
                if undo:
                    actions.undo_merge(actor=SYSTEM, hospital=source, version=source.version, reason="撤回")
                else:
                    merge(SYSTEM, source, target)
            except (Conflict, Invalid):
                continue
        seen = queries.engine_hospitals(ROUND)
        for key, row in rows.items():
            row.refresh_from_db()
            assert own[key] <= names_of(row)
            final = Hospital.objects.get(key=seen[row.pk].key)
            assert final.state == "active"
            assert {name for name, _kind in own[key]} <= {name for name, _kind in names_of(final)}
            if row.state == "active":
                assert final == row
        for row in rows.values():  # undone to the end, everything is as it was
            row.refresh_from_db()
        for _round in KEYS:
            for row in rows.values():
                row.refresh_from_db()
                if row.state == "merged" and row.merged_into.state == "active":
                    actions.undo_merge(actor=SYSTEM, hospital=row, version=row.version, reason="撤回")
        assert {key: names_of(row) for key, row in rows.items()} == own
        transaction.set_rollback(True)
