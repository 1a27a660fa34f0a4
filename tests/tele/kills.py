"""What the tests with kills share: windows that may note the losses, a room with pictures in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.tele import nginx
from tests.browser.calls import come_in, frames_rise
from tests.browser.conftest import PASSWORD, windows_of
from tests.browser.tools import Opener, Windows
from tests.tele.case import Case
from tests.tele.whole import Whole

GONE = (
    "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE_CHUNKED",
    "ERR_SOCKET_NOT_CONNECTED", "failed to load",
)  # fmt: skip


def forgiving(request: pytest.FixtureRequest, windows: Windows) -> Iterator[Opener]:
    """Windows in which only the losses that the tests cause themselves may be noted."""
    for opener in windows_of(request, windows):
        yield opener
        windows.trouble[:] = [one for one in windows.trouble if not any(word in one for word in GONE)]


@pytest.fixture
def call(request: pytest.FixtureRequest, whole: Whole, with_devices: Browser) -> Iterator[Opener]:
    """Windows on the site itself."""
    windows = Windows(with_devices, whole.site.address, PASSWORD, {}, whole.beside)
    yield from forgiving(request, windows)


@pytest.fixture
def call_in_front(request: pytest.FixtureRequest, whole: Whole, with_devices: Browser) -> Iterator[Opener]:
    """Windows on the site as hospitals reach it: through the proxy."""
    windows = Windows(with_devices, nginx.front(whole.home), PASSWORD, {}, whole.beside)
    yield from forgiving(request, windows)


def in_a_room(call: Opener, whole: Whole, case: Case) -> tuple[Page, Page]:
    """Two of the hospital in a room with the pictures of the case, linked directly."""
    printed = whole.site.python(
        "from duikou.core.models import User\n"
        "from duikou.core.scope import actor_for\n"
        "from duikou.wings.imaging.models import Study\n"
        "from duikou.wings.rooms import actions, exhibits\n"
        "from duikou.wings.rooms.actions import Invited\n"
        "studies = Study.objects.filter(patient__number=" + repr(case.number) + ").order_by('pk')\n"
        "room = actions.open_room(actor=actor_for(User.objects.get(username='clinic')), title='演练',\n"
        "    exhibits=[each for study in studies for each in exhibits.of_study(study)],\n"
        "    members=[Invited('speaker', user=User.objects.get(username='records'))])\n"
        "print('room', room.pk)\n"
    )
    room = printed.split("room ")[-1].split()[0]
    pages = call("clinic"), call("records")
    for page in pages:
        come_in(page, f"/app/rooms/{room}/")
    for page in pages:
        expect(page.locator("[data-told]")).to_have_text("已接通。", timeout=30_000)
        frames_rise(page)
    return pages


def told(page: Page) -> int:
    """How many strokes the stage of a window has."""
    return int(page.locator("[data-stage]").get_attribute("data-strokes") or 0)
