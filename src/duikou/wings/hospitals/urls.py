"""Addresses of the hospitals wing."""

from django.urls import URLPattern

app_name = "hospitals"
urlpatterns: list[URLPattern] = []
