"""Pages, the interface and the job: from rules to a published roster, and what they refuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from duikou.core import search
from duikou.core.jobs.models import Job
from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.scope import Actor
from duikou.engines import rostering as engine
from duikou.wings.obligations.models import Obligation
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Leave
from duikou.wings.rosters import actions, drafts, evidence, jobs, queries
from duikou.wings.rosters.models import Duty, Roster, RosterRules, Shift, SwapRequest
from duikou.wings.rosters.queries import waiting
from duikou.wings.rosters.sheet import sheet_of
from tests.wings.rosters.conftest import MONTH, Ward, client

pytestmark = pytest.mark.django_db
Account = Callable[[Person], Actor]
HTMX = {"HX-Request": "true"}


def cell(roster: Roster, person: Person, day: int) -> str:
    return reverse("rosters:cell", args=[roster.pk, person.pk, f"{MONTH.replace(day=day)}"])


def test_a_head_makes_a_month_by_hand(ward: Ward) -> None:
    head = client(ward.head)
    answer = head.post(reverse("rosters:new"), {"department": ward.department.pk, "month": "2014-05"})
    roster = Roster.objects.get()
    assert answer["Location"] == reverse("rosters:detail", args=[roster.pk])
    page = head.get(answer["Location"]).content.decode()
    assert "派驻甲" in page
    assert "浙江医院" in page
    form = head.get(cell(roster, ward.posted, 5), headers=HTMX).content.decode()
    assert "<html" not in form
    sent = {"shift": ward.night.pk, "fixed": "on", "version": roster.version}
    board = head.post(cell(roster, ward.posted, 5), sent, headers=HTMX)
    assert board.status_code == 200
    assert 'id="roster-board"' in board.content.decode()
    stale = head.post(cell(roster, ward.posted, 6), sent, headers=HTMX)
    assert stale.status_code == 409
    assert "他人改动" in stale.content.decode()
    roster.refresh_from_db()
    sent = {"shift": ward.clinic.pk, "version": roster.version}
    board = head.post(cell(roster, ward.posted, 6), sent, headers=HTMX)
    assert "值班的次日不能排门诊" in board.content.decode()  # at once
    roster.refresh_from_db()
    publish = reverse("rosters:publish", args=[roster.pk])
    refused = head.post(publish, {"version": roster.version})
    assert refused.status_code == 422
    assert "不能发布" in refused.content.decode()
    answer = head.post(cell(roster, ward.posted, 6), {"shift": "", "version": roster.version})
    assert answer.status_code == 302  # without scripts
    roster.refresh_from_db()
    assert head.post(publish, {"version": roster.version}).status_code == 302
    page = head.get(reverse("rosters:detail", args=[roster.pk])).content.decode()
    assert "派驻人员没有排进门诊、病房和值班" in page
    assert "PER-05" in page
    book = head.get(reverse("rosters:detail", args=[roster.pk]), {"export": "xlsx"})
    assert b"".join(book.streaming_content)[:2] == b"PK"
    reopen = reverse("rosters:reopen", args=[roster.pk])
    assert head.post(reopen, {"reason": ""}).status_code == 422
    assert head.post(reopen, {"reason": "调整"}).status_code == 302


def test_leave_is_refused_on_the_page(ward: Ward) -> None:
    day = MONTH.replace(day=9)
    Leave.objects.create(
        posting=ward.posting, home_path="", host_path="", first_day=day, last_day=day, reason="家事"
    )
    roster = ward.roster()
    answer = client(ward.head).post(
        cell(roster, ward.posted, 9), {"shift": ward.clinic.pk, "version": 1}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "请假" in answer.content.decode()
    assert not Duty.objects.exists()


@pytest.mark.parametrize("day", ["2014-06-01", "never", "2014-02-30"])
def test_days_that_are_not_on_the_roster(ward: Ward, day: str) -> None:
    url = reverse("rosters:cell", args=[ward.roster().pk, ward.posted.pk, day])
    assert client(ward.head).get(url).status_code == 404


def test_rules_from_the_usual_shifts_to_a_department_s_own(ward: Ward) -> None:
    head = client(ward.head)
    pk = ward.department.pk
    page = head.get(reverse("rosters:rules", args=[pk]), {"month": "2014-05"}).content.decode()
    for words in ("门诊", "值班", "本院甲", "派驻甲", "浙江医院"):
        assert words in page
    assert head.get(reverse("rosters:rules", args=[pk]), {"month": "x"}).status_code == 400
    shift = {
        "name": "急诊", "mark": "急", "kind": "duty", "start": "20:00", "minutes": 720, "weekday_need": 1,
        "weekend_need": 1, "senior_need": 0, "skill": "", "position": 4,
    }  # fmt: skip
    assert head.post(reverse("rosters:shift-new", args=[pk]), shift).status_code == 302
    added = Shift.objects.get(mark="急")
    edit = reverse("rosters:shift", args=[added.pk])
    assert head.post(edit, {**shift, "mark": "门"}).status_code == 422
    assert head.post(edit, {**shift, "minutes": 600}).status_code == 302
    assert head.post(reverse("rosters:shift-retire", args=[added.pk])).status_code == 302
    rules = dict.fromkeys(("rest_hours", "max_run", "max_duties", "max_weekends", "max_hours"), 5)
    rules |= {"cover_weight": 9, "wish_weight": 1, "fair_weight": 1}
    assert head.post(reverse("rosters:limits", args=[pk]), rules).status_code == 302
    assert RosterRules.objects.get().max_run == 5
    member = reverse("rosters:member", args=[pk, ward.own[2].pk])
    assert head.post(member, {"skills": "内镜"}).status_code == 302  # takes no part
    away = {"person": ward.own[0].pk, "first_day": "2014-05-05", "last_day": "2014-05-06", "reason": "leave"}
    assert head.post(reverse("rosters:absence-new", args=[pk]), away).status_code == 302
    page = head.get(reverse("rosters:rules", args=[pk]), {"month": "2014-05"}).content.decode()
    assert "2014-05-05" in page
    assert "不参加排班" in page
    assert head.get(reverse("rosters:member", args=[pk, 10**9])).status_code == 404


def test_my_duties_on_the_phone(ward: Ward, account: Account) -> None:
    roster = ward.put(ward.roster(), ward.posted, 7, ward.night)
    roster = ward.put(roster, ward.own[0], 9, ward.clinic)
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    posted, colleague = client(account(ward.posted)), client(account(ward.own[0]))
    page = posted.get(reverse("rosters:mine")).content.decode()  # opens with the latest month
    assert "2014-05-07" in page
    assert "17:00–次日 08:00" in page
    assert "本院甲" not in page
    duty = Duty.objects.get(person=ward.posted)
    ask = reverse("rosters:swap-ask", args=[duty.pk])
    assert colleague.get(ask).status_code == 404
    other = Duty.objects.get(person=ward.own[0])
    assert posted.post(ask, {"other": other.pk, "reason": "开会"}).status_code == 302
    swap = SwapRequest.objects.get()
    assert "待您答复的换班" in colleague.get(reverse("home")).content.decode()
    assert colleague.get(reverse("rosters:swap-own", args=[swap.pk])).status_code == 200
    stranger = client(account(ward.own[1]))
    assert stranger.get(reverse("rosters:swap-own", args=[swap.pk])).status_code == 404
    agree = reverse("rosters:swap-answer", args=[swap.pk, "agree"])
    assert posted.post(agree).status_code == 403  # not one's own answer
    assert colleague.post(agree).status_code == 302
    head = client(ward.head)
    assert "待您批准的换班" in head.get(reverse("home")).content.decode()
    assert "本院甲" in head.get(reverse("rosters:swaps")).content.decode()
    assert head.get(reverse("rosters:swap", args=[swap.pk])).status_code == 200
    assert head.post(reverse("rosters:swap-refuse", args=[swap.pk]), {"reason": ""}).status_code == 422
    assert head.post(reverse("rosters:swap-approve", args=[swap.pk])).status_code == 302
    assert "2014-05-09" in posted.get(reverse("rosters:mine")).content.decode()
    wish = {"day": "2014-06-03", "wish": f"off-{ward.department.pk}"}
    assert posted.post(reverse("rosters:wish"), wish).status_code == 302
    assert posted.post(reverse("rosters:wish"), {**wish, "day": "2014-12-03"}).status_code == 422
    assert "2014-06-03" in posted.get(reverse("rosters:mine")).content.decode()
    assert "/feed/" in posted.post(reverse("rosters:feed-renew")).content.decode()


def test_an_account_without_a_person_is_told_so(ward: Ward) -> None:
    user = User.objects.create(username="nobody")
    RoleGrant.objects.create(
        user=user, role="medical_staff", org=ward.pairing.recipient.org, valid_from=dt.date(2014, 1, 1)
    )
    page = client(user).get(reverse("rosters:mine"))
    assert "没有关联人员登记" in page.content.decode()
    assert client(user).post(reverse("rosters:wish"), {}).status_code == 409


def test_lists_take_the_same_number_of_queries(
    ward: Ward, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for month in range(4, 9):
        ward.put(ward.roster(dt.date(2014, month, 1)), ward.own[0], 5, ward.clinic)
    head = client(ward.head)
    head.get(reverse("home"))
    with django_assert_max_num_queries(16):
        page = head.get(reverse("rosters:list"))
    assert page.content.decode().count("2014-0") >= 5
    with django_assert_max_num_queries(30):
        head.get(reverse("rosters:detail", args=[Roster.objects.order_by("pk").first().pk]))  # type: ignore[union-attr]


def test_the_supporter_sees_nothing_of_the_host_s_rosters(ward: Ward) -> None:
    roster = ward.roster()
    user = User.objects.create(username="sender")
    RoleGrant.objects.create(
        user=user, role="hospital_liaison", org=ward.pairing.supporter.org, valid_from=dt.date(2014, 1, 1)
    )
    sender: Client = client(user)
    assert sender.get(reverse("rosters:detail", args=[roster.pk])).status_code == 404
    assert sender.get(reverse("rosters:rules", args=[ward.department.pk])).status_code == 404
    assert sender.get(f"/api/v1/rosters/{roster.pk}").status_code == 404
    assert sender.get("/api/v1/rosters").json()["total"] == 0
    assert OrgUnit.objects.filter(pk=ward.department.org_id).exists()


def test_the_interface_says_the_same(ward: Ward, account: Account) -> None:
    head, roster = client(ward.head), ward.roster()
    base = f"/api/v1/rosters/{roster.pk}"
    sent = {
        "version": 1, "person_id": ward.posted.pk, "day": "2014-05-07", "shift_id": ward.night.pk,
    }  # fmt: skip
    answer = head.post(f"{base}/cells", sent, content_type="application/json")
    assert answer.status_code == 200
    found = answer.json()
    assert [(one["person"], one["day"], one["fixed"]) for one in found["duties"]] == [
        ("派驻甲", "2014-05-07", True)
    ]
    texts = [one.text.zh for one in sheet_of(roster).conflicts]
    assert [one["text"] for one in found["conflicts"]] == texts
    assert head.post(f"{base}/cells", sent, content_type="application/json").status_code == 409
    version = {"version": found["version"]}
    answer = head.post(f"{base}/publish", version, content_type="application/json")
    assert answer.json()["state"] == "published"
    mine = client(account(ward.posted))
    duties = mine.get("/api/v1/my/duties", {"first": "2014-05-01", "last": "2014-05-31"}).json()
    assert [(one["day"], one["shift"]) for one in duties] == [("2014-05-07", "值班")]
    assert mine.get("/api/v1/my/duties", {"first": "2014-05-31", "last": "2014-05-01"}).status_code == 409
    assert head.get("/api/v1/rosters").json()["items"][0]["posted"] == 1
    back = {"version": answer.json()["version"], "reason": "调整"}
    assert head.post(f"{base}/reopen", back, content_type="application/json").json()["state"] == "draft"


# ---------------------------------------------------------------- working it out


def test_the_job_keeps_what_was_settled_and_the_rules(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    roster = ward.put(ward.roster(), ward.posted, 5, ward.night)
    head = client(ward.head)
    assert head.post(reverse("rosters:solve", args=[roster.pk])).status_code == 302
    job = Job.objects.get()
    page = head.get(reverse("rosters:detail", args=[roster.pk])).content.decode()
    assert "正在后台生成" in page
    assert "roster-progress" in head.get(reverse("rosters:progress", args=[roster.pk])).content.decode()
    assert head.post(reverse("rosters:solve", args=[roster.pk])).status_code == 302
    assert Job.objects.count() == 1  # the same is asked for once
    monkeypatch.setattr(jobs, "SECONDS", 4.0)
    done = jobs.work_out_roster.func(roster.pk)
    assert done["roster"] == roster.pk
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=timezone.now())
    answer = head.get(reverse("rosters:progress", args=[roster.pk]))
    assert answer["HX-Refresh"] == "true"
    roster.refresh_from_db()
    sheet = sheet_of(roster)
    assert not sheet.hard
    assert Duty.objects.get(person=ward.posted, day=MONTH.replace(day=5)).shift == ward.night
    assert len(sheet.duties) > 40
    assert roster.cost == engine.cost(sheet.conflicts)
    assert roster.bound is not None
    assert roster.bound <= roster.cost
    assert set(Duty.objects.filter(person=ward.posted).values_list("posting", flat=True)) == {ward.posting.pk}


def test_a_result_for_a_roster_that_was_changed_is_not_kept(ward: Ward) -> None:
    from duikou.core.errors import Conflict

    roster = ward.roster()
    stale = sheet_of(Roster.objects.select_related("department").get(pk=roster.pk))
    ward.put(roster, ward.own[0], 5, ward.clinic)
    with pytest.raises(Conflict):
        actions.keep_solution(actor=ward.head, sheet=stale, solution=engine.Solution((), 0, 0, 0.1))
    assert Duty.objects.count() == 1


def test_published_rosters_are_evidence_with_posted_people_alone(ward: Ward) -> None:
    roster = ward.put(ward.roster(), ward.own[0], 5, ward.clinic)
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    duty = Obligation(pairing=ward.pairing, start=dt.date(2014, 1, 1), end=dt.date(2014, 12, 31))
    assert list(evidence.offers(ward.head, duty)) == []
    actions.reopen(actor=ward.head, roster=roster, version=roster.version, reason="补排派驻人员")
    roster = ward.put(roster, ward.posted, 7, ward.clinic)
    assert evidence.resolve(ward.head, duty, str(roster.pk)) is None  # not published
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    (offer,) = evidence.offers(ward.head, duty)
    found = evidence.resolve(ward.head, duty, offer.reference)
    assert found is not None
    assert (found.on, found.quantity) == (MONTH, 1)
    for wrong in ("x", "", "9" * 30, str(10**9)):
        assert evidence.resolve(ward.head, duty, wrong) is None
    assert queries.rosters(ward.head).get().posted == 1


def test_working_out_begins_from_the_draft_and_shows_what_it_changed(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SECONDS", 4.0)
    roster = ward.put(ward.roster(), ward.own[0], 5, ward.night)
    actions.request_solution(actor=ward.head, roster=roster)
    jobs.work_out_roster.func(roster.pk)
    roster.refresh_from_db()
    assert len(roster.changes) == Duty.objects.count() - 1  # one was there: settled
    before, cost = set(Duty.objects.values_list("person", "day", "shift")), roster.cost
    jobs.work_out_roster.func(roster.pk)
    roster.refresh_from_db()
    assert cost is not None
    assert roster.cost is not None
    assert roster.cost <= cost  # from the draft: never worse
    if roster.cost == cost:  # nothing is moved for nothing
        assert roster.changes == []
        assert set(Duty.objects.values_list("person", "day", "shift")) == before
    before = set(Duty.objects.values_list("person", "day", "shift"))
    away = {may(day) for day in range(12, 18)}
    Leave.objects.create(
        posting=ward.posting, home_path="", host_path="", first_day=may(12), last_day=may(17), reason="家事"
    )
    Duty.objects.filter(person=ward.own[1], day=may(20)).update(fixed=True)
    settled = set(Duty.objects.filter(fixed=True).values_list("person", "day", "shift"))
    jobs.work_out_roster.func(roster.pk)
    roster.refresh_from_db()
    after = set(Duty.objects.values_list("person", "day", "shift"))
    assert settled <= after
    assert not {day for person, day, _shift in after if person == ward.posted.pk} & away
    told = {(person, dt.date.fromisoformat(day), one, two) for person, day, one, two in roster.changes}
    assert {(person, day) for person, day, _one, _two in told} == {
        (person, day) for person, day, _shift in before ^ after
    }
    for person, day, one, two in told:
        assert ((person, day, one) in before) is (one is not None)
        assert ((person, day, two) in after) is (two is not None)
    Job.objects.update(state="done", finished_at=timezone.now())
    page = client(ward.head).get(reverse("rosters:detail", args=[roster.pk])).content.decode()
    assert f"上次生成改动了 {len(told)} 格" in page
    assert page.count("dk-roster-changed") == len(told)


def test_a_cell_by_hand_may_be_left_open(ward: Ward) -> None:
    roster = ward.roster()
    head, url = client(ward.head), cell(roster, ward.own[0], 5)
    assert head.post(url, {"shift": ward.clinic.pk, "version": 1}).status_code == 302
    assert not Duty.objects.get().fixed
    assert head.post(url, {"shift": ward.clinic.pk, "fixed": "on", "version": 2}).status_code == 302
    assert Duty.objects.get().fixed
    page = head.get(reverse("rosters:detail", args=[roster.pk])).content.decode()
    assert "门诊（锁定）" in page
    assert page.count("dk-roster-fixed") == 1


def may(day: int) -> dt.date:
    return MONTH.replace(day=day)


def test_the_lawful_part_of_a_draft_is_lawful_and_keeps_what_is_settled(ward: Ward) -> None:
    roster = ward.roster()
    for person, day, shift in (
        (ward.own[0], 5, ward.night),
        (ward.own[0], 6, ward.clinic),  # the day after a duty
        (ward.own[1], 5, ward.clinic),
        (ward.posted, 8, ward.ward),
    ):
        roster = ward.put(roster, person, day, shift)
    Duty.objects.exclude(person=ward.own[0], day=may(6)).update(fixed=False)
    sheet = sheet_of(roster)
    problem = drafts.problem_to_solve(sheet)
    assert len(problem.fixed) == 1
    left = drafts.lawful_part(problem, sheet.assignments)
    assert not [one for one in engine.check(problem, left) if one.hard]
    assert {(one.day, one.shift) for one in set(sheet.assignments) - set(left)} == {(4, str(ward.night.pk))}
    Duty.objects.update(fixed=True)
    sheet = sheet_of(roster)
    assert drafts.lawful_part(drafts.problem_to_solve(sheet), sheet.assignments) == ()
    cheap = engine.Solution((), 10**6, 0, 0.1)
    assert drafts.settled(problem, left, cheap).roster == left
    assert drafts.settled(problem, (), cheap) is cheap


def test_leave_after_publishing_is_a_conflict_at_once_and_listed_for_the_head(ward: Ward) -> None:
    from duikou.core.scope import SYSTEM
    from duikou.wings.postings import actions as posting_actions

    roster = ward.put(ward.roster(), ward.posted, 7, ward.clinic)
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    head, listed = client(ward.head), f"{reverse('rosters:list')}?away=yes"
    assert "请假或已离岗" not in head.get(reverse("home")).content.decode()
    assert "2014-05" not in head.get(listed).content.decode()
    leave = posting_actions.take_leave(
        actor=SYSTEM, stay=ward.posting, first_day=may(6), last_day=may(8), reason="家事"
    )
    page = head.get(reverse("rosters:detail", args=[roster.pk])).content.decode()
    assert "必须解决的冲突" in page
    assert page.count("dk-roster-bad") == 1
    assert "张已发布的排班表上有人请假或已离岗" in head.get(reverse("home")).content.decode()
    assert "2014-05" in head.get(listed).content.decode()
    assert [one.pk for one in waiting.away(ward.head)] == [Duty.objects.get().pk]
    posting_actions.withdraw_leave(actor=SYSTEM, leave=leave, reason="未休")
    assert not waiting.away(ward.head)
    ward.posting.refresh_from_db()
    posting_actions.end(actor=SYSTEM, stay=ward.posting, on=may(5), reason="调回")
    assert [one.day for one in waiting.away(ward.head)] == [may(7)]
    assert "必须解决的冲突" in head.get(reverse("rosters:detail", args=[roster.pk])).content.decode()


def test_a_roster_is_found_by_its_department_and_month(ward: Ward) -> None:
    roster = ward.put(ward.roster(), ward.own[0], 5, ward.clinic)
    search.rebuild()
    url = reverse("rosters:detail", args=[roster.pk])
    for words in ("演示心内科", "2014-05"):
        assert url in client(ward.head).get(reverse("search"), {"q": words}).content.decode()
    user = User.objects.create(username="sender")
    RoleGrant.objects.create(
        user=user, role="hospital_liaison", org=ward.pairing.supporter.org, valid_from=dt.date(2014, 1, 1)
    )
    assert url not in client(user).get(reverse("search"), {"q": "演示心内科"}).content.decode()
