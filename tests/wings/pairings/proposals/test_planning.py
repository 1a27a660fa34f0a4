"""Making a proposal: every act's success, and each of its refusals."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.actions.proposals import (
    add_newcomer,
    close_hospital,
    copy_proposal,
    create_proposal,
    edit_pairs,
    name_recipient,
    remove_newcomer,
    rename_proposal,
    reopen_hospital,
    set_settings,
)
from duikou.wings.pairings.models import Pairing, Proposal, ProposalEdit
from duikou.wings.pairings.settings import settings_of

pytestmark = pytest.mark.django_db
ROUND = "zhejiang-2014"


def keys(table: str = "1", at: int = 0) -> tuple[str, str]:
    row = Pairing.objects.filter(table=table).order_by("position")[at]
    return row.supporter.key, row.recipient.key


def events(proposal: Proposal) -> list[str]:
    rows = AuditEvent.objects.filter(target_type="pairings.proposal", target_id=str(proposal.pk))
    return list(rows.order_by("number").values_list("action", flat=True))


# ---------------------------------------------------------------- create, copy, rename


def test_create(planner, draft):
    assert (draft.state, draft.number, draft.name) == ("draft", 1, "试拟方案")
    assert draft.scope_path == draft.round.org.path
    assert create_proposal(actor=planner, round_key=ROUND, name="另一个").number == 2
    assert events(draft) == ["proposal.create"]


def test_a_city_creates_for_itself(hangzhou):
    made = create_proposal(actor=hangzhou, round_key=ROUND, name="杭州的方案")
    assert made.scope_path == hangzhou.home.path


def test_create_is_refused(planner, actor):
    with pytest.raises(Denied):
        create_proposal(actor=actor("county_officer", "淳安县"), round_key=ROUND, name="x")
    with pytest.raises(Missing):
        create_proposal(actor=planner, round_key="no-such", name="x")
    with pytest.raises(Invalid) as refused:
        create_proposal(actor=planner, round_key=ROUND, name="  ")
    assert "name" in refused.value.fields
    assert not Proposal.objects.exists()


def test_copy(planner, solved):
    pair = keys()
    edit_pairs(actor=planner, proposal=solved, lock=[pair], reason="院领导商定")
    twin = copy_proposal(actor=planner, proposal=solved, name="副本")
    assert (twin.number, twin.copied_from_id, twin.state) == (2, solved.pk, "draft")
    assert [(e.supporter_key, e.recipient_key, e.reason) for e in twin.edits.all()] == [(*pair, "院领导商定")]
    assert not hasattr(twin, "result")  # the copied one's result was out of date


def test_a_copy_keeps_a_current_result(planner, solved):
    twin = Proposal.objects.get(pk=copy_proposal(actor=planner, proposal=solved, name="副本").pk)
    assert twin.result.digest == solved.result.digest
    assert twin.pairs.count() == solved.pairs.count()


def test_a_copy_for_another_authority_has_no_result(hangzhou, submitted):
    twin = copy_proposal(actor=hangzhou, proposal=submitted, name="杭州改")
    assert twin.scope_path == hangzhou.home.path
    assert not twin.pairs.exists()


def test_copy_is_refused(actor, draft):
    with pytest.raises(Denied):
        copy_proposal(actor=actor("hospital_liaison", "浙江医院"), proposal=draft, name="x")


def test_rename(planner, draft):
    rename_proposal(actor=planner, proposal=draft, name="新名", note="说明")
    assert (draft.name, draft.note, draft.inputs) == ("新名", "说明", 1)
    with pytest.raises(Invalid):
        rename_proposal(actor=planner, proposal=draft, name="")


# ---------------------------------------------------------------- settings


def test_set_settings(planner, draft):
    set_settings(actor=planner, proposal=draft, values={"max_changes": 30, "levels": ["coverage", "travel"]})
    assert settings_of(draft.settings).max_changes == 30
    assert draft.inputs == 2
    event = AuditEvent.objects.get(action="proposal.set")
    assert event.after["max_changes"] == 30


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"max_changes": -1}, "max_changes"),
        ({"max_changes": "30"}, "max_changes"),
        ({"max_changes": 1.5}, "max_changes"),
        ({"levels": []}, "levels"),
        ({"levels": ["coverage", "coverage"]}, "settings"),
        ({"levels": ["beauty"]}, "levels.0"),
        ({"mode": "weights"}, "settings"),
        ({"weights": {"travel": float("nan")}}, "weights.travel"),
        ({"rules_off": ["PAIR-99"]}, "rules_off.0"),
        ({"max_km": 0}, "max_km"),
        ({"strange": 1}, "strange"),
        ({"closed": ["a", "a"]}, "settings"),
        ({"named": [{"county_code": "33", "name": "x"}]}, "named.0.county_code"),
    ],
)
def test_settings_that_make_no_sense(planner, draft, values, field):
    with pytest.raises(Invalid) as refused:
        set_settings(actor=planner, proposal=draft, values=values)
    assert field in refused.value.fields
    draft.refresh_from_db()
    assert draft.inputs == 1


def test_settings_name_known_hospitals_only(planner, draft):
    with pytest.raises(Missing):
        set_settings(actor=planner, proposal=draft, values={"closed": ["no-such"]})
    with pytest.raises(Missing):
        set_settings(
            actor=planner, proposal=draft, values={"newcomers": [{"key": "no-such", "side": "recipient"}]}
        )


# ---------------------------------------------------------------- closing, adding


def test_close_and_reopen(planner, draft):
    giver, taker = keys()
    edit_pairs(actor=planner, proposal=draft, lock=[(giver, taker)], reason="指定")
    close_hospital(actor=planner, proposal=draft, hospital=giver, reason="拟合并")
    assert settings_of(draft.settings).closed == (giver,)
    assert not draft.edits.exists()
    with pytest.raises(Conflict):
        close_hospital(actor=planner, proposal=draft, hospital=giver, reason="再次")
    reopen_hospital(actor=planner, proposal=draft, hospital=giver)
    assert settings_of(draft.settings).closed == ()
    with pytest.raises(Missing):
        reopen_hospital(actor=planner, proposal=draft, hospital=giver)
    with pytest.raises(Missing):
        close_hospital(actor=planner, proposal=draft, hospital="no-such", reason="x")
    with pytest.raises(Invalid):
        close_hospital(actor=planner, proposal=draft, hospital=giver, reason=" ")


def test_add_and_remove_a_newcomer(planner, draft):
    outside = Hospital.objects.filter(supports=None, supported_by=None, state="active").first()
    if outside is None:  # everybody registered is in the tables: take somebody out of them
        outside = Hospital.objects.get(key=keys()[1])
        Pairing.objects.filter(recipient=outside).delete()
    add_newcomer(actor=planner, proposal=draft, hospital=outside.key, side="recipient", reason="新申请")
    assert [one.key for one in settings_of(draft.settings).newcomers] == [outside.key]
    with pytest.raises(Invalid):
        add_newcomer(actor=planner, proposal=draft, hospital=outside.key, side="recipient", reason="再次")
    remove_newcomer(actor=planner, proposal=draft, hospital=outside.key)
    assert settings_of(draft.settings).newcomers == ()
    with pytest.raises(Missing):
        remove_newcomer(actor=planner, proposal=draft, hospital=outside.key)


def test_a_newcomer_is_refused(planner, draft):
    giver, _taker = keys()
    with pytest.raises(Conflict):
        add_newcomer(actor=planner, proposal=draft, hospital=giver, side="supporter", reason="x")
    with pytest.raises(Missing):
        add_newcomer(actor=planner, proposal=draft, hospital="no-such", side="supporter", reason="x")
    with pytest.raises(Invalid):
        add_newcomer(actor=planner, proposal=draft, hospital="no-such", side="neither", reason="x")
    gone = Hospital.objects.get(key=keys(at=5)[1])
    Pairing.objects.filter(recipient=gone).delete()
    Hospital.objects.filter(pk=gone.pk).update(state="closed", closed_on="2015-01-01")
    with pytest.raises(Invalid, match="不在册"):
        add_newcomer(actor=planner, proposal=draft, hospital=gone.key, side="recipient", reason="x")


def test_name_a_recipient(planner, draft):
    name_recipient(
        actor=planner, proposal=draft, county_code="330522", name="长兴县某医院", reason="县里推荐"
    )
    assert [one.name for one in settings_of(draft.settings).named] == ["长兴县某医院"]
    with pytest.raises(Missing, match="990000"):
        name_recipient(actor=planner, proposal=draft, county_code="990000", name="某院", reason="x")
    with pytest.raises(Conflict):
        name_recipient(actor=planner, proposal=draft, county_code="330522", name="浙江医院", reason="x")


# ---------------------------------------------------------------- locks and prohibitions


def test_lock_forbid_free(planner, draft):
    one, other = keys(), keys(at=3)
    edit_pairs(actor=planner, proposal=draft, lock=[one], forbid=[other], reason="商定")
    assert set(draft.edits.values_list("kind", "by_id", "reason")) == {
        ("lock", planner.user_id, "商定"),
        ("forbid", planner.user_id, "商定"),
    }
    edit_pairs(actor=planner, proposal=draft, forbid=[one], free=[other], reason="改为禁止")
    assert list(draft.edits.values_list("kind", "reason")) == [("forbid", "改为禁止")]
    assert draft.inputs == 3


def test_edits_are_refused(planner, draft):
    pair = keys()
    for wrong, error in (
        ({"lock": [pair]}, Invalid),  # no reason
        ({"reason": "x"}, Invalid),  # nothing
        ({"lock": [pair], "forbid": [pair], "reason": "x"}, Invalid),
        ({"free": [pair]}, Missing),
        ({"lock": [("no-such", pair[1])], "reason": "x"}, Missing),
        ({"lock": [(pair[0], "no-such")], "reason": "x"}, Missing),
        ({"lock": [pair], "free": [keys(at=1)], "reason": "x"}, Missing),  # all or none
    ):
        with pytest.raises(error):
            edit_pairs(actor=planner, proposal=draft, **wrong)
    assert not ProposalEdit.objects.exists()


def test_a_city_edits_its_own_supporters_only(hangzhou):
    made = create_proposal(actor=hangzhou, round_key=ROUND, name="杭州")
    row = Pairing.objects.filter(group="杭州市").first()
    edit_pairs(actor=hangzhou, proposal=made, lock=[(row.supporter.key, row.recipient.key)], reason="x")
    with pytest.raises(Denied, match="PAIR-06"):
        edit_pairs(actor=hangzhou, proposal=made, lock=[keys()], reason="x")


# ---------------------------------------------------------------- who, and two at once


def test_only_those_who_propose_may_change_it(draft, hangzhou, actor):
    for other in (hangzhou, actor("inspector", "浙江省"), actor("auditor")):
        with pytest.raises(Denied):
            rename_proposal(actor=other, proposal=draft, name="x")


def test_the_second_of_two_is_told(planner, draft):
    mine = Proposal.objects.get(pk=draft.pk)
    edit_pairs(actor=planner, proposal=draft, lock=[keys()], reason="先到")
    with pytest.raises(Conflict):
        edit_pairs(actor=planner, proposal=mine, forbid=[keys()], reason="后到")
    with pytest.raises(Conflict):
        set_settings(actor=planner, proposal=mine, values={"max_changes": 1})
    assert list(draft.edits.values_list("kind", flat=True)) == ["lock"]


def test_what_is_submitted_stands(planner, submitted):
    for act in (
        lambda: rename_proposal(actor=planner, proposal=submitted, name="x"),
        lambda: set_settings(actor=planner, proposal=submitted, values={}),
        lambda: edit_pairs(actor=planner, proposal=submitted, lock=[keys()], reason="x"),
        lambda: close_hospital(actor=planner, proposal=submitted, hospital=keys()[0], reason="x"),
    ):
        with pytest.raises(Conflict, match="待批准"):
            act()
