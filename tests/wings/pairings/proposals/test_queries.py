"""Reads of proposals: a fixed number of queries, whatever their size; compared pair by pair."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duikou.core.errors import Invalid, Missing
from duikou.wings.pairings.actions.proposals import copy_proposal, create_proposal, edit_pairs
from duikou.wings.pairings.actions.solving import solve_proposal
from duikou.wings.pairings.models import Pairing, Proposal, ProposalPair
from duikou.wings.pairings.queries import proposals as queries
from duikou.wings.pairings.queries.comparison import comparison

pytestmark = pytest.mark.django_db
ROUND = "zhejiang-2014"


def counted(call):
    with CaptureQueriesContext(connection) as caught:
        found = call()
    return found, len(caught)


def test_the_list_is_one_query(planner, solved):
    _rows, one = counted(lambda: [queries.result_of(p) for p in queries.proposals(planner)])
    for n in range(5):
        copy_proposal(actor=planner, proposal=Proposal.objects.get(pk=solved.pk), name=f"副本{n}")
    rows, six = counted(
        lambda: [(p.round.org, p.created_by, queries.result_of(p)) for p in queries.proposals(planner)]
    )
    assert len(rows) == 6
    assert one == six == 1


def test_a_proposal_s_page_has_a_fixed_number_of_queries(planner, solved):
    _found, before = counted(lambda: queries.summary(planner, solved.pk))
    rows = Pairing.objects.order_by("position")[:40]
    edit_pairs(
        actor=planner, proposal=solved, reason="x", lock=[(r.supporter.key, r.recipient.key) for r in rows]
    )
    found, after = counted(lambda: queries.summary(planner, solved.pk))
    assert len(found.edits) == 40
    assert {edit.by.pk for edit in found.edits} == {planner.user_id}
    assert after == before < 15


def test_pairs_and_map(planner, solved):
    rows, n = counted(lambda: list(queries.pairs(planner, solved).values(*queries.PAIR_COLUMNS)))
    assert (len(rows), n) == (188, 1)
    chart, n = counted(lambda: queries.chart(planner, solved))
    assert n == 2
    assert len(chart.flows) == 188
    known = {point.key for point in chart.points}
    assert {flow.supporter for flow in chart.flows} | {flow.recipient for flow in chart.flows} == known
    assert sum(point.lon is None for point in chart.points) == 2  # those that are still to be named
    one = queries.pair(planner, solved, rows[0]["supporter_key"], rows[0]["recipient_key"])
    assert one.pk == rows[0]["id"]
    with pytest.raises(Missing):
        queries.pair(planner, solved, "no-such", "no-such")


def test_a_comparison(planner, solved):
    twin = copy_proposal(actor=planner, proposal=solved, name="另案")
    same = comparison(planner, solved.pk, twin.pk)
    assert same.differing == []
    assert len(same.pairs) == 188
    row = ProposalPair.objects.filter(proposal=twin, change="added").first()
    edit_pairs(actor=planner, proposal=twin, forbid=[(row.supporter_key, row.recipient_key)], reason="x")
    solve_proposal(actor=planner, proposal=twin)
    found, n = counted(lambda: comparison(planner, solved.pk, twin.pk))
    assert n == 3
    first = {(p.supporter_key, p.recipient_key) for p in solved.pairs.exclude(change="dropped")}
    second = {(p.supporter_key, p.recipient_key) for p in twin.pairs.exclude(change="dropped")}
    assert {(p.supporter_key, p.recipient_key) for p in found.differing} == first ^ second
    assert found.pairs[0].differs
    assert [level.name for level in found.levels] == [level["name"] for level in solved.result.levels]


def test_a_comparison_is_refused(planner, solved, hangzhou, trial_round):
    other = create_proposal(actor=planner, round_key=trial_round.key, name="别的轮次")
    with pytest.raises(Invalid):
        comparison(planner, solved.pk, other.pk)
    with pytest.raises(Missing):
        comparison(planner, solved.pk, 10**9)
    with pytest.raises(Missing):
        comparison(hangzhou, solved.pk, solved.pk)
