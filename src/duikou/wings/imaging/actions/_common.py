"""What the acts share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core.errors import Conflict
from duikou.core.paths import enclosing
from duikou.core.scope import HOSPITAL_DEPTH
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging.models import Study


def standing(study: Study) -> None:
    """Raise Conflict for a study without a patient, or one that was taken back."""
    if study.state == Study.State.UNMATCHED:
        raise Conflict(_("这份检查还没有匹配到患者。请先在“待匹配”中办理。"))
    if study.state == Study.State.WITHDRAWN:
        raise Conflict(_("这份检查已撤下，不能再使用。"))
    if study.state == Study.State.ERASED:
        raise Conflict(_("这份检查已随患者档案销毁。"))


def hospital_at(path: str) -> Hospital:
    """The hospital that a path lies in."""
    return Hospital.objects.get(scope_path__in=[path, *enclosing(path, HOSPITAL_DEPTH)])
