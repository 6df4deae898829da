"""Silences that objects ask for by annotation: which are to be made, and which to be ended.

The same text on the same object silences once, however often it is applied again. Once it was
taken away, it silences anew. The silences that there are say which text they were made for; nothing
else is remembered.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Final

from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.asked import LONGEST, Asked, parse_asked
from tocsin.core.notify.silences import SilenceKey

#: Of the object's name; what is left of 63 characters is for what makes it unique.
_NAME_LENGTH: Final = 40


@dataclass(frozen=True)
class Source:
    """An object that may bear the annotation, with its `text`, and `by` whom it was written.

    `text` is empty where there is none. A Namespace is in no namespace.
    """

    ref: ObjectRef
    uid: str
    text: str = ""
    by: str = ""

    @property
    def namespace(self) -> str:
        """Where its silences are."""
        return self.ref.namespace or self.ref.name

    @property
    def mark(self) -> str:
        """What silences bear that are made for this text of this object; none without a text."""
        text = self.text.strip()
        spelled = f"{len(self.uid)}:{self.uid}{text}"
        return hashlib.sha256(spelled.encode()).hexdigest()[:16] if text else ""


@dataclass(frozen=True)
class Made:
    """A silence that an annotation asked for; `removed` says that the text was taken away since."""

    key: SilenceKey
    mark: str
    removed: bool = False


@dataclass(frozen=True)
class Order:
    """A silence to be made for `source`, as it was `asked`."""

    key: SilenceKey
    source: Source
    asked: Asked


@dataclass(frozen=True)
class Decision:
    """A silence to be made, silences whose text is no longer there, what is wrong with the text."""

    make: Order | None = None
    end: tuple[SilenceKey, ...] = ()
    problem: str = ""


def decide(
    source: Source,
    made: Collection[Made],
    taken: Callable[[SilenceKey], bool],
    now: datetime,
    lost: Collection[str] = (),
) -> Decision:
    """What is to be done about the annotation of `source`.

    `made` are the silences that were made for it, whatever became of them; `taken` says whether
    there is a silence of that name. `lost` has the marks of those that somebody deleted: they stay
    ended for as long as the text is there.
    """
    standing = [one for one in made if not one.removed]
    end = tuple(one.key for one in standing if one.mark != source.mark)
    if not source.mark or any(one.mark == source.mark for one in standing):
        return Decision(end=end)
    try:
        asked = parse_asked(source.text)
    except ValueError as error:
        return Decision(end=end, problem=str(error))
    if source.mark in lost:
        asked = replace(asked, lasts=None, until=now, until_resolved=False)
    elif asked.until and not now < asked.until <= now + LONGEST:
        wrong = "has passed" if asked.until <= now else f"is more than {LONGEST.days} days away"
        problem = f"{asked.until:%Y-%m-%d %H:%MZ} {wrong}: name another time, or remove it"
        return Decision(end=end, problem=problem)
    return Decision(Order(_free(source, taken), source, asked), end)


def _free(source: Source, taken: Callable[[SilenceKey], bool]) -> SilenceKey:
    stem = source.ref.name.replace(".", "-")[:_NAME_LENGTH].rstrip("-")
    name = f"{stem}-{source.mark[:10]}"
    keys = (SilenceKey(source.namespace, f"{name}-{n}" if n else name) for n in count())
    return next(key for key in keys if not taken(key))
