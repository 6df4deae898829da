"""The commands: `python3 -m e2e.cluster --help` lists them."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.cluster import cluster, delivery, programs, start, status, stop
from e2e.cluster.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Sequence


DESCRIPTION = "A real Kubernetes cluster for this checkout, on any machine."


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    top = argparse.ArgumentParser(prog="python3 -m e2e.cluster", description=DESCRIPTION)
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="make the cluster, or find it up")
    commands.add_parser("down", help="delete it, and end our own engine when it was the last")
    commands.add_parser("kubeconfig", help="print the path of its kubeconfig")
    commands.add_parser("env", help="print exports for a shell to eval")
    commands.add_parser("status", help="show the engine, the cluster and the cache")
    build = commands.add_parser("build", help="build an image with the engine")
    build.add_argument("tag")
    build.add_argument("context", type=Path)
    build.add_argument("-f", "--file", type=Path)
    build.add_argument("--build-arg", action="append", default=[], metavar="K=V")
    load = commands.add_parser("load", help="load images into the cluster")
    load.add_argument("tags", nargs="+", metavar="tag")
    program = commands.add_parser("programs", help="build programs; print their folders")
    program.add_argument("groups", nargs="+", choices=sorted(programs.GROUPS))
    return top


def exports(found: cluster.Cluster) -> str:
    """Shell commands that lead docker, kubectl and helm to the cluster."""
    lines = [f"export KUBECONFIG={shlex.quote(str(found.kubeconfig))}"]
    if found.docker_host:
        lines.append(f"export DOCKER_HOST={shlex.quote(found.docker_host)}")
    lines.append(f'export PATH={shlex.quote(str(found.bin))}:"$PATH"')
    return "\n".join(lines)


def _run(args: argparse.Namespace) -> None:
    match args.command:
        case "up":
            start.up()
        case "down":
            stop.down()
        case "kubeconfig":
            print(cluster.need().kubeconfig)
        case "env":
            try:
                print(exports(cluster.need()))
            except ClusterError:
                # Without this, what comes after `eval` would go to whatever cluster was used last.
                print("export KUBECONFIG=/nonexistent/there-is-no-cluster")
                raise
        case "status":
            print(status.text())
        case "build":
            pairs = (pair.partition("=") for pair in args.build_arg)
            delivery.build_image(
                args.tag, args.context, dockerfile=args.file,
                build_args={name: value for name, _, value in pairs},
            )  # fmt: skip
        case "load":
            delivery.load_images(*args.tags)
        case _:
            for folder in programs.build(args.groups).values():
                print(folder)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; an error is a message, not a trace."""
    try:
        _run(parser().parse_args(argv))
    except ClusterError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped; the same command goes on from here\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
