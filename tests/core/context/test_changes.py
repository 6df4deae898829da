"""What a rollout changed, in words: names of what may be secret, values of what may not."""

from dataclasses import replace
from typing import Any

import pytest

from tocsin.core.context.changes import changes, image_change
from tocsin.core.context.templates import ContainerTemplate, Template, image_tag

SERVER = ContainerTemplate(
    "server",
    "ml/scorer:v17",
    env=(("LEVEL", "m1"), ("RATE", "m2")),
    resources=(("cpu limit", "1"),),
)


def runs(*sidecars: ContainerTemplate, **server: Any) -> Template:
    """A template with the server, changed, and these containers."""
    return Template((replace(SERVER, **server), *sidecars), main="server")


PROXY = ContainerTemplate("proxy", "envoy:1.30")


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (runs(), ()),
        (runs(image="ml/scorer:v18"), ("image ml/scorer:v17 → ml/scorer:v18",)),
        (runs(resources=(("cpu limit", "2"),)), ("cpu limit 1 → 2",)),
        (runs(resources=()), ("cpu limit 1 → none",)),
        (runs(resources=(("cpu limit", "1"), ("memory limit", "1Gi"))),
         ("memory limit none → 1Gi",)),
        (runs(env=(("LEVEL", "m9"), ("RATE", "m2"))), ("env LEVEL changed",)),
        (runs(env=(("LEVEL", "m1"), ("RATE", "m2"), ("A", "m"), ("B", "m"))), ("env A, B added",)),
        (runs(env=(("LEVEL", "m9"),)), ("env LEVEL changed", "env RATE removed")),
        (runs(env_from=("Secret db",)), ("env from Secret db added",)),
        (runs(command="m3"), ("command changed",)),
        (runs(arguments=(("--batch", "m4"),)), ("argument --batch added",)),
        (runs(arguments=(("", "m4"),)), ("arguments changed",)),
        (runs(PROXY), ("container proxy added",)),
        (replace(runs(), version="v18"), ("version none → v18",)),
        (replace(runs(), model_uri="s3://m/18"), ("model none → s3://m/18",)),
        (replace(runs(), restarted="m5"), ("restart requested",)),
    ],
)  # fmt: skip
def test_each_difference_is_named(after: Template, said: tuple[str, ...]) -> None:
    assert changes(runs(), after) == said


def test_an_argument_that_is_given_twice_is_compared_as_often() -> None:
    before = runs(arguments=(("-k", "m1"), ("-k", "m2")))
    same = runs(arguments=(("-k", "m2"), ("-k", "m1")))
    other = runs(arguments=(("-k", "m1"), ("-k", "m1")))
    assert changes(before, same) == ("arguments changed",)
    assert changes(before, other) == ("argument -k changed",)


def test_another_container_than_the_models_is_named() -> None:
    newer = replace(PROXY, image="envoy:1.31")
    assert changes(runs(PROXY), runs(newer)) == ("proxy: image envoy:1.30 → envoy:1.31",)
    assert changes(runs(PROXY), runs()) == ("container proxy removed",)


def test_the_image_comes_first_and_says_the_version_too() -> None:
    before, after = runs(), runs(image="ml/scorer:v18", resources=())
    both = changes(replace(before, version="v17"), replace(after, version="v18"))
    assert both == ("image ml/scorer:v17 → ml/scorer:v18", "cpu limit 1 → none")


def test_long_images_are_cut_to_what_tells_them_apart() -> None:
    before, after = (f"registry.example.org/{'team/' * 9}scorer:{tag}" for tag in ("v17", "v18"))
    assert image_change(before, after) == "…/scorer:v17 → …/scorer:v18"


def test_digests_are_cut_to_their_first_digits() -> None:
    before, after = (f"scorer@sha256:{digit * 64}" for digit in "ab")
    assert image_change(before, after) == f"scorer@sha256:{'a' * 12} → scorer@sha256:{'b' * 12}"


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("ml/scorer:v17", "v17"),
        ("registry:5000/ml/scorer", ""),
        ("registry:5000/ml/scorer:v17@sha256:abc", "v17"),
        ("scorer@sha256:abc", ""),
        ("", ""),
    ],
)
def test_the_tag_of_an_image_is_no_port_and_no_digest(image: str, tag: str) -> None:
    assert image_tag(image) == tag
