"""Slack's blocks: which are taken in a message, and what Slack says of the others."""

from typing import Any, Final

from e2e.receivers.blockfields import Fields

BLOCKS: Final = 50
#: Nobody documents it: 9,597 characters in all blocks were seen to pass, 11,341 were refused.
TOTAL_TEXT: Final = 10_000
_ID: Final = 255
_URL: Final = 3000
_ELEMENTS: Final = {"context": 10, "actions": 25}


def text_length(blocks: list[Any]) -> int:
    """The characters of all texts in blocks."""
    if isinstance(blocks, list):
        return sum(map(text_length, blocks))
    if not isinstance(blocks, dict):
        return 0
    own = blocks.get("text")
    rest = sum(text_length(value) for value in blocks.values())
    return rest + (len(own) if isinstance(own, str) else 0)


def problems(blocks: list[Any], at: str = "/blocks") -> list[str]:
    """What is wrong with the blocks that stand at `at`, as Slack words it; empty if nothing is."""
    return _Check().message(blocks, at)


class _Check(Fields):
    """One walk through the blocks of a message."""

    def __init__(self) -> None:
        super().__init__()
        self._ids: set[str] = set()
        self._blocks = {
            "header": self._header, "section": self._section, "context": self._context,
            "actions": self._actions, "divider": self._divider, "image": self._image_block,
        }  # fmt: skip

    def message(self, blocks: list[Any], place: str) -> list[str]:
        if len(blocks) > BLOCKS:
            self.say(f"no more than {BLOCKS} items allowed", place)
        for number, block in enumerate(blocks):
            at = f"{place}/{number}"
            kind = str(block.get("type")) if isinstance(block, dict) else "None"
            if kind not in self._blocks:
                self.say(f"unsupported type: {kind}", f"{at}/type")
                continue
            self._block_id(block, at)
            self._blocks[kind](block, at)
        return self.found

    def _block_id(self, block: dict[str, Any], at: str) -> None:
        if "block_id" in block:
            name = self.string(block, "block_id", at, _ID)
            if name in self._ids:
                self.say(f"block_id `{name}` already exists", f"{at}/block_id")
            self._ids.add(name)

    def _header(self, block: dict[str, Any], at: str) -> None:
        self.only(block, at, "block_id", "text", "level")
        self.need_text(block, at, 150, "plain_text")

    def _section(self, block: dict[str, Any], at: str) -> None:
        self.only(block, at, "block_id", "text", "fields", "accessory", "expand")
        if "text" in block or "fields" not in block:
            self.need_text(block, at, 3000)
        for number, field in enumerate(self.items(block, "fields", at, 10)):
            self.text(field, f"{at}/fields/{number}", 2000)
        if "accessory" in block:
            self._element(block["accessory"], f"{at}/accessory")

    def _context(self, block: dict[str, Any], at: str) -> None:
        self.only(block, at, "block_id", "elements")
        for number, it in enumerate(self.items(block, "elements", at, _ELEMENTS["context"])):
            where = f"{at}/elements/{number}"
            if isinstance(it, dict) and it.get("type") == "image":
                self._image(it, where)
            else:
                self.text(it, where, 3000)

    def _actions(self, block: dict[str, Any], at: str) -> None:
        self.only(block, at, "block_id", "elements")
        taken = list[Any]()
        for number, it in enumerate(self.items(block, "elements", at, _ELEMENTS["actions"])):
            where = f"{at}/elements/{number}"
            self._element(it, where)
            name = it.get("action_id") if isinstance(it, dict) else None
            if name is not None and name in taken:
                self.say(f"action_id `{name}` already exists", f"{where}/action_id")
            taken.append(name)

    def _element(self, it: Any, at: str) -> None:
        kind = it.get("type") if isinstance(it, dict) else None
        if kind == "image" and at.endswith("/accessory"):
            self._image(it, at)
        elif kind == "button":
            self._button(it, at)
        else:
            self.say(f"unsupported type: {kind}", f"{at}/type")

    def _button(self, it: dict[str, Any], at: str) -> None:
        optional = {"action_id": _ID, "url": _URL, "value": 2000, "accessibility_label": 75}
        self.only(it, at, "text", "style", "confirm", *optional)
        self.need_text(it, at, 75, "plain_text")
        for name in optional.keys() & it.keys():
            self.string(it, name, at, optional[name])
        if it.get("style", "primary") not in ("primary", "danger"):
            self.say("must be one of: primary, danger", f"{at}/style")
        if not str(it.get("url", "https://")).startswith(("https://", "http://")):
            self.say("invalid url", f"{at}/url")

    def _divider(self, block: dict[str, Any], at: str) -> None:
        self.only(block, at, "block_id")

    def _image_block(self, block: dict[str, Any], at: str) -> None:
        self._image({k: v for k, v in block.items() if k not in ("block_id", "title")}, at)
        if "title" in block:
            self.text(block["title"], f"{at}/title", 2000, "plain_text")

    def _image(self, it: dict[str, Any], at: str) -> None:
        self.only(it, at, "image_url", "alt_text")
        self.string(it, "image_url", at, _URL)
        self.string(it, "alt_text", at, 2000)
