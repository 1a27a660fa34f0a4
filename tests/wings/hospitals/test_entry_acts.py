"""Acts on entries: what succeeds, what is refused, who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from duikou.core import audit
from duikou.core.errors import Conflict, Denied, DuikouError, Invalid, Missing
from duikou.core.models import AuditEvent, OrgUnit
from duikou.core.scope import Actor
from duikou.wings.hospitals import actions, queries
from duikou.wings.hospitals.actions import Facts
from duikou.wings.hospitals.models import Hospital, HospitalPlace
from duikou.wings.hospitals.signals import hospital_moved
from duikou.wings.hospitals.units import unit_of
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db
MakeActor = Callable[..., Actor]
COUNTY = Facts(kind="general", tier="county")
TOMORROW = timezone.localdate() + dt.timedelta(days=1)


@pytest.fixture
def officer(actor: MakeActor) -> Actor:
    return actor("provincial_officer", "浙江省")


@pytest.fixture
def city(actor: MakeActor) -> Actor:
    return actor("city_officer", "杭州市")


def hospital(name: str) -> Hospital:
    return Hospital.objects.select_related("org", "division__parent").get(name=name)


def county(name: str) -> Division:
    return Division.objects.get(name=name, valid_to=None)


def facts_of(row: Hospital, **changes: Any) -> Facts:
    columns = Facts.__dataclass_fields__
    return replace(Facts(**{column: getattr(row, column) for column in columns}), **changes)


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-number")[0]


# ---------------------------------------------------------------- register


def test_register_a_hospital(city: Actor) -> None:
    new = actions.register_hospital(
        actor=city, name="建德市寿昌医院", facts=COUNTY, division=county("建德市"), level="二级乙等"
    )
    assert new.org.parent == county("建德市").org
    assert new.scope_path == new.org.path
    assert [(name.name, name.kind) for name in new.names.all()] == [("建德市寿昌医院", "official")]
    assert new.places.get().division == county("建德市")
    assert new.levels.get().level == "二级乙等"
    assert new.mark == "entered"
    event = last_event()
    assert (event.action, event.target_id, event.scope_path) == (
        "hospital.register",
        str(new.pk),
        new.scope_path,
    )
    assert event.after["name"] == "建德市寿昌医院"
    assert audit.verify() is None


@pytest.mark.parametrize(
    "name", ["宁波市石碶医院", "文成县峃口镇卫生院", "於潜人民医院", "𠮷安医院", "䢺镇医院"]
)
def test_rare_characters_survive(officer: Actor, name: str) -> None:
    new = actions.register_hospital(actor=officer, name=name, facts=COUNTY, division=county("文成县"))
    new.refresh_from_db()
    assert new.name == name
    assert new.names.get().name == name
    found = queries.hospitals(officer, queries.HospitalFilter(text=name))
    assert name in {row.name for row in found}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "医" * 121}, "name"),
        ({"name": "建德\x07医院"}, "name"),
        ({"level": "四级"}, "level"),
        ({"facts": Facts(kind="spa", tier="county")}, "kind"),
        ({"facts": Facts(kind="general", tier="village")}, "tier"),
        ({"facts": Facts(kind="specialised", tier="county", field="magic")}, "field"),
        ({"facts": Facts(kind="general", tier="county", ownership="church")}, "ownership"),
        ({"facts": Facts(kind="general", tier="county", role="judge")}, "role"),
        ({"facts": Facts(kind="general", tier="county", lon=120.0)}, "lat"),
        ({"facts": Facts(kind="general", tier="county", lon=220.0, lat=30.0)}, "lon"),
        ({"name": "建德市第二人民医院"}, "confirmed"),
    ],
)
def test_register_refuses_what_is_wrong(officer: Actor, changes: dict[str, Any], field: str) -> None:
    values = {"name": "建德市寿昌医院", "facts": COUNTY, "division": county("建德市"), **changes}
    before = (Hospital.objects.count(), OrgUnit.objects.count(), AuditEvent.objects.count())
    with pytest.raises(Invalid) as refusal:
        actions.register_hospital(actor=officer, **values)
    assert list(refusal.value.fields) == [field]
    assert (Hospital.objects.count(), OrgUnit.objects.count(), AuditEvent.objects.count()) == before


def test_two_hospitals_of_one_name_need_a_confirmation(officer: Actor) -> None:
    new = actions.register_hospital(
        actor=officer, name="建德市第二人民医院", facts=COUNTY, division=county("建德市"), confirmed=True
    )
    assert Hospital.objects.filter(name=new.name).count() == 2


def test_a_county_of_the_past_or_a_city_is_no_place(officer: Actor) -> None:
    for division in (
        Division.objects.get(name="上虞市"),
        Division.objects.get(name="杭州市", level=Division.Level.CITY),
    ):
        with pytest.raises(Invalid) as refusal:
            actions.register_hospital(actor=officer, name="某医院", facts=COUNTY, division=division)
        assert list(refusal.value.fields) == ["division"]


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        (COUNTY, "宁海县"),  # another city
        (replace(COUNTY, tier="provincial"), "西湖区"),  # kept by the province
        (replace(COUNTY, ownership="military"), "西湖区"),
    ],
)
def test_a_city_registers_only_what_it_will_keep(city: Actor, facts: Facts, place: str) -> None:
    with pytest.raises(Denied):
        actions.register_hospital(actor=city, name="某医院", facts=facts, division=county(place))


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize(
    ("role", "org", "own"),
    [
        ("provincial_officer", "浙江省", True),
        ("city_officer", "杭州市", True),
        ("hospital_liaison", "建德市第一人民医院", True),
        ("city_officer", "宁波市", False),
        ("county_officer", "建德市", False),
        ("hospital_president", "建德市第一人民医院", False),
        ("hospital_liaison", "建德市第二人民医院", False),
        ("inspector", "浙江省", False),
        ("auditor", "浙江省", False),
        ("system_admin", "浙江省", False),
        (None, None, False),
    ],
)
def test_who_may_edit_a_county_hospital(
    actor: MakeActor, role: str | None, org: str | None, own: bool
) -> None:
    who, row = actor(role, org), hospital("建德市第一人民医院")
    facts, before = facts_of(row, note="改"), row.mark
    assert before != "entered"
    if own:
        actions.edit_facts(actor=who, hospital=row, version=row.version, facts=facts)
        row.refresh_from_db()
        assert row.note == "改"
        # The hospital's own word does not confirm what is still to be confirmed.
        assert row.mark == (before if role == "hospital_liaison" else "entered")
    else:
        with pytest.raises(Denied):
            actions.edit_facts(actor=who, hospital=row, version=row.version, facts=facts)
        assert Hospital.objects.get(pk=row.pk).version == row.version


KEPT_CHANGES: dict[str, Any] = {
    "kind": "tcm",
    "tier": "municipal",
    "ownership": "enterprise",
    "role": "both",
    "field": "oncology",
    "development_zone": True,
    "main_county_hospital": False,
}


def test_every_fact_is_either_kept_or_the_hospitals_own() -> None:
    assert set(KEPT_CHANGES) == set(actions.KEPT_FACTS)
    assert set(Facts.__dataclass_fields__) - set(actions.KEPT_FACTS) == {"lon", "lat", "coord_level", "note"}


@pytest.mark.parametrize("fact", sorted(KEPT_CHANGES))
def test_a_hospital_does_not_change_what_its_findings_depend_on(actor: MakeActor, fact: str) -> None:
    who, row = actor("hospital_liaison", "建德市第一人民医院"), hospital("建德市第一人民医院")
    Hospital.objects.filter(pk=row.pk).update(main_county_hospital=True)
    row.refresh_from_db()
    before, events = facts_of(row), AuditEvent.objects.count()
    changed = facts_of(row, note="改", **{fact: KEPT_CHANGES[fact]})
    with pytest.raises(Denied):
        actions.edit_facts(actor=who, hospital=row, version=row.version, facts=changed)
    assert facts_of(hospital("建德市第一人民医院")) == before
    assert AuditEvent.objects.count() == events


def test_a_hospital_says_where_it_lies(actor: MakeActor) -> None:
    who, row = actor("hospital_liaison", "建德市第一人民医院"), hospital("建德市第一人民医院")
    changed = facts_of(row, note="新址", lon=119.3, lat=29.5, coord_level="exact")
    actions.edit_facts(actor=who, hospital=row, version=row.version, facts=changed)
    assert facts_of(hospital("建德市第一人民医院")) == changed


def test_the_other_acts_are_not_the_hospitals(actor: MakeActor) -> None:
    """Names, grade, place, state, mergers: each is refused to the hospital's own liaison."""
    row, twin = hospital("建德市第一人民医院"), hospital("建德市第二人民医院")
    who, day = actor("hospital_liaison", row.name), dt.date(2020, 1, 1)
    act: dict[str, Any] = {"actor": who, "hospital": row, "version": row.version}
    tries: list[Callable[[], object]] = [
        lambda: actions.rename_hospital(**act, name="建德市总医院", on=day, reason="试"),
        lambda: actions.add_alias(**act, name="建德一院", kind="short"),
        lambda: actions.remove_alias(**act, alias=1, reason="试"),
        lambda: actions.set_level(**act, level="三级甲等", mark="found", source="试"),
        lambda: actions.move_place(**act, division=county("桐庐县"), on=day, reason="试"),
        lambda: actions.close_hospital(**act, on=day, reason="试"),
        lambda: actions.reopen_hospital(**act, reason="试"),
        lambda: actions.undo_merge(**act, reason="试"),
        lambda: actions.split_hospital(
            **act, name="某院", facts=COUNTY, division=county("建德市"), on=day, reason="试"
        ),
        lambda: actions.merge_hospitals(
            actor=who,
            source=row,
            source_version=row.version,
            target=twin,
            target_version=twin.version,
            kind="duplicate",
            on=day,
            reason="试",
        ),
        lambda: actions.register_hospital(actor=who, name="某院", facts=COUNTY, division=county("建德市")),
    ]
    events = AuditEvent.objects.count()
    for attempt in tries:
        with pytest.raises(Denied):
            attempt()
    assert AuditEvent.objects.count() == events


def test_a_city_may_not_touch_the_provincial_hospital_in_its_district(actor: MakeActor, city: Actor) -> None:
    row = hospital("浙江医院")  # lies in 西湖区 of 杭州市
    for who in (city, actor("county_officer", "西湖区")):
        with pytest.raises(Denied):
            actions.edit_facts(actor=who, hospital=row, version=row.version, facts=facts_of(row, note="改"))


# ---------------------------------------------------------------- edit


def test_an_edit_is_recorded_with_what_changed(city: Actor) -> None:
    row = hospital("建德市第一人民医院")
    actions.edit_facts(
        actor=city,
        hospital=row,
        version=row.version,
        facts=facts_of(row, note="新址", lon=119.3, lat=29.5, coord_level="exact"),
        reason="核实院址",
    )
    event = last_event()
    assert event.after["note"] == "新址"
    assert "kind" not in event.after
    assert event.reason == "核实院址"
    assert row.history.count() >= 2


def test_nothing_changed_is_said(city: Actor) -> None:
    row = hospital("建德市第一人民医院")
    with pytest.raises(Invalid, match="没有任何改动"):
        actions.edit_facts(actor=city, hospital=row, version=row.version, facts=facts_of(row))
    assert Hospital.objects.get(pk=row.pk).version == row.version


def test_of_two_editors_the_second_is_told(city: Actor) -> None:
    first, second = hospital("建德市第一人民医院"), hospital("建德市第一人民医院")
    seen = second.version
    actions.edit_facts(actor=city, hospital=first, version=seen, facts=facts_of(first, note="甲"))
    with pytest.raises(Conflict, match="他人修改"):
        actions.edit_facts(actor=city, hospital=second, version=seen, facts=facts_of(second, note="乙"))
    assert Hospital.objects.get(pk=first.pk).note == "甲"


def test_a_new_tier_gives_the_entry_to_another_keeper(officer: Actor) -> None:
    row = hospital("建德市第一人民医院")
    ward = OrgUnit.objects.create(kind="department", name="内科", parent=row.org)
    told: list[tuple[str, str]] = []

    def listen(sender: object, old_path: str, new_path: str, **_: object) -> None:
        told.append((old_path, new_path))

    hospital_moved.connect(listen)
    try:
        old = row.scope_path
        actions.edit_facts(
            actor=officer, hospital=row, version=row.version, facts=facts_of(row, tier="municipal")
        )
    finally:
        hospital_moved.disconnect(listen)
    row.refresh_from_db()
    ward.refresh_from_db()
    assert row.org.parent.name == "杭州市"
    assert row.scope_path == row.org.path != old
    assert ward.path.startswith(row.scope_path)
    assert told == [(old, row.scope_path)]


def test_a_city_cannot_push_an_entry_up_to_the_province(city: Actor) -> None:
    row = hospital("杭州市第一人民医院")
    with pytest.raises(Denied):
        actions.edit_facts(
            actor=city, hospital=row, version=row.version, facts=facts_of(row, tier="provincial")
        )
    row = hospital("杭州市第一人民医院")
    assert (row.tier, row.org.parent.name) == ("municipal", "杭州市")


# ---------------------------------------------------------------- grade


def test_a_new_grade_ends_the_one_before(officer: Actor) -> None:
    row = hospital("杭州市第一人民医院")
    day = dt.date(2015, 6, 1)
    actions.set_level(
        actor=officer,
        hospital=row,
        version=row.version,
        level="三级乙等",
        mark="found",
        on=day,
        source="省公告",
    )
    assert [(level.level, level.valid_from, level.valid_to) for level in row.levels.all()] == [
        ("三级甲等", None, day),
        ("三级乙等", day, None),
    ]
    assert (row.level, row.level_mark) == ("三级乙等", "found")


def test_a_grade_can_be_confirmed_with_its_source(officer: Actor) -> None:
    row = hospital("杭州市第一人民医院")
    actions.set_level(
        actor=officer, hospital=row, version=row.version, level="三级甲等", mark="found", source="评审公告"
    )
    assert row.levels.get().source == "评审公告"
    assert row.level_mark == "found"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"level": ""}, "level"),
        ({"level": "特级"}, "level"),
        ({"mark": "sure"}, "mark"),
        ({"mark": "found", "source": " "}, "source"),
        ({"on": TOMORROW}, "on"),
        ({"on": dt.date(1800, 1, 1)}, "on"),
    ],
)
def test_a_grade_is_refused(officer: Actor, changes: dict[str, Any], field: str) -> None:
    row = hospital("杭州市第一人民医院")
    values = {"level": "三级乙等", "mark": "entered", **changes}
    with pytest.raises(Invalid) as refusal:
        actions.set_level(actor=officer, hospital=row, version=row.version, **values)
    assert list(refusal.value.fields) == [field]
    assert row.levels.get().level == "三级甲等"


# ---------------------------------------------------------------- place


def test_a_move_keeps_the_old_place(officer: Actor) -> None:
    row = hospital("建德市第一人民医院")
    day = dt.date(2020, 5, 1)
    actions.move_place(
        actor=officer, hospital=row, version=row.version, division=county("桐庐县"), on=day, reason="迁建"
    )
    row.refresh_from_db()
    assert row.org.parent.name == "桐庐县"
    assert row.places.get(HospitalPlace.on(day)).division.name == "桐庐县"
    assert row.places.get(HospitalPlace.on(dt.date(2019, 1, 1))).division.name == "建德市"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": " "}, Invalid),
        ({"division": "建德市"}, Invalid),
        ({"on": TOMORROW}, Invalid),
        ({"division": "钱塘区", "on": dt.date(2020, 1, 1)}, Invalid),  # set up in 2021
        ({"division": "宁海县"}, Denied),  # another city keeps it
    ],
)
def test_a_move_is_refused(city: Actor, changes: dict[str, Any], error: type[DuikouError]) -> None:
    row = hospital("建德市第一人民医院")
    values = {"division": "桐庐县", "on": dt.date(2022, 5, 1), "reason": "迁建", **changes}
    values["division"] = county(values["division"])
    with pytest.raises(error):
        actions.move_place(actor=city, hospital=row, version=row.version, **values)
    assert row.places.filter(valid_to=None).get().division.name == "建德市"


# ---------------------------------------------------------------- close


def test_a_closed_hospital_stays_searchable_and_can_come_back(officer: Actor) -> None:
    row = hospital("湖州交通医院")
    actions.close_hospital(
        actor=officer, hospital=row, version=row.version, on=dt.date(2018, 1, 1), reason="停业"
    )
    found = queries.hospitals(officer, queries.HospitalFilter(text="湖州交通医院")).get()
    assert (found.state, found.closed_on) == ("closed", dt.date(2018, 1, 1))
    assert not queries.hospitals(officer).filter(pk=row.pk).exists()
    with pytest.raises(Conflict, match="已注销"):
        actions.edit_facts(actor=officer, hospital=row, version=row.version, facts=facts_of(row, note="改"))
    actions.reopen_hospital(actor=officer, hospital=row, version=row.version, reason="误注销")
    assert (row.state, row.closed_on) == ("active", None)


def test_closing_needs_a_reason_and_a_day_that_has_come(officer: Actor) -> None:
    row = hospital("湖州交通医院")
    for values in ({"on": TOMORROW, "reason": "停业"}, {"on": dt.date(2018, 1, 1), "reason": ""}):
        with pytest.raises(Invalid):
            actions.close_hospital(actor=officer, hospital=row, version=row.version, **values)
    with pytest.raises(Conflict):
        actions.reopen_hospital(actor=officer, hospital=row, version=row.version, reason="未注销")


# ---------------------------------------------------------------- departments and techniques


def test_the_states_of_specialties_are_set_for_the_matrix(city: Actor) -> None:
    row = hospital("建德市第一人民医院")

    def judge(**states: str) -> None:
        actions.set_specialty_states(actor=city, hospital=row, version=row.version, states=states)

    judge(pathology="missing", critical_care="weak")
    found = {d.specialty: (d.name, d.state) for d in row.departments.all()}
    assert found == {"pathology": ("病理科", "missing"), "critical_care": ("重症医学科", "weak")}
    judge(pathology="weak", critical_care="weak")
    assert set(row.departments.values_list("state", flat=True)) == {"weak"}
    assert last_event().after == {"pathology": "weak"}
    for wrong in ({"magic": "weak"}, {"pathology": "grand"}, {"pathology": "weak"}, {}):
        with pytest.raises(Invalid):
            judge(**wrong)


def test_a_department_is_opened_and_closed(city: Actor) -> None:
    row = hospital("建德市第一人民医院")
    actions.add_department(
        actor=city,
        hospital=row,
        version=row.version,
        specialty="other",
        name="康复医学科",
        opened_on=dt.date(2012, 1, 1),
    )
    ward = row.departments.get()
    actions.close_department(
        actor=city,
        hospital=row,
        version=row.version,
        department=ward.pk,
        on=dt.date(2016, 1, 1),
        reason="合并科室",
    )
    ward.refresh_from_db()
    assert ward.closed_on == dt.date(2016, 1, 1)
    with pytest.raises(Missing):
        actions.close_department(
            actor=city,
            hospital=row,
            version=row.version,
            department=ward.pk,
            on=dt.date(2016, 1, 1),
            reason="再次",
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"specialty": "magic"}, "specialty"),
        ({"state": "grand"}, "state"),
        ({"specialty": "other"}, "name"),
        ({"opened_on": TOMORROW}, "opened_on"),
    ],
)
def test_a_department_is_refused(city: Actor, changes: dict[str, Any], field: str) -> None:
    row = hospital("建德市第一人民医院")
    with pytest.raises(Invalid) as refusal:
        actions.add_department(
            actor=city, hospital=row, version=row.version, **{"specialty": "pathology", **changes}
        )
    assert list(refusal.value.fields) == [field]


def test_a_renamed_department_keeps_its_unit_and_who_acts_for_it(city: Actor) -> None:
    row = hospital("建德市第一人民医院")
    values: dict[str, Any] = {"actor": city, "hospital": row}
    ward = actions.add_department(**values, version=row.version, specialty="pathology", name="病理科")
    unit = unit_of(ward)
    actions.add_department(**values, version=row.version, specialty="pathology", name="分子病理科")
    for name, said in (("病理科", "没有任何改动"), ("分子病理科", "已登记科室"), (" ", "名称")):
        with pytest.raises(Invalid, match=said):
            actions.rename_department(
                **values, version=row.version, department=ward.pk, name=name, reason="更名"
            )
    with pytest.raises(Invalid, match="理由"):
        actions.rename_department(
            **values, version=row.version, department=ward.pk, name="病理中心", reason=" "
        )
    actions.rename_department(
        **values, version=row.version, department=ward.pk, name="病理诊断中心", reason="医院内设机构调整"
    )
    ward.refresh_from_db()
    path = unit.path
    unit.refresh_from_db()
    assert (ward.name, ward.org, unit.name, unit.path) == ("病理诊断中心", unit, "病理诊断中心", path)
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.before, event.after) == (
        "hospital.department_renamed", {"department": "病理科"}, {"department": "病理诊断中心"},
    )  # fmt: skip
    # One that nobody acts for has no unit, and gets none by its name.
    other = row.departments.get(name="分子病理科")
    actions.rename_department(
        **values, version=row.version, department=other.pk, name="分子诊断科", reason="更名"
    )
    other.refresh_from_db()
    assert (other.name, other.org) == ("分子诊断科", None)
    with pytest.raises(Missing):
        actions.rename_department(**values, version=row.version, department=10**6, name="甲", reason="x")


def test_a_department_is_not_added_twice_nor_closed_before_it_opened(city: Actor) -> None:
    row = hospital("建德市第一人民医院")
    values = {"actor": city, "hospital": row}
    ward = actions.add_department(
        **values, version=row.version, specialty="pathology", opened_on=dt.date(2015, 1, 1)
    )
    with pytest.raises(Invalid, match="已登记科室"):
        actions.add_department(**values, version=row.version, specialty="pathology")
    with pytest.raises(Invalid, match="晚于"):
        actions.close_department(
            **values, version=row.version, department=ward.pk, on=dt.date(2014, 1, 1), reason="误"
        )
    with pytest.raises(Invalid, match="理由"):
        actions.close_department(
            **values, version=row.version, department=ward.pk, on=dt.date(2016, 1, 1), reason=""
        )
