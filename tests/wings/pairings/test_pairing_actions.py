"""Adding, changing and ending pairings; rounds; department links; other aid programmes."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent, OrgUnit
from duikou.wings.hospitals.models import Hospital, HospitalPartner
from duikou.wings.pairings.actions.pairings import add_pairing, edit_pairing, end_pairing
from duikou.wings.pairings.actions.rounds import create_round, edit_round
from duikou.wings.pairings.actions.support import (
    add_aid_load,
    change_heads,
    end_aid_load,
    end_department_link,
    link_departments,
)
from duikou.wings.pairings.models import DepartmentLink, Pairing, Round
from duikou.wings.people.models import Person

from .conftest import END, START, pairing

pytestmark = pytest.mark.django_db


def key(name: str) -> str:
    return Hospital.objects.get(name=name).key


def add(actor, round_key: str = "trial", **changes):
    values = {
        "supporter": key("杭州市第一人民医院"),
        "recipient": key("建德市第一人民医院"),
        "table": "2",
        "group": "杭州市",
        **changes,
    }
    return add_pairing(actor=actor, round_key=round_key, **values)


# ---------------------------------------------------------------- pairings


def test_add(trial, province):
    row = add(province, departments=["心内科", " 心内科", "骨科"], reason=" 需要 ")
    assert (row.position, row.start, row.end) == (1, START, END)
    assert (row.departments, row.reason, row.level) == (["心内科", "骨科"], "需要", "municipal")
    assert row.recipient_division.name == "建德市"
    assert HospitalPartner.objects.filter(hospital=row.recipient, partner=row.supporter).exists()
    assert AuditEvent.objects.filter(action="pairing.add", target_id=str(row.pk)).count() == 1
    assert row.history.count() == 1


def test_a_city_adds_to_its_own_table_only(trial, hangzhou, ningbo):
    assert add(hangzhou).authority_path == OrgUnit.objects.get(name="杭州市").path
    with pytest.raises(Denied):
        add(ningbo)
    with pytest.raises(Denied):
        add(hangzhou, table="1", group="")


def test_a_city_pairs_its_own_supporters(trial, hangzhou, province):
    with pytest.raises(Denied, match="不属于杭州市"):
        add(hangzhou, supporter=key("宁波市第一医院"))
    assert add(province, supporter=key("宁波市第一医院")).pk


def test_same_pair_twice(trial, province):
    add(province)
    with pytest.raises(Conflict, match="已有结对"):
        add(province)
    assert Pairing.objects.filter(round=trial).count() == 1


def test_same_pair_again_after_an_early_end(trial, province):
    end_pairing(actor=province, pairing=add(province), on=dt.date(2014, 6, 30), reason="中断")
    assert add(province, start=dt.date(2014, 9, 1)).position == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": dt.date(2013, 1, 1)}, "start"),
        ({"end": dt.date(2018, 1, 1)}, "end"),
        ({"start": dt.date(2015, 1, 1), "end": dt.date(2014, 12, 1)}, "end"),
        ({"table": "3"}, "table"),
        ({"group": "南京市"}, "group"),
        ({"table": "1", "group": "杭州市"}, "group"),
        ({"kind": "freundschaft"}, "kind"),
        ({"recipient": "zj-001", "supporter": "zj-001"}, "recipient"),
    ],
)
def test_what_cannot_be_added(trial, province, changes, field):
    with pytest.raises(Invalid) as refused:
        add(province, **changes)
    assert field in refused.value.fields
    assert not Pairing.objects.filter(round=trial).exists()


def test_unknown_hospital_or_round(trial, province):
    with pytest.raises(Missing):
        add(province, supporter="zj-999")
    with pytest.raises(Missing):
        add(province, round_key="nirgends")


def test_edit(province):
    row = pairing("浙江大学医学院附属儿童医院", "宁海县妇幼保健院")
    edit_pairing(actor=province, pairing=row, departments=["儿科"], reason="科室不同", kind="branch")
    row.refresh_from_db()
    assert (row.departments, row.reason, row.kind, row.version) == (["儿科"], "科室不同", "branch", 2)
    assert row.history.count() == 2


def test_edit_refused(province, hangzhou):
    row = pairing(
        "武警杭州医院", "淳安县中医院"
    )  # the province's table, though the recipient lies in Hangzhou
    with pytest.raises(Denied):
        edit_pairing(actor=hangzhou, pairing=row, reason="x")
    with pytest.raises(Invalid):
        edit_pairing(actor=province, pairing=row, kind="?")
    stale = Pairing.objects.get(pk=row.pk)
    edit_pairing(actor=province, pairing=Pairing.objects.get(pk=row.pk), reason="先")
    with pytest.raises(Conflict):
        edit_pairing(actor=province, pairing=stale, reason="后")


def test_end(hangzhou):
    row = pairing("杭州市第一人民医院", "淳安县中医院")
    before = row.round.revision
    end_pairing(actor=hangzhou, pairing=row, on=dt.date(2015, 6, 30), reason="改由他院支援")
    row.refresh_from_db()
    assert (row.end, row.ended_reason) == (dt.date(2015, 6, 30), "改由他院支援")
    assert Round.objects.get(pk=row.round_id).revision == before + 1
    event = AuditEvent.objects.get(action="pairing.end")
    assert event.before["end"] == "2017-02-14"
    assert event.reason == "改由他院支援"


def test_end_refused(hangzhou, ningbo):
    row = pairing("杭州市第一人民医院", "淳安县中医院")
    with pytest.raises(Invalid):
        end_pairing(actor=hangzhou, pairing=row, on=dt.date(2015, 1, 1), reason="")
    with pytest.raises(Invalid) as refused:
        end_pairing(actor=hangzhou, pairing=row, on=dt.date(2018, 1, 1), reason="x")
    assert "on" in refused.value.fields
    with pytest.raises(Denied):
        end_pairing(actor=ningbo, pairing=row, on=dt.date(2015, 1, 1), reason="x")
    row.refresh_from_db()
    assert row.end == END


# ---------------------------------------------------------------- rounds


def opened(actor, **changes):
    values = {
        "key": "zhejiang-2017",
        "name": "第二轮",
        "org": OrgUnit.objects.get(name="浙江省"),
        "policy_pack": "zhejiang-2014",
        "start": dt.date(2017, 2, 15),
        "end": dt.date(2020, 2, 14),
        **changes,
    }
    return create_round(actor=actor, **values)


def test_open_a_round(province):
    round_ = opened(province, previous="zhejiang-2014")
    assert (round_.state, round_.divisions_on, round_.previous.key) == (
        "draft",
        round_.start,
        "zhejiang-2014",
    )


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"key": "zhejiang-2014"}, Conflict, None),
        ({"end": dt.date(2017, 1, 1)}, Invalid, "end"),
        ({"policy_pack": "atlantis"}, Invalid, "policy_pack"),
        ({"name": " "}, Invalid, "name"),
        ({"previous": "nirgends"}, Missing, None),
        ({"previous": "zhejiang-2014", "start": dt.date(2014, 1, 1)}, Invalid, "previous"),
    ],
)
def test_round_refused(province, changes, error, field):
    with pytest.raises(error) as refused:
        opened(province, **changes)
    assert field is None or field in refused.value.fields
    assert Round.objects.count() == 1


def test_round_needs_a_province_and_the_permission(province, hangzhou):
    with pytest.raises(Invalid):
        opened(province, org=OrgUnit.objects.get(name="杭州市"))
    with pytest.raises(Denied):
        opened(hangzhou)


def test_edit_a_round(province):
    edit_round(
        actor=province, round_key="zhejiang-2014", version=1, changes={"name": "新名", "state": "closed"}
    )
    round_ = Round.objects.get(key="zhejiang-2014")
    assert (round_.name, round_.state) == ("新名", "closed")
    assert AuditEvent.objects.get(action="round.edit").after["name"] == "新名"


def test_a_round_must_hold_its_pairings(province, hangzhou):
    with pytest.raises(Invalid) as refused:
        edit_round(
            actor=province, round_key="zhejiang-2014", version=1, changes={"start": dt.date(2015, 1, 1)}
        )
    assert "start" in refused.value.fields
    with pytest.raises(Denied):
        edit_round(actor=hangzhou, round_key="zhejiang-2014", version=1, changes={"name": "x"})
    with pytest.raises(Missing):
        edit_round(actor=province, round_key="nirgends", version=1, changes={})
    assert Round.objects.get(key="zhejiang-2014").version == 1


def test_of_two_who_change_a_round_the_second_is_told(province, trial):
    edit_round(actor=province, round_key="trial", version=1, changes={"name": "新名"})
    with pytest.raises(Conflict):
        edit_round(actor=province, round_key="trial", version=1, changes={"name_en": "Old page"})
    trial.refresh_from_db()
    assert (trial.name, trial.name_en, trial.version) == ("新名", "", 2)
    edit_round(actor=province, round_key="trial", version=2, changes={"name_en": "New page"})


def test_a_new_pairing_does_not_outdate_the_form_of_its_round(province, trial):
    add(province)
    edit_round(actor=province, round_key="trial", version=trial.version, changes={"name": "新名"})


# ---------------------------------------------------------------- departments


@pytest.fixture
def row() -> Pairing:
    return pairing("杭州市第一人民医院", "淳安县中医院")


@pytest.fixture
def heads(row) -> tuple[Person, Person]:
    return (
        Person.objects.create(hospital=row.supporter, name="甲某", post="主任", demonstration=True),
        Person.objects.create(hospital=row.recipient, name="乙某", post="主任", demonstration=True),
    )


def test_link_departments(row, heads, hangzhou):
    link = link_departments(
        actor=hangzhou,
        pairing=row,
        specialty="nephrology",
        supporter_head=heads[0].pk,
        recipient_head=heads[1].pk,
    )
    assert (link.supporter_head.name, link.recipient_head.name, link.start) == ("甲某", "乙某", row.start)
    change_heads(actor=hangzhou, link=link, version=1, supporter_head=None, recipient_head=heads[1].pk)
    assert link.supporter_head is None
    end_department_link(actor=hangzhou, link=link, version=2, on=dt.date(2015, 1, 1))
    with pytest.raises(Conflict):
        end_department_link(actor=hangzhou, link=link, version=3, on=dt.date(2015, 2, 1))
    assert AuditEvent.objects.filter(action__startswith="department_link").count() == 3


def test_each_side_names_its_own_head(row, heads, actor, province):
    """A city names nobody of another city, and takes nobody of another city away."""
    cross = pairing("湖州市第三人民医院", "海宁市第四人民医院")
    ours = Person.objects.create(hospital=cross.supporter, name="丙某", demonstration=True)
    theirs = Person.objects.create(hospital=cross.recipient, name="丁某", demonstration=True)
    huzhou = actor("city_officer", "湖州市")
    link = link_departments(actor=province, pairing=cross, specialty="nephrology", recipient_head=theirs.pk)
    change_heads(actor=huzhou, link=link, version=1, supporter_head=ours.pk, recipient_head=theirs.pk)
    assert (link.supporter_head_id, link.recipient_head_id) == (ours.pk, theirs.pk)
    with pytest.raises(Denied):
        change_heads(actor=huzhou, link=link, version=2, supporter_head=ours.pk, recipient_head=None)
    with pytest.raises(Missing):
        link_departments(actor=huzhou, pairing=cross, specialty="respiratory", recipient_head=theirs.pk)


def test_link_refused(row, heads, hangzhou, ningbo):
    with pytest.raises(Invalid):
        link_departments(actor=hangzhou, pairing=row, specialty="alchemy")
    with pytest.raises(Missing):  # a head of the other hospital
        link_departments(actor=hangzhou, pairing=row, specialty="nephrology", supporter_head=heads[1].pk)
    with pytest.raises(Invalid):
        link_departments(actor=hangzhou, pairing=row, specialty="nephrology", start=dt.date(2018, 1, 1))
    with pytest.raises(Denied):
        link_departments(actor=ningbo, pairing=row, specialty="nephrology")
    link_departments(actor=hangzhou, pairing=row, specialty="nephrology")
    with pytest.raises(Conflict):
        link_departments(actor=hangzhou, pairing=row, specialty="nephrology")
    assert row.department_links.count() == 1


def test_of_two_who_name_heads_the_second_is_told(row, heads, hangzhou):
    """Whoever has not seen the first correction would undo it: a form names both sides."""
    link = link_departments(actor=hangzhou, pairing=row, specialty="nephrology")
    same = DepartmentLink.objects.get(pk=link.pk)
    change_heads(actor=hangzhou, link=link, version=1, supporter_head=heads[0].pk, recipient_head=None)
    with pytest.raises(Conflict):
        change_heads(actor=hangzhou, link=same, version=1, supporter_head=None, recipient_head=heads[1].pk)
    with pytest.raises(Conflict):
        end_department_link(actor=hangzhou, link=same, version=1, on=dt.date(2015, 1, 1))
    link.refresh_from_db()
    assert (link.supporter_head, link.recipient_head, link.end) == (heads[0], None, None)
    assert AuditEvent.objects.filter(action__startswith="department_link").count() == 2


def test_nobody_is_named_on_a_link_that_has_ended(row, heads, hangzhou):
    link = link_departments(actor=hangzhou, pairing=row, specialty="nephrology")
    end_department_link(actor=hangzhou, link=link, version=1, on=dt.date(2015, 1, 1))
    with pytest.raises(Conflict):
        change_heads(actor=hangzhou, link=link, version=2, supporter_head=heads[0].pk, recipient_head=None)


# ---------------------------------------------------------------- other aid


def test_aid_load(hangzhou):
    load = add_aid_load(
        actor=hangzhou,
        hospital=key("杭州市第一人民医院"),
        programme="guizhou",
        start=dt.date(2014, 1, 1),
        source="测试",
        person_months=12,
    )
    with pytest.raises(Invalid):
        end_aid_load(actor=hangzhou, load=load, version=1, on=dt.date(2013, 12, 31))
    end_aid_load(actor=hangzhou, load=load, version=1, on=dt.date(2014, 12, 31))
    assert load.end == dt.date(2014, 12, 31)
    with pytest.raises(Conflict):  # somebody whose page still shows it as going on
        end_aid_load(actor=hangzhou, load=load, version=1, on=dt.date(2014, 6, 30))
    load.refresh_from_db()
    assert load.end == dt.date(2014, 12, 31)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"programme": "mars"}, "programme"),
        ({"source": " "}, "source"),
        ({"end": dt.date(2013, 1, 1)}, "end"),
        ({"person_months": -1}, "person_months"),
    ],
)
def test_aid_load_refused(hangzhou, ningbo, changes, field):
    values = {
        "hospital": key("杭州市第一人民医院"),
        "programme": "tibet",
        "start": dt.date(2014, 1, 1),
        "source": "测试",
    }
    with pytest.raises(Invalid) as refused:
        add_aid_load(actor=hangzhou, **{**values, **changes})
    assert field in refused.value.fields
    with pytest.raises(Denied):
        add_aid_load(actor=ningbo, **values)
    with pytest.raises(Missing):
        add_aid_load(actor=hangzhou, **{**values, "hospital": "zj-999"})
