"""Addresses of the patients wing: numbers that say nothing, and what is typed goes into the body."""

from __future__ import annotations

from django.urls import path

from duikou.wings.patients.views import acts, detail, keeping, lists, typing

app_name = "patients"
urlpatterns = [
    path("", lists.patients, name="list"),
    path("new/", typing.new, name="new"),
    path("same/", typing.same, name="same"),
    path("find/", typing.find, name="find"),
    path("emergency/", acts.break_glass, name="break_glass"),
    path("emergencies/", lists.emergencies, name="emergencies"),
    path("emergencies/<int:pk>/", keeping.review, name="review"),
    path("looks/", lists.looks, name="looks"),
    path("to-confirm/", lists.to_confirm, name="to_confirm"),
    path("due/", lists.due, name="due"),
    path("erasures/", lists.erasures, name="erasures"),
    path("erasures/<int:pk>/", keeping.decide, name="decide"),
    path("counts/", lists.counts, name="counts"),
    path("consents/<int:pk>/confirm/", acts.confirm, name="confirm"),
    path("consents/<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("consents/<int:pk>/paper/", detail.paper, name="paper"),
    path("relations/<int:pk>/end/", acts.unshare, name="unshare"),
    path("merges/<int:pk>/undo/", acts.undo_merge, name="undo_merge"),
    path("<str:number>/", detail.patient, name="patient"),
    path("<str:number>/full/", detail.full, name="full"),
    path("<str:number>/edit/", typing.edit, name="edit"),
    path("<str:number>/consent/", acts.consent, name="consent"),
    path("<str:number>/share/", acts.share, name="share"),
    path("<str:number>/merge/", acts.merge, name="merge"),
    path("<str:number>/erase/", keeping.propose, name="propose"),
]
