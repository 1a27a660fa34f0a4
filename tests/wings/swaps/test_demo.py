"""Invented plans: solved, adopted, too few people; marked, and removed without trace."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.wings.people.models import Person
from duikou.wings.postings import demo as postings_demo
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.swaps import demo
from duikou.wings.swaps.models import SwapPlan, SwapRepair, SwapStay
from duikou.wings.training import demo as training_demo
from duikou.wings.training.models import Traineeship

pytestmark = pytest.mark.django_db
KEPT = (Person, Posting, StaffRequest, Traineeship)


def test_three_plans_that_have_something_to_show_and_go_without_trace() -> None:
    postings_demo.load()
    training_demo.load()
    before = [model.objects.count() for model in KEPT]
    made = demo.load()
    solved, adopted, short = SwapPlan.objects.order_by("pk")
    assert (solved.state, solved.result["status"]) == ("solved", "optimal")
    assert solved.repairs.get().result["new"]
    assert (adopted.state, adopted.result["breaches"]) == ("adopted", [])
    assert {row.posting.state for row in adopted.stays.filter(way="down")} == {"nominated"}
    assert adopted.stays.filter(way="up").exists()
    assert short.result["status"] == "short"
    assert short.result["shortages"]
    assert short.result["gaps"]
    for model in KEPT:
        assert not model.objects.filter(demonstration=False).exists()
    with pytest.raises(Conflict):
        demo.load()
    assert demo.clear() == made
    assert [model.objects.count() for model in KEPT] == before
    for model in (SwapPlan, SwapStay, SwapRepair):
        assert not model.objects.exists()
    training_demo.clear()
    postings_demo.clear()
