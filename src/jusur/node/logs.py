"""Structured logs: one JSON object a line, with secrets taken out, in files that do not grow for ever."""

import contextlib
import io
import logging
import logging.handlers
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from jusur.node.settings import NodeSettings

MAX_LOG_BYTES = 20 << 20
KEPT_LOGS = 5
REDACTED = "[redacted]"
_CHATTY = ("httpx", "httpcore", "asyncio")
"""Libraries that tell every request; what matters of it is logged by whoever asked."""
MAX_DEPTH = 6
MAX_VALUE = 4000

_SECRET_NAME = re.compile(
    r"(?i)(^|[_\-.])(pass(word|phrase|wd)?|secret|token|authorization|cookie|api[_-]?key|private|credential|identity"
    r"|session(id)?|csrf|signing[_-]?key|secret[_-]?key|otp|pin|seed)s?($|[_\-.])"
)
_ASSIGNMENT = (
    r"(?i)\b(pass(?:word|phrase|wd)?|secret|token|api[_-]?key|aws_secret_access_key)"
    r"(['\"]?\s*[:=]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&}]+)"
)
_SECRET_TEXT = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)", REDACTED),
        (r"(?i)AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]+", REDACTED),
        (r"(?i)\b(bearer|basic|digest|token)\s+[A-Za-z0-9+/=._~-]{6,}", rf"\1 {REDACTED}"),
        (r"(?i)\b(authorization|cookie|set-cookie|x-api-key)\s*[:=]\s*[^\r\n]+", rf"\1: {REDACTED}"),
        (r"(?<=://)([^/\s:@]*):[^/\s@]+@", rf"\1:{REDACTED}@"),
        (
            _ASSIGNMENT,
            rf"\1\2{REDACTED}",
        ),
        (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", REDACTED),
    )
)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: values under telling names, and telling patterns anywhere, become ``[redacted]``."""
    return {key: _clean(key, value, MAX_DEPTH) for key, value in event.items()}


def _clean(name: str, value: Any, depth: int) -> Any:
    if _SECRET_NAME.search(name) or depth <= 0:
        return REDACTED
    if isinstance(value, bool | int | float | None):
        return value
    if isinstance(value, Mapping):
        return {str(key): _clean(str(key), item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item, depth - 1) for item in value]
    is_bytes = isinstance(value, bytes | bytearray | memoryview)
    return f"<{len(value)} bytes>" if is_bytes else clean_text(str(value))


def clean_text(text: str) -> str:
    """``text`` without what looks like a secret, and no longer than ``MAX_VALUE``."""
    text = text[: 4 * MAX_VALUE]
    for pattern, replacement in _SECRET_TEXT:
        text = pattern.sub(replacement, text)
    return text if len(text) <= MAX_VALUE else text[:MAX_VALUE] + "…"


def configure(process: str, settings: NodeSettings, *, file: Path | None = None) -> None:
    """Send this process's logs, those of libraries included, as JSON lines to ``file`` (rotated) or stderr."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
    ]

    def named(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {"process": process, "node": settings.address, **event}

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler: logging.Handler = (
        logging.handlers.RotatingFileHandler(file, maxBytes=MAX_LOG_BYTES, backupCount=KEPT_LOGS, encoding="utf-8")
        if file
        else logging.StreamHandler(sys.stderr)
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                named,
                redact,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    for earlier in list(root.handlers):
        if getattr(earlier, "jusur", False):
            root.removeHandler(earlier)
            earlier.close()
    handler.jusur = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def rotate(path: Path, *, max_bytes: int = MAX_LOG_BYTES, kept: int = KEPT_LOGS) -> bool:
    """Copy a log that other processes append to, then empty it; whether it was large enough to.

    Lines written between the copy and the emptying are kept: what grew meanwhile is copied too.
    """
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size < max_bytes:
            return False
        for number in range(kept - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(f"{path.name}.{number}").rename(path.with_name(f"{path.name}.{number + 1}"))
        with path.open("r+b") as source, path.with_name(f"{path.name}.1").open("wb") as target:
            shutil.copyfileobj(source, target)
            while rest := source.read(io.DEFAULT_BUFFER_SIZE):
                target.write(rest)
            source.truncate(0)
        path.with_name(f"{path.name}.1").chmod(0o600)
        return True
    return False
