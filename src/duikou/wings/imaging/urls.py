"""Addresses of the imaging wing: studies by their UID, which says nothing about anybody."""

from __future__ import annotations

from django.urls import path

from duikou.wings.imaging.views import acts, deciding, deliveries, lists, reading, tracings

app_name = "imaging"
urlpatterns = [
    path("", lists.listed, name="list"),
    path("authorise/", deciding.authorise, name="authorise"),
    path("studies/<str:uid>/tracing/", tracings.tracing, name="tracing"),
    path("studies/<str:uid>/tracing.svg", tracings.tracing_drawn, name="tracing_drawn"),
    path("upload/", acts.upload, name="upload"),
    path("unmatched/", lists.unmatched, name="unmatched"),
    path("unmatched/<str:uid>/", acts.match, name="match"),
    path("deliveries/", deliveries.refused, name="refused"),
    path("deliveries/<str:number>/", deliveries.delivery, name="delivery"),
    path("deliveries/<str:number>/progress/", deliveries.delivery_progress, name="delivery_progress"),
    path("deliveries/<str:number>/recheck/", deliveries.recheck, name="recheck"),
    path("deliveries/<str:number>/settle/", deliveries.settle, name="settle"),
    path("gateways/", lists.gateways, name="gateways"),
    path("gateways/new/", acts.new_gateway, name="new_gateway"),
    path("gateways/<int:pk>/", acts.gateway, name="gateway"),
    path("studies/<str:uid>/", reading.study, name="study"),
    path("studies/<str:uid>/download/", reading.download, name="download"),
    path("studies/<str:uid>/withdraw/", acts.withdraw, name="withdraw"),
    path("studies/<str:uid>/pictures/<int:pk>/", reading.picture, name="picture"),
    path("studies/<str:uid>/pictures/<int:pk>/mark/", reading.mark, name="mark"),
    path("studies/<str:uid>/marks/<int:pk>/remove/", reading.unmark, name="unmark"),
    path("studies/<str:uid>/pictures/<int:pk>/<int:frame>.png", reading.drawn, name="png"),
]
