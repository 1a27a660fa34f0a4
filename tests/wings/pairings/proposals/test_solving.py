"""Solving a proposal: what is kept of it, and that nothing is kept of what went wrong."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, Denied
from duikou.core.models import AuditEvent
from duikou.engines.pairing.optimise.model import Status
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings import desk, jobs, plan_rows
from duikou.wings.pairings.actions import solving
from duikou.wings.pairings.actions.proposals import (
    close_hospital,
    create_proposal,
    edit_pairs,
    set_settings,
)
from duikou.wings.pairings.actions.solving import solve_proposal
from duikou.wings.pairings.models import (
    Declaration,
    Pairing,
    Proposal,
    ProposalPair,
    ProposalResult,
    Round,
)
from duikou.wings.pairings.queries.proposals import summary

pytestmark = pytest.mark.django_db
ROUND = "zhejiang-2014"


def row(at: int = 0, **conditions: str) -> Pairing:
    return Pairing.objects.filter(**conditions).order_by("position")[at]


def pair(row: Pairing) -> tuple[str, str]:
    return row.supporter.key, row.recipient.key


def test_the_real_round_is_proved(planner, solved):
    result = solved.result
    assert (result.status, result.verified) == ("optimal", True)
    assert all(level["value"] == level["bound"] for level in result.levels)
    assert result.figures["changes"] == {"kept": 130, "added": 23, "dropped": 35}
    assert result.figures["after"]["counties"] == {
        "total": 56, "covered": 56, "uncovered": [], "in_city_table": 56,
    }  # fmt: skip
    assert sorted(result.figures["before"]["counties"]["uncovered"]) == ["天台县", "长兴县"]
    assert ProposalPair.objects.filter(proposal=solved).count() == 130 + 23 + 35
    assert not summary(planner, solved.pk).stale
    event = AuditEvent.objects.get(action="proposal.solve")
    assert event.after["status"] == "optimal"


def test_every_pair_says_why_and_what_it_is(solved):
    rows = list(ProposalPair.objects.filter(proposal=solved).select_related("pairing"))
    for one in rows:
        assert one.reason["zh"], one
        assert one.reason["en"], one
        assert one.county, one
        assert one.authority_path, one
        assert (one.pairing is None) == (one.change == "added")
        if one.pairing:
            assert (one.supporter_id, one.recipient_id) == (
                one.pairing.supporter_id,
                one.pairing.recipient_id,
            )
    nameless = [one for one in rows if one.recipient_id is None]
    assert {one.county for one in nameless} == {"长兴县", "天台县"}


def test_locks_and_prohibitions_hold(planner, draft):
    kept, gone = row(table="1"), row(table="1", at=4)
    edit_pairs(actor=planner, proposal=draft, lock=[pair(kept)], forbid=[pair(gone)], reason="商定")
    solve_proposal(actor=planner, proposal=draft)
    found = {(p.supporter_key, p.recipient_key): p for p in draft.pairs.all()}
    assert (found[pair(kept)].change, found[pair(kept)].locked) == ("kept", True)
    assert found[pair(gone)].change == "dropped"
    assert found[pair(gone)].reason["zh"].startswith("按您的禁止")


def test_a_lock_outside_the_candidates_holds(planner, draft):
    """A municipal supporter may be locked to another city's hospital, though nobody would propose it."""
    giver, taker = row(group="杭州市").supporter, row(group="宁波市").recipient
    edit_pairs(actor=planner, proposal=draft, lock=[(giver.key, taker.key)], reason="两市商定")
    solve_proposal(actor=planner, proposal=draft)
    found = draft.pairs.get(supporter_key=giver.key, recipient_key=taker.key)
    assert (found.change, found.locked, found.group) == ("added", True, "杭州市")


def test_rows_taken_over_are_those_made_anew(planner, draft, django_capture_on_commit_callbacks):
    """After each of many edits: the rows in memory, in the database and made from nothing are the same."""
    chance = random.Random(7)
    places = [pair(one) for one in Pairing.objects.filter(round__key=ROUND).order_by("position")]
    for number in range(12):
        with django_capture_on_commit_callbacks(execute=True):
            if number:
                kind = chance.choice(("lock", "forbid"))
                edit_pairs(actor=planner, proposal=draft, reason="推演", **{kind: [chance.choice(places)]})
            solved = solve_proposal(actor=planner, proposal=draft)
        stamp, kept = plan_rows.recall(draft.pk)
        assert stamp == (solved.result.pk, solved.result.solved_at)
        assert number == 0 or len(kept.concerned) < len(kept.rows) / 2
        base, problem = desk.problem_for(draft)
        anew = plan_rows.plan_rows(list(draft.edits.all()), base, problem, solving.best_plan(base, problem))
        assert kept.rows == anew.rows
        columns = list(next(iter(kept.rows.values())))
        stored = [dict(zip(columns, values, strict=True)) for values in draft.pairs.values_list(*columns)]
        assert {plan_rows.pair_of(one): one for one in stored} == kept.rows


def test_what_is_remembered_never_hides_what_another_process_wrote(
    planner, draft, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        solve_proposal(actor=planner, proposal=draft)
    draft.pairs.filter(change="kept").update(county="别处")
    ProposalResult.objects.filter(proposal=draft).update(solved_at=timezone.now())
    solve_proposal(actor=planner, proposal=draft)
    assert not draft.pairs.filter(county="别处").exists()


def test_solving_again_writes_only_what_differs(planner, solved):
    before = (
        dict(solved.pairs.values_list("supporter_key", "pk")),
        set(solved.pairs.values_list("pk", flat=True)),
    )
    gone = row(table="1", at=4)
    edit_pairs(actor=planner, proposal=solved, forbid=[pair(gone)], reason="不再安排")
    solve_proposal(actor=planner, proposal=solved)
    after = set(solved.pairs.values_list("pk", flat=True))
    assert len(before[1] & after) > 150
    assert summary(planner, solved.pk).current


def test_a_closed_hospital_loses_its_pairs(planner, draft):
    closed = row(table="1").supporter
    close_hospital(actor=planner, proposal=draft, hospital=closed.key, reason="拟合并")
    solve_proposal(actor=planner, proposal=draft)
    rows = draft.pairs.filter(supporter_key=closed.key)
    assert rows.count() == Pairing.objects.filter(supporter=closed).count()
    assert set(rows.values_list("change", flat=True)) == {"dropped"}
    assert "关闭" in rows[0].reason["zh"]
    assert rows[0].supporter_id == closed.pk


def test_a_city_changes_its_own_table_only(hangzhou):
    made = create_proposal(actor=hangzhou, round_key=ROUND, name="杭州")
    solve_proposal(actor=hangzhou, proposal=made)
    assert made.result.verified
    changed = made.pairs.exclude(change="kept")
    assert changed.exists()
    assert set(changed.values_list("authority_path", flat=True)) == {hangzhou.home.path}
    assert made.pairs.filter(table="1").exclude(change="kept").count() == 0


def test_contradictory_wishes_are_told(planner, draft):
    set_settings(actor=planner, proposal=draft, values={"max_changes": 0})
    edit_pairs(actor=planner, proposal=draft, forbid=[pair(row(table="1"))], reason="不再安排")
    result = solve_proposal(actor=planner, proposal=draft).result
    assert (result.status, result.has_plan) == ("infeasible", False)
    assert not draft.pairs.exists()
    assert not summary(planner, draft.pk).current


def test_declared_needs_count(planner, draft):
    giver, taker = row(table="1").supporter, row(table="1").recipient
    for hospital, kind in ((giver, "strength"), (taker, "need")):
        Declaration.objects.create(
            hospital=hospital, year=2014, kind=kind, specialty="cardiology", source="演示", amount=1
        )
    solve_proposal(actor=planner, proposal=draft)
    assert "fit" in [level["name"] for level in draft.result.levels]
    assert draft.result.figures["after"]["fit_wanted"] == 1


# ---------------------------------------------------------------- out of date


def test_a_result_says_why_it_is_out_of_date(planner, solved):
    edit_pairs(actor=planner, proposal=solved, lock=[pair(row(table="1"))], reason="x")
    assert "设置或要求" in summary(planner, solved.pk).stale[0]
    solve_proposal(actor=planner, proposal=solved)
    assert summary(planner, solved.pk).stale == []
    Round.objects.update(revision=99)
    assert "本轮" in summary(planner, solved.pk).stale[0]
    Hospital.objects.get(key=pair(row())[0]).save()  # writes into the register's history
    assert len(summary(planner, solved.pk).stale) == 2


def test_the_problem_is_built_once(planner, draft, monkeypatch, django_assert_num_queries):
    solve_proposal(actor=planner, proposal=draft)
    monkeypatch.setattr(desk, "_build", lambda *a, **k: pytest.fail("built again"))
    edit_pairs(actor=planner, proposal=draft, forbid=[pair(row(table="1"))], reason="x")
    solve_proposal(actor=planner, proposal=draft)


def test_a_warm_solve_gives_the_same_plan_as_a_cold_one(planner, draft):
    chance = random.Random(7)
    rows = list(Pairing.objects.order_by("position"))
    known: dict[tuple[str, str], str] = {}
    for _step in range(6):
        chosen = [pair(one) for one in chance.sample(rows, 3)]
        free = [one for one in chosen if one in known]
        lock = [one for one in chosen if one not in known][:1]
        forbid = [one for one in chosen if one not in known][1:]
        edit_pairs(actor=planner, proposal=draft, lock=lock, forbid=forbid, free=free, reason="试算")
        known = {one: kind for one, kind in known.items() if one not in free}
        known |= {**dict.fromkeys(lock, "lock"), **dict.fromkeys(forbid, "forbid")}
        base, problem = desk.problem_for(Proposal.objects.get(pk=draft.pk))
        warm = base.warm.solve(base.problem, problem)
        cold = solving.solve(problem, seconds=60)
        assert warm is not None
        assert warm.verified
        assert warm.chosen.tolist() == cold.chosen.tolist()
        assert [level.value for level in warm.values] == [level.value for level in cold.values]


def test_a_busy_or_unfit_warm_solver_is_passed_by(planner, draft):
    base, problem = desk.problem_for(draft)
    assert base.warm.solve(base.problem, replace(problem, max_changes=40)) is None
    with base.warm._lock:
        assert base.warm.solve(base.problem, problem) is None
        assert solving.best_plan(base, problem).verified
    assert base.warm.solve(base.problem, problem) is not None


def test_memory_is_bounded(planner, draft):
    for most in range(desk.KEPT + 2):
        desk.base_of(draft.round, desk.Settings(max_changes=most))
    assert len(desk._kept) == desk.KEPT


# ---------------------------------------------------------------- what goes wrong


def test_who_may_solve(actor, draft, hangzhou, submitted, planner):
    with pytest.raises(Denied):
        solve_proposal(actor=hangzhou, proposal=draft)
    with pytest.raises(Denied):
        solve_proposal(actor=actor("inspector", "浙江省"), proposal=draft)
    submitted.refresh_from_db()
    with pytest.raises(Conflict, match="待批准"):
        solve_proposal(actor=planner, proposal=submitted)


def test_an_overtaken_solve_is_not_kept(planner, draft, monkeypatch):
    honest = solving.best_plan

    def slow(base, problem):
        other = Proposal.objects.get(pk=draft.pk)
        edit_pairs(actor=planner, proposal=other, lock=[pair(row(table="1"))], reason="x")
        return honest(base, problem)

    monkeypatch.setattr(solving, "best_plan", slow)
    with pytest.raises(Conflict, match="求解期间"):
        solve_proposal(actor=planner, proposal=draft)
    assert not ProposalPair.objects.exists()


def test_a_dead_solver_leaves_the_result_as_it_was(planner, solved, monkeypatch):
    honest = solving.best_plan
    monkeypatch.setattr(
        solving, "best_plan", lambda base, problem: replace(honest(base, problem), status=Status.FAILED)
    )
    before = solved.result.solved_at
    with pytest.raises(Conflict, match="中断"):
        solve_proposal(actor=planner, proposal=solved)
    solved.result.refresh_from_db()
    assert solved.result.solved_at == before
    assert solved.pairs.count() == 188


def test_what_fails_the_check_is_never_called_optimal(planner, draft, monkeypatch):
    honest = solving.best_plan
    monkeypatch.setattr(
        solving, "best_plan", lambda base, problem: replace(honest(base, problem), verified=False)
    )
    result = solve_proposal(actor=planner, proposal=draft).result
    assert (result.status, result.has_plan) == ("feasible", False)


# ---------------------------------------------------------------- in the background


def work() -> None:
    from duikou.core.jobs.worker import run_worker

    run_worker(burst=True, heartbeat=False, signals=False)


def test_in_the_background(planner, draft):
    asked = solve_proposal(actor=planner, proposal=draft, background=True)
    assert asked.result is None
    assert solve_proposal(actor=planner, proposal=draft, background=True).job.pk == asked.job.pk
    work()
    asked.job.refresh_from_db()
    assert asked.job.state == "done", asked.job.error
    found = summary(planner, draft.pk)
    assert found.current
    assert found.job.pk == asked.job.pk
    assert found.result.solved_by_id == planner.user_id


def test_large_problems_go_into_the_background(planner, draft, monkeypatch):
    monkeypatch.setattr(solving, "AT_ONCE_QUICK", 10)
    assert solve_proposal(actor=planner, proposal=draft).job is not None


def test_cancelled_it_keeps_the_best_found(planner, draft, monkeypatch):
    from duikou.core.jobs.actions import cancel

    asked = solve_proposal(actor=planner, proposal=draft, background=True)
    honest = solving.solve

    def long(problem, *, report, **options):
        from duikou.engines.pairing.optimise.model import Cancelled, Progress

        plan = honest(problem, seconds=10)
        report(Progress(0.1, "stability", 60, 50))
        cancel(actor=planner, job=asked.job)
        try:
            report(Progress(0.2, "stability", 59, 58))
        except Cancelled:
            return replace(plan, status=Status.CANCELLED)
        pytest.fail("nobody told it to stop")

    monkeypatch.setattr(solving, "solve", long)
    work()
    asked.job.refresh_from_db()
    draft.refresh_from_db()
    assert asked.job.state == "cancelled"
    assert draft.result.status == "cancelled"
    assert draft.pairs.count() == 188
    assert draft.running[0][:2] == [0.1, "stability"]


def test_a_job_overtaken_by_an_edit_fails_in_words(planner, draft, monkeypatch):
    asked = solve_proposal(actor=planner, proposal=draft, background=True)
    Proposal.objects.filter(pk=draft.pk).update(state="withdrawn")
    work()
    asked.job.refresh_from_db()
    assert asked.job.state == "failed"
    assert "已撤回" in asked.job.error


def test_progress_is_told_in_words():
    from duikou.engines.pairing.optimise.model import Progress

    assert jobs._point(Progress(1.0, "stability", 60, 57)) == "对现有结对的变动：现有 60，下界 57，差距 5.00%"
    assert "尚无方案" in jobs._point(Progress(1.0, "stability", None, 57))


def test_figures_are_whole_numbers(solved):
    """What is kept as JSON must come back as it was."""
    assert isinstance(solved.result.figures["after"]["outside"], int)
    assert np.iinfo(np.int32).max > solved.result.figures["after"]["pairs"]
