"""Addresses of the referrals wing: numbers that say nothing; what is typed goes into the body."""

from __future__ import annotations

from django.urls import path

from duikou.wings.referrals.views import acts, detail, directory, lists, typing

app_name = "referrals"
urlpatterns = [
    path("", lists.worklist, name="list"),
    path("new/", typing.new, name="new"),
    path("told/", typing.told, name="told"),
    path("overdue/", lists.overdue, name="overdue"),
    path("counts/", lists.counts, name="counts"),
    path("counts/departments/", lists.counts, {"by": "department"}, name="counts_department"),
    path("counts/doctors/", lists.counts, {"by": "doctor"}, name="counts_doctor"),
    path("services/", lists.services, name="services"),
    path("services/new/", directory.new, name="new_service"),
    path("services/<int:pk>/", directory.service, name="service"),
    path("services/<int:pk>/edit/", directory.edit, name="edit_service"),
    path("services/<int:pk>/close/", directory.close, name="close_service"),
    path("follow-ups/<int:pk>/", acts.follow_up, name="follow_up"),
    path("<int:pk>/", detail.referral, name="referral"),
    path("<int:pk>/slip/", detail.slip, name="slip"),
    path("<int:pk>/edit/", typing.edit, name="edit"),
    path("<int:pk>/send/", acts.send, name="send"),
    path("<int:pk>/complete/", acts.complete, name="complete"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("<int:pk>/return/", acts.give_back, name="return"),
    path("<int:pk>/accept/", acts.accept, name="accept"),
    path("<int:pk>/decline/", acts.decline, name="decline"),
    path("<int:pk>/receive/", acts.receive, name="receive"),
    path("<int:pk>/arrive/", acts.arrive, name="arrive"),
    path("<int:pk>/treat/", acts.treat, name="treat"),
    path("<int:pk>/refer-back/", acts.refer_back, name="refer_back"),
    path("<int:pk>/confirm/", acts.confirm, name="confirm"),
    path("<int:pk>/close/", acts.close, name="close"),
    path("<int:pk>/settle/", acts.settle, name="settle"),
]
