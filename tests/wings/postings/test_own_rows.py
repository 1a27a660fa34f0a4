"""Whoever is posted sees the own record and nobody else's."""

from __future__ import annotations

import pytest

from duikou.core.scope import SYSTEM, Actor, Grant, actor_for
from duikou.wings.postings.models import Posting
from duikou.wings.training.models import Traineeship
from tests.wings.posted import a_pairing, account_of, posting_of, traineeship_of

pytestmark = pytest.mark.django_db


def test_own_rows_are_seen_and_no_others() -> None:
    pairing = a_pairing()
    mine, other = posting_of(pairing, "甲"), posting_of(pairing, "乙")
    actor = actor_for(account_of(mine.person))
    assert list(Posting.objects.visible_to(actor)) == [mine]
    assert not Posting.objects.visible_to(actor, "posting.edit").exists()  # to see is not to act
    assert not Posting.objects.visible_to(Actor(actor.user_id, "")).exists()  # without the permission
    assert not Posting.objects.visible_to(Actor(None, "", actor.grants)).exists()
    assert set(Posting.objects.visible_to(SYSTEM)) == {mine, other}  # everything stays everything


def test_a_department_head_sees_the_own_department() -> None:
    pairing = a_pairing()
    inside = posting_of(pairing, "甲", host_path=pairing.recipient.scope_path + "0000009")
    posting_of(pairing, "乙", host_path=pairing.recipient.scope_path + "0000008")
    posting_of(pairing, "丙")
    head = Actor(1, "", (Grant("department_head", 9, "department", "", inside.host_path),))
    assert list(Posting.objects.visible_to(head)) == [inside]


def test_a_trainee_sees_the_own_training() -> None:
    pairing = a_pairing()
    mine = traineeship_of(pairing, "甲")
    traineeship_of(pairing, "乙")
    assert list(Traineeship.objects.visible_to(actor_for(account_of(mine.person)))) == [mine]
