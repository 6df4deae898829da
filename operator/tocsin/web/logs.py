"""Logs as JSON lines, ours and those of the libraries."""

import logging
import sys

import structlog


def set_up_logs(level: str, cluster: str) -> None:
    """Send all logs of the process to standard error, one JSON object a line, with `cluster`."""

    def add_cluster(
        _: object, __: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        return {**line, "cluster": cluster}

    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # they hold secrets
        ),
        add_cluster,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # kopf tells of each object and each reconnection at INFO
    logging.getLogger("kopf").setLevel(logging.WARNING)
