"""Forms: a new slide, a decision on a doubtful one, a mark taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.faces import answer_form, done
from duikou.core.pages import PageRequest, both, page
from duikou.wings.pathology import actions, forms, queries
from duikou.wings.pathology.catalogue import doubt_words


def _page_of(number: str) -> str:
    return reverse("pathology:slide", args=[number])


@both
@page("study.edit")
def new(request: PageRequest) -> HttpResponse:
    """Bring a slide in. Its file has gone up in pieces before this form comes."""
    form = forms.SlideForm(request.POST or None, studies=queries.own_studies(request.actor))

    def do(data: dict[str, Any]) -> Any:
        return actions.bring_in(
            actor=request.actor,
            study_uid=data["study"],
            patient_number=data["patient"],
            upload=data["upload"],
            title=data["title"],
            stain=data["stain"],
        )

    return answer_form(
        request,
        form,
        do,
        "pathology/new.html",
        {"form": form},
        said=_("切片已收下，正在检查质量。"),
        then=lambda made: _page_of(made.number),
    )


@both
@page("study.edit")
def decide(request: PageRequest, number: str) -> HttpResponse:
    """Whether a doubtful slide can be read."""
    found = queries.slide(request.actor, number)
    require(request.actor, "study.edit", found.study.scope_paths())
    form = forms.DecideForm(request.POST or None)
    return answer_form(
        request,
        form,
        lambda data: actions.decide(
            actor=request.actor, slide=found, good=data["good"] == "yes", reason=data["reason"]
        ),
        "pathology/decide.html",
        {"form": form, "slide": found, "doubts": [doubt_words(code) for code in found.doubts]},
        said=_("处理意见已登记。"),
        then=_page_of(number),
    )


@require_POST
@page("slide.mark")
def remove_mark(request: PageRequest, pk: int) -> HttpResponse:
    """Take one's own mark back."""
    found = queries.mark(request.actor, pk)
    actions.remove_mark(actor=request.actor, mark=found)
    done(request, _("标记已撤去。"))
    return redirect("pathology:slide", found.slide.number)
