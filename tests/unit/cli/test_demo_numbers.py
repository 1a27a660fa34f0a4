"""What `demo load` and `demo clear` tell: the numbers of all wings together."""

from __future__ import annotations

from argparse import Namespace
from types import ModuleType

import pytest

from duikou.cli import demo_clear, demo_load


@pytest.mark.parametrize("command", [demo_load, demo_clear])
def test_the_numbers_of_several_wings_add_up(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wings = [lambda **_asked: {"persons": 2}, lambda **_asked: {"persons": 3, "postings": 1}]
    monkeypatch.setattr(command, "generators", lambda _name: wings)
    assert command.run(Namespace(seed=1)) == 0
    printed = capsys.readouterr().out
    assert "'persons': 5" in printed
    assert "'postings': 1" in printed
