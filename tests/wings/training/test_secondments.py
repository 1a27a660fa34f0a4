"""Two-way secondment (PER-04): those sent up stand beside the managers posted down, for the same eyes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from duikou.core.scope import actor_for
from duikou.wings.postings.secondments import upward
from duikou.wings.training import actions
from tests.wings.training.conftest import Scene, user_at

pytestmark = pytest.mark.django_db


def test_upward_secondments_are_told_to_whom_they_concern(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    one = scene.apply(scene.person("上派甲"), route="secondment", post="医务科副科长")
    scene.apply(scene.person("进修乙"))
    gone = scene.apply(scene.person("撤回丙"), route="secondment", post="护理部干事")
    actions.withdraw(actor=scene.home, traineeship=gone, reason="改派")
    for hospital in (scene.recipient, scene.supporter):
        actor = actor_for(user_at(hospital, "hospital_president"))
        with django_assert_num_queries(1):
            (told,) = upward(actor)
        assert (told.person, told.recipient, told.supporter, told.first_day) == (
            "上派甲", scene.recipient.name, scene.supporter.name, one.first_day,
        )  # fmt: skip
        assert told.url == reverse("training:detail", args=[one.pk])
    assert upward(actor_for(user_at(scene.stranger(), "hospital_president"))) == []


def test_the_page_shows_both_ways(scene: Scene) -> None:
    scene.apply(scene.person("上派甲"), route="secondment", post="医务科副科长")
    client = Client()
    client.force_login(user_at(scene.recipient, "hospital_president"))
    page = client.get(reverse("postings:managers")).content.decode()
    assert "上派甲" in page
    client.force_login(user_at(scene.stranger(), "hospital_president"))
    assert "上派甲" not in client.get(reverse("postings:managers")).content.decode()
