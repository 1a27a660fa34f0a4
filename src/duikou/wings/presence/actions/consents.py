"""A person agrees to the place match at check-in, and takes it back."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied
from duikou.core.scope import Actor
from duikou.wings.presence.consenting import current
from duikou.wings.presence.models import Consent


def agree(*, actor: Actor, version: str) -> Consent:
    """Agree to the text in force; saying so twice changes nothing.

    Raises Conflict when the text that was read is no longer the one in force.
    """
    with act("presence.consent", actor=actor, permission="presence.own") as event:
        user = _own(actor)
        if version != current().version:
            raise Conflict(_("同意文本已更新。请重新阅读后再同意。"))
        found = Consent.objects.filter(user=actor.user_id, withdrawn_at=None).first()
        if found is None or found.text_version != version:
            now = timezone.now()
            Consent.objects.filter(user=actor.user_id, withdrawn_at=None).update(withdrawn_at=now)
            found = Consent.objects.create(user_id=user, text_version=version, given_at=now)
        event.note(found, after={"text_version": version})
    return found


def withdraw(*, actor: Actor) -> None:
    """Take the consent back. Raises Conflict when there is none."""
    with act("presence.consent_withdrawn", actor=actor, permission="presence.own") as event:
        _own(actor)
        found = Consent.objects.filter(user=actor.user_id, withdrawn_at=None).first()
        if found is None:
            raise Conflict(_("您目前没有同意过定位核对。"))
        found.withdrawn_at = timezone.now()
        found.save(update_fields=["withdrawn_at"])
        event.note(found, before={"text_version": found.text_version})


def _own(actor: Actor) -> int:
    if actor.user_id is None:
        raise Denied(_("只能由本人办理。请先登录。"))
    return actor.user_id
