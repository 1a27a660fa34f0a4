"""`duikou pairing optimise` on the loaded round."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module, resources
from pathlib import Path

import pytest
from django.utils import translation

from duikou.cli.main import main
from duikou.core.models import AuditEvent
from duikou.engines.pairing.optimise.planfile import Pair, PlanFile, read_plan
from duikou.wings.pairings.models import Pairing

pytestmark = pytest.mark.django_db
ANNEX = str(resources.files("duikou.wings.pairings") / "data" / "zhejiang_2014_annex.csv")


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DUIKOU_LANG", "zh")
    with translation.override(translation.get_language()):
        yield


def optimise(capsys: pytest.CaptureFixture[str], *words: str) -> PlanFile:
    capsys.readouterr()
    assert main(["pairing", "optimise", *words, "--json"]) == 0, capsys.readouterr().err
    return read_plan(capsys.readouterr().out)


def keys(pairs: tuple[Pair, ...]) -> set[tuple[str, str]]:
    return {(pair.supporter_key, pair.recipient_key) for pair in pairs}


def test_the_loaded_round(capsys: pytest.CaptureFixture[str]) -> None:
    events, pairings = AuditEvent.objects.count(), Pairing.objects.count()
    plan = optimise(capsys)
    assert plan.proved
    assert (plan.counts.pairs, plan.counts.dropped, plan.counts.added) == (153, 35, 23)
    assert (plan.problem.key, plan.problem.source.policy_pack) == ("zhejiang-2014", "zhejiang-2014")
    assert (AuditEvent.objects.count(), Pairing.objects.count()) == (events, pairings)  # nothing is written


def test_the_database_and_the_file_agree(capsys: pytest.CaptureFixture[str]) -> None:
    loaded, from_file = optimise(capsys, "--round", "zhejiang-2014"), optimise(capsys, ANNEX)
    for part in ("kept", "added", "dropped"):
        assert keys(getattr(loaded, part)) == keys(getattr(from_file, part))
    assert loaded.levels == from_file.levels


def test_its_plan_file_can_be_audited(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "PLAN.json"
    optimise(capsys, "--out", str(target))
    assert main(["pairing", "audit", str(target)]) == 0
    assert "县（市）counties 56/56 已覆盖" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--round", "nosuch"], "nosuch"),
        (["--as-of", "2030-01-01"], "2030-01-01"),
        (["--lock", "浙江医院:某某医院"], "某某医院"),
    ],
)
def test_refusals(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pairing", "optimise", *words]) == 1
    assert said in capsys.readouterr().err


def test_without_any_round(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(import_module("duikou.wings.pairings.queries.rounds"), "default_round", lambda: None)
    assert main(["pairing", "optimise"]) == 1
    assert "duikou setup" in capsys.readouterr().err
