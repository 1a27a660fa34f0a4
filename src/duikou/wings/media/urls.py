"""Addresses of the media wing. Names of files are one of a few shapes; nothing else is an address."""

from __future__ import annotations

from django.urls import path, re_path

from duikou.wings.media.views import files, live, pages

NUMBER = "(?P<number>[0-9a-f]{16})"
PLAYED = r"(?P<name>master\.m3u8|poster\.jpg|[0-9]{2,4}p/(?:index\.m3u8|init\.mp4|[0-9]{5}\.m4s))"
LIVE = r"(?P<name>index\.m3u8|[0-9]{6}\.ts)"

app_name = "media"
urlpatterns = [
    path("", pages.recordings, name="list"),
    path("new/", pages.new, name="new"),
    path("live/", pages.broadcasts, name="broadcasts"),
    path("live/new/", pages.start, name="start"),
    re_path(rf"^{NUMBER}/$", pages.recording, name="recording"),
    re_path(rf"^{NUMBER}/subtitles/$", pages.subtitles, name="subtitles"),
    re_path(rf"^{NUMBER}/withdraw/$", pages.withdraw, name="withdraw"),
    re_path(rf"^{NUMBER}/original/$", files.original, name="original"),
    re_path(rf"^{NUMBER}/subtitle/(?P<language>zh|en)\.vtt$", files.subtitle, name="subtitle"),
    re_path(rf"^{NUMBER}/play/{PLAYED}$", files.file, name="file"),
    re_path(rf"^live/{NUMBER}/$", pages.broadcast, name="broadcast"),
    re_path(rf"^live/{NUMBER}/end/$", pages.end, name="end"),
    re_path(rf"^live/{NUMBER}/take/$", live.take, name="take"),
    re_path(rf"^live/{NUMBER}/part/$", live.part, name="part"),
    re_path(rf"^live/{NUMBER}/play/{LIVE}$", files.live_file, name="live_file"),
]
