"""Addresses of the obligations wing."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "obligations"

urlpatterns: list[URLPattern] = []
