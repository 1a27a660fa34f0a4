"""Auditing again: what is new, gone, changed, unchanged, and what becomes of a finding's state."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.core.errors import Denied, Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import SYSTEM
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.actions.findings import accept_exception, request_exception
from duikou.wings.pairings.actions.pairings import add_pairing, edit_pairing, end_pairing
from duikou.wings.pairings.models import AuditRun, Finding, FindingRow, FindingScope, Round
from duikou.wings.pairings.queries.findings import changes_of
from duikou.wings.pairings.queries.rounds import outdated, round_named

from .conftest import finding, pairing

pytestmark = pytest.mark.django_db
KEY = "zhejiang-2014"


def test_nothing_changed(province):
    run = audit_round(actor=province, round_key=KEY)
    assert (run.number, run.added, run.gone, run.unchanged) == (2, 0, 0, 105)
    assert run.by_severity == {"error": 2, "warning": 53, "note": 50}
    assert run.by_id == province.user_id


def test_what_is_found_again_unchanged_is_noted_in_one_write(province, django_assert_max_num_queries):
    """A province that audits daily finds the same thousands: none of them is written anew."""
    with django_assert_max_num_queries(60):
        run = audit_round(actor=province, round_key=KEY)
    assert set(Finding.objects.values_list("last_run", "version")) == {(run.pk, 1)}


def test_ending_a_duplicate_repairs_its_finding(province):
    doubled = finding("PAIR-05", "淳安县中医院")
    end_pairing(
        actor=province,
        pairing=pairing("武警杭州医院", "淳安县中医院"),
        on=dt.date(2014, 6, 30),
        reason="避免重复",
    )
    assert outdated(round_named(KEY))
    run = audit_round(actor=province, round_key=KEY)
    assert not outdated(round_named(KEY))
    doubled.refresh_from_db()
    assert (doubled.present, doubled.state) == (False, "repaired")
    assert doubled.pk in run.changes["gone"]
    assert AuditEvent.objects.filter(action="finding.repaired", target_id=str(doubled.pk)).exists()
    assert run.counts == {"supporters": 66, "pairings": 164, "recipients": 151}


def test_departments_and_a_reason_make_it_a_note(province):
    doubled = finding("PAIR-05", "宁海县妇幼保健院")
    second = pairing("浙江大学医学院附属儿童医院", "宁海县妇幼保健院")
    edit_pairing(actor=province, pairing=second, departments=["儿科"], reason="妇产科与儿科各有所长")
    run = audit_round(actor=province, round_key=KEY)
    doubled.refresh_from_db()
    assert (doubled.present, doubled.severity, doubled.state) == (True, "note", "open")
    assert run.changes["changed"] == [doubled.pk]


def test_a_repaired_finding_that_comes_back_is_open_again(province):
    row = pairing("武警杭州医院", "淳安县中医院")
    doubled = finding("PAIR-05", "淳安县中医院")
    end_pairing(actor=province, pairing=row, on=dt.date(2014, 6, 30), reason="误")
    audit_round(actor=province, round_key=KEY)
    row.end, row.ended_reason = row.round.end, ""
    row.save()
    run = audit_round(actor=province, round_key=KEY)
    doubled.refresh_from_db()
    assert (doubled.present, doubled.state) == (True, "open")
    assert doubled.pk in run.changes["new"]


def test_an_exception_does_not_outlive_its_facts(province, actor):
    other = actor("provincial_officer", "浙江省")
    doubled = finding("PAIR-05", "淳安县中医院")
    request_exception(actor=province, finding=doubled, reason="军地共建")
    accept_exception(actor=other, finding=doubled, reason="同意")
    audit_round(actor=province, round_key=KEY)
    doubled.refresh_from_db()
    assert doubled.state == "accepted"  # same facts: the exception holds
    add_pairing(
        actor=province,
        round_key=KEY,
        supporter="zj-001",
        recipient=doubled.subject_keys[0].partition(":")[2],
        table="1",
    )
    audit_round(actor=province, round_key=KEY)
    doubled.refresh_from_db()
    assert doubled.state == "open"  # three supporters now
    assert AuditEvent.objects.filter(action="finding.reopened", target_id=str(doubled.pk)).exists()


def test_shows_the_difference(province):
    end_pairing(
        actor=province,
        pairing=pairing("武警杭州医院", "淳安县中医院"),
        on=dt.date(2014, 6, 30),
        reason="避免重复",
    )
    run = audit_round(actor=province, round_key=KEY)
    changes = changes_of(province, run)
    assert {row.subjects[0] for row in changes["gone"]} >= {"淳安县中医院", "武警杭州医院"}
    assert changes["new"] == []


def test_merging_two_entries_settles_the_question_of_duplicates(province):
    from duikou.wings.hospitals.actions import merge_hospitals

    twin = finding("DATA-04", "龙湾区第一人民医院")
    one = pairing("温州医科大学附属第二医院", "龙湾区第一人民医院").recipient
    other = pairing("温州市中西医结合医院", "龙湾区人民医院").recipient
    merge_hospitals(
        actor=SYSTEM,
        source=one,
        source_version=one.version,
        target=other,
        target_version=other.version,
        kind="duplicate",
        on=dt.date(2014, 3, 1),
        reason="同一医院",
    )
    run = audit_round(actor=province, round_key=KEY)
    twin.refresh_from_db()
    assert twin.state == "repaired"
    assert run.counts["recipients"] == 150
    assert finding("PAIR-05", "龙湾区第一人民医院").present  # now it has two supporters


def test_side_tables_hold_exactly_the_standing_findings(province):
    audit_round(actor=province, round_key=KEY)
    for row in Finding.objects.filter(present=True):
        assert set(FindingRow.objects.filter(finding=row).values_list("pairing_id", flat=True)) == set(
            row.rows
        )
        assert FindingScope.objects.filter(finding=row).exists()


def test_whoever_works_in_the_province_may_audit(actor):
    assert audit_round(actor=actor("city_officer", "杭州市"), round_key=KEY).number == 2


@pytest.mark.parametrize(
    ("role", "org"),
    [("county_officer", "淳安县"), ("inspector", "浙江省"), ("system_admin", "浙江省"), (None, None)],
)
def test_others_may_not(actor, role, org):
    with pytest.raises(Denied):
        audit_round(actor=actor(role, org), round_key=KEY)
    assert AuditRun.objects.count() == 1


def test_unknown_round(province):
    with pytest.raises(Missing):
        audit_round(actor=province, round_key="nirgends")


def test_gap_between_two_rounds_is_found(province, trial):
    first = Round.objects.get(key=KEY)
    Round.objects.filter(pk=trial.pk).update(
        start=dt.date(2017, 3, 1), end=dt.date(2020, 2, 28), previous=first, divisions_on=dt.date(2014, 1, 26)
    )
    row = pairing("浙江医院", "安吉县人民医院")
    add_pairing(
        actor=province, round_key="trial", supporter=row.supporter.key, recipient=row.recipient.key, table="1"
    )
    audit_round(actor=province, round_key="trial")
    gaps = [f for f in Finding.objects.filter(round__key="trial", rule="PAIR-05") if ":gap:" in f.key]
    assert [f.subjects for f in gaps] == [["安吉县人民医院"]]
    dropped = [f for f in Finding.objects.filter(round__key="trial", rule="PAIR-05") if "dropped" in f.key]
    assert len(dropped) == 150
