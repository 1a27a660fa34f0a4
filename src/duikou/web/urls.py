"""Addresses of the signed-in frame: home, search, jobs, audit trail, policy browser."""

from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("", lambda request: HttpResponse("对口"), name="home")]
