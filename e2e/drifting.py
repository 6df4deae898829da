"""The part of the demonstration with the ten rules: one of three models drifts."""

from collections.abc import Callable

from e2e.pack import CASES, Pack
from e2e.tools import Tools, wait_for

NAMESPACE = "ranking"
_DRIFTED = next(case for case in CASES if case.model == "drifted")
_GPU = next(case for case in CASES if case.model == "idle")


def drift_among_three(tools: Tools, say: Callable[[str], None]) -> None:
    """Three models under the ten rules; the input of one drifts, and its features are named."""
    say(f"Three more models in namespace {NAMESPACE}, and the chart of ten rules for them.")
    pack = Pack(tools, NAMESPACE)
    pack.begin((_DRIFTED, _GPU))
    pack.wait_until_there((_DRIFTED, _GPU))
    say("The rules compare with a minute ago here, so they take that long to know the models.")
    pack.wait_until_quiet(240)
    say("The amounts of one model arrive five times as large, as from a job that changed its unit.")
    pack.break_(_DRIFTED)
    alert = wait_for(
        "the drift is told", lambda: pack.firing()[_DRIFTED.rule].get(_DRIFTED.model), 120
    )
    say("One alert, for one of the three; status says which features drifted, and how far:")
    print(f"          {alert['reason']}")
    shown = tools.kubectl("get", "mlar", "-n", NAMESPACE, "-o", "wide").stdout
    print("\n".join(f"          {line[:170]}" for line in shown.splitlines()))
