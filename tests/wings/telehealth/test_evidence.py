"""Counted in the pair's ledger only when returned, signed and acknowledged."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, Invalid
from duikou.wings.obligations import evidence as registry
from duikou.wings.obligations.actions import attach
from duikou.wings.obligations.models import Obligation
from duikou.wings.telehealth import actions
from tests.wings.telehealth.conftest import SAID, Tele


def owed(tele: Tele, *kinds: str) -> Obligation:
    today = timezone.localdate()
    pairing = tele.pairing
    return Obligation.objects.create(
        pairing=pairing, supporter_path=pairing.supporter_path, recipient_path=pairing.recipient_path,
        holder="journey:1", key="tele", period="y1", period_kind="year", start=today - dt.timedelta(days=60),
        end=today + dt.timedelta(days=60), title={"zh": "会诊", "en": "x"}, text={"zh": "会诊", "en": "x"},
        owner="supporter", beneficiary="recipient", unit="case", target=2, evidence_kinds=list(kinds),
    )  # fmt: skip


def offered(tele: Tele, obligation: Obligation, kind: str) -> list[str]:
    found = registry.kind(kind)
    assert found is not None
    return [offer.reference for offer in found.offers(tele.other_office, obligation)]


def test_nothing_counts_before_it_is_acknowledged(tele: Tele) -> None:
    obligation = owed(tele, "consultation", "upload")
    liaison: Any = tele.at(tele.other.org, "hospital_liaison")
    one = tele.assigned()
    attempt = {
        "actor": liaison,
        "obligation": obligation,
        "kind": "consultation",
        "reference": f"tele-{one.pk}",
    }
    for step in (
        lambda: None,
        lambda: actions.sign(actor=tele.signer(), one=one, written=SAID),
    ):
        step()
        assert offered(tele, obligation, "consultation") == []
        with pytest.raises(Invalid):
            attach(**attempt)
    actions.acknowledge(actor=tele.doctor, one=one, adoption="not", note="与临床不符")
    assert offered(tele, obligation, "consultation") == [f"tele-{one.pk}"]
    row = attach(**attempt)
    assert (row.quantity, row.on) == (1, timezone.localdate())
    assert "於" not in row.title
    with pytest.raises(Conflict):
        attach(**attempt)
    obligation.refresh_from_db()
    assert obligation.given == 1


def test_each_kind_for_its_own_duty_and_its_own_pair(tele: Tele) -> None:
    obligation = owed(tele, "remote_diagnosis")
    report = tele.acknowledged(kind="imaging")
    opinion = tele.acknowledged(patient=report.patient)
    assert offered(tele, obligation, "remote_diagnosis") == [f"tele-{report.pk}"]
    assert offered(tele, obligation, "consultation") == [f"tele-{opinion.pk}"]
    assert offered(tele, obligation, "telemedicine") == [f"tele-{opinion.pk}", f"tele-{report.pk}"]
    type(report).objects.filter(pk=report.pk).update(pairing=None)
    assert offered(tele, obligation, "remote_diagnosis") == []
    found = registry.kind("consultation")
    assert found is not None
    for bad in ("tele-0", "tele-x", "tele-99999999999999999999", "12", ""):
        assert found.resolve(tele.other_office, obligation, bad) is None
