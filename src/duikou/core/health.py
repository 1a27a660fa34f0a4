"""/healthz (the process answers), /readyz (it can do its work) and /metrics."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from duikou.core import overlaps, triggers, written

FREE_SPACE_WANTED = 200 * 1024 * 1024  # bytes


@require_GET
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database reachable and migrated, triggers in place, disk not full; 503 when one fails."""
    checks = _checks()
    good = all(check["ok"] for check in checks.values())
    return JsonResponse({"ready": good, "checks": checks}, status=200 if good else 503)


def _checks() -> dict[str, dict[str, Any]]:
    checks: dict[str, dict[str, Any]] = {}
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks["database"] = {"ok": True, "engine": connection.vendor, "version": _version()}
        checks["migrations"] = {"ok": not waiting, "waiting": len(waiting)}
        gone = triggers.missing()
        checks["audit_triggers"] = {"ok": not gone, "missing": gone}
        gone = [*overlaps.missing(), *written.missing()]
        checks["row_triggers"] = {"ok": not gone, "missing": gone}
    except DatabaseError:
        checks["database"] = {"ok": False, "engine": connection.vendor}
    free = shutil.disk_usage(settings.HOME).free
    checks["disk"] = {"ok": free >= FREE_SPACE_WANTED, "free_mib": free // 2**20}
    return checks


def _version() -> str:
    question = "SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version"
    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


@require_GET
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, for this machine only."""
    if request.META.get("REMOTE_ADDR") not in ("127.0.0.1", "::1") or "HTTP_X_FORWARDED_FOR" in request.META:
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
