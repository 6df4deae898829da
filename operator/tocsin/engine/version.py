"""Which version of an object a write is for; answers to writes and the watch may change places."""

from dataclasses import dataclass


@dataclass
class Version:
    """The `current` resourceVersion of an object, and the one that the watch told last (`seen`).

    Both are empty while the object is not known to be stored.
    """

    current: str = ""
    seen: str = ""

    def saw(self, version: str) -> bool:
        """The watch tells of `version`; whether none that is newer is known."""
        self.seen = version
        return self.wrote(version)

    def wrote(self, version: str) -> bool:
        """A write has made `version`; whether none that is newer is known."""
        known = self.current
        if known.isdigit() and version.isdigit() and int(version) < int(known):
            return False
        self.current = version
        return True

    def conflicts(self) -> None:
        """There is another version: the watch knows, also after a restore to older ones."""
        self.current = self.seen or self.current
