"""Where an alert is explained: what every notice of it leads to."""

from urllib.parse import quote

from tocsin.core.alerts import Alert
from tocsin.core.rules import Rule


def where_explained(external_url: str, rule: Rule, alert: Alert) -> str:
    """The page of `alert` below `external_url`; without one, the command that shows the same."""
    ref = alert.identity.workload
    workload = f"{ref.kind}/{ref.name}" if ref else ""
    if not external_url:
        narrowed = f" --workload {workload}" if workload else ""
        return f"tocsin explain {rule.key}{narrowed}"
    narrowed = f"&workload={quote(workload, safe='/')}" if workload else ""
    return f"{external_url}/explain?rule={quote(str(rule.key), safe='/')}{narrowed}"
