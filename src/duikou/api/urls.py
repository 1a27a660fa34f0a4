"""Addresses of the REST API."""

from django.urls import path

from duikou.api.root import api

urlpatterns = [path("", api.urls)]
