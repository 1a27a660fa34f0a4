"""Addresses of the REST API."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from duikou.api.docs import docs, docs_of
from duikou.api.root import api


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """An address of no operation: told as a program expects it, not as a page."""
    return api.problem(request, 404, "missing", "没有这个接口地址，见 /api/v1/docs。 / No such address.")


urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", docs, name="api_docs"),
    path("docs/<slug:tag>", docs_of, name="api_docs_of"),
    path("", include("duikou.core.uploads.urls")),  # tus: a protocol of headers, not of JSON
    path("", api.urls),
    re_path(r"^.*$", nothing_here),
]
