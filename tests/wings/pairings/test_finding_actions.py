"""The life of a finding: every step, and every refusal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent, OrgUnit
from duikou.wings.pairings.actions.findings import (
    accept_exception,
    assign_findings,
    decline_exception,
    reopen_finding,
    request_exception,
    withdraw_request,
)
from duikou.wings.pairings.models import Finding

from .conftest import finding

pytestmark = pytest.mark.django_db


def org(name: str) -> int:
    return OrgUnit.objects.get(name=name).pk


@pytest.fixture
def doubled() -> Finding:
    """淳安县中医院 has two supporters: one of the police, one of Hangzhou."""
    return finding("PAIR-05", "淳安县中医院")


@pytest.fixture
def requested(doubled, hangzhou) -> Finding:
    request_exception(actor=hangzhou, finding=doubled, reason="科室不同")
    return doubled


# ---------------------------------------------------------------- assign


def test_assign(doubled, province):
    due = timezone.localdate() + dt.timedelta(days=30)
    assert assign_findings(actor=province, findings=[doubled.pk], assignee=org("杭州市"), due=due) == 1
    doubled.refresh_from_db()
    assert (doubled.state, doubled.assignee.name, doubled.due) == ("assigned", "杭州市", due)
    assert AuditEvent.objects.filter(action="finding.assign", target_id=str(doubled.pk)).count() == 1


def test_assign_several_at_once(province):
    rows = [finding("PAIR-03", "长兴县"), finding("PAIR-04", "德清县")]
    assert assign_findings(actor=province, findings=[r.pk for r in rows], assignee=org("湖州市")) == 2


def test_all_are_assigned_or_none(province):
    rows = [finding("PAIR-03", "长兴县"), finding("PAIR-03", "天台县")]
    with pytest.raises(Invalid, match="天台县"):
        assign_findings(actor=province, findings=[r.pk for r in rows], assignee=org("湖州市"))
    assert Finding.objects.filter(state="assigned").count() == 0


def test_assign_needs_the_permission(doubled, actor):
    with pytest.raises(Denied):
        assign_findings(
            actor=actor("county_officer", "淳安县"), findings=[doubled.pk], assignee=org("杭州市")
        )


def test_assign_out_of_scope_looks_missing(doubled, ningbo):
    with pytest.raises(Missing):
        assign_findings(actor=ningbo, findings=[doubled.pk], assignee=org("宁波市"))


def test_assign_to_nobody_known(doubled, province):
    with pytest.raises(Missing):
        assign_findings(actor=province, findings=[doubled.pk], assignee=0)


def test_assign_into_the_past(doubled, province):
    with pytest.raises(Invalid) as refused:
        assign_findings(
            actor=province, findings=[doubled.pk], assignee=org("杭州市"), due=dt.date(2014, 1, 1)
        )
    assert "due" in refused.value.fields


def test_assign_nothing(province):
    with pytest.raises(Invalid):
        assign_findings(actor=province, findings=[], assignee=org("杭州市"))


def test_assign_what_somebody_else_changed(doubled, province):
    seen = {doubled.pk: doubled.version}
    assign_findings(actor=province, findings=[doubled.pk], assignee=org("杭州市"))
    with pytest.raises(Conflict):
        assign_findings(actor=province, findings=[doubled.pk], assignee=org("浙江省"), versions=seen)
    doubled.refresh_from_db()
    assert doubled.assignee.name == "杭州市"


# ---------------------------------------------------------------- exceptions


def test_request_and_accept_by_two_people(requested, province):
    assert (requested.state, requested.reason) == ("exception_requested", "科室不同")
    accept_exception(actor=province, finding=requested, reason="属实")
    requested.refresh_from_db()
    assert requested.state == "accepted"
    assert requested.decided_by_id == province.user_id
    steps = AuditEvent.objects.filter(target_id=str(requested.pk)).order_by("number")
    assert list(steps.values_list("action", "reason")) == [
        ("finding.request_exception", "科室不同"),
        ("finding.accept", "属实"),
    ]


def test_request_needs_a_reason(doubled, hangzhou):
    with pytest.raises(Invalid):
        request_exception(actor=hangzhou, finding=doubled, reason="  ")
    doubled.refresh_from_db()
    assert doubled.state == "open"


def test_request_needs_the_permission(doubled, ningbo):
    with pytest.raises(Denied):
        request_exception(actor=ningbo, finding=doubled, reason="x")


def test_the_city_cannot_accept(requested, hangzhou):
    with pytest.raises(Denied):
        accept_exception(actor=hangzhou, finding=requested, reason="x")


def test_nobody_accepts_their_own_request(doubled, province):
    request_exception(actor=province, finding=doubled, reason="x")
    for decide in (accept_exception, decline_exception):
        with pytest.raises(Denied, match="申请人以外"):
            decide(actor=province, finding=doubled, reason="x")
    doubled.refresh_from_db()
    assert doubled.state == "exception_requested"


def test_accept_needs_a_reason(requested, province):
    with pytest.raises(Invalid):
        accept_exception(actor=province, finding=requested, reason="")


def test_accept_only_what_was_requested(doubled, province):
    with pytest.raises(Conflict, match="待处理"):
        accept_exception(actor=province, finding=doubled, reason="x")


def test_decline_opens_again(requested, province):
    decline_exception(actor=province, finding=requested, reason="理由不足")
    requested.refresh_from_db()
    assert requested.state == "open"


def test_withdraw(requested, hangzhou):
    withdraw_request(actor=hangzhou, finding=requested)
    assert (requested.state, requested.reason, requested.requested_by_id) == ("open", "", None)


def test_reopen_an_accepted_one(requested, province):
    accept_exception(actor=province, finding=requested, reason="属实")
    reopen_finding(actor=province, finding=requested, reason="情况有变")
    assert requested.state == "open"


def test_reopen_needs_reason_and_permission(requested, province, hangzhou):
    accept_exception(actor=province, finding=requested, reason="属实")
    with pytest.raises(Invalid):
        reopen_finding(actor=province, finding=requested, reason="")
    with pytest.raises(Denied):
        reopen_finding(actor=hangzhou, finding=requested, reason="x")


def test_of_two_who_act_at_once_one_wins(doubled, hangzhou, province):
    one, other = Finding.objects.get(pk=doubled.pk), Finding.objects.get(pk=doubled.pk)
    request_exception(actor=hangzhou, finding=one, reason="先到")
    with pytest.raises(Conflict):
        request_exception(actor=province, finding=other, reason="后到")
    doubled.refresh_from_db()
    assert doubled.reason == "先到"


def test_only_the_applicant_or_an_approver_withdraws(doubled, province, hangzhou):
    request_exception(actor=province, finding=doubled, reason="省里的理由")
    with pytest.raises(Denied, match="他人提出"):
        withdraw_request(actor=hangzhou, finding=doubled)
    withdraw_request(actor=province, finding=doubled)
    assert doubled.state == "open"


def test_work_is_given_inside_ones_own_area(doubled, hangzhou, actor, province):
    with pytest.raises(Denied, match="浙江省"):
        assign_findings(actor=hangzhou, findings=[doubled.pk], assignee=org("浙江省"))
    assign_findings(actor=hangzhou, findings=[doubled.pk], assignee=org("淳安县"))
    liaison = actor("hospital_liaison", "淳安县中医院")
    with pytest.raises(Denied, match="淳安县"):  # what others work on is not taken from them
        assign_findings(actor=liaison, findings=[doubled.pk], assignee=org("淳安县中医院"))
    assert assign_findings(actor=province, findings=[doubled.pk], assignee=org("杭州市")) == 1
