"""The answer that the proxy asks for before it lets a request for pictures through: 204 or 403."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from duikou.core.errors import DuikouError
from duikou.wings.imaging import actions
from duikou.wings.imaging.uids import is_uid
from duikou.wings.patients.models import Access


@require_GET
@never_cache
def authorise(request: HttpRequest) -> HttpResponse:
    """Whether this session may see the pictures of the study named in the header X-Study.

    A study whose pictures have no known scale is refused: the viewer would let one measure in it. Whoever
    asks without the proxy learns no more than the own rights.
    """
    uid = request.headers.get("X-Study", "")
    actor: Any = request.actor  # type: ignore[attr-defined]
    try:
        if request.user.is_authenticated and is_uid(uid):
            study = actions.look(actor=actor, study_uid=uid, where=Access.Where.PAGE)
            return HttpResponse(status=204 if study.measurable else 403)
    except DuikouError:
        pass
    return HttpResponse(status=403)
