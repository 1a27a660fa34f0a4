"""Demonstration data: a believable round, marked, removable to the last row."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.core.models import StoredDocument
from duikou.wings.agreements import demo
from duikou.wings.agreements.models import Agreement, Signature
from duikou.wings.obligations.models import Obligation
from duikou.wings.pairings.models import Pairing

pytestmark = pytest.mark.django_db


def test_a_believable_round_that_can_be_removed() -> None:
    keep = Pairing.objects.order_by("position").values_list("pk", flat=True)[:24]
    Pairing.objects.exclude(pk__in=list(keep)).delete()
    made = demo.load(seed=2014)
    rows = Agreement.objects.filter(demonstration=True)
    assert rows.count() == made["agreements"] > 20
    assert {"filed", "signed"} <= set(rows.values_list("state", flat=True))
    assert all("演示" in one.signatory for one in Signature.objects.all())
    assert Obligation.objects.filter(demonstration=True).exists()
    with pytest.raises(Conflict):
        demo.load()
    assert demo.clear() == {"agreements": made["agreements"]}
    assert not Agreement.objects.exists()
    assert not StoredDocument.objects.exists()
