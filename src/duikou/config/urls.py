"""All addresses. Each wing and face brings its own list."""

from django.urls import include, path, re_path

from duikou.core import accounts

urlpatterns = [
    path("", include("duikou.portal.urls")),  # public window: no sign-in
    path("", include("duikou.core.urls")),  # health, metrics, language
    # Accounts are opened by administrators: no sign-up, no mail. Only these pages of allauth are open.
    re_path(
        r"^accounts/(?!(?:login|logout|inactive|reauthenticate|password/change)/$|2fa/|sessions/)",
        accounts.closed,
    ),
    path("accounts/", include("allauth.urls")),
    path("app/", include("duikou.web.urls")),  # home, search, jobs, audit trail, policy
    path("app/places/", include("duikou.wings.places.urls")),
    path("app/hospitals/", include("duikou.wings.hospitals.urls")),
    path("app/people/", include("duikou.wings.people.urls")),
    path("app/pairings/", include("duikou.wings.pairings.urls")),
    path("app/agreements/", include("duikou.wings.agreements.urls")),
    path("app/plans/", include("duikou.wings.plans.urls")),
    path("app/obligations/", include("duikou.wings.obligations.urls")),
    path("app/capabilities/", include("duikou.wings.capabilities.urls")),
    path("app/discharges/", include("duikou.wings.discharges.urls")),
    path("api/v1/", include("duikou.api.urls")),
]

handler400 = "duikou.web.errors.bad_request"
handler403 = "duikou.web.errors.denied"
handler404 = "duikou.web.errors.missing"
handler500 = "duikou.web.errors.broken"
