"""Structured logs: one JSON line per event (readable text in development)."""

from __future__ import annotations

import logging.config
import re
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.conf import settings

SAID_TOO_MUCH = ("user_agent", "referer")


def discreet(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep names out of the log: no query strings (people search for names), no database details."""
    for key in SAID_TOO_MUCH:
        event.pop(key, None)
    if isinstance(request := event.get("request"), str):
        event["request"] = request.partition("?")[0]
    if isinstance(trace := event.get("exception"), str):
        event["exception"] = _DETAIL.sub("DETAIL: …", trace)
    return event


_DETAIL = re.compile(r"DETAIL:.*|Key \(.*\)=\(.*\)")


def configure() -> None:
    """Send structlog and the standard library through the same formatter."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        discreet,
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.LOG_JSON
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "lines": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"handlers": ["console"], "level": "INFO"},
            "loggers": {
                "django.request": {"level": "ERROR"},  # 4xx are ordinary answers
                "axes": {"level": "WARNING"},
                "django_structlog": {"level": "WARNING"},
                "fontTools": {"level": "WARNING"},
            },
        }
    )
