"""Programs built from the Go module beside this file, kept by the hash of what they are made of."""

from __future__ import annotations

import platform
import re
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.cluster import leftovers, toolchain, work
from e2e.cluster.commands import logged, run
from e2e.cluster.locks import lock
from e2e.cluster.paths import HERE, cache, clusters, digest, files, made
from e2e.cluster.progress import Step, step

if TYPE_CHECKING:
    from collections.abc import Iterable

MODULE = HERE / "go"
VERSION = "1.37.2"  # of Kubernetes, said by its programs: helm refuses charts of a v0.0.0
TAGS = "no_btrfs no_devmapper no_zfs remove_all_sd enable_kubernetes_sd"
COLD, WARM = 560, 30  # seconds
DAY = 24 * 3600
IMPORT_PATH = re.compile(r"^[\w.-]+(/[\w.~-]+)*$", re.MULTILINE)
KIND = "sigs.k8s.io/kind"


@dataclass(frozen=True)
class Group:
    """Programs that are built together, and names that some of them are called by as well."""

    packages: tuple[str, ...]
    module: Path = MODULE
    names: dict[str, str] = field(default_factory=dict)
    linux: bool = False  # runs in a container


PROMETHEUS = "github.com/prometheus/prometheus/cmd"
GROUPS = {
    "kind": Group((KIND,), MODULE / "kind"),
    "tools": Group(("./tools",), names={"kubectl": "tools", "helm": "tools"}),
    "prometheus": Group((f"{PROMETHEUS}/prometheus", f"{PROMETHEUS}/promtool")),
    "node": Group(("./node", "./shim", "./pause"), linux=True),
    # Only for measurements, built when one of them needs it:
    "kwok": Group(("sigs.k8s.io/kwok/cmd/kwok",)),
    "vmalert": Group(
        ("github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert",), MODULE / "vmalert"
    ),
}


def flags() -> list[str]:
    """The flags that all are built with."""
    major, minor, _ = VERSION.split(".")
    values = {"gitVersion": f"v{VERSION}", "gitMajor": major, "gitMinor": minor}
    values |= {"gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z"}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    set_ = [f"-X {package}.{key}={value}" for package in packages for key, value in values.items()]
    return ["-trimpath", "-tags", TAGS, "-ldflags", " ".join(["-s -w", *set_])]


def folder(name: str) -> Path:
    """Where a group's programs are, once they are built."""
    group = GROUPS[name]
    parts: list[str | Path] = ["1", name, platform.machine(), *flags(), *group.packages]
    parts += [str(group.names), _together(name)[1]]
    parts += [group.module / "go.mod", group.module / "go.sum"]
    for package in group.packages:
        if package.startswith("./"):
            parts += files(group.module / package)
    return cache() / "programs" / f"{name}-{digest(parts)}"


def build(names: Iterable[str]) -> dict[str, Path]:
    """Build what is not there yet; the folder of each group."""
    wanted = {name: folder(name) for name in names}
    if all(path.exists() for path in wanted.values()):
        return wanted
    with lock("programs"):
        missing = [name for name, path in wanted.items() if not path.exists()]
        for together in sorted({_together(name) for name in missing}):
            _build([name for name in missing if _together(name) == together])
        _prune(wanted)
    return wanted


def _together(name: str) -> tuple[str, str]:
    """What can be built in one go: groups of one module, for one system."""
    group = GROUPS[name]
    return str(group.module), "linux" if group.linux else sys.platform


def _build(names: list[str]) -> None:
    """Build groups of one module in one go, and move each to its place."""
    module = GROUPS[names[0]].module
    packages = [package for name in names for package in GROUPS[name].packages]
    before = any((cache() / "programs").glob(f"{names[0]}-*"))
    expected = WARM if before or module != MODULE else COLD
    title = f"programs: {', '.join(names)}"
    with work.folder("programs/build") as out, step(title, expected) as current:
        env = toolchain.environment()
        env["GOOS"] = _together(names[0])[1]
        env["GOTMPDIR"] = str(made(out / "tmp"))  # so that a killed build leaves nothing elsewhere
        go = toolchain.go(out)
        known = _known(go, module, packages, env, current)
        made_ = made(out / "out")
        logged(
            [go, "build", "-v", *flags(), "-o", f"{made_}/", *packages],
            f"go-build-{names[0]}", current, cwd=module, env=env,
            note=lambda log: f"{len(_packages(log))} packages compiled of {known} at most",
            hint="What was compiled is kept: the same command goes on from here.",
        )  # fmt: skip
        for name in names:
            _place(name, made_, out, go)
        current.result = "built"


def _known(go: str, module: Path, packages: list[str], env: dict[str, str], current: Step) -> int:
    """How many packages there are; modules that are missing are downloaded."""
    log = logged(
        [go, "list", "-deps", "-tags", TAGS, *packages], "go-list", current, cwd=module, env=env,
        note=lambda log: f"{log.count('go: downloading')} modules downloaded",
        hint="The module proxy must answer: `go env GOPROXY` says which.",
    )  # fmt: skip
    return len(_packages(log.read_text()))


def _packages(log: str) -> list[str]:
    return [match[0] for match in IMPORT_PATH.finditer(log)]


def _place(name: str, built: Path, out: Path, go: str) -> None:
    """Move a group's programs to a folder that appears whole."""
    group, new = GROUPS[name], made(out / name)
    for package in group.packages:
        program = package.rsplit("/", 1)[1]
        (built / program).rename(new / program)
    for alias, program in group.names.items():
        (new / alias).symlink_to(program)
    if name == "kind":
        _kind_files(new, go)
    made(cache() / "programs")
    new.rename(folder(name))


def _kind_files(new: Path, go: str) -> None:
    """What a node image needs of kind's own sources: its base files, and its image's name."""
    words = [go, "list", "-m", "-f", "{{.Dir}}", KIND]
    asked = run(words, env=toolchain.environment(), cwd=MODULE / "kind")
    source = Path(asked.stdout.strip())
    shutil.copytree(source / "images" / "base" / "files", new / "files")
    for path in [new / "files", *(new / "files").rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)  # the module cache is read-only
    text = (source / "pkg" / "apis" / "config" / "defaults" / "image.go").read_text()
    (new / "default-image").write_text(re.findall(r'const Image = "([^"]+)"', text)[0])


def _prune(current: dict[str, Path]) -> None:
    """Remove builds of older sources that no cluster's folder leads to, but not today's."""
    home = cache() / "programs"
    used = {link.readlink().parent.name for link in clusters().glob("*/bin/*") if link.is_symlink()}
    keep = {name: path.name for name, path in current.items()}
    old = [path.name for path in home.iterdir() if time.time() - path.stat().st_mtime > DAY]
    for name in leftovers.unused(old, used, keep):
        shutil.rmtree(home / name, ignore_errors=True)
