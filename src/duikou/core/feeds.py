"""Secret addresses under which a calendar programme reads what is one's own (日历订阅).

A wing that has such a feed keeps a table of `FeedAddress` and says in a `Feed` whose permission it takes.
The address is shown once, renewed or stopped at any time, and kept as a digest like an API token: whoever
reads the database cannot open the feed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from icalendar import Calendar, Event

from duikou.core.actions import act
from duikou.core.errors import Denied
from duikou.core.models import User
from duikou.core.scope import Actor, actor_for


class FeedAddress(models.Model):
    """The address of one account's feed; the wing's table adds the `user`, one row each."""

    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("生成时间"), auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.user)  # type: ignore[attr-defined]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()  # 256 random bits need no slow hash


@dataclass(frozen=True)
class Feed:
    """One kind of feed: its table, its name in the audit log, the right it takes, what programs are told."""

    table: type[FeedAddress]
    name: str
    permission: str
    by_hand: object  # why an API token may not make an address: words, translated late

    def renew(self, *, actor: Actor) -> str:
        """Make a new address for the actor's own feed; the one before is dead.

        Returns the token, shown only now. Raises Denied when a program asks, or the right is not there.
        """
        self._only_the_person(actor)
        token = secrets.token_urlsafe(32)
        with act(f"{self.name}.renew", actor=actor, permission=self.permission) as event:
            row, _made = self._rows().update_or_create(
                user_id=actor.user_id, defaults={"digest": _digest(token)}
            )
            event.note(row)
        return token

    def stop(self, *, actor: Actor) -> None:
        """No feed any more. Raises Denied as `renew` does."""
        self._only_the_person(actor)
        with act(f"{self.name}.stop", actor=actor, permission=self.permission) as event:
            event.note(label=actor.label)
            self._rows().filter(user_id=actor.user_id).delete()

    def reader(self, token: str) -> Actor | None:
        """Who reads under an address, with the right to this feed alone; None when it does not count."""
        if not 20 <= len(token) <= 100:
            return None
        row = self._rows().select_related("user").filter(digest=_digest(token)).first()
        if row is None or not row.user.is_active or row.user.must_change_password:
            return None
        actor = actor_for(row.user).limited_to((self.permission,))
        return actor if actor.may(self.permission) else None

    def of(self, actor: Actor) -> FeedAddress | None:
        """The address that the actor gave out, if there is one."""
        found: FeedAddress | None = self._rows().filter(user_id=actor.user_id or 0).first()
        return found

    def _rows(self) -> models.Manager:
        return self.table._default_manager

    def _only_the_person(self, actor: Actor) -> None:
        if actor.limit is not None or actor.user_id is None:  # the address would outlive the token
            raise Denied(str(self.by_hand))


def language_of(actor: Actor) -> str:
    """The language that an account chose; Chinese where it chose none."""
    return User.objects.filter(pk=actor.user_id or 0).values_list("language", flat=True).first() or "zh-hans"


def calendar_file(reader: Actor, product: str, title: object, events: Iterable[Event]) -> HttpResponse:
    """The iCalendar answer (RFC 5545) in the reader's language; `events` are made while it is written."""
    with override(language_of(reader)):
        book = Calendar()
        book.add("prodid", f"-//Duikou//{product}//ZH")
        book.add("version", "2.0")
        book.add("name", str(title))
        book.add("x-wr-calname", str(title))
        for event in events:
            book.add_component(event)
        answer = HttpResponse(book.to_ical(), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="duikou-{product}.ics"'
    answer["Referrer-Policy"] = "no-referrer"
    return answer
