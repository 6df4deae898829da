"""Finds in a syntax tree what core must not do: clock, chance, hash(), input and output.

import-linter sees imported modules; it does not see builtins, nor `C = datetime; C.now()`. Here
every name is followed to what it stands for, through imports and plain assignments.
"""

import ast
from collections.abc import Iterator
from typing import Final

_MODULES: Final = frozenset(
    ("random", "secrets", "time", "importlib", "io", "os", "pathlib", "subprocess", "uuid")
)
_BUILTINS: Final = frozenset(
    (
        "hash", "open", "print", "input", "eval", "exec", "compile", "__import__", "breakpoint",
        "globals", "vars", "id",
    )
)  # fmt: skip
_CLOCKS: Final = frozenset(("now", "utcnow", "today"))


def impurities(source: str) -> list[str]:
    """What in `source` is not pure, each as "line: name"."""
    tree = ast.parse(source)
    names = _names(tree)
    return sorted({f"{line}: {what}" for line, what in _found(tree, names)})


def _names(tree: ast.AST) -> dict[str, str]:
    """What each name of the module stands for, as a dotted path from a module or builtin."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                target = alias.name if alias.asname else alias.name.partition(".")[0]
                names[alias.asname or target] = target
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    changed = True
    while changed:  # an alias of an alias may stand above it
        changed = False
        for target, value in _assignments(tree):
            path = _path(value, names)
            if path and path != target and target not in names:
                names[target] = path
                changed = True
    return names


def _assignments(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _pairs(target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value:
            yield from _pairs(node.target, node.value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _pairs(one, other)


def _path(node: ast.expr, names: dict[str, str]) -> str | None:
    match node:
        case ast.Name(id=name):
            return names.get(name, name)
        case ast.Attribute(value=value, attr=attr):
            before = _path(value, names)
            return f"{before}.{attr}" if before else None
        case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(attr)), *_]):
            before = _path(value, names)
            return f"{before}.{attr}" if before else None
    return None


def _found(tree: ast.AST, names: dict[str, str]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Name | ast.Attribute | ast.Call):
            path = _path(node, names)
            bound = isinstance(getattr(node, "ctx", None), ast.Store)  # a field called id
            if path and not bound and _refused(path):
                yield node.lineno, path
            continue
        else:
            continue
        for module in modules:
            if _refused(module):
                yield node.lineno, module


def _refused(path: str) -> bool:
    first, *rest = path.split(".")
    if first in _MODULES or (first in _BUILTINS and not rest):
        return True
    if first in ("builtins", "__builtins__"):
        return not rest or rest[-1] in _BUILTINS
    return first == "datetime" and bool(rest) and rest[-1] in _CLOCKS
