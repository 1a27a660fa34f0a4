"""What a plan of consultations promises, on small cases that one can follow by eye."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from duikou.engines.scheduling import (
    BadProblem,
    Expert,
    Meeting,
    Plan,
    Problem,
    Request,
    Seat,
    Status,
    answer,
    breaches_of,
    plan,
    value_of,
)
from duikou.engines.scheduling.explain import why_meeting, why_none
from duikou.engines.scheduling.master import FAR, Found, Master
from duikou.engines.scheduling.repair import absent, joined
from duikou.engines.text import Text
from tests.bench.scheduling_instances import province

QUARTERS = 96
NINE = 36


def day(number: int, first: int = NINE, last: int = NINE + 12) -> tuple[int, int]:
    return number * QUARTERS + first, number * QUARTERS + last


def expert(key: str, *free: tuple[int, int], **values: object) -> Expert:
    fields = {"hospital": "浙大附一", "specialties": frozenset({"心内科"}), "grade": 3, "most": 4, **values}
    return Expert(key, key, free=free or (day(0), day(1)), **fields)  # type: ignore[arg-type]


def request(key: str, **values: object) -> Request:
    fields = {"seats": (Seat("心内科", 3),), "length": 2, "release": 0, "due": 5 * QUARTERS, **values}
    return Request(key, key, **fields)  # type: ignore[arg-type]


def case(*parts: Expert | Request, **values: object) -> Problem:
    return Problem(
        dt.date(2026, 11, 30),
        5,
        QUARTERS,
        tuple(part for part in parts if isinstance(part, Expert)),
        tuple(part for part in parts if isinstance(part, Request)),
        **values,  # type: ignore[arg-type]
    )


def test_the_most_urgent_comes_first_and_nobody_waits_without_need() -> None:
    problem = case(expert("张", day(0, NINE, NINE + 2), day(1)), request("急", urgency=5), request("平"))
    found = plan(problem)
    assert found.status is Status.OPTIMAL
    assert {one.request: problem.label(one.start) for one in found.meetings} == {
        "急": "2026-11-30 09:00",
        "平": "2026-12-01 09:00",
    }
    assert found.value.waiting == 20


def test_pairing_continuity_and_title_decide_between_experts() -> None:
    mine, theirs = expert("张"), expert("李", hospital="省二院")
    assert plan(case(theirs, mine, request("甲", hospital="浙大附一"))).meetings[0].experts == ("张",)
    # 100 points for continuity outweigh 60 for the pairing.
    known = request("甲", hospital="浙大附一", earlier="李")
    assert plan(case(theirs, mine, known)).meetings[0].experts == ("李",)
    low = expert("王", grade=2)
    assert plan(case(low, mine, request("甲"))).meetings[0].experts == ("张",)


def test_a_round_has_all_its_experts_at_the_same_hour() -> None:
    surgeon = expert("王", day(0, NINE + 6, NINE + 9), specialties=frozenset({"外科"}))
    round_ = request("大会诊", seats=(Seat("心内科", 3), Seat("外科", 3)))
    problem = case(expert("张"), surgeon, round_, request("甲", urgency=5))
    found = plan(problem)
    assert not breaches_of(problem, found.meetings)
    (meeting,) = [one for one in found.meetings if one.request == "大会诊"]
    assert meeting.experts == ("张", "王")
    assert NINE + 6 <= meeting.start <= NINE + 7


def test_load_is_spread_where_it_costs_nothing_else() -> None:
    problem = case(expert("张", share=2), expert("李", share=2), *(request(f"申请{at}") for at in range(4)))
    found = plan(problem)
    assert found.value.total == 0
    assert sorted(one.experts[0] for one in found.meetings) == ["张", "张", "李", "李"]


def test_buffer_and_daily_number_hold() -> None:
    busy = expert("张", day(0, NINE, NINE + 12), most=2, buffer=1)
    problem = case(busy, *(request(f"申请{at}") for at in range(3)))
    found = plan(problem)
    assert len(found.unserved) == 1
    assert found.meetings[1].start - found.meetings[0].start >= 3
    _, others = why_none(problem, found.meetings, problem.requests[int(found.unserved[0][-1])])
    assert "每日 2 次" in others[0].text.zh


def test_what_is_fixed_stands_and_what_is_published_moves_only_for_a_price() -> None:
    announced = Meeting("甲", NINE + 4, ("张",))
    problem = case(expert("张"), request("甲"), request("乙", urgency=9), fixed=(announced,))
    assert announced in plan(problem).meetings
    known = replace(problem, fixed=(), published=(announced,))
    assert announced in plan(known).meetings
    gone = replace(known, experts=(expert("张", day(1)),))
    assert plan(gone).value.moved == 200


def test_every_request_is_explained() -> None:
    problem = case(
        expert("张", day(0, NINE, NINE + 2)),
        expert("李", day(3)),
        expert("赵", grade=1),
        expert("钱", day(0, NINE, NINE + 1)),
        expert("孙", day(0)),
        request("急", due=QUARTERS, urgency=9),
        request("也急", due=QUARTERS),
        request("无人", seats=(Seat("病理科", 3),)),
        forbidden=frozenset({("也急", "孙"), ("急", "孙")}),
    )
    found = plan(problem)
    assert found.unserved == ("也急", "无人")
    _, others = why_none(problem, found.meetings, problem.requests[1])
    told = {other.expert: other.text.zh for other in others}
    assert "占用（急）" in told["张"]
    assert "没有开放时段" in told["李"]
    assert "职称" in told["赵"]
    assert "不足 30 分钟" in told["钱"]
    assert "已排除" in told["孙"]
    text, nobody = why_none(problem, found.meetings, problem.requests[2])
    assert "没有专家" in text.zh
    assert not nobody
    text, others = why_meeting(problem, found.meetings, found.meetings[0])
    assert "2026-11-30 09:00" in text.zh
    assert len(others) == 4


def test_another_expert_is_answered_with_a_price() -> None:
    problem = case(expert("张"), expert("李", hospital="省二院"), request("甲", hospital="浙大附一"))
    found = plan(problem)
    _, (other,) = why_meeting(problem, found.meetings, found.meetings[0])
    assert "多 60 分" in other.text.zh
    by_hand = (Meeting("甲", NINE, ("李",)),)
    _, (other,) = why_meeting(problem, by_hand, by_hand[0])
    assert "少 60 分" in other.text.zh


def test_an_absence_moves_only_those_whom_it_concerns() -> None:
    problem = province(0, experts=30, requests=120, weeks=2)
    found = plan(problem)
    meeting = found.meetings[20]
    start, _ = divmod(meeting.start, QUARTERS)
    after = absent(problem, found.meetings, meeting.experts[0], start * QUARTERS, (start + 1) * QUARTERS)
    moved = {one.request for one in found.meetings} & {
        one.request for one in set(after.plan.meetings) - set(found.meetings)
    }
    assert meeting.request in after.again
    assert moved <= set(after.again)
    assert len(after.again) < 60
    assert not breaches_of(after.problem, after.plan.meetings)


def test_an_urgent_request_that_joins_makes_room_for_itself() -> None:
    problem = case(expert("张", day(0, NINE, NINE + 2), day(1)), request("平"))
    before = plan(problem).meetings
    wider = replace(problem, requests=(*problem.requests, request("急", due=QUARTERS, urgency=5)))
    after = joined(wider, before, "急", 0)
    assert {one.request: problem.day_of(one.start) for one in after.plan.meetings} == {"急": 0, "平": 1}
    assert set(after.again) == {"急", "平"}
    begun = joined(wider, before, "急", NINE + 1)
    assert begun.plan.unserved == ("急",)


def test_equal_input_gives_an_equal_plan_also_from_another_process() -> None:
    problem = province(1, experts=20, requests=60, weeks=1)
    work = pickle.loads(pickle.dumps(partial(answer, problem, seconds=60)))
    found = work()
    assert isinstance(found, Plan)
    assert found.meetings == plan(problem).meetings


def test_a_plan_without_time_is_lawful_and_says_that_it_is_not_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What the program answers when its time is over, on however quick a machine.
    over = Found(None, FAR, -FAR, whole=True)
    monkeypatch.setattr(Master, "solve", lambda self, seconds: over)
    problem = province(0, experts=60, requests=300, weeks=2)
    found = plan(problem)
    assert found.status is Status.FEASIBLE
    assert found.bound < found.value.total
    assert found.value == value_of(problem, found.meetings)
    assert not breaches_of(problem, found.meetings)
    assert len(found.unserved) < 60


def test_time_is_translated() -> None:
    problem = case()
    assert problem.cell_of(dt.datetime(2026, 12, 1, 9, 30)) == QUARTERS + 38
    assert problem.time_of(QUARTERS + 38) == dt.datetime(2026, 12, 1, 9, 30)


@pytest.mark.parametrize(
    ("meeting", "rule"),
    [
        (Meeting("甲", -1, ("张",)), "horizon"),
        (Meeting("甲", NINE, ("张",)), "release"),
        (Meeting("甲", 2 * QUARTERS + NINE, ("张",)), "due"),
        (Meeting("甲", QUARTERS + NINE, ("张", "李")), "seats"),
        (Meeting("甲", QUARTERS + NINE, ("李",)), "fit"),
        (Meeting("甲", QUARTERS + NINE, ("赵",)), "forbidden"),
        (Meeting("甲", QUARTERS + NINE + 11, ("张",)), "free"),
        (Meeting("甲", QUARTERS + NINE + 1, ("张",)), "overlap"),
        (Meeting("甲", QUARTERS + NINE + 2, ("张",)), "buffer"),
        (Meeting("甲", QUARTERS + NINE + 6, ("张",)), "most"),
        (Meeting("乙", QUARTERS + NINE + 6, ("张",)), "twice"),
    ],
)
def test_every_rule_that_an_edit_breaks_is_named(meeting: Meeting, rule: str) -> None:
    problem = case(
        expert("张", buffer=2, most=1),
        expert("李", specialties=frozenset({"外科"})),
        expert("赵"),
        request("甲", release=QUARTERS, due=2 * QUARTERS),
        request("乙"),
        forbidden=frozenset({("甲", "赵")}),
    )
    found = breaches_of(problem, [Meeting("乙", QUARTERS + NINE, ("张",)), meeting])
    assert rule in {one.rule for one in found}
    assert all(one.text.zh and one.text.en for one in found)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda one: replace(one, days=0), "天数至少为 1"),
        (lambda one: replace(one, per_day=7), "整分钟"),
        (lambda one: replace(one, experts=(expert("张"), expert("张"))), "出现两次"),
        (lambda one: replace(one, requests=(request("甲"), request("甲"))), "出现两次"),
        (lambda one: replace(one, fixed=(Meeting("甲", 0, ("张",)),) * 2), "出现两次"),
        (lambda one: replace(one, experts=(expert("张", most=-1),)), "小于 0"),
        (lambda one: replace(one, experts=(expert("张", (5, 5)),)), "开放时段"),
        (lambda one: replace(one, experts=(expert("张", (90, 100)),)), "开放时段"),
        (lambda one: replace(one, experts=(expert("张", (470, 490)),)), "开放时段"),
        (lambda one: replace(one, requests=(request("甲", seats=()),)), "至少一名专家"),
        (lambda one: replace(one, requests=(request("甲", length=0),)), "至少一格"),
        (lambda one: replace(one, requests=(request("甲", release=9, due=10),)), "不足会诊时长"),
        (lambda one: replace(one, fixed=(Meeting("丙", 0, ("张",)),)), "不在排期内"),
        (lambda one: replace(one, published=(Meeting("甲", 0, ("李",)),)), "不在排期内"),
        (lambda one: replace(one, published=(Meeting("甲", 0, ()),)), "需要 1 名"),
        (lambda one: replace(one, weights=replace(one.weights, waiting=-1)), "不小于 0"),
    ],
)
def test_input_without_sense_is_refused_in_words(spoil: Callable[[Problem], Problem], words: str) -> None:
    problem = spoil(case(expert("张"), request("甲")))
    with pytest.raises(BadProblem) as refused:
        plan(problem)
    assert words in refused.value.text.zh
    told = answer(problem)
    assert isinstance(told, Text)
    assert told.en
