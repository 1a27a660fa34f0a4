"""Addresses of the signed-in frame: home, search, policy browser, audit trail, jobs, own account."""

from django.urls import include, path

from duikou.web import views_audit, views_home, views_jobs, views_policy, views_search, views_tokens

policy = [
    path("", views_policy.packs, name="packs"),
    path("<slug:pack_id>/", views_policy.pack, name="pack"),
    path("<slug:pack_id>/rules/<slug:rule_id>/", views_policy.rule, name="rule"),
    path("<slug:pack_id>/<slug:section>/", views_policy.section, name="section"),
]
audit = [
    path("", views_audit.events, name="list"),
    path("verify/", views_audit.verify, name="verify"),
    path("<int:number>/", views_audit.event, name="event"),
]
jobs = [
    path("", views_jobs.jobs, name="list"),
    path("<str:pk>/", views_jobs.job, name="job"),
    path("<str:pk>/progress/", views_jobs.progress, name="progress"),
    path("<str:pk>/cancel/", views_jobs.stop, name="cancel"),
]
urlpatterns = [
    path("", views_home.start, name="home"),
    path("search/", views_search.results, name="search"),
    path("search/suggest/", views_search.suggest, name="search_suggest"),
    path("policy/", include((policy, "policy"))),
    path("audit/", include((audit, "audit"))),
    path("jobs/", include((jobs, "jobs"))),
    path("account/", views_tokens.own_account, name="account"),
    path("account/tokens/", views_tokens.own_tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", views_tokens.token_revoke, name="token_revoke"),
]
