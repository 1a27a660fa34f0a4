"""Finding divisions by name, former name, pinyin and initials."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duikou.core.scope import SYSTEM
from duikou.core.search import find, rebuild
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("长兴", "长兴县"),
        ("changxing", "长兴县"),
        ("cxx", "长兴县"),
        ("上虞市", "上虞市"),
        ("Yueqing", "乐清市"),
        ("景宁", "景宁畲族自治县"),
        ("嘉兴", "嘉兴市"),
    ],
)
def test_found(question: str, expected: str) -> None:
    assert expected in [hit.title for hit in find(question, actor=SYSTEM, source="division")]


def test_units_of_today_come_before_former_ones() -> None:
    found = [hit.target_id for hit in find("余杭区", actor=SYSTEM, source="division")]
    ends = [Division.objects.get(pk=pk).valid_to for pk in found]
    assert ends[0] is None
    assert ends[1] is not None


def test_only_for_those_who_may_see_places(actor: Callable) -> None:
    assert find("长兴", actor=actor("county_officer", "长兴县"), source="division")
    assert not find("长兴", actor=actor(), source="division")


def test_a_rebuild_changes_nothing() -> None:
    before = [hit.target_id for hit in find("县", actor=SYSTEM, source="division")]
    assert rebuild("division") == 115
    assert [hit.target_id for hit in find("县", actor=SYSTEM, source="division")] == before
