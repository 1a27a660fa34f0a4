"""Completion and marking as tables of plain values."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.wings.education import marking
from duikou.wings.education.completion import Part, standing

DONE, OPEN, EXTRA, EXTRA_DONE = Part(True, True), Part(True, False), Part(False, False), Part(False, True)


@pytest.mark.parametrize(
    ("parts", "quiz", "passed", "lessons_done", "complete", "percent"),
    [
        ([], False, False, False, False, 0),  # a course without lessons is never completed
        ([EXTRA_DONE], False, False, False, False, 0),  # nor by what is not required
        ([DONE], False, False, True, True, 100),
        ([DONE, OPEN], False, False, False, False, 50),
        ([DONE, EXTRA], False, False, True, True, 100),
        ([DONE], True, False, True, False, 50),
        ([DONE], True, True, True, True, 100),
        ([OPEN], True, True, False, False, 50),  # a lesson that was added after the quiz
        ([DONE, DONE, OPEN, EXTRA_DONE], True, False, False, False, 50),
    ],
)
def test_completion(
    parts: list[Part], quiz: bool, passed: bool, lessons_done: bool, complete: bool, percent: int
) -> None:
    found = standing(parts, quiz=quiz, passed=passed)
    assert (found.lessons_done, found.complete, found.percent) == (lessons_done, complete, percent)


BANK = [
    {"id": 1, "kind": "single", "text": "a", "options": ["x", "y", "z"], "right": [2], "explanation": "e"},
    {
        "id": 2,
        "kind": "multiple",
        "text": "b",
        "options": ["x", "y", "z"],
        "right": [0, 2],
        "explanation": "",
    },
    {
        "id": 3,
        "kind": "true_false",
        "text": "c",
        "options": ["正确", "错误"],
        "right": [1],
        "explanation": "",
    },
]


@given(st.integers())
def test_right_answers_survive_shuffling(seed: int) -> None:
    drawn = marking.draw(BANK, 3, random.Random(seed))
    for one in drawn:
        before = next(question for question in BANK if question["id"] == one["id"])
        assert {one["options"][place] for place in one["right"]} == {
            before["options"][place]
            for place in before["right"]  # type: ignore[index]
        }
    assert marking.mark(drawn, {str(one["id"]): one["right"] for one in drawn}) == 100
    assert next(one for one in drawn if one["id"] == 3)["options"] == ["正确", "错误"]


@pytest.mark.parametrize(
    ("answers", "percent"),
    [
        ({}, 0),
        ({"1": [2]}, 33),
        ({"1": [2], "2": [0]}, 33),  # half of a multiple choice is wrong
        ({"1": [2], "2": [0, 1, 2]}, 33),  # and so is everything ticked
        ({"1": [2], "2": [2, 0, 0], "3": [1]}, 100),
        ({"9": [0]}, 0),
    ],
)
def test_marks(answers: dict[str, list[int]], percent: int) -> None:
    assert marking.mark(BANK, answers) == percent


def test_what_is_asked_says_nothing_of_what_is_right() -> None:
    assert all(set(one) == {"id", "kind", "text", "options"} for one in marking.asked(BANK))
    assert marking.clean(BANK, {"1": [7, 2, -1], "8": [0]}) == {"1": [2]}
