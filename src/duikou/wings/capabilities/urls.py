"""Addresses of the capabilities wing."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "capabilities"

urlpatterns: list[URLPattern] = []
