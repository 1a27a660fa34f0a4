"""Pictures of an opinion: chosen by its expert, shown to who may open the case."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core import documents
from duikou.core.errors import Conflict
from duikou.core.faces import done
from duikou.core.pages import PageRequest, both, page
from duikou.wings.patients.models import Access
from duikou.wings.telehealth import actions, forms, pictures
from duikou.wings.telehealth.actions.opinions import seat_of
from duikou.wings.telehealth.models import Consultation
from duikou.wings.telehealth.queries import desk
from duikou.wings.telehealth.views.acts import on


@both
@page("consult.opinion")
def choose(request: PageRequest, pk: int) -> HttpResponse:
    """Choose a picture for the own opinion; those chosen are shown."""

    def make(one: Consultation) -> forms.PictureForm:
        seat_of(request.actor, one)
        return forms.PictureForm(request.POST or None, found=pictures.choices(one))

    def more(one: Consultation) -> dict[str, Any]:
        return {"pictures": seat_of(request.actor, one).pictures.all()}

    return on(
        request,
        pk,
        "",
        "consult.opinion",
        make,
        lambda one, data: actions.add_picture(actor=request.actor, one=one, **data),
        title=_("选择附图"),
        said=_("已选入意见。"),
        hint=_("附图印在签名意见中，并受签名保护；签发后不能改动。"),
        template="telehealth/pictures.html",
        more=more,
        then=lambda one: reverse("telehealth:pictures", args=[one.pk]),  # often more than one is chosen
    )


@require_POST
@page("consult.opinion")
def remove(request: PageRequest, pk: int, picture: int) -> HttpResponse:
    """Leave a chosen picture out."""
    actions.remove_picture(actor=request.actor, one=desk.find(request.actor, pk), pk=picture)
    done(request, _("附图已移除。"))
    return redirect("telehealth:pictures", pk)


@page("consult.view")
def picture(request: PageRequest, pk: int, picture: int) -> HttpResponse:
    """A picture of an opinion: a look at the patient; of an unsigned one, for its expert alone."""
    one = desk.find(request.actor, pk)
    found = desk.picture(request.actor, one, picture)
    opened = actions.open_case(actor=request.actor, one=one, where=Access.Where.PAGE)
    if opened.patient is None:
        raise Conflict(opened.why_shut)
    kind = documents.KINDS[found.document.kind].content_type
    answer = HttpResponse(documents.content(found.document), content_type=kind)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
