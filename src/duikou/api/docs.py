"""The API's documentation as an ordinary page."""

from django.http import HttpResponse


def docs(request):
    return HttpResponse("")
