"""The quiz: rules and questions for teachers, attempts for learners."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.exports import XLSX
from duikou.core.faces import done, words
from duikou.core.pages import PageRequest, both, page
from duikou.wings.education import actions, forms, marking, questions
from duikou.wings.education.models import QuestionBatch
from duikou.wings.education.queries import courses as desk
from duikou.wings.education.queries import learning
from duikou.wings.education.views._common import at_once, course_url, on_course

_ANSWER = re.compile(r"q([0-9]{1,18})")


def _bank_url(course: Any) -> str:
    return reverse("education:questions", args=[course.pk])


@both
@page("course.teach")
def rules(request: PageRequest, pk: int) -> HttpResponse:
    """How the course is examined."""
    course = desk.own(request.actor, pk)
    quiz = desk.quiz_of(course)
    first = {name: getattr(quiz, name) for name in forms.QuizForm.base_fields} if quiz else {}
    form = forms.QuizForm(request.POST or None, initial=first)
    return on_course(
        request,
        course,
        form,
        lambda data: actions.set_quiz(actor=request.actor, course=course, **data),
        title=_("测验规则"),
        said=_("测验规则已保存。"),
        hint=_("每次从题库随机抽题，选项次序打乱；答案交卷后才显示。"),
        then=_bank_url(course),
    )


@page("course.teach")
def bank(request: PageRequest, pk: int) -> HttpResponse:
    """The bank of questions with their answers: for the course's teachers alone."""
    course = desk.own(request.actor, pk)
    rows = [
        (
            one,
            [
                (letter, option, place in one.right)
                for place, (letter, option) in enumerate(zip(questions.LETTERS, one.options, strict=False))
            ],
        )
        for one in desk.questions_of(course)
    ]
    context = {"course": course, "quiz": desk.quiz_of(course), "rows": rows}
    return render(request, "education/bank.html", context)


@both
@page("course.teach")
def new(request: PageRequest, pk: int) -> HttpResponse:
    """A question of the bank."""
    course = desk.own(request.actor, pk)
    form = forms.QuestionForm(request.POST or None)
    return on_course(
        request,
        course,
        form,
        lambda _data: actions.add_question(actor=request.actor, course=course, asked=form.asked()),
        title=_("添加试题"),
        said=_("试题已添加。"),
        then=_bank_url(course),
    )


@require_POST
@page("course.teach")
def retire(request: PageRequest, pk: int) -> HttpResponse:
    """Take a question out."""
    found = desk.question(request.actor, pk)
    return at_once(
        request,
        lambda: actions.retire_question(actor=request.actor, question=found),
        _("试题已移除；已考过的记录保留原题。"),
        _bank_url(found.course),
    )


@both
@page("course.teach")
def import_(request: PageRequest, pk: int) -> HttpResponse:
    """A workbook of questions."""
    course = desk.own(request.actor, pk)
    form = forms.WorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        batch = actions.import_questions(
            actor=request.actor, course=course, filename=file.name or "", content=file.read()
        )
        if not batch.issues:
            done(request, _("已导入 %(count)s 题。") % {"count": batch.taken})
            return redirect(_bank_url(course))
        return redirect("education:batch", batch.pk)
    context = {
        "form": form,
        "title": _("导入试题"),
        "course": course,
        "back": _bank_url(course),
        "hint": _("表头为题型、题目、选项A 至选项H、答案、解析。"),
        "template_url": reverse("education:question_template"),
    }
    return render(request, "education/act.html", context, status=422 if form.errors else 200)


@page("course.teach")
def batch(request: PageRequest, pk: int) -> HttpResponse:
    """What was wrong with a workbook."""
    found = desk.batch(request.actor, pk)
    issues = [
        (
            one["line"] or "—",
            questions.COLUMNS[one["column"]][1] if one["column"] in questions.COLUMNS else _("文件"),
            words(one["expected"]),
            one["found"],
        )
        for one in found.issues
    ]
    return render(request, "education/batch.html", {"batch": found, "course": found.course, "issues": issues})


@page("course.teach")
def issues(request: PageRequest, pk: int) -> HttpResponse:
    """The rows as they came with what is wrong beside them."""
    found: QuestionBatch = desk.batch(request.actor, pk)
    content = questions.issues_workbook(found.cells, found.issues)
    return _workbook(content, f"questions-issues-{found.pk}.xlsx")


@page("course.teach")
def template(request: PageRequest) -> HttpResponse:
    """An empty workbook with one example of each kind."""
    return _workbook(questions.template_workbook(), "questions.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@page("course.learn")
def start(request: PageRequest, pk: int) -> HttpResponse:
    """Begin an attempt, or go on with the open one."""
    course = desk.find(request.actor, pk)
    own = learning.own_in(request.actor, course)
    if own is None:
        done(request, _("请先选课。"))
        return redirect(course_url(course))
    attempt = actions.start(actor=request.actor, enrolment=own)
    return redirect("education:attempt", attempt.pk)


@both
@page("course.learn")
def attempt(request: PageRequest, pk: int) -> HttpResponse:
    """An attempt: its questions, or once handed in its result with the right answers explained."""
    found = learning.attempt(request.actor, pk)
    if request.method == "POST":
        actions.submit(actor=request.actor, attempt=found, answers=_answers(request))
        return redirect("education:attempt", pk)
    context: dict[str, Any] = {"attempt": found, "course": found.enrolment.course}
    if found.submitted_at is None:
        context["asked"] = [
            (one, list(zip(questions.LETTERS, range(len(one["options"])), one["options"], strict=False)))
            for one in marking.asked(found.drawn)
        ]
        context["left"] = max(0, int((found.due_at - timezone.now()).total_seconds()))
        return render(request, "education/attempt.html", context)
    context["results"] = [_result(one, found.answers.get(str(one["id"]), [])) for one in found.drawn]
    quiz = desk.quiz_of(found.enrolment.course)
    context["left"] = max(0, quiz.attempts - found.number) if quiz else 0
    context["certificate"] = getattr(found.enrolment, "certificate", None) if found.passed else None
    return render(request, "education/result.html", context)


def _answers(request: PageRequest) -> dict[str, list[int]]:
    """What was ticked: numbers alone, whatever was sent."""
    found: dict[str, list[int]] = {}
    for name in request.POST:
        if matched := _ANSWER.fullmatch(name):
            given = request.POST.getlist(name)[:20]
            found[str(int(matched[1]))] = [
                int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 4
            ]
    return found


def _result(one: dict[str, Any], given: list[int]) -> dict[str, Any]:
    return {
        "text": one["text"],
        "right": sorted(given) == one["right"],
        "given": "".join(questions.LETTERS[place] for place in given) or "—",
        "answer": "".join(questions.LETTERS[place] for place in one["right"]),
        "options": list(zip(questions.LETTERS, one["options"], strict=False)),
        "explanation": one["explanation"],
    }
