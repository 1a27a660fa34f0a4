"""Changes of the register by which pairings are judged: the rounds concerned need a new audit."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from duikou.core.errors import Conflict, Denied
from duikou.core.scope import SYSTEM, Actor
from duikou.wings.hospitals import actions
from duikou.wings.hospitals.actions import Facts
from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.signals import hospital_changed
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.models import Finding, Pairing, Round
from duikou.wings.pairings.queries.report import latest_audit_report
from duikou.wings.pairings.queries.rounds import outdated, round_named
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db
KEY = "zhejiang-2014"
DAY = dt.date(2014, 3, 1)


def overloaded() -> tuple[Finding, Hospital]:
    """A general supporter with the wrong number of recipients, and its finding."""
    found = Finding.objects.filter(rule="PAIR-01", present=True).order_by("pk")[0]
    key = found.subject_keys[0].removeprefix("hospital:")
    return found, Hospital.objects.select_related("org", "division").get(key=key)


def edit(actor: Actor, hospital: Hospital, **changes: Any) -> None:
    facts = replace(Facts.of(hospital), **changes)
    actions.edit_facts(actor=actor, hospital=hospital, version=hospital.version, facts=facts)


def reported(rule: str) -> int:
    return int(latest_audit_report(SYSTEM, KEY)["by_rule"].get(rule, 0))


def paired() -> Hospital:
    return Hospital.objects.select_related("org", "division").get(name="建德市第一人民医院")


def test_another_kind_outdates_the_round_and_the_next_audit_follows(province: Actor) -> None:
    found, hospital = overloaded()
    before = reported("PAIR-01")
    edit(province, hospital, kind="tcm")
    assert outdated(round_named(KEY))
    assert reported("PAIR-01") == before - 1  # reported anew, not from the record
    run = audit_round(actor=province, round_key=KEY)
    assert not outdated(round_named(KEY))
    found.refresh_from_db()
    assert (found.present, found.state) == (False, "repaired")
    assert found.pk in run.changes["gone"]


def test_the_hospital_cannot_make_its_own_finding_disappear(actor: Any) -> None:
    found, hospital = overloaded()
    with pytest.raises(Denied):
        edit(actor("hospital_liaison", hospital.org.name), hospital, kind="tcm")
    assert not outdated(round_named(KEY))
    found.refresh_from_db()
    assert found.present


@pytest.mark.parametrize("what", ["rename", "alias", "level", "move", "close", "split", "zone"])
def test_each_act_on_what_findings_depend_on_outdates_the_round(province: Actor, what: str) -> None:
    hospital = paired()
    act: dict[str, Any] = {"actor": province, "hospital": hospital, "version": hospital.version}
    tonglu = Division.objects.get(name="桐庐县", valid_to=None)
    if what == "rename":
        actions.rename_hospital(**act, name="建德市总医院", on=DAY, reason="批复")
    elif what == "alias":
        actions.add_alias(**act, name="建德县医院", kind="old", valid_to=dt.date(1992, 4, 1))
    elif what == "level":
        actions.set_level(**act, level="三级乙等", mark="found", source="公告")
    elif what == "move":
        actions.move_place(**act, division=tonglu, on=DAY, reason="迁建")
    elif what == "close":
        actions.close_hospital(**act, on=DAY, reason="撤销")
    elif what == "split":
        facts = Facts(kind="general", tier="county")
        actions.split_hospital(**act, name="建德新院", facts=facts, division=tonglu, on=DAY, reason="分院")
    else:
        edit(province, hospital, development_zone=True)
    assert outdated(round_named(KEY))


def test_what_no_finding_depends_on_leaves_the_round_alone(province: Actor) -> None:
    hospital = paired()
    edit(province, hospital, note="新址", lon=119.3, lat=29.5)
    hospital.refresh_from_db()
    actions.add_department(
        actor=province, hospital=hospital, version=hospital.version, specialty="general_surgery"
    )
    assert not outdated(round_named(KEY))


def test_a_refused_change_leaves_the_round_alone(province: Actor) -> None:
    hospital = paired()
    Hospital.objects.filter(pk=hospital.pk).update(version=hospital.version + 1)  # somebody was faster
    with pytest.raises(Conflict):
        edit(province, hospital, kind="tcm")
    assert not outdated(round_named(KEY))


def test_a_merger_binds_the_round_to_the_entry_that_took_over(province: Actor) -> None:
    source, jiande = paired(), Division.objects.get(name="建德市", valid_to=None)
    target = actions.register_hospital(
        actor=province, name="建德市总医院", facts=Facts(kind="general", tier="county"), division=jiande
    )
    assert not outdated(round_named(KEY))  # an entry without pairings concerns no round
    actions.merge_hospitals(
        actor=province,
        source=source,
        source_version=source.version,
        target=target,
        target_version=target.version,
        kind="duplicate",
        on=DAY,
        reason="同一家",
    )
    assert outdated(round_named(KEY))
    audit_round(actor=province, round_key=KEY)
    target.refresh_from_db()
    edit(province, target, kind="tcm")  # has no pairing of its own, but those of the merged entry
    assert outdated(round_named(KEY))
    audit_round(actor=province, round_key=KEY)
    source.refresh_from_db()
    actions.undo_merge(actor=province, hospital=source, version=source.version, reason="并错")
    assert outdated(round_named(KEY))


def test_the_round_after_is_compared_with_it_and_outdated_too(province: Actor) -> None:
    first = Round.objects.get(key=KEY)
    after = Round.objects.create(
        key="after",
        name="下一轮",
        org=first.org,
        policy_pack=first.policy_pack,
        previous=first,
        start=dt.date(2017, 2, 15),
        end=dt.date(2020, 2, 14),
        divisions_on=first.divisions_on,
    )
    other = Round.objects.create(
        key="other",
        name="别的一轮",
        org=first.org,
        policy_pack=first.policy_pack,
        start=dt.date(2017, 2, 15),
        end=dt.date(2020, 2, 14),
        divisions_on=first.divisions_on,
    )
    edit(province, paired(), kind="tcm")
    seen = {row.key: row.revision for row in Round.objects.filter(pk__in=(first.pk, after.pk, other.pk))}
    assert seen == {KEY: first.revision + 1, "after": after.revision + 1, "other": other.revision}


def test_it_costs_three_queries_however_many_pairings(django_assert_max_num_queries: Any) -> None:
    everybody = tuple(Pairing.objects.values_list("supporter", flat=True).distinct())
    with django_assert_max_num_queries(3):
        hospital_changed.send(Hospital, hospitals=everybody)
    assert outdated(round_named(KEY))
