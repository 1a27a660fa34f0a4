"""Invented approvals and cases: sound, marked, removed without trace."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.wings.capabilities import demo
from duikou.wings.capabilities.models import Approval, Performance
from duikou.wings.capabilities.standing import Done, Leave, standing
from duikou.wings.hospitals.models import Capability

pytestmark = pytest.mark.django_db


def test_demonstration_data_follow_the_rules_and_go_without_trace() -> None:
    before = set(Capability.objects.values_list("pk", flat=True))
    made = demo.load(seed=3)
    assert made["approvals"] > 500
    states = set()
    for row in Capability.objects.prefetch_related("approvals", "performances").exclude(pk__in=before):
        approvals, done = list(row.approvals.all()), list(row.performances.all())
        found = standing(
            [Leave(a.hospital_id == row.hospital_id, a.kind == "independent") for a in approvals],
            [Done(p.on, p.by == "own") for p in done],
        )
        assert (row.state, row.first_case_on) == (found.state, found.first_case_on)
        for case in done:  # PER-06 holds of every invented case, too
            need = {row.hospital_id} | ({case.supporter_id} if case.supporter_id else set())
            assert need <= {a.hospital_id for a in approvals if a.kind == "leave" and a.on <= case.on}
        states.add(row.state)
    assert states == {"none", "learning", "independent"}
    assert not Approval.objects.filter(demonstration=False).exists()
    with pytest.raises(Conflict):
        demo.load(seed=3)
    assert demo.clear() == made
    assert not Performance.objects.exists()
    assert set(Capability.objects.values_list("pk", flat=True)) == before
