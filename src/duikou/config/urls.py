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
    path("app/swaps/", include("duikou.wings.swaps.urls")),
    path("app/staffing/", include("duikou.wings.staffing.urls")),
    path("app/patients/", include("duikou.wings.patients.urls")),
    path("app/media/", include("duikou.wings.media.urls")),
    path("app/imaging/", include("duikou.wings.imaging.urls")),
    path("app/telehealth/", include("duikou.wings.telehealth.urls")),
    path("app/rooms/", include("duikou.wings.rooms.urls")),
    path("app/slides/", include("duikou.wings.pathology.urls")),
    path("app/referrals/", include("duikou.wings.referrals.urls")),
    path("app/postings/", include("duikou.wings.postings.urls")),
    path("app/credits/", include("duikou.wings.credits.urls")),
    path("app/presence/", include("duikou.wings.presence.urls")),
    path("app/rosters/", include("duikou.wings.rosters.urls")),
    path("app/training/", include("duikou.wings.training.urls")),
    path("app/education/", include("duikou.wings.education.urls")),
    path("app/discharges/", include("duikou.wings.discharges.urls")),
    path("api/v1/", include("duikou.api.urls")),
]

handler400 = "duikou.web.errors.bad_request"
handler403 = "duikou.web.errors.denied"
handler404 = "duikou.web.errors.missing"
handler500 = "duikou.web.errors.broken"
