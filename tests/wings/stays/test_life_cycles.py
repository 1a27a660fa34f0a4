"""The life cycles of postings, requests and traineeships: as the tables know them, each side for itself."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from duikou.core.workflow import Workflow
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.postings.workflows import POSTING, STAFF_REQUEST
from duikou.wings.stays.models import Stay
from duikou.wings.training.models import Traineeship
from duikou.wings.training.workflows import TRAINING
from tests.wings.posted import a_pairing, posting_of
from tests.wings.postings.conftest import Scene

CYCLES = ((POSTING, Posting), (STAFF_REQUEST, StaffRequest), (TRAINING, Traineeship))


@pytest.mark.parametrize(("cycle", "model"), CYCLES, ids=lambda one: getattr(one, "id", ""))
def test_states_are_those_of_the_table(cycle: Workflow, model: type[Posting]) -> None:
    field = model._meta.get_field("state")
    with override("zh-hans"):
        assert [(key, str(label)) for key, label in field.choices or ()] == cycle.choices()
    assert field.default == cycle.initial
    led_to = {step.target for step in cycle.transitions.values()} | {cycle.initial}
    assert led_to == set(cycle.states)


@pytest.mark.parametrize(("cycle", "model"), [CYCLES[0], CYCLES[2]], ids=["posting", "training"])
def test_whoever_has_come_and_those_who_stand_in_the_way(cycle: Workflow, model: type[Stay]) -> None:
    arrive, end = cycle.transitions["arrive"], cycle.transitions["end"]
    assert set(model.SERVED) == {arrive.target, end.target}
    given_up = {cycle.transitions[name].target for name in ("refuse", "withdraw")}
    assert set(model.LIVE) == set(cycle.states) - given_up


@pytest.mark.django_db
def test_each_side_is_offered_its_own_steps() -> None:
    scene = Scene()
    posting = posting_of(a_pairing(), "甲", state=Posting.State.NOMINATED, arrived_on=None)

    def offered(actor: object) -> list[str]:
        return [step.id for step in POSTING.available(posting, actor)]  # type: ignore[arg-type]

    assert offered(scene.head) == ["approve", "refuse"]
    assert offered(scene.sender) == ["withdraw"]
    assert offered(scene.host) == []
