"""Credits recognised, refused, frozen, revoked, issued anew; service certified; who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.credits import actions, queries
from duikou.wings.credits.models import Certificate
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting
from tests.wings.credits.conftest import appraised, examined, leave_of
from tests.wings.posted import posting_of, traineeship_of

pytestmark = pytest.mark.django_db
UserAt = Callable[[Any, str], User]


def d(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def issued(officer: Actor, posting: Posting, year: int = 2014) -> Certificate:
    return actions.issue_credit(actor=officer, person=posting.person, kind="posting", year=year)


# ---------------------------------------------------------------- recognising


def test_three_months_and_a_passed_appraisal_are_recognised(pairing: Pairing, officer: Actor) -> None:
    posting = posting_of(pairing, "演示甲", planned_from=d("2014-03-01"), planned_to=d("2014-05-31"))
    appraised(posting)
    found = issued(officer, posting)
    assert (found.values["days"], found.values["needed"], found.values["full_on"]) == (92, 92, "2014-05-31")
    assert (found.rule, found.policy_pack, found.year) == ("CME-01", "zhejiang-2014", 2014)
    assert (found.hospital, found.issuer) == (pairing.supporter, "浙江省")
    (stay,) = found.values["stays"]
    assert (stay["host"], stay["first"], stay["last"], stay["verdict"]) == (
        pairing.recipient.name, "2014-03-01", "2014-05-31", "passed",
    )  # fmt: skip
    event = AuditEvent.objects.get(action="credit.issue")
    assert event.after["code"] == found.code


def test_six_months_of_training_are_recognised(pairing: Pairing, officer: Actor) -> None:
    trainee = traineeship_of(pairing, "演示乙")
    examined(trainee)
    found = actions.issue_credit(actor=officer, person=trainee.person, kind="training", year=2014)
    assert (found.values["days"], found.values["needed"]) == (184, 184)
    assert found.hospital == pairing.recipient


def test_batches_of_a_year_add_up_and_leave_does_not_count(pairing: Pairing, officer: Actor) -> None:
    first = posting_of(pairing, "演示丙", planned_to=d("2014-04-15"))
    second = posting_of(
        pairing, "演示丙", person=first.person, planned_from=d("2014-06-01"), arrived_on=d("2014-06-01"),
        planned_to=d("2014-07-20"),
    )  # fmt: skip
    appraised(first)
    appraised(second)
    leave_of(second, d("2014-06-10"), d("2014-06-13"))
    (credit,) = queries.credit_of(first.person, 2014)
    assert (credit.result.days, credit.result.needed, credit.met) == (92, 92, True)
    leave_of(second, d("2014-07-01"), d("2014-07-01"))
    (credit,) = queries.credit_of(first.person, 2014)
    assert (credit.result.days, credit.met) == (91, False)


@pytest.mark.parametrize(
    ("last", "passed", "said"),
    [
        ("2014-05-30", True, "91 天，应满 3 个月（92 天），还差 1 天"),
        ("2014-05-31", False, "考核不合格"),
        ("2014-05-31", None, "尚缺考核"),
    ],
)
def test_what_is_not_met_is_refused_with_rule_and_clause(
    pairing: Pairing, officer: Actor, last: str, passed: bool | None, said: str
) -> None:
    posting = posting_of(pairing, "演示甲", planned_to=d(last))
    if passed is not None:
        appraised(posting, passed)
    with pytest.raises(Invalid, match=r"规则 CME-01，依据 S2 §五\(三\)") as refusal:
        issued(officer, posting)
    assert said in str(refusal.value)
    assert not Certificate.objects.exists()


def test_a_leap_day_counts(pairing: Pairing, officer: Actor) -> None:
    first, last = d("2016-02-29"), d("2016-05-28")
    posting = posting_of(pairing, "演示甲", planned_from=first, arrived_on=first, planned_to=last)
    appraised(posting, year=2016)
    (credit,) = queries.credit_of(posting.person, 2016)
    assert (credit.result.days, credit.result.needed, credit.met) == (90, 90, True)


def test_days_to_come_do_not_count(pairing: Pairing) -> None:
    posting = posting_of(pairing, "演示甲")
    (credit,) = queries.credit_of(posting.person, 2014, until=d("2014-03-10"))
    assert credit.result.days == 10
    assert queries.credit_of(posting.person, 2999) == []


def test_a_nomination_earns_nothing(pairing: Pairing, officer: Actor) -> None:
    posting = posting_of(pairing, "演示甲", state="approved", arrived_on=None)
    assert queries.credit_of(posting.person, 2014) == []
    with pytest.raises(Invalid, match="没有派驻记录"):
        issued(officer, posting)


def test_a_credit_is_recognised_once(pairing: Pairing, officer: Actor) -> None:
    posting = posting_of(pairing, "演示甲")
    appraised(posting)
    found = issued(officer, posting)
    with pytest.raises(Conflict):
        issued(officer, posting)
    copy = {f.attname: getattr(found, f.attname) for f in Certificate._meta.concrete_fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(**{**copy, "id": None, "code": "0000-0000-0000-0000"})


def test_a_year_is_recognised_at_once(pairing: Pairing, officer: Actor) -> None:
    for name in ("演示甲", "演示乙"):
        appraised(posting_of(pairing, name))
    posting_of(pairing, "演示丙")  # nobody has appraised
    assert len(actions.issue_year(actor=officer, year=2014)) == 2
    assert actions.issue_year(actor=officer, year=2014) == []
    assert AuditEvent.objects.filter(action="credit.issue").count() == 2


# ---------------------------------------------------------------- frozen


def test_a_correction_after_issue_shows_and_changes_nothing(pairing: Pairing, officer: Actor) -> None:
    posting = posting_of(pairing, "演示甲")
    appraised(posting)
    found = issued(officer, posting)
    before = dict(found.values)
    assert queries.differences_of([found])[found.pk] == []
    leave_of(posting, d("2014-04-01"), d("2014-04-10"))
    appraised(posting, passed=False)
    found.refresh_from_db()
    assert found.values == before
    told = {one.label: (one.issued, one.now) for one in queries.differences_of([found])[found.pk]}
    assert told["在岗天数"] == ("184", "174")
    assert told["考核合格的天数"] == ("184", "0")
    assert "考核不合格" in told["各次驻点、进修"][1]
    (line,) = queries.year_lines(officer, 2014)
    assert (line.state, line.credit.met) == ("differs", False)


def test_a_person_who_is_renamed_or_moves_changes_no_certificate(
    pairing: Pairing, officer: Actor, user_at: UserAt
) -> None:
    posting = posting_of(pairing, "演示甲")
    appraised(posting)
    found = issued(officer, posting)
    elsewhere = Hospital.objects.exclude(pk__in=[pairing.supporter_id, pairing.recipient_id])[0]
    Person.objects.filter(pk=posting.person_id).update(name="演示甲（更名）", hospital=elsewhere)
    found = Certificate.objects.get(pk=found.pk)
    assert (found.person_name, found.hospital) == ("演示甲", pairing.supporter)
    assert queries.differences_of([found])[found.pk] == []
    for place in (elsewhere, pairing.supporter):  # the new employer sees it, and the old one
        actor = actor_for(user_at(place, "hospital_president"))
        assert queries.find_certificate(actor, found.pk) == found
        assert [line.state for line in queries.year_lines(actor, 2014)] == ["issued"]
        assert queries.find_record(actor, posting.person_id).credits


def test_a_year_begun_at_one_hospital_and_ended_at_another_is_whole_for_both(
    pairing: Pairing, officer: Actor, user_at: UserAt
) -> None:
    first = posting_of(pairing, "演示甲", planned_to=d("2014-04-15"))
    other = Pairing.objects.exclude(supporter=pairing.supporter).exclude(recipient=pairing.recipient)[0]
    second = posting_of(
        other, "演示甲", person=first.person, planned_from=d("2014-06-01"), arrived_on=d("2014-06-01")
    )
    Person.objects.filter(pk=first.person_id).update(hospital=other.supporter)
    appraised(first)
    appraised(second)
    (line,) = queries.year_lines(actor_for(user_at(other.supporter, "hospital_liaison")), 2014)
    assert line.credit.result.days == 46 + 92
    # The credit belongs to the hospital of the last stay: the former one only sees that somebody left.
    assert queries.year_lines(actor_for(user_at(pairing.supporter, "hospital_liaison")), 2014) == []


def test_the_database_keeps_what_was_issued(pairing: Pairing, officer: Actor) -> None:
    posting = posting_of(pairing, "演示甲")
    appraised(posting)
    found = issued(officer, posting)
    rows = Certificate.objects.filter(pk=found.pk)
    for change in ({"values": {}}, {"person_name": "他人"}, {"until": d("2020-01-01")}, {"code": "X"}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():  # a revocation has its reason
        rows.update(revoked_at=found.issued_at, revoked_on=found.issued_on)


def test_revoked_and_issued_anew(pairing: Pairing, officer: Actor) -> None:
    posting = posting_of(pairing, "演示甲")
    appraised(posting)
    found = issued(officer, posting)
    leave_of(posting, d("2014-04-01"), d("2014-04-10"))
    fresh = actions.reissue(actor=officer, certificate=found, reason="补登请假")
    found.refresh_from_db()
    assert (found.valid, found.revoked_reason, fresh.valid) == (False, "补登请假", True)
    assert (found.values["days"], fresh.values["days"]) == (184, 174)
    assert fresh.code != found.code
    with pytest.raises(Conflict):
        actions.revoke(actor=officer, certificate=found, reason="再次")
    with pytest.raises(Invalid):
        actions.revoke(actor=officer, certificate=fresh, reason="  ")
    appraised(posting, passed=False)
    with pytest.raises(Invalid):  # nothing to issue any more: then nothing is revoked either
        actions.reissue(actor=officer, certificate=fresh, reason="考核更正")
    fresh.refresh_from_db()
    assert fresh.valid
    actions.revoke(actor=officer, certificate=fresh, reason="考核更正")
    assert not Certificate.objects.standing().exists()


# ---------------------------------------------------------------- service before promotion


def test_a_year_of_service_is_certified_by_the_provinces_rule(pairing: Pairing, officer: Actor) -> None:
    first = posting_of(pairing, "演示甲")  # 184 days
    with pytest.raises(Invalid, match=r"应满 365 天.*PRO-01"):
        actions.issue_service(actor=officer, person=first.person, rule="PRO-01")
    posting_of(
        pairing, "演示甲", person=first.person, planned_from=d("2015-01-01"), arrived_on=d("2015-01-01"),
        planned_to=d("2015-06-30"),
    )  # fmt: skip
    found = actions.issue_service(actor=officer, person=first.person, rule="PRO-01")
    assert (found.values["days"], found.values["needed"]) == (365, 365)
    assert len(found.values["stays"]) == 2
    with pytest.raises(Conflict):
        actions.issue_service(actor=officer, person=first.person, rule="PRO-01")
    with pytest.raises(Invalid, match="外省"):
        actions.issue_service(actor=officer, person=first.person, rule="PRO-03")
    with pytest.raises(Invalid, match="没有规则 PRO-99"):
        actions.issue_service(actor=officer, person=first.person, rule="PRO-99")
    assert queries.differences_of([found])[found.pk] == []
    fresh = actions.reissue(actor=officer, certificate=found, reason="换发")
    assert (fresh.rule, fresh.kind) == ("PRO-01", "service")


def test_each_provinces_rule_is_judged_by_its_own_parameters(pairing: Pairing, officer: Actor) -> None:
    posting = posting_of(pairing, "演示甲")
    record = queries.find_record(officer, posting.person_id)
    found = {one.terms.key: one for one in record.services}
    assert set(found) == {"PRO-01", "PRO-02.副主任医师", "PRO-02.主任医师", "PRO-03", "PRO-04"}
    assert {key for key, one in found.items() if one.terms.applies} == {"PRO-01", "PRO-04"}
    assert found["PRO-02.主任医师"].result.met  # six months
    assert not found["PRO-01"].result.met
    assert found["PRO-04"].terms.cited.to_confirm  # recalled
    assert found["PRO-03"].terms.rule.stay_months == 6


def test_training_is_no_service(pairing: Pairing, officer: Actor) -> None:
    trainee = traineeship_of(pairing, "演示乙")
    with pytest.raises(Invalid, match="没有派驻记录"):
        actions.issue_service(actor=officer, person=trainee.person, rule="PRO-01")


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("role", ["hospital_president", "hospital_liaison", "medical_staff"])
def test_a_hospital_does_not_recognise_its_own(pairing: Pairing, user_at: UserAt, role: str) -> None:
    posting = posting_of(pairing, "演示甲")
    appraised(posting)
    for place in (pairing.supporter, pairing.recipient):
        actor = actor_for(user_at(place, role))
        with pytest.raises(Denied):
            issued(actor, posting)
        with pytest.raises(Denied):
            actions.issue_service(actor=actor, person=posting.person, rule="PRO-01")


def test_a_city_recognises_its_own_hospitals_only(pairing: Pairing, officer: Actor, user_at: UserAt) -> None:
    """浙江医院 is the province's: the recipient's city may see to trainees, not to the posted."""
    posting, trainee = posting_of(pairing, "演示甲"), traineeship_of(pairing, "演示乙")
    appraised(posting)
    examined(trainee)
    city = pairing.recipient.division.parent.org
    actor = actor_for(user_at(city, "city_officer"))
    with pytest.raises(Denied):
        issued(actor, posting)
    found = actions.issue_credit(actor=actor, person=trainee.person, kind="training", year=2014)
    assert found.issuer == city.name
    actions.revoke(actor=actor, certificate=found, reason="误")
    with pytest.raises(Denied):
        actions.revoke(actor=actor, certificate=issued(officer, posting), reason="越权")


def test_a_fixed_number_of_queries(pairing: Pairing, officer: Actor) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            queries.year_lines(officer, 2014)
        return len(found)

    appraised(posting_of(pairing, "演示甲"))
    few = count()
    for number in range(12):
        appraised(posting_of(pairing, f"演示{number}"))
    assert count() == few <= 9


def test_every_year_waits_and_not_the_latest_alone(pairing: Pairing, officer: Actor) -> None:
    """One line for each year; as many queries for three years as for one."""
    earlier = posting_of(pairing, "演示甲", planned_from=d("2014-06-01"), planned_to=d("2014-12-31"))
    appraised(earlier)
    later = {"planned_from": d("2015-02-01"), "planned_to": d("2015-06-30"), "arrived_on": d("2015-02-01")}
    appraised(posting_of(pairing, "演示乙", **later), year=2015)
    longest = posting_of(pairing, "演示丙", planned_from=d("2014-08-01"), planned_to=d("2015-08-31"))
    for year in (2014, 2015):
        appraised(longest, year=year)
    found = list(queries.waits_for(officer))
    assert [(one.kind, one.count, one.url) for one in found] == [
        ("credit_met", 2, "/app/credits/?year=2015&state=met"),
        ("credit_met", 2, "/app/credits/?year=2014&state=met"),
    ]
    for year in (2014, 2015):
        known = [(line.person, line.state) for line in queries.year_lines(officer, year)]
        lines = queries.lines_by_year(officer, [2015, 2014])[year]
        assert [(line.person, line.state) for line in lines] == known
    issued(officer, earlier)
    leave_of(earlier, d("2014-07-01"), d("2014-07-05"))
    found = list(queries.waits_for(officer))
    assert [(one.kind, one.count) for one in found] == [
        ("credit_met", 2),
        ("credit_met", 1),
        ("credit_differs", 1),
    ]
    with CaptureQueriesContext(connection) as asked:
        list(queries.waits_for(officer))
    assert len(asked) <= 11
