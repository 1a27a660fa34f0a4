"""Checking a printed paper by its code: an agreement's parties, dates and state; what a certificate says.

A code is eighty bits that nobody guesses, so whoever has one has the paper. Of an agreement, names of
persons, texts and files stay inside; of both, the reason of an end.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duikou.portal import disclosure

LONGEST = 60


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Type a code."""
    typed = "".join(filter(str.isprintable, request.GET.get("code", "")))[:LONGEST].strip()
    code = disclosure.typed_code(typed) if typed else None
    if code:
        return redirect("portal:verify_code", code)
    fault = _("验证码应为 16 位字母和数字，例如 7K3M-9QPT-02XA-HB5N。") if typed else ""
    context = {"typed": typed, "fault": fault}
    return render(request, "portal/verify.html", context, status=422 if fault else 200)


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """What is true of the paper with a code."""
    proper = disclosure.typed_code(code[:LONGEST])
    if proper and proper != code:
        return redirect("portal:verify_code", proper)
    found = disclosure.agreement(proper) if proper else None
    certificate = disclosure.certificate(proper) if proper and found is None else None
    lacking = found is None and certificate is None
    course = disclosure.course_certificate(proper) if proper and lacking else None
    context = {
        "code": code[:LONGEST],
        "paper": found,
        "certificate": certificate,
        "course": course,
        "demo_data": any(one is not None and one.demonstration for one in (found, certificate, course)),
    }
    known = found or certificate or course
    answer = render(request, "portal/verified.html", context, status=200 if known else 404)
    patch_cache_control(answer, private=True, no_store=True)
    return answer


ask.public = show.public = True  # type: ignore[attr-defined]
