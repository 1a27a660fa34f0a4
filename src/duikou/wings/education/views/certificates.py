"""A certificate: its page, its paper, its revocation."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.actions import require
from duikou.core.faces import answer_form, english
from duikou.core.pages import PageRequest, both, page
from duikou.wings.agreements.papers import address_of
from duikou.wings.education import actions, forms, papers
from duikou.wings.education.queries import learning
from duikou.wings.education.views._common import credit_words
from duikou.wings.hospitals import catalogue as register


@page("course.view")
def certificate(request: PageRequest, pk: int) -> HttpResponse:
    """What a certificate says."""
    found = learning.certificate(request.actor, pk)
    return render(
        request,
        "education/certificate.html",
        {
            "one": found,
            "title": register.title_label(found.person_title) if found.person_title else "",
            "credit": credit_words(found),
            "address": address_of(found.code),
            "may_revoke": found.valid and request.actor.may("course.teach", found.teach_path),
            "demo_data": found.demonstration,
        },
    )


@page("course.view")
def pdf(request: PageRequest, pk: int) -> HttpResponse:
    """The certificate on paper."""
    found = learning.certificate(request.actor, pk)
    answer = HttpResponse(papers.pdf(found, "en" if english() else "zh"), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@both
@page("course.teach")
def revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Take a certificate back."""
    found = learning.certificate(request.actor, pk)
    require(request.actor, "course.teach", (found.teach_path,))
    form = forms.ReasonForm(request.POST or None)
    back = reverse("education:certificate", args=[pk])
    context = {
        "form": form,
        "title": _("撤销证书"),
        "button": _("撤销证书"),
        "back": back,
        "hint": _("撤销后验证码显示“已撤销”；记录保留。"),
    }
    return answer_form(
        request,
        form,
        lambda data: actions.revoke(actor=request.actor, certificate=found, reason=data["reason"]),
        "education/act.html",
        context,
        said=_("证书已撤销。"),
        then=back,
    )
