"""Demonstration data: invented, marked, repeatable, removed without a trace of anything else."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.core.search.models import SearchEntry
from duikou.wings.obligations.models import Obligation
from duikou.wings.pairings import demo as pairings_demo
from duikou.wings.pairings.models import Pairing
from duikou.wings.plans import demo
from duikou.wings.plans.models import PlanEdition, SupportPlan, TaskShare, YearTask
from duikou.wings.plans.queries.ones import board
from tests.wings.plans.conftest import Pair, fresh

pytestmark = pytest.mark.django_db


def test_a_believable_province(pair: Pair, year_list: SupportPlan) -> None:
    """One test for all of it: making it takes a while."""
    pairings_demo.load(seed=7)
    made = demo.load(seed=7)
    own = {year_list.pk}
    rows = SupportPlan.objects.exclude(pk__in=own)
    assert made["plans"] == rows.filter(demonstration=True).count() == rows.count()
    assert rows.filter(kind="support").count() == Pairing.objects.count()
    assert {plan.state for plan in rows} == {"draft", "offered", "running", "closed"}
    found = board(SYSTEM, 2014)
    assert 0 < found.incomplete < found.complete
    assert TaskShare.objects.filter(confirmed_at=None).exists()
    assert not TaskShare.objects.filter(person__demonstration=False).exists()
    assert PlanEdition.objects.count() == rows.filter(edition=1).count()
    first = list(YearTask.objects.order_by("pk").values_list("recipient", "year", "one", "title", "state"))
    assert any(
        row.demonstration for row in Obligation.objects.filter(holder=f"plan:{rows.filter(edition=1)[0].pk}")
    )
    assert SearchEntry.objects.filter(source="year_task").count() == YearTask.objects.count()
    with pytest.raises(Conflict):
        demo.load()
    assert demo.clear() == made
    assert set(SupportPlan.objects.values_list("pk", flat=True)) == own
    assert fresh(year_list).tasks.count() == 4
    assert SearchEntry.objects.filter(source="year_task").count() == 4
    Obligation.objects.filter(demonstration=True).delete()
    demo.load(seed=7)
    again = YearTask.objects.order_by("pk").values_list("recipient", "year", "one", "title", "state")
    assert list(again) == first
