"""From the request to the appraisal: who may do what, and what is refused with which words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.wings.hospitals.models import Department
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings import actions
from duikou.wings.postings.models import Appraisal, Leave, Posting, StaffRequest
from duikou.wings.postings.queries import on_post
from tests.wings.posted import FIRST, LAST, person_of, posting_of
from tests.wings.postings.conftest import APRIL, JUNE, MARCH, Scene

pytestmark = pytest.mark.django_db
TOMORROW = timezone.localdate() + dt.timedelta(days=1)


def test_the_chain_from_request_to_appraisal(scene: Scene) -> None:
    request = scene.ask()
    posting = scene.nominate(request=request)
    assert (posting.state, posting.title, posting.first_day) == ("nominated", "副主任医师", FIRST)
    actions.approve(actor=scene.head, posting=posting)
    request.refresh_from_db()
    assert request.state == StaffRequest.State.FILLED
    actions.arrive(actor=scene.host, stay=posting, on=dt.date(2014, 3, 3))
    assert (posting.state, posting.first_day, posting.last_day) == ("on_post", dt.date(2014, 3, 3), LAST)
    assert list(on_post(scene.recipient, APRIL)) == [posting]
    assert not on_post(scene.recipient, MARCH)
    leave = actions.take_leave(
        actor=scene.host, stay=posting, first_day=APRIL, last_day=dt.date(2014, 4, 10), reason="探亲"
    )
    actions.come_back(actor=scene.host, leave=leave, on=dt.date(2014, 4, 8), reason="提前返岗")
    assert leave.last_day == dt.date(2014, 4, 7)
    actions.end(actor=scene.host, stay=posting, on=LAST)
    actions.appraise(actor=scene.host, stay=posting, year=2014, passed=True, on=LAST)
    done = AuditEvent.objects.filter(target_type="postings.posting", target_id=str(posting.pk))
    assert [event.action for event in done.order_by("number")] == [
        "posting.nominate", "posting.approve", "posting.arrive", "posting.leave", "posting.return",
        "posting.end", "posting.appraise",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"planned_from": LAST, "planned_to": FIRST}, "早于第一天"),
        ({"planned_to": dt.date(2030, 1, 1)}, "超出结对期限：两院在"),
        ({"planned_from": dt.date(2012, 1, 1)}, "超出结对期限：两院在"),
        ({"specialty": "", "person_specialty": ""}, "请选择派驻的专业"),
        ({"office": "boss"}, "没有这个挂职职务"),
    ],
)
def test_nominations_that_make_no_sense(scene: Scene, values: dict[str, Any], said: str) -> None:
    person = scene.person()
    if "person_specialty" in values:
        person.specialty = values.pop("person_specialty")
    with pytest.raises(Invalid, match=said):
        scene.nominate(person, **values)


def test_an_ineligible_title_is_refused_with_rule_and_clause(scene: Scene) -> None:
    person = scene.person()
    person.title = "住院医师"
    with pytest.raises(Invalid) as refused:
        scene.nominate(person)
    assert "职称为住院医师" in str(refused.value)
    assert "规则 PER-01，S1 附件3 §二(一)2" in refused.value.fields["person"][0]
    assert not Posting.objects.exists()


def test_somebody_of_another_hospital_or_who_has_left(scene: Scene) -> None:
    with pytest.raises(Invalid, match="不属于"):
        scene.nominate(person_of(scene.recipient, "乙"))
    with pytest.raises(Invalid, match="离任"):
        scene.nominate(scene.person(left_on=MARCH))


def test_each_side_acts_for_itself(scene: Scene) -> None:
    with pytest.raises(Denied):
        scene.nominate(actor=scene.host)
    posting = scene.nominate()
    with pytest.raises(Denied):
        actions.approve(actor=scene.at(scene.supporter, "hospital_president"), posting=posting)
    with pytest.raises(Denied):
        actions.withdraw(actor=scene.host, posting=posting, reason="不派")
    actions.approve(actor=scene.head, posting=posting)
    for act in (
        lambda: actions.arrive(actor=scene.sender, stay=posting, on=MARCH),
        lambda: actions.appraise(actor=scene.sender, stay=posting, year=2014, passed=True, on=JUNE),
        lambda: actions.ask(actor=scene.sender, pairing=scene.pairing, wanted=None),  # type: ignore[arg-type]
    ):
        with pytest.raises(Denied):
            act()


def test_two_postings_of_a_person_never_overlap(scene: Scene) -> None:
    person = scene.person()
    first = scene.nominate(person)
    with pytest.raises(Invalid, match="规则 PER-17"):
        scene.nominate(person, planned_from=LAST, planned_to=LAST)
    later = scene.nominate(person, planned_from=LAST + dt.timedelta(days=1), planned_to=dt.date(2014, 12, 31))
    for changes in ({"first_day": LAST}, {"first_day": FIRST, "last_day": LAST}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Posting.objects.filter(pk=later.pk).update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        posting_of(scene.pairing, "甲", person=person)
    actions.withdraw(actor=scene.sender, posting=first, reason="改派他人")
    posting_of(scene.pairing, "甲", person=person)  # a withdrawn one stands in nobody's way
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.filter(pk=first.pk).update(state="nominated")


def test_an_arrival_that_runs_into_another_posting(scene: Scene) -> None:
    person = scene.person()
    first = scene.ended(person, planned_to=APRIL)
    second = actions.approve(
        actor=scene.head, posting=scene.nominate(person, planned_from=JUNE, planned_to=LAST)
    )
    with pytest.raises(Conflict, match="另一段派驻"):
        actions.arrive(actor=scene.host, stay=second, on=first.last_day)
    second.refresh_from_db()
    assert second.state == "approved"


def test_what_arrival_and_end_refuse(scene: Scene) -> None:
    posting = scene.nominate()
    with pytest.raises(Conflict):
        actions.arrive(actor=scene.host, stay=posting, on=MARCH)
    actions.approve(actor=scene.head, posting=posting)
    with pytest.raises(Conflict, match="尚未到岗"):
        actions.end(actor=scene.host, stay=posting, on=JUNE)
    for day, said in (
        (TOMORROW, "之后"),
        (dt.date(2014, 9, 1), "晚于计划"),
        (dt.date(2012, 1, 1), "结对期限"),
    ):
        with pytest.raises(Invalid, match=said):
            actions.arrive(actor=scene.host, stay=posting, on=day)
    actions.arrive(actor=scene.host, stay=posting, on=MARCH)
    with pytest.raises(Conflict):
        actions.arrive(actor=scene.host, stay=posting, on=MARCH)  # twice
    with pytest.raises(Invalid, match="AGR-13"):
        actions.end(actor=scene.sender, stay=posting, on=JUNE)
    with pytest.raises(Invalid, match="早于"):
        actions.end(actor=scene.host, stay=posting, on=dt.date(2014, 2, 20))


def test_an_early_end_cuts_leave(scene: Scene) -> None:
    posting = scene.on_post()
    over = _leave(scene, posting, dt.date(2014, 5, 25), dt.date(2014, 6, 20))
    after = _leave(scene, posting, dt.date(2014, 7, 1), dt.date(2014, 7, 2))
    actions.end(actor=scene.sender, stay=posting, on=JUNE, reason="本院急需")
    over.refresh_from_db()
    after.refresh_from_db()
    assert (over.last_day, over.withdrawn_at, after.withdrawn_at is None) == (JUNE, None, False)
    assert posting.last_day == JUNE


def _leave(scene: Scene, posting: Posting, first: dt.date, last: dt.date) -> Leave:
    return actions.take_leave(actor=scene.host, stay=posting, first_day=first, last_day=last, reason="事假")


def test_what_leave_refuses(scene: Scene) -> None:
    posting = scene.nominate()
    with pytest.raises(Conflict, match="没有到岗"):
        _leave(scene, posting, APRIL, APRIL)
    posting = scene.on_post(scene.person("乙"))
    with pytest.raises(Invalid, match="早于第一天"):
        _leave(scene, posting, JUNE, APRIL)
    with pytest.raises(Invalid, match="超出在岗日期"):
        _leave(scene, posting, LAST, dt.date(2014, 9, 2))
    leave = _leave(scene, posting, APRIL, JUNE)
    with pytest.raises(Conflict, match="已登记请假"):
        _leave(scene, posting, JUNE, LAST)
    with pytest.raises(Invalid, match="返回日期"):
        actions.come_back(actor=scene.host, leave=leave, on=APRIL, reason="x")
    actions.withdraw_leave(actor=scene.host, leave=leave, reason="没有请")
    _leave(scene, posting, APRIL, JUNE)
    with pytest.raises(Conflict):
        actions.withdraw_leave(actor=scene.host, leave=leave, reason="没有请")


def test_days_are_put_right_with_a_trail(scene: Scene) -> None:
    posting = scene.ended()
    leave = _leave(scene, posting, MARCH, dt.date(2014, 3, 2))
    with pytest.raises(Invalid, match="在岗日期之外"):
        actions.correct_days(actor=scene.host, stay=posting, arrived_on=APRIL, left_on=LAST, reason="误登")
    actions.withdraw_leave(actor=scene.host, leave=leave, reason="误登")
    with pytest.raises(Invalid, match="必须填写"):
        actions.correct_days(actor=scene.host, stay=posting, arrived_on=APRIL, left_on=None, reason="误登")
    with pytest.raises(Invalid, match="理由"):
        actions.correct_days(actor=scene.host, stay=posting, arrived_on=APRIL, left_on=LAST, reason=" ")
    actions.correct_days(actor=scene.host, stay=posting, arrived_on=APRIL, left_on=LAST, reason="误登")
    event = AuditEvent.objects.filter(action="posting.correct_days").latest("number")
    assert (event.before["arrived_on"], event.after["arrived_on"]) == ("2014-03-01", "2014-04-01")
    assert posting.first_day == APRIL


def test_a_leap_day_is_a_day_like_others(scene: Scene) -> None:
    leap = dt.date(2016, 2, 29)
    pairing = scene.pairing
    assert pairing.start <= leap or pairing.end < leap
    Pairing.objects.filter(pk=pairing.pk).update(end=dt.date(2016, 12, 31))
    pairing.refresh_from_db()
    posting = scene.on_post(planned_from=leap, planned_to=leap)
    assert list(on_post(scene.recipient, leap)) == [posting]
    actions.appraise(actor=scene.host, stay=posting, year=2016, passed=True, on=leap)


def test_an_appraisal_is_replaced_with_a_reason(scene: Scene) -> None:
    posting = scene.ended()

    def appraise(passed: bool, **more: Any) -> Appraisal:
        values = {"year": 2014, "on": LAST, **more}
        return actions.appraise(actor=scene.host, stay=posting, passed=passed, **values)

    first = appraise(False)
    with pytest.raises(Invalid, match="理由"):
        appraise(True)
    second = appraise(True, reason="复核后更正")
    first.refresh_from_db()
    assert (first.replaced_at is None, first.replaced_reason) == (False, "复核后更正")
    assert posting.appraisals.get(replaced_at=None) == second
    with pytest.raises(Invalid, match="2015 年不在岗"):
        appraise(True, year=2015)
    with pytest.raises(Invalid, match="之后"):
        appraise(True, on=TOMORROW)
    with pytest.raises(Invalid, match="早于"):
        appraise(True, on=dt.date(2014, 1, 1))


def test_a_refusal_keeps_its_rule(scene: Scene) -> None:
    posting = scene.nominate()
    with pytest.raises(Invalid, match="没有规则"):
        actions.refuse(actor=scene.head, posting=posting, reason="x", rule="NO-1")
    actions.refuse(actor=scene.head, posting=posting, reason="专业不符", rule="PER-16")
    assert (posting.state, posting.rule) == ("refused", "PER-16")
    with pytest.raises(Conflict, match="未同意"):
        actions.approve(actor=scene.head, posting=posting)


def test_of_two_who_act_at_once_one_wins(scene: Scene) -> None:
    posting = scene.nominate()
    seen = posting.version
    actions.approve(actor=scene.head, posting=Posting.objects.get(pk=posting.pk), version=seen)
    with pytest.raises(Conflict):
        actions.refuse(actor=scene.head, posting=posting, reason="x", version=seen)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"specialty": "magic"}, "没有专业"),
        ({"title": "神医"}, "不在职称目录中"),
        ({"months": 0}, "应为 1 到"),
        ({"people": 99}, "应为 1 到"),
        ({"purpose": " "}, "派驻目的"),
        ({"wanted_from": dt.date(2031, 1, 1)}, "结对期限"),
        ({"office": "boss"}, "挂职职务"),
    ],
)
def test_requests_that_make_no_sense(scene: Scene, values: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        scene.ask(**values)


def test_a_request_is_closed_by_its_side(scene: Scene) -> None:
    request = scene.ask()
    with pytest.raises(Denied):
        actions.decline_request(actor=scene.host, request=request, reason="没有人")
    with pytest.raises(Denied):
        actions.withdraw_request(actor=scene.sender, request=request, reason="不要")
    actions.decline_request(actor=scene.sender, request=request, reason="没有人")
    with pytest.raises(Conflict):
        actions.withdraw_request(actor=scene.host, request=request, reason="不要")
    with pytest.raises(Invalid, match="不再接受提名"):
        scene.nominate(request=request)


def test_a_department_of_the_recipient_is_named(scene: Scene) -> None:
    own = Department.objects.create(hospital=scene.recipient, specialty="cardiology", name="心内科")
    other = Department.objects.create(hospital=scene.supporter, specialty="cardiology", name="心内科二")
    posting = scene.nominate()
    with pytest.raises(Invalid, match="不属于"):
        actions.approve(actor=scene.head, posting=posting, host_department=other)
    actions.approve(actor=scene.head, posting=posting, host_department=own)
    own.refresh_from_db()
    assert own.org is not None
    assert posting.host_path == own.org.path


def test_a_withdrawn_approval_opens_the_request_again(scene: Scene) -> None:
    request = scene.ask()
    posting = actions.approve(actor=scene.head, posting=scene.nominate(request=request))
    actions.withdraw(actor=scene.sender, posting=posting, reason="生病")
    request.refresh_from_db()
    assert request.state == StaffRequest.State.OPEN
