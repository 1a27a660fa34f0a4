"""Addresses of the media wing. Names of files are one of a few shapes; nothing else is an address."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from duikou.wings.media.views import files, live, pages


class Number(StringConverter):
    """The number of a recording or broadcast."""

    regex = "[0-9a-f]{16}"


class Played(StringConverter):
    """A file of a recording."""

    regex = r"master\.m3u8|poster\.jpg|[0-9]{2,4}p/(?:index\.m3u8|init\.mp4|[0-9]{5}\.m4s)"


class Live(StringConverter):
    """A file of a broadcast."""

    regex = r"index\.m3u8|[0-9]{6}\.ts"


register_converter(Number, "video")
register_converter(Played, "played")
register_converter(Live, "live")

app_name = "media"
urlpatterns = [
    path("", pages.recordings, name="list"),
    path("new/", pages.new, name="new"),
    path("live/", pages.broadcasts, name="broadcasts"),
    path("live/new/", pages.start, name="start"),
    path("<video:number>/", pages.recording, name="recording"),
    path("<video:number>/subtitles/", pages.subtitles, name="subtitles"),
    path("<video:number>/withdraw/", pages.withdraw, name="withdraw"),
    path("<video:number>/original/", files.original, name="original"),
    path("<video:number>/subtitle/<slug:language>.vtt", files.subtitle, name="subtitle"),
    path("<video:number>/play/<played:name>", files.file, name="file"),
    path("live/<video:number>/", pages.broadcast, name="broadcast"),
    path("live/<video:number>/end/", pages.end, name="end"),
    path("live/<video:number>/take/", live.take, name="take"),
    path("live/<video:number>/part/", live.part, name="part"),
    path("live/<video:number>/play/<live:name>", files.live_file, name="live_file"),
]
