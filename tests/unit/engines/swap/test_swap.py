"""What a swap plan promises, on small cases that one can follow by eye."""

from __future__ import annotations

from dataclasses import replace

import pytest

from duikou.engines.swap import (
    BadProblem,
    Department,
    Person,
    Place,
    Problem,
    Status,
    Stay,
    Way,
    breaches_of,
    plan,
    value_of,
)
from duikou.engines.swap.explain import why_gap, why_short, why_stay
from duikou.engines.swap.repair import repair
from tests.bench.swap_instances import hospital

MONTHS = 12
ALWAYS = (True,) * MONTHS


def department(key: str, staff: int, minimum: int) -> Department:
    return Department(key, key, (staff,) * MONTHS, (minimum,) * MONTHS)


def doctor(key: str, **values: object) -> Person:
    fields = {"free": ALWAYS, "rest": 6, "grade": 3, **values}
    return Person(key, key, Way.DOWN, "心内科", "cardiology", **fields)  # type: ignore[arg-type]


def trainee(key: str, **values: object) -> Person:
    fields = {"free": ALWAYS, "rest": MONTHS, "grade": 1, "due": True, **values}
    return Person(key, key, Way.UP, "县心内科", "cardiology", **fields)  # type: ignore[arg-type]


POST = Place("post", "县心内科岗位", Way.DOWN, "县心内科", "cardiology", 3, (1,) * MONTHS, lengths=(3, 6, 12))
SEAT = Place(
    "seat", "进修名额", Way.UP, "心内科", "cardiology", 1, (1,) * MONTHS,
    priority=0, lengths=(6,), counts=False,
)  # fmt: skip


def case(*persons: Person, upper: int = 6, lower: int = 4, **values: object) -> Problem:
    return Problem(
        MONTHS,
        (department("心内科", upper, 5), department("县心内科", lower, 4)),
        persons,
        (POST, SEAT),
        first=(2014, 1),
        **values,  # type: ignore[arg-type]
    )


def test_a_trainee_goes_only_while_a_doctor_replaces_the_trainee() -> None:
    found = plan(case(doctor("甲", free=tuple(month >= 6 for month in range(MONTHS))), trainee("丙")))
    (up,) = [stay for stay in found.stays if stay.person == "丙"]
    assert found.status is Status.OPTIMAL
    assert up == Stay("丙", "seat", 6, 6)
    assert breaches_of(case(doctor("甲"), trainee("丙")), found.stays) == ()


def test_without_a_doctor_the_trainee_stays() -> None:
    found = plan(case(trainee("丙")))
    assert found.stays == ()
    assert found.value.unserved == 600
    assert found.shortages == ()


def test_the_home_department_keeps_its_minimum() -> None:
    found = plan(case(doctor("甲"), doctor("乙"), upper=5))
    assert found.stays == ()
    text, others = why_gap(case(doctor("甲"), upper=5), found.stays, found.gaps[0])
    assert "缺 1 人" in text.zh
    assert "低于最低人数" in others[0].text.zh


def test_batches_follow_each_other_and_work_together_for_some_days() -> None:
    found = plan(case(doctor("甲", share=6), doctor("乙", share=6), upper=7))
    assert [(stay.start, stay.months) for stay in sorted(found.stays, key=lambda one: one.start)] == [
        (0, 6),
        (6, 6),
    ]
    (handover,) = found.handovers
    assert (handover.place, handover.month, handover.days) == ("post", 6, 7)
    assert {handover.leaver, handover.successor} == {"甲", "乙"}


def test_nobody_stays_longer_for_a_hand_over_that_the_home_department_cannot_afford() -> None:
    assert plan(case(doctor("甲", share=6), doctor("乙", share=6), upper=6)).handovers == ()


def test_a_shortage_that_no_plan_avoids_is_proved_and_explained() -> None:
    problem = case(doctor("甲"), lower=2)
    found = plan(problem)
    assert found.status is Status.SHORT
    assert {(one.department, one.present) for one in found.shortages} == {("县心内科", 3)}
    told = [text.zh for text in why_short(problem, found.stays, found.shortages[0])]
    assert "县心内科在 2014-01 只有 3 人，最低 4 人" in told[0]
    assert "自有在岗 2 人" in told[1]
    assert "岗位已全部到位" in told[2]


def test_a_shortage_names_who_could_have_come() -> None:
    problem = case(doctor("甲", free=(False,) * MONTHS), lower=3)
    told = [text.zh for text in why_short(problem, (), plan(problem).shortages[0])]
    assert "甲：2014-01 不能外出。" in told


def test_a_stay_says_why_it_is_not_somebody_else() -> None:
    problem = case(doctor("甲"), doctor("乙", grade=1), upper=7)
    found = plan(problem)
    (stay,) = found.stays
    text, others = why_stay(problem, found.stays, stay)
    assert "职称达到要求" in text.zh
    assert [(other.person, "低一级以上" in other.text.zh) for other in others] == [("乙", True)]


def test_agreed_stays_are_part_of_every_plan() -> None:
    agreed = Stay("乙", "post", 2, 5)  # of a length that nobody would plan
    found = plan(case(doctor("甲"), doctor("乙"), fixed=(agreed,)))
    assert agreed in found.stays


def test_an_absence_moves_as_few_stays_as_possible() -> None:
    problem = case(doctor("甲", share=6), doctor("乙", share=6), doctor("丁", share=6), upper=7)
    before = plan(problem)
    first, second = sorted(before.stays, key=lambda stay: stay.start)
    after = repair(problem, before.stays, first.person, 3, 11)
    assert Stay(first.person, "post", 0, 3) in after.stays
    assert second in after.stays
    assert len(after.gaps) == 0
    assert after.status is Status.OPTIMAL


def test_each_broken_rule_of_an_edited_plan_is_named() -> None:
    problem = case(doctor("甲", free=(False, *ALWAYS[1:])), doctor("乙", grade=1), trainee("丙"), upper=6)
    stays = (
        Stay("甲", "post", 0, 3),
        Stay("甲", "post", 4, 4),
        Stay("乙", "post", 4, 12),
        Stay("丙", "post", 2, 3),
    )
    found = breaches_of(problem, stays)
    assert {breach.rule for breach in found} == {
        "free",
        "rest",
        "length",
        "horizon",
        "fit",
        "full",
        "minimum",
    }
    assert all(breach.text.zh and breach.text.en for breach in found)
    twice = breaches_of(problem, (Stay("甲", "post", 3, 3), Stay("甲", "post", 5, 3)))
    assert "overlap" in {breach.rule for breach in twice}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"months": 0}, "0 个月"),
        ({"persons": (doctor("甲"), doctor("甲"))}, "出现两次"),
        ({"persons": (doctor("甲", free=(True,)),)}, "1 个月的数"),
        ({"persons": (doctor("甲", rest=-1),)}, "小于 0"),
        ({"places": (replace(POST, lengths=()),)}, "没有写明每段几个月"),
        ({"places": (replace(POST, wanted=(-1,) * MONTHS),)}, "小于 0"),
        ({"departments": (department("心内科", 1, -1),)}, "小于 0"),
        ({"fixed": (Stay("某", "post", 0, 3),)}, "不在方案内"),
        ({"fixed": (Stay("甲", "post", 11, 3),)}, "超出方案期"),
        ({"fixed": (Stay("甲", "post", 0, 3), Stay("甲", "post", 2, 3))}, "同时安排"),
    ],
)
def test_input_without_sense_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(BadProblem) as refused:
        plan(replace(case(doctor("甲")), **change))
    assert said in refused.value.text.zh
    assert refused.value.text.en


def test_a_weight_below_zero_is_refused() -> None:
    problem = case(doctor("甲"))
    with pytest.raises(BadProblem) as refused:
        plan(replace(problem, weights=replace(problem.weights, dislike=-50)))
    assert "不小于 0 的整数" in refused.value.text.zh
    assert "not below 0" in refused.value.text.en


def test_what_is_proved_is_proved_for_the_weights_as_they_are_stated() -> None:
    problem = case(doctor("甲", dislikes={"post": 1}), doctor("乙"), upper=6)
    for dislike in (7, 1):
        found = plan(replace(problem, weights=replace(problem.weights, dislike=dislike)))
        assert found.status is Status.OPTIMAL
        assert found.bound == found.value.total
        assert {stay.person for stay in found.stays} == {"乙"}


def test_without_time_there_is_a_plan_a_bound_and_no_claim() -> None:
    problem = hospital(0, 16, 6)
    found = plan(problem, seconds=0)
    assert found.status is Status.FEASIBLE
    assert found.bound < found.value.total
    assert found.bound <= plan(problem).value.total
    assert breaches_of(problem, found.stays) == ()


def test_equal_input_gives_an_equal_plan() -> None:
    problem = case(doctor("甲", share=6), doctor("乙", share=6), trainee("丙"), upper=7)
    assert plan(problem).stays == plan(problem).stays


def test_the_value_is_the_sum_of_its_parts() -> None:
    problem = case(doctor("甲", grade=2, share=6, dislikes={"post": 2}), upper=7)
    value = value_of(problem, (Stay("甲", "post", 0, 12),))
    assert (value.gap, value.grade, value.unfair, value.change, value.dislike) == (0, 1200, 300, 50, 100)
    assert value.total == 1650
