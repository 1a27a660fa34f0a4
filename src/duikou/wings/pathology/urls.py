"""Addresses of the pathology wing: numbers that say nothing."""

from __future__ import annotations

from django.urls import path

from duikou.wings.pathology.views import acts, lists, slide

app_name = "pathology"
urlpatterns = [
    path("", lists.slides, name="list"),
    path("new/", acts.new, name="new"),
    path("key-images/<int:pk>/", slide.key_image, name="key_image"),
    path("marks/<int:pk>/remove/", acts.remove_mark, name="remove_mark"),
    path("<str:number>/", slide.slide, name="slide"),
    path("<str:number>/marks/", slide.marks, name="marks"),
    path("<str:number>/overview/", slide.overview, name="overview"),
    path("<str:number>/label/", slide.label, name="label"),
    path("<str:number>/file/", slide.file, name="file"),
    path("<str:number>/decide/", acts.decide, name="decide"),
]
