"""Addresses of the training wing."""

from __future__ import annotations

from django.urls import path

from duikou.wings.training.views import acts, detail, lists

app_name = "training"
urlpatterns = [
    path("", lists.listed, name="list"),
    path("apply/", acts.apply, name="apply"),
    path("mine/", detail.mine, name="mine"),
    path("mine/<int:pk>/", detail.own, name="own"),
    path("mine/<int:pk>/write/", acts.write, name="write"),
    path("mine/entries/<int:pk>/", acts.rewrite, name="rewrite"),
    path("signing/", lists.signing, name="signing"),
    path("signing/<int:pk>/", acts.sign, name="sign"),
    path("teaching/", lists.teaching, name="teaching"),
    path("teaching/<int:pk>/", acts.teaching_sign, name="teaching-sign"),
    path("places/", lists.places, name="places"),
    path("places/offer/", acts.offer, name="offer"),
    path("places/<int:pk>/", detail.place, name="place"),
    path("places/<int:pk>/apply/", acts.apply_for, name="apply-for"),
    path("places/<int:pk>/close/", acts.close, name="close"),
    path("teams/", lists.teams, name="teams"),
    path("teams/form/", acts.form_team, name="team-form"),
    path("teams/<int:pk>/", detail.team, name="team"),
    path("teams/<int:pk>/end/", acts.end_team, name="team-end"),
    path("rotations/<int:pk>/withdraw/", acts.withdraw_rotation, name="rotation-withdraw"),
    path("absences/<int:pk>/return/", acts.come_back, name="absence-return"),
    path("absences/<int:pk>/withdraw/", acts.withdraw_absence, name="absence-withdraw"),
    path("<int:pk>/", detail.detail, name="detail"),
    path("<int:pk>/accept/", acts.accept, name="accept"),
    path("<int:pk>/refuse/", acts.refuse, name="refuse"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("<int:pk>/arrive/", acts.arrive, name="arrive"),
    path("<int:pk>/absence/", acts.absence, name="absence"),
    path("<int:pk>/end/", acts.end, name="end"),
    path("<int:pk>/correct/", acts.correct, name="correct"),
    path("<int:pk>/appraise/", acts.appraise, name="appraise"),
    path("<int:pk>/assign/", acts.assign, name="assign"),
    path("<int:pk>/rotate/", acts.rotate, name="rotate"),
]
