"""The what-if session: every edit gives what a cold solve of the edited problem gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.pairing.optimise import session as sessions
from duikou.engines.pairing.optimise.lexicographic import solve_network
from duikou.engines.pairing.optimise.model import BadProblem, Plan, Problem, Status
from duikou.engines.pairing.optimise.session import Session
from tests.examples import examples
from tests.unit.engines.optimise.invented import round_of
from tests.unit.engines.optimise.strategies import edits, enlarged, problems


def same(warm: Plan, cold: Plan) -> None:
    """Compare all that does not depend on how a plan was found."""
    assert warm.status is cold.status
    assert warm.chosen.tolist() == cold.chosen.tolist()
    assert warm.values == cold.values
    assert warm.breaches == cold.breaches


@settings(max_examples=examples(400), deadline=None)
@given(st.data())
def test_an_edited_plan_is_the_plan_of_the_edited_problem(data: st.DataObject):
    factor = data.draw(st.sampled_from((1, 1 << 24)))  # one stage or several
    session = Session(enlarged(data.draw(problems()), factor))
    for _ in range(3):
        before = session.plan
        edit = data.draw(edits(session.problem))
        expected = session.problem.edited(**edit)
        plan = session.edit(**edit)
        same(plan, solve_network(expected))
        gone, come = session.difference.dropped.tolist(), session.difference.added.tolist()
        assert sorted(set(before.chosen.tolist()) - set(gone) | set(come)) == plan.chosen.tolist()


@pytest.mark.parametrize("seed", range(4))
def test_a_long_session_stays_exact(seed: int):
    session = Session(round_of(seed, supporters=12, recipients=30, offers=6))
    for step, index in enumerate(range(seed, len(session.problem.candidates), 5)):
        lock, forbid, free = ((index,), (), ()), ((), (index,), ()), ((), (), (index - 5,))
        plan = session.edit(*((lock, forbid, free)[step % 3] if index >= 5 else lock))
        same(plan, solve_network(session.problem))


def test_a_session_outlives_a_contradiction():
    session = Session(round_of(1, supporters=3, recipients=6, offers=3, ceiling=2))
    first = session.plan
    crowded = [index for index, s in enumerate(session.problem.candidates.supporter) if s == 0]
    assert session.edit(lock=crowded).status is Status.INFEASIBLE
    assert session.difference.values == ()
    same(session.edit(free=crowded), first)


def test_a_session_may_begin_with_a_contradiction():
    problem = round_of(1, supporters=3, recipients=6, offers=3)
    stuck = problem.edited(lock=[0])
    stuck.candidates.forbidden[0] = True
    session = Session(stuck)
    assert session.plan.status is Status.INFEASIBLE
    same(session.edit(free=[0]), solve_network(problem))


def test_many_edits_build_the_network_anew(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sessions, "EDITS", 3)
    session = Session(round_of(2, supporters=4, recipients=8, offers=4))
    for index in range(9):
        same(session.edit(forbid=[index]), solve_network(session.problem))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"lock": [-1]}, "0 to 31 but is -1"),
        ({"forbid": [3, 32]}, "0 to 31 but is 32"),
        ({"lock": [4], "forbid": [4]}, "number 4"),
        ({"free": [4], "forbid": [5, 4]}, "number 4"),
    ],
)
def test_it_refuses_a_wrong_edit(edit: dict[str, list[int]], words: str):
    session = Session(round_of(2, supporters=4, recipients=8, offers=4))
    with pytest.raises(BadProblem) as refusal:
        session.edit(**edit)
    assert words in refusal.value.message.en
    assert "候选" in refusal.value.message.zh
    same(session.edit(), solve_network(session.problem))


def test_an_answer_without_proof_is_not_believed(monkeypatch: pytest.MonkeyPatch):
    problem = round_of(3, supporters=4, recipients=8, offers=4)
    session = Session(problem)
    with monkeypatch.context() as patch:
        patch.setattr(sessions.flows, "proves", lambda *_: False)
        assert session.edit(lock=[1]).status is Status.FAILED
    same(session.edit(lock=[2]), solve_network(problem.edited(lock=[1, 2])))


def test_levels_too_large_for_warm_solves_are_solved_cold(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sessions, "EDITS", 1 << 59)
    problem: Problem = round_of(3, supporters=4, recipients=8, offers=4)
    session = Session(problem)
    same(session.edit(lock=[1]), solve_network(problem.edited(lock=[1])))
