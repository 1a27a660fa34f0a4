"""Submitting, agreeing part by part, returning, withdrawing: every step, and every refusal."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.wings.pairings.actions.deciding import (
    approve_proposal,
    return_proposal,
    submit_proposal,
    withdraw_proposal,
)
from duikou.wings.pairings.actions.proposals import create_proposal, edit_pairs
from duikou.wings.pairings.actions.solving import solve_proposal
from duikou.wings.pairings.models import Pairing, Proposal, ProposalApproval, ProposalResult, Round
from duikou.wings.pairings.queries.proposals import pairs, proposal, proposals, summary

pytestmark = pytest.mark.django_db
ROUND = "zhejiang-2014"


# ---------------------------------------------------------------- submit


def test_submit_asks_everybody_whose_table_changes(planner, submitted):
    asked = set(submitted.approvals.values_list("org__name", flat=True))
    changed = set(submitted.pairs.exclude(change="kept").values_list("authority_path", flat=True))
    assert {one.authority_path for one in submitted.approvals.all()} == changed
    assert "浙江省" in asked
    assert len(asked) > 3
    assert submitted.submitted_by_id == planner.user_id
    assert sum(one.changes for one in submitted.approvals.all()) == 58


def test_submit_needs_a_sound_result(planner, draft):
    with pytest.raises(Invalid):
        submit_proposal(actor=planner, proposal=draft)
    solve_proposal(actor=planner, proposal=draft)
    ProposalResult.objects.update(verified=False, status="feasible")
    with pytest.raises(Invalid):
        submit_proposal(actor=planner, proposal=draft)


def test_submit_needs_a_current_result(planner, solved):
    row = Pairing.objects.first()
    edit_pairs(actor=planner, proposal=solved, lock=[(row.supporter.key, row.recipient.key)], reason="x")
    with pytest.raises(Conflict, match="设置或要求"):
        submit_proposal(actor=planner, proposal=solved)
    solve_proposal(actor=planner, proposal=solved)
    Round.objects.update(revision=99)
    with pytest.raises(Conflict, match="本轮"):
        submit_proposal(actor=planner, proposal=solved)


def test_submit_needs_the_permission(solved, hangzhou, actor):
    for other in (hangzhou, actor("county_officer", "淳安县")):
        with pytest.raises(Denied):
            submit_proposal(actor=other, proposal=solved)


def test_one_submits_once(planner, solved):
    twin = Proposal.objects.get(pk=solved.pk)
    submit_proposal(actor=planner, proposal=solved)
    with pytest.raises(Conflict):
        submit_proposal(actor=planner, proposal=twin)


# ---------------------------------------------------------------- who sees it


def test_a_draft_is_the_authority_s_own_business(draft, planner, hangzhou, actor):
    assert list(proposals(planner)) == [draft]
    for other in (hangzhou, actor("hospital_president", "浙江医院"), actor("auditor")):
        assert not proposals(other).exists()
        with pytest.raises(Missing):
            proposal(other, draft.pk)


def test_a_submitted_one_is_seen_by_the_cities_that_decide(submitted, hangzhou, account):
    asked = set(submitted.approvals.values_list("org__name", flat=True))
    assert "杭州市" in asked
    assert list(proposals(hangzhou)) == [submitted]
    seen = pairs(hangzhou, submitted)
    assert 0 < seen.count() < submitted.pairs.count()
    home = hangzhou.home.path
    for one in seen:
        assert any(
            path.startswith(home) for path in (one.authority_path, one.supporter_path, one.recipient_path)
        )


# ---------------------------------------------------------------- approve


def test_two_people_and_every_city(planner, chief, hangzhou, submitted):
    with pytest.raises(Denied, match="另一人"):
        approve_proposal(actor=planner, proposal=submitted)
    approve_proposal(actor=hangzhou, proposal=submitted)
    part = submitted.approvals.get(org__name="杭州市")
    assert (part.decided_by_id, part.on_behalf) == (hangzhou.user_id, False)
    assert submitted.state == "submitted"
    with pytest.raises(Denied, match="待批单位"):
        approve_proposal(actor=hangzhou, proposal=submitted)
    with pytest.raises(Invalid):  # the other cities' parts, on their behalf: a reason is demanded
        approve_proposal(actor=chief, proposal=submitted)
    assert submitted.approvals.filter(decided_at=None).count() > 1
    approve_proposal(actor=chief, proposal=submitted, reason="各市来函同意")
    assert submitted.state == "approved"
    province = submitted.approvals.get(org__name="浙江省")
    assert (province.decided_by_id, province.on_behalf) == (chief.user_id, False)
    behalf = submitted.approvals.filter(on_behalf=True)
    assert behalf.count() == submitted.approvals.count() - 2
    names = AuditEvent.objects.filter(target_id=str(submitted.pk), target_type="pairings.proposal")
    assert names.filter(action="proposal.agree").count() == submitted.approvals.count()
    assert names.filter(action="proposal.approve").count() == 1


def test_the_last_city_approves_the_whole(chief, hangzhou, submitted):
    ProposalApproval.objects.exclude(org__name="杭州市").update(
        decided_by=chief.user_id, decided_at="2026-01-01T00:00Z"
    )
    approve_proposal(actor=hangzhou, proposal=submitted)
    assert submitted.state == "approved"


def test_approve_needs_the_permission(submitted, actor):
    for role, place in (("inspector", "浙江省"), ("county_officer", "淳安县"), ("national_officer", None)):
        with pytest.raises(Denied):
            approve_proposal(actor=actor(role, place), proposal=submitted)
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def test_only_what_is_submitted_is_approved(solved, chief):
    with pytest.raises(Conflict, match="草案"):
        approve_proposal(actor=chief, proposal=solved, reason="x")


def test_two_who_decide_at_once(chief, hangzhou, submitted):
    twin = Proposal.objects.get(pk=submitted.pk)
    approve_proposal(actor=hangzhou, proposal=submitted)
    with pytest.raises(Conflict):
        return_proposal(actor=chief, proposal=twin, reason="晚了一步")
    assert Proposal.objects.get(pk=submitted.pk).state == "submitted"


# ---------------------------------------------------------------- return, withdraw


def test_return(planner, hangzhou, submitted):
    return_proposal(actor=hangzhou, proposal=submitted, reason="建德的安排不妥")
    assert (submitted.state, submitted.returned_reason) == ("returned", "建德的安排不妥")
    assert not submitted.approvals.exclude(decided_at=None).exists()
    solve_proposal(actor=planner, proposal=submitted)
    submit_proposal(actor=planner, proposal=submitted)
    assert (submitted.state, submitted.returned_reason) == ("submitted", "")


def test_an_approved_one_can_be_returned(chief, planner, approved):
    with pytest.raises(Denied, match="另一人"):
        return_proposal(actor=planner, proposal=approved, reason="x")
    return_proposal(actor=chief, proposal=approved, reason="情况有变")
    assert approved.state == "returned"


def test_return_is_refused(chief, submitted, actor):
    with pytest.raises(Invalid):
        return_proposal(actor=chief, proposal=submitted, reason=" ")
    with pytest.raises(Denied):
        return_proposal(actor=actor("inspector", "浙江省"), proposal=submitted, reason="x")
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def test_withdraw(planner, chief, submitted, approved):
    approved.refresh_from_db()
    with pytest.raises(Conflict, match="已批准"):
        withdraw_proposal(actor=planner, proposal=approved)
    made = create_proposal(actor=planner, round_key=ROUND, name="多余")
    withdraw_proposal(actor=chief, proposal=made)
    assert made.state == "withdrawn"


def test_withdraw_needs_the_permission(draft, hangzhou):
    with pytest.raises(Denied):
        withdraw_proposal(actor=hangzhou, proposal=draft)


# ---------------------------------------------------------------- the buttons


def test_steps(planner, chief, hangzhou, submitted):
    def steps(actor):
        return [step.id for step in summary(actor, submitted.pk).steps]

    assert steps(planner) == ["withdraw"]
    assert steps(chief) == ["return", "approve", "withdraw"]
    assert steps(hangzhou) == ["return", "approve"]
    approve_proposal(actor=hangzhou, proposal=submitted)
    assert steps(hangzhou) == ["return"]
    approve_proposal(actor=chief, proposal=submitted, reason="x")
    assert steps(chief) == ["return", "open"]
    assert steps(planner) == ["open"]
