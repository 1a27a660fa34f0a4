"""Addresses of presence and work."""

from __future__ import annotations

from django.urls import path

from duikou.wings.presence.views import host, own, phone, volumes

app_name = "presence"
urlpatterns = [
    path("", host.weeks, name="list"),
    path("work/", volumes.work, name="work"),
    path("postings/<int:pk>/", host.week, name="week"),
    path("postings/<int:pk>/confirm/", host.confirm, name="confirm"),
    path("postings/<int:pk>/days/<str:day>/", host.correct, name="correct"),
    path("proofs/<int:pk>/", host.proof, name="proof"),
    path("mine/", own.mine, name="mine"),
    path("mine/proofs/<int:pk>/", own.my_proof, name="my-proof"),
    path("consent/", own.consent, name="consent"),
    # Below here the phone's page works without a link: the worker serves what it has kept.
    path("today/", phone.today, name="today"),
    path("today/check/", phone.check, name="check"),
    path("today/report/", phone.report, name="report"),
    path("today/proof/", phone.add_proof, name="add-proof"),
    path("today/worker.js", phone.worker, name="worker"),
]
