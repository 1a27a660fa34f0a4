"""`duikou live`: make the live pictures of broadcasts. It needs no database and no framework."""

from __future__ import annotations

import argparse
import signal
from types import FrameType

from duikou.cli.output import CliError, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: folders and programs come from the settings."""


def run(arguments: argparse.Namespace) -> int:
    """Work until SIGINT or SIGTERM."""
    from duikou.config import settings
    from duikou.wings.media import programs
    from duikou.wings.media.feeding import Keeper
    from duikou.wings.media.storing import Shelf

    if not programs.found(settings.FFMPEG):
        raise CliError(
            "没有安装 ffmpeg，不能直播。请安装 ffmpeg，或用 DUIKOU_FFMPEG 指明位置",
            "ffmpeg is not installed: install it, or name it in DUIKOU_FFMPEG",
        )
    keeper = Keeper(Shelf(settings.VIDEO), settings.FFMPEG)

    def stop(number: int, frame: FrameType | None) -> None:
        keeper.stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    keeper.run()
    say("直播处理已停止 / live broadcasts stopped")
    return 0
