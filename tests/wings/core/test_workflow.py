"""Life cycles: what a step needs, and that of several people at once exactly one wins."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.core.scope import SYSTEM
from duikou.core.workflow import Workflow, load, move
from duikou.wings.pairings.models import Finding
from duikou.wings.pairings.workflows import FINDING

Make = Callable[..., Any]


@pytest.fixture
def finding(db: None) -> Finding:
    """An open finding of the real round about 长兴县."""
    found = next(row for row in Finding.objects.filter(rule="PAIR-03") if "长兴县" in row.subjects)
    assert found.state == FINDING.initial
    return found


def test_a_step_changes_state_version_and_columns_and_is_audited(finding: Finding) -> None:
    move(
        FINDING, finding, "request_exception", actor=SYSTEM, reason="已建分院", changes={"reason": "已建分院"}
    )
    assert (finding.state, finding.version, finding.reason) == ("exception_requested", 2, "已建分院")
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.target_id) == (f"{FINDING.id}.request_exception", str(finding.pk))
    assert event.before == {"state": "open"}
    assert event.after["state"] == "exception_requested"
    assert event.reason == "已建分院"


def test_a_step_from_the_wrong_state_is_a_conflict(finding: Finding) -> None:
    with pytest.raises(Conflict):
        move(FINDING, finding, "withdraw_request", actor=SYSTEM)
    finding.refresh_from_db()
    assert (finding.state, finding.version) == ("open", 1)


def test_whoever_read_an_older_version_loses(finding: Finding) -> None:
    same = Finding.objects.get(pk=finding.pk)
    move(FINDING, finding, "assign", actor=SYSTEM)
    count = AuditEvent.objects.count()
    with pytest.raises(Conflict, match="已指派"):
        move(FINDING, same, "assign", actor=SYSTEM)
    assert AuditEvent.objects.count() == count


def test_a_demanded_reason_is_demanded(finding: Finding) -> None:
    with pytest.raises(Invalid):
        move(FINDING, finding, "request_exception", actor=SYSTEM, reason=" ")


def test_without_permission_nothing_moves(finding: Finding, actor: Make) -> None:
    for who in (actor("county_officer", "长兴县"), actor("city_officer", "宁波市"), actor()):
        with pytest.raises(Denied):
            move(FINDING, finding, "assign", actor=who)
    finding.refresh_from_db()
    assert finding.state == "open"


def test_the_buttons_are_the_steps_that_would_work(finding: Finding, actor: Make) -> None:
    names = {step.id for step in FINDING.available(finding, actor("city_officer", "湖州市"))}
    assert "assign" in names
    assert "accept" not in names
    assert FINDING.available(finding, actor("county_officer", "长兴县")) == []


LIFE = """
[thing]
initial = "{initial}"
states.a = {{ zh = "一", en = "A" }}
transitions.go = {{ zh = "走", en = "Go", from = ["a"], to = "{to}", permission = "{permission}" }}
"""
RIGHT = {"initial": "a", "to": "a", "permission": "finding.work"}
BROKEN = {
    "unknown states": RIGHT | {"to": "b"},
    "unknown permission": RIGHT | {"permission": "no.such"},
    "starts in unknown state": RIGHT | {"initial": "z"},
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_wrong_life_cycle_is_refused(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / f"broken_{fault.replace(' ', '_')}"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "workflow.toml").write_text(LIFE.format(**BROKEN[fault]), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        with pytest.raises(ValueError, match=fault):
            load(package.name)
    finally:
        sys.modules.pop(package.name, None)


def test_states_and_steps_speak_both_languages() -> None:
    workflow: Workflow
    for workflow in load("duikou.wings.pairings").values():
        for part in (*workflow.states.values(), *workflow.transitions.values()):
            assert part.zh
            assert part.en
        assert workflow.states.keys() >= set(workflow.open_states)
