"""Invented certificates: sound, marked, removed without trace."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.wings.credits import demo, queries
from duikou.wings.credits.models import Certificate
from duikou.wings.pairings.models import Pairing
from tests.wings.credits.conftest import appraised, examined, leave_of
from tests.wings.posted import FIRST, posting_of, traineeship_of

pytestmark = pytest.mark.django_db


def test_demonstration_certificates_follow_the_rules_and_go_without_trace(pairing: Pairing) -> None:
    for number in range(12):
        posting = posting_of(pairing, f"演示{number}", demonstration=True)
        appraised(posting, passed=number % 4 > 0)
        if number % 3 == 0:
            leave_of(posting, FIRST, FIRST)
        trainee = traineeship_of(pairing, f"演示学{number}", demonstration=True)
        examined(trainee)
    appraised(posting_of(pairing, "真实"))  # not invented: nothing is issued for it
    made = demo.load(seed=3)
    found = list(Certificate.objects.all())
    assert made["certificates"] == len(found) > 10
    assert all(one.demonstration for one in found)
    assert not Certificate.objects.filter(person__name="真实").exists()
    assert 0 < sum(not one.valid for one in found) <= demo.REVOKED
    differing = [pk for pk, told in queries.differences_of(found).items() if told]
    assert len(differing) == made["differing_certificates"] > 0
    with pytest.raises(Conflict):
        demo.load(seed=3)
    codes = sorted(one.code for one in found)
    assert demo.clear()["certificates"] == len(found)
    assert not Certificate.objects.exists()
    demo.load(seed=3)  # the same again
    assert sorted(Certificate.objects.values_list("code", flat=True)) == codes
