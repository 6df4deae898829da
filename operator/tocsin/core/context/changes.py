"""What differs between two revisions, in words; never the value of a variable or an argument."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from tocsin.core.context.templates import ContainerTemplate, Pairs, Template

#: Two images together; beyond that only their last part is shown.
_IMAGES_IN_FULL: Final = 80
_DIGEST_DIGITS: Final = 12
_NAME_LIMIT: Final = 60


def changes(before: Template, after: Template) -> tuple[str, ...]:
    """What changed, the most telling first, each like "memory limit 1Gi → 512Mi"."""
    was = {one.name: one for one in before.containers}
    now = {one.name: one for one in after.containers}
    both = [name for name in _main_first(after) if name in was]
    lead = {name: "" if name == after.main else f"{short(name)}: " for name in both}
    images = [
        lead[name] + f"image {shown}"
        for name in both
        if (shown := image_change(was[name].image, now[name].image))
    ]
    found = chain(
        images,
        _version(before, after) if before.image == after.image else (),
        _value("model", before.model_uri, after.model_uri),
        (lead[name] + text for name in both for text in _settings(was[name], now[name])),
        (f"container {short(name)} added" for name in now if name not in was),
        (f"container {short(name)} removed" for name in was if name not in now),
        ("restart requested",) if after.restarted not in ("", before.restarted) else (),
    )
    return tuple(found)


def image_change(before: str, after: str) -> str:
    """Like "ml/scorer:v17 → ml/scorer:v18"; empty if they are the same."""
    if before == after:
        return ""
    shown = f"{_image(before)} → {_image(after)}"
    if len(shown) <= _IMAGES_IN_FULL:
        return shown
    return f"{short('…/' + _last(before))} → {short('…/' + _last(after))}"


def short(text: str, limit: int = _NAME_LIMIT) -> str:
    """`text`, cut to `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _main_first(template: Template) -> list[str]:
    return sorted((one.name for one in template.containers), key=lambda name: name != template.main)


def _version(before: Template, after: Template) -> Iterator[str]:
    yield from _value("version", before.version, after.version)


def _settings(before: ContainerTemplate, after: ContainerTemplate) -> Iterator[str]:
    resources = _names_in_order(before.resources, after.resources)
    was, now = dict(before.resources), dict(after.resources)
    for name in resources:
        yield from _value(name, was.get(name, ""), now.get(name, ""))
    yield from _named("env", before.env, after.env)
    yield from _references(before.env_from, after.env_from)
    if before.command != after.command:
        yield "command changed"
    yield from _arguments(before.arguments, after.arguments)


def _value(what: str, before: str, after: str) -> Iterator[str]:
    if before != after:
        yield f"{what} {short(before) or 'none'} → {short(after) or 'none'}"


def _named(what: str, before: Pairs, after: Pairs) -> Iterator[str]:
    """Like "env A, B added": names only."""
    was, now = _by_name(before), _by_name(after)
    names = _names_in_order(before, after)
    kinds = {
        "changed": [name for name in names if name in was and name in now
                    and was[name] != now[name]],
        "added": [name for name in names if name not in was],
        "removed": [name for name in names if name not in now],
    }  # fmt: skip
    for kind, which in kinds.items():
        if which:
            yield f"{what} {', '.join(map(short, which))} {kind}"


def _references(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    yield from (f"env from {short(name)} added" for name in after if name not in before)
    yield from (f"env from {short(name)} removed" for name in before if name not in after)


def _arguments(before: Pairs, after: Pairs) -> Iterator[str]:
    told = list(_named("argument", _with_name(before), _with_name(after)))
    yield from told
    if not told and before != after:
        yield "arguments changed"


def _with_name(arguments: Pairs) -> Pairs:
    return tuple(pair for pair in arguments if pair[0])


def _by_name(pairs: Pairs) -> Mapping[str, Counter[str]]:
    """The marks of each name: an argument may be given twice."""
    found: dict[str, Counter[str]] = {}
    for name, mark in pairs:
        found.setdefault(name, Counter())[mark] += 1
    return found


def _names_in_order(before: Pairs, after: Pairs) -> list[str]:
    return list(dict.fromkeys(name for name, _ in (*after, *before)))


def _image(image: str) -> str:
    name, at, digest = image.partition("@")
    algorithm, _, digits = digest.partition(":")
    return name + at + (f"{algorithm}:{digits[:_DIGEST_DIGITS]}" if at else "")


def _last(image: str) -> str:
    return _image(image).rpartition("/")[2]
