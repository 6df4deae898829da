"""Names of images, what a node has, and failed pulls."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from e2e.cluster import images, kind, network, nodes, programs, toolchain
from e2e.cluster.__main__ import exports, parser
from e2e.cluster.cluster import Cluster


@pytest.mark.parametrize(
    ("tag", "full"),
    [
        ("operator", "docker.io/library/operator:latest"),
        ("tocsin/operator:dev", "docker.io/tocsin/operator:dev"),
        ("localhost/operator:dev", "localhost/operator:dev"),
        ("localhost:5000/operator", "localhost:5000/operator:latest"),
        ("ghcr.io/a/b:1", "ghcr.io/a/b:1"),
    ],
)
def test_a_node_knows_an_image_by_its_full_name(tag: str, full: str) -> None:
    assert images.full_name(tag) == full


def test_a_node_has_an_image_when_its_label_says_the_same_id() -> None:
    listing = (
        "REF TYPE DIGEST SIZE PLATFORMS LABELS\n"
        "docker.io/tocsin/operator:dev x sha256:1 1 linux/amd64 tocsin.dev/image-id=sha256:aa\n"
    )
    assert images._has(listing, "docker.io/tocsin/operator:dev", "sha256:aa")
    assert not images._has(listing, "docker.io/tocsin/operator:dev", "sha256:bb")
    assert not images._has(listing, "docker.io/tocsin/operator", "sha256:aa")


def test_a_failed_pull_counts_on_this_boot_for_some_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "boot", lambda: "this")
    assert images.still_counts({"boot": "this", "at": 1000.0}, 1060)
    assert not images.still_counts({"boot": "this", "at": 1000.0}, 1000 + images.FORGET)
    assert not images.still_counts({"boot": "last", "at": 1000.0}, 1060)
    assert not images.still_counts({}, 1060)


def test_what_was_there_before_the_engine_counts_on_its_boot_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "before.json"
    monkeypatch.setattr(network, "boot", lambda: "this")
    assert network.recall(path) is None
    path.write_text(json.dumps({"boot": "this", "bridges": ["docker0"], "rules": {}}))
    assert network.recall(path) == network.Network("this", ["docker0"], {})
    monkeypatch.setattr(network, "boot", lambda: "next")
    assert network.recall(path) is None
    path.write_text("{")
    assert network.recall(path) is None


def test_the_control_planes_images_have_the_names_that_are_expected() -> None:
    tags = {"system": "s:1", "coredns": "c:1", "pause": "p:1"}
    expected = [
        "registry.k8s.io/kube-proxy:v1",
        "registry.k8s.io/coredns/coredns:v2",
        "registry.k8s.io/pause:3",
        "registry.k8s.io/pause:3",
    ]
    assert nodes.names(expected, tags).splitlines() == [
        "c:1 registry.k8s.io/coredns/coredns:v2",
        "p:1 registry.k8s.io/pause:3",
        "s:1 registry.k8s.io/kube-proxy:v1",
    ]


def test_a_cluster_is_made_anew_from_another_image() -> None:
    folder = Path("/cache/clusters/x")
    one, two = nodes.NodeImage("a:1", pulled=False), nodes.NodeImage("a:2", pulled=False)
    assert kind.fingerprint(one, folder) == kind.fingerprint(one, folder)
    assert kind.fingerprint(one, folder) != kind.fingerprint(two, folder)


def test_a_node_image_built_here_brings_its_own_network() -> None:
    folder = Path("/cache/clusters/x")
    built = kind.config(nodes.NodeImage("a", pulled=False), folder)
    assert "disableDefaultCNI: true" in built
    assert f'hostPath: "{folder}/audit.yaml"' in built
    assert "disableDefaultCNI: false" in kind.config(nodes.NodeImage("a", pulled=True), folder)


def test_a_cluster_is_ready_when_it_has_nodes_and_all_are() -> None:
    def node(status: str) -> dict[str, object]:
        return {"status": {"conditions": [{"type": "Ready", "status": status}]}}

    assert kind.is_ready([node("True")])
    assert not kind.is_ready([node("True"), node("Unknown")])
    assert not kind.is_ready([])


def test_the_version_of_go_is_read() -> None:
    assert toolchain.parse_version("go1.26.8\n") == (1, 26, 8)
    assert toolchain.parse_version("go1.27 X:foo") == (1, 27, 0)
    assert toolchain.parse_version("devel") == ()
    assert toolchain.parse_version("go1.9") < toolchain.OLDEST < (1, 27, 0)


def test_the_versions_are_those_of_the_module() -> None:
    text = (programs.MODULE / "go.mod").read_text()
    oldest = ".".join(map(str, toolchain.OLDEST))
    assert f"\ngo {oldest}\n" in text
    assert re.search(rf"k8s.io/kubernetes v{programs.VERSION}\n", text)
    assert f"\ngo {oldest}\n" in (programs.MODULE / "kind" / "go.mod").read_text()


def test_each_group_of_programs_has_a_folder_of_its_own() -> None:
    folders = {programs.folder(name) for name in programs.GROUPS}
    assert len(folders) == len(programs.GROUPS)
    assert programs.folder("node") == programs.folder("node")


def test_the_exports_can_be_evaluated() -> None:
    cluster = Cluster("x", Path("/a b/kubeconfig"), "unix:///s", Path("/bin dir"), "x-node")
    assert exports(cluster).splitlines() == [
        "export KUBECONFIG='/a b/kubeconfig'",
        "export DOCKER_HOST=unix:///s",
        "export PATH='/bin dir':\"$PATH\"",
    ]


def test_the_command_line_of_a_build_is_read() -> None:
    args = parser().parse_args(
        ["build", "t:1", "dir", "-f", "D", "--build-arg", "A=1", "--build-arg", "B=2"]
    )
    assert (args.tag, args.context, args.file) == ("t:1", Path("dir"), Path("D"))
    assert args.build_arg == ["A=1", "B=2"]
