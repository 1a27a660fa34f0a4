"""Server-sent events of a room: bounded in time and in number, resumed without a gap.

A stream holds one thread of the web server. So it ends after less than half a minute, and the browser comes
back with the number of the last message that it has (Last-Event-ID). A process lends only so many threads
(`DUIKOU_ROOM_STREAMS`); whoever gets none asks for messages instead.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

from django.conf import settings

from duikou.core.errors import DuikouError
from duikou.wings.rooms import actions
from duikou.wings.rooms.models import Message, Presence
from duikou.wings.rooms.queries.messages import after
from duikou.wings.rooms.waking import Waker

LASTS = 25.0  # seconds
BEAT = 8.0  # seconds between two signs that the stream lives
AGAIN = 200  # milliseconds until the browser comes back

_lent = threading.BoundedSemaphore(max(1, settings.ROOM_STREAMS))


def item(message: Message) -> dict[str, Any]:
    """A message as browsers get it."""
    return {
        "number": message.number,
        "kind": message.kind,
        "from": message.sender_id,
        "body": message.body,
    }


class Stream:
    """The body of one answer. Closing it gives the thread's place back, whether or not it was ever read."""

    def __init__(self, seat: Presence, since: int, lasts: float = LASTS) -> None:
        self._seat, self._since, self._lasts = seat, since, lasts
        self._epoch = seat.epoch
        self._open = True
        self._parts = self._run()

    @classmethod
    def lend(cls, seat: Presence, since: int, lasts: float = LASTS) -> Stream | None:
        """A stream, or None while all places are taken."""
        if settings.ROOM_STREAMS < 1 or not _lent.acquire(blocking=False):
            return None
        return cls(seat, since, lasts)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._parts)

    def close(self) -> None:
        """Give the place back, once."""
        if self._open:
            self._open = False
            self._parts.close()
            _lent.release()

    def _run(self) -> Generator[bytes, None, None]:
        end = time.monotonic() + self._lasts
        yield f"retry: {AGAIN}\n\n".encode()
        with Waker() as waker:
            beat = time.monotonic() + BEAT
            while True:
                for message in after(self._seat, self._since):
                    self._since = message.number
                    waker.note()
                    yield _event(message)
                    if message.kind == Message.Kind.CLOSED:
                        return
                now = time.monotonic()
                if now >= end:
                    return
                if now >= beat:
                    beat = now + BEAT
                    if not self._still_there():
                        return
                    yield b": beat\n\n"
                waker.wait(min(beat, end))

    def _still_there(self) -> bool:
        """Whether the stay goes on in this window; that it is seen keeps it from ending."""
        try:
            self._seat.refresh_from_db(fields=["epoch", "left_at", "seen_at"])
        except Presence.DoesNotExist:
            return False
        if self._seat.left_at is not None or self._seat.epoch != self._epoch:
            return False
        try:
            actions.see(self._seat)
        except DuikouError:
            return False
        return True


def _event(message: Message) -> bytes:
    data = json.dumps(item(message), ensure_ascii=False, separators=(",", ":"))
    return f"id: {message.number}\ndata: {data}\n\n".encode()
