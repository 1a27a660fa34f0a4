"""Addresses of the postings wing."""

from __future__ import annotations

from django.urls import path

from duikou.wings.postings.views import acts, detail, lists

app_name = "postings"
urlpatterns = [
    path("", lists.postings, name="list"),
    path("coverage/", lists.coverage, name="coverage"),
    path("managers/", lists.managers, name="managers"),
    path("nominate/", acts.nominate, name="nominate"),
    path("mine/", lists.mine, name="mine"),
    path("mine/<int:pk>/", detail.own, name="own"),
    path("mine/conduct/<int:pk>/", detail.own_record, name="own_record"),
    path("mine/conduct/<int:pk>/answer/", acts.own_answer, name="own_answer"),
    path("requests/", lists.requests, name="requests"),
    path("requests/new/", acts.ask, name="ask"),
    path("requests/<int:pk>/", detail.staff_request, name="request"),
    path("requests/<int:pk>/nominate/", acts.nominate_for, name="nominate_for"),
    path("requests/<int:pk>/withdraw/", acts.withdraw_request, name="withdraw_request"),
    path("requests/<int:pk>/decline/", acts.decline_request, name="decline_request"),
    path("conduct/", lists.conduct, name="conduct"),
    path("conduct/<int:pk>/", detail.record, name="record"),
    path("conduct/<int:pk>/acknowledge/", acts.acknowledge, name="acknowledge"),
    path("conduct/<int:pk>/answer/", acts.answer, name="answer"),
    path("conduct/<int:pk>/settle/", acts.settle, name="settle"),
    path("leaves/<int:pk>/return/", acts.come_back, name="come_back"),
    path("leaves/<int:pk>/withdraw/", acts.withdraw_leave, name="withdraw_leave"),
    path("<int:pk>/", detail.posting, name="posting"),
    path("<int:pk>/approve/", acts.approve, name="approve"),
    path("<int:pk>/refuse/", acts.refuse, name="refuse"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("<int:pk>/arrive/", acts.arrive, name="arrive"),
    path("<int:pk>/leave/", acts.leave, name="leave"),
    path("<int:pk>/end/", acts.end, name="end"),
    path("<int:pk>/days/", acts.days, name="days"),
    path("<int:pk>/appraise/", acts.appraise, name="appraise"),
    path("<int:pk>/conduct/", acts.report, name="report"),
]
