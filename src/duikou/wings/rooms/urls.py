"""Addresses of the rooms wing."""

from __future__ import annotations

from django.urls import path

from duikou.wings.rooms.views import live, pages, recordings

app_name = "rooms"
urlpatterns = [
    path("", pages.rooms, name="list"),
    path("new/", pages.new, name="new"),
    path("devices/", pages.devices, name="devices"),
    path("<int:pk>/", pages.room, name="room"),
    path("<int:pk>/close/", pages.close, name="close"),
    path("<int:pk>/join/", live.join, name="join"),
    path("<int:pk>/leave/", live.leave, name="leave"),
    path("<int:pk>/servers/", live.servers, name="servers"),
    path("<int:pk>/send/", live.send, name="send"),
    path("<int:pk>/stream/", live.stream, name="stream"),
    path("<int:pk>/messages/", live.messages, name="messages"),
    path("<int:pk>/exhibits/<int:position>/", live.exhibit, name="exhibit"),
    path("<int:pk>/quality/", live.quality, name="quality"),
    path("<int:pk>/agree/", recordings.agree, name="agree"),
    path("<int:pk>/record/", recordings.start, name="record"),
    path("recordings/<int:pk>/stop/", recordings.stop, name="stop"),
    path("recordings/<int:pk>/part/", recordings.part, name="part"),
    path("recordings/<int:pk>/file/", recordings.file, name="file"),
]
