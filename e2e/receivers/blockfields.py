"""Fields of Slack's blocks: which may be there, and how Slack words what is wrong with them."""

from typing import Any


class Fields:
    """Looks at fields, and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def say(self, what: str, at: str) -> None:
        """Keep a problem with its place."""
        self.found.append(f"[ERROR] {what} [json-pointer:{at}]")

    def only(self, it: dict[str, Any], at: str, *names: str) -> None:
        """Nothing but a type and these may be there."""
        for name in sorted(it.keys() - {"type", *names}):
            self.say(f"invalid additional property: {name}", at)

    def string(self, it: dict[str, Any], name: str, at: str, most: int) -> str:
        """A string that has to be there, with so many characters."""
        value = it.get(name)
        if value is None:
            self.say(f"missing required field: {name}", at)
        elif not isinstance(value, str):
            self.say("must be a string", f"{at}/{name}")
        elif not value:
            self.say("must be more than 0 characters", f"{at}/{name}")
        elif len(value) > most:
            self.say(f"must be less than {most + 1} characters", f"{at}/{name}")
        return value if isinstance(value, str) else ""

    def text(self, it: Any, at: str, most: int, *kinds: str) -> None:
        """A text object; without kinds it may be of either."""
        kind = it.get("type") if isinstance(it, dict) else None
        if kind not in (kinds or ("plain_text", "mrkdwn")):
            self.say(f"unsupported type: {kind}", f"{at}/type")
            return
        self.only(it, at, "text", "emoji" if kind == "plain_text" else "verbatim")
        self.string(it, "text", at, most)

    def need_text(self, it: dict[str, Any], at: str, most: int, *kinds: str) -> None:
        """A text object that has to be there."""
        if "text" in it:
            self.text(it["text"], f"{at}/text", most, *kinds)
        else:
            self.say("missing required field: text", at)

    def items(self, block: dict[str, Any], name: str, at: str, most: int) -> list[Any]:
        """The members of a list; one called fields may be missing."""
        items = block.get(name)
        if name == "fields" and items is None:
            return []
        if not isinstance(items, list):
            self.say(f"missing required field: {name}", at)
            return []
        if not items:
            self.say("no less than 1 items allowed", f"{at}/{name}")
        if len(items) > most:
            self.say(f"no more than {most} items allowed", f"{at}/{name}")
        return items
