"""Referrals as evidence: months of patients who arrived, between the two of the pairing alone."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from duikou.wings.obligations import evidence
from duikou.wings.referrals.models import Referral
from tests.wings.posted import a_pairing
from tests.wings.referrals.conftest import Way


def test_months_of_arrivals_count(way: Way) -> None:
    pairing = a_pairing()
    obligation: Any = SimpleNamespace(pairing=pairing, start=dt.date(2014, 1, 1), end=dt.date(2014, 12, 31))
    assert (pairing.recipient, pairing.supporter) == (way.home, way.other)
    up = [way.arrived(), way.arrived(way.without_card_agreed())]
    way.sent(way.without_card_agreed(name="未到"))
    march = dt.datetime(2014, 3, 9, 8, tzinfo=dt.UTC)
    Referral.objects.filter(pk__in=[one.pk for one in up]).update(arrived_at=march)
    kinds = {name: evidence.kind(name) for name in ("referral", "referral_up", "referral_down")}
    for name in ("referral", "referral_up"):
        kind = kinds[name]
        assert kind is not None
        [offer] = kind.offers(way.doctor, obligation)
        assert offer.reference == "up:2014-03"
        found = kind.resolve(way.doctor, obligation, offer.reference)
        assert found is not None
        assert (found.quantity, found.on) == (2, dt.date(2014, 3, 31))
        for wrong in ("up:2014-04", "up:2014-13", "down:2014-03", "up:2014", "1", ""):
            assert kind.resolve(way.doctor, obligation, wrong) is None
    down = kinds["referral_down"]
    assert down is not None
    assert down.offers(way.doctor, obligation) == []
    later: Any = SimpleNamespace(pairing=pairing, start=dt.date(2014, 4, 1), end=dt.date(2014, 12, 31))
    up_kind = kinds["referral_up"]
    assert up_kind is not None
    assert up_kind.offers(way.doctor, later) == []
