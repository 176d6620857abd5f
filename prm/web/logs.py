"""One JSON object a line, with what is needed to follow a request through web and worker."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from celery import current_task

from prm.tenancy.scope import current_organization_id

request_id: ContextVar[str] = ContextVar("request_id", default="")

_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "request", "server_time"}


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON: time, level, logger, message, the ids at hand, and what `extra=` carried."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_ids(),
            **{key: value for key, value in record.__dict__.items() if key not in _OWN},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def _ids() -> dict[str, Any]:
    task = getattr(getattr(current_task, "request", None), "id", None)
    found = {"request_id": request_id.get(), "organization_id": current_organization_id(), "task_id": task}
    return {key: value for key, value in found.items() if value}
