"""One person, one certificate, one's own record; issuing and revoking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.actions import require
from duikou.core.faces import answer_form, words
from duikou.core.links import link
from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, both, page
from duikou.wings.agreements.papers import address_of
from duikou.wings.credits import actions, learnt, papers, queries
from duikou.wings.credits.looks import KINDS, certificate_badge, state_badge
from duikou.wings.credits.models import Certificate
from duikou.wings.credits.queries import Record
from duikou.wings.credits.queries.certificates import own_certificate
from duikou.wings.credits.values import credit_values, labels, said, service_values, stay_words, verdict_words


class IssueForm(forms.Form):
    """Nothing to fill in: what is issued follows from the records."""


class ReasonForm(forms.Form):
    """Why a certificate is revoked or issued anew."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, help_text=gettext_lazy("留在记录里；公众核验页不显示。")
    )


# ---------------------------------------------------------------- a person


@page("credit.view")
def person(request: PageRequest, pk: int) -> HttpResponse:
    """Every year's credit of a person, service before promotion, certificates."""
    record = queries.find_record(request.actor, pk)
    return render(request, "credits/person.html", _shown(request, record, own=False))


@page("credit.own")
def mine(request: PageRequest) -> HttpResponse:
    """The own record."""
    record = queries.own_record(request.actor)
    context = {"record": None} if record is None else _shown(request, record, own=True)
    return render(request, "credits/mine.html", context)


def _shown(request: PageRequest, record: Record, *, own: bool) -> dict[str, Any]:
    may = {
        path: not own and request.actor.may("credit.issue", path)
        for path in {part.home_path for part in record.parts}
    }
    return {
        "record": record,
        "own": own,
        "person_url": "" if own else link("people:person", record.person.pk),
        "certificate_page": "credits:my-certificate" if own else "credits:certificate",
        "credits": [_credit(record, credit, may) for credit in record.credits],
        "services": [_service(record, served, may) for served in record.services],
        "certificates": [
            (one, certificate_badge(one, differs=bool(found) and one.valid))
            for one, found in record.certificates
        ],
        "learnt": learnt.learnt(record.person.pk),
        "demo_data": record.demonstration,
    }


def _credit(record: Record, credit: Any, may: dict[str, bool]) -> dict[str, Any]:
    held = record.certificate_of(credit.kind, year=credit.year)
    differs = held is not None and any(one is held and found for one, found in record.certificates)
    state = ("differs" if differs else "issued") if held else credit.result.standing.value
    kept = [
        {
            "host": part.host,
            "first": part.first,
            "last": part.last,
            "away": part.away,
            "verdict": verdict_words(_verdict(part, credit.year)),
        }
        for part in credit.parts
    ]
    return {
        "credit": credit,
        "kind": KINDS[credit.kind],
        "badge": state_badge(state),
        "stays": kept,
        "certificate": held,
        "rule": credit.terms.cited,
        "rule_url": link("policy:rule", credit.terms.cited.pack, credit.terms.cited.id),
        "lacking": "" if credit.met else actions.lacking(credit),
        "may_issue": credit.met and held is None and may.get(credit.last.home_path, False),
    }


def _verdict(part: Any, year: int) -> str:
    return "passed" if year in part.stay.passed else "failed" if year in part.stay.failed else "none"


def _service(record: Record, served: Any, may: dict[str, bool]) -> dict[str, Any]:
    held = record.certificate_of("service", rule=served.terms.key)
    cited = served.terms.cited
    return {
        "served": served,
        "rule": cited,
        "rule_url": link("policy:rule", cited.pack, cited.id),
        "province": words(served.terms.province),
        "certificate": held,
        "may_issue": served.result.met
        and served.terms.applies
        and held is None
        and may.get(served.parts[-1].home_path, False),
    }


# ---------------------------------------------------------------- issuing


@both
@page("credit.issue")
def issue_credit(request: PageRequest, pk: int, kind: str, year: int) -> HttpResponse:
    """Recognise a person's credit of a year."""
    record = queries.find_record(request.actor, pk)
    if kind not in KINDS:
        raise BadParameter("kind", kind, " / ".join(KINDS))
    credit = next((one for one in record.credits if (one.kind, one.year) == (kind, year)), None)
    place = credit.last.home_path if credit else record.person.hospital.scope_path
    require(request.actor, "credit.issue", (place,))
    return _ask(
        request,
        IssueForm() if request.method == "GET" else IssueForm(request.POST),
        lambda _form: actions.issue_credit(actor=request.actor, person=record.person, kind=kind, year=year),
        title=_("认定学分"),
        lead=_("%(name)s · %(year)s 年 · %(kind)s")
        % {"name": record.person.name, "year": year, "kind": KINDS[kind]},
        lines=[actions.lacking(credit)] if credit and not credit.met else _credit_lines(credit),
        button=_("认定并开具证明"),
        said=_("学分已认定，证明已开具。"),
        back=reverse("credits:person", args=[pk]),
    )


def _credit_lines(credit: Any) -> list[str]:
    if credit is None:
        return [_("没有这一年的记录。")]
    kept = credit_values(credit)
    return [f"{label}：{said(kept, name)}" for name, label in labels().items() if name in kept] + [
        actions.cite(credit.terms.cited)
    ]


@both
@page("credit.issue")
def issue_service(request: PageRequest, pk: int, rule: str) -> HttpResponse:
    """Certify a person's service under a rule of the own province."""
    record = queries.find_record(request.actor, pk)
    served = next((one for one in record.services if one.terms.key == rule), None)
    place = served.parts[-1].home_path if served else record.person.hospital.scope_path
    require(request.actor, "credit.issue", (place,))
    return _ask(
        request,
        IssueForm() if request.method == "GET" else IssueForm(request.POST),
        lambda _form: actions.issue_service(actor=request.actor, person=record.person, rule=rule),
        title=_("开具服务证明"),
        lead=f"{record.person.name} · {served.terms.cited.id if served else rule}",
        lines=[
            served.terms.demands,
            *(stay_words(stay) for stay in service_values(served)["stays"]),
            actions.cite(served.terms.cited),
        ]
        if served
        else [_("没有可以开具的服务记录。")],
        button=_("开具证明"),
        said=_("证明已开具。"),
        back=reverse("credits:person", args=[pk]),
    )


# ---------------------------------------------------------------- a certificate


@page("credit.view")
def certificate(request: PageRequest, pk: int) -> HttpResponse:
    """A certificate as it was issued, and what has changed since."""
    found = queries.certificates(request.actor, "credit.view")
    return _certificate(request, queries.find_certificate(request.actor, pk, found), own=False)


@page("credit.own")
def my_certificate(request: PageRequest, pk: int) -> HttpResponse:
    """One's own certificate."""
    return _certificate(request, own_certificate(request.actor, pk), own=True)


def _certificate(request: PageRequest, found: Certificate, *, own: bool) -> HttpResponse:
    differing = queries.differences_of([found])[found.pk]
    cited = found.values["cited"]
    return render(
        request,
        "credits/certificate.html",
        {
            "certificate": found,
            "own": own,
            "badge": certificate_badge(found, differs=bool(differing) and found.valid),
            "facts": [
                (label, said(found.values, name))
                for name, label in labels().items()
                if name in found.values and name != "stays"
            ],
            "stays": [
                {**stay, "verdict": verdict_words(stay["verdict"]) if stay["verdict"] else "—"}
                for stay in found.values["stays"]
            ],
            "differences": differing,
            "cited": cited,
            "rule_url": link("policy:rule", found.policy_pack, cited["id"]),
            "address": address_of(found.code),
            "pdf": reverse("credits:my-pdf" if own else "credits:pdf", args=[found.pk]),
            "may_revoke": not own and found.valid and request.actor.may("credit.issue", found.home_path),
            "demo_data": found.demonstration,
        },
    )


@page("credit.view")
def pdf(request: PageRequest, pk: int) -> HttpResponse:
    """The certificate as a PDF."""
    found = queries.certificates(request.actor, "credit.view")
    return _pdf(request, queries.find_certificate(request.actor, pk, found))


@page("credit.own")
def my_pdf(request: PageRequest, pk: int) -> HttpResponse:
    """One's own certificate as a PDF."""
    return _pdf(request, own_certificate(request.actor, pk))


def _pdf(request: PageRequest, found: Certificate) -> HttpResponse:
    language = request.GET.get("language", "zh")
    if language not in ("zh", "en"):
        raise BadParameter("language", language, "zh / en")
    return pdf_answer(found, "en" if language == "en" else "zh")


def pdf_answer(found: Certificate, language: papers.Language) -> HttpResponse:
    """The file; its name holds the code and no name of a person."""
    answer = HttpResponse(papers.pdf(found, language), content_type="application/pdf")
    ending = "" if language == "zh" else "-en"
    answer["Content-Disposition"] = f'attachment; filename="certificate-{found.code}{ending}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@both
@page("credit.issue")
def revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Take a certificate back."""
    return _take_back(request, pk, actions.revoke, _("撤销证明"), _("证明已撤销。"), _("撤销"))


@both
@page("credit.issue")
def reissue(request: PageRequest, pk: int) -> HttpResponse:
    """Revoke a certificate and issue it anew from the data of today."""
    return _take_back(
        request, pk, actions.reissue, _("换发证明"), _("已按现有数据换发。"), _("撤销旧证并换发")
    )


def _take_back(
    request: PageRequest, pk: int, do: Callable[..., Certificate], title: str, told: str, button: str
) -> HttpResponse:
    found = queries.find_certificate(request.actor, pk, queries.certificates(request.actor, "credit.issue"))
    require(request.actor, "credit.issue", (found.home_path,))
    return _ask(
        request,
        ReasonForm(request.POST or None),
        lambda form: do(actor=request.actor, certificate=found, reason=form["reason"]),
        title=title,
        lead=f"{found.code} · {found.person_name}",
        lines=[f"{one.label}：{one.issued} → {one.now}" for one in queries.differences_of([found])[found.pk]],
        button=button,
        said=told,
        back=reverse("credits:certificate", args=[pk]),
        danger=True,
    )


def _ask(
    request: PageRequest,
    form: forms.Form,
    do: Callable[[dict[str, Any]], Certificate],
    *,
    said: str,
    back: str,
    **shown: Any,
) -> HttpResponse:
    """Show what will be done; do it; show again with what the act objects to."""
    context = {"form": form, "back": back, "today": timezone.localdate(), **shown}
    return answer_form(
        request, form, do, "credits/ask.html", context, said=said,
        then=lambda made: reverse("credits:certificate", args=[made.pk]),
    )  # fmt: skip
