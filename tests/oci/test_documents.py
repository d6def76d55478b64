"""Manifests, indexes and configurations: our bytes satisfy the OCI schemas, foreign bytes are kept or refused."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.errors import InvalidParameter, NotFound
from dockersim.oci import Descriptor, Digest, ImageConfig, Index, Manifest, Platform, canonical, media, parse_manifest

SCHEMAS = Path(__file__).parent / "schemas"


def check(document: Any, schema: str) -> None:
    """Validate against one of the OCI image specification's schemas."""
    validator(schema).validate(document)


@cache
def validator(schema: str) -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    draft = pytest.importorskip("referencing.jsonschema").DRAFT4
    resources = [
        (path.name, referencing.Resource.from_contents(without_ids(json.loads(path.read_text())), draft))
        for path in SCHEMAS.glob("*.json")
    ]
    registry = referencing.Registry().with_resources(resources)
    return jsonschema.Draft4Validator({"$ref": schema}, registry=registry)


def without_ids(schema: Any) -> Any:
    """The schemas' ids point at a web site; their references are to each other's file names."""
    if isinstance(schema, dict):
        inside = {key: without_ids(value) for key, value in schema.items()}
        return {key: value for key, value in inside.items() if not (key == "id" and isinstance(value, str))}
    return [without_ids(item) for item in schema] if isinstance(schema, list) else schema


words = st.text('abcABC 01<>&"\\/é', max_size=8)
annotations = st.none() | st.dictionaries(st.text("abc.-", min_size=1, max_size=5), words, max_size=2)
platforms = st.sampled_from([Platform("linux", "amd64"), Platform("linux", "arm", "v7"), Platform("windows", "amd64")])


def descriptors(*media_types: str) -> st.SearchStrategy[Descriptor]:
    return st.builds(
        lambda kind, data, size, notes, platform: Descriptor(
            kind, Digest.of(data), size, annotations=notes, platform=platform
        ),
        st.sampled_from(media_types),
        st.binary(max_size=4),
        st.integers(0, 2**40),
        annotations,
        st.none() | platforms,
    )


layers = st.lists(descriptors(media.OCI_LAYER_GZIP, media.OCI_LAYER), min_size=1, max_size=3)


@given(descriptors(media.OCI_CONFIG), layers, annotations, st.none() | descriptors(media.OCI_MANIFEST))
def test_manifest(config: Descriptor, layers: list[Descriptor], notes: Any, subject: Descriptor | None) -> None:
    built = Manifest.build(config, layers, annotations=notes, subject=subject)
    check(built.document, "image-manifest-schema.json")
    again = parse_manifest(built.raw, built.media_type)
    assert isinstance(again, Manifest)
    assert again == built
    assert (again.config, list(again.layers), again.subject) == (config, layers, subject)
    assert again.digest == Digest.of(built.raw)
    assert again.annotations == (notes or {})


@given(st.lists(descriptors(media.OCI_MANIFEST), max_size=3), annotations)
def test_index(manifests: list[Descriptor], notes: Any) -> None:
    built = Index.build(manifests, annotations=notes)
    check(built.document, "image-index-schema.json")
    again = parse_manifest(built.raw)
    assert again == built
    assert isinstance(again, Index)
    assert list(again.manifests) == manifests


@given(
    platforms,
    st.lists(st.binary(max_size=2).map(Digest.of), max_size=3),
    st.fixed_dictionaries(
        {},
        optional={
            "Env": st.lists(st.just("A=b")),
            "Cmd": st.lists(words),
            "Entrypoint": st.lists(words),
            "User": words,
            "WorkingDir": words,
            "Labels": st.dictionaries(words, words, max_size=2),
            "Volumes": st.dictionaries(words, st.just({}), max_size=2),
            "ExposedPorts": st.dictionaries(st.just("80/tcp"), st.just({}), max_size=1),
        },
    ),
    st.integers(0, 2),
)
def test_config(platform: Platform, diff_ids: list[Digest], config: dict[str, Any], empty: int) -> None:
    history = [{"created_by": "COPY a / # buildkit"} for _ in diff_ids]
    history += [{"created_by": 'CMD ["a"]', "empty_layer": True}] * empty
    created = "2026-01-12T09:00:00Z"
    built = ImageConfig.build(platform=platform, diff_ids=diff_ids, config=config, history=history, created=created)
    check(built.document, "config-schema.json")
    again = ImageConfig(built.raw)
    assert again == built
    assert (again.platform, list(again.diff_ids), dict(again.config)) == (platform, diff_ids, config)
    assert [dict(entry) for entry in again.history] == history
    assert again.created == created
    assert len(again.chain_ids) == len(diff_ids)


def test_docker_manifest_has_the_bytes_that_docker_pushed() -> None:
    """Recorded from a push by a real engine."""
    layers = [
        ("sha256:554001bd66e5a7082392879a553e81ac3aaa958dd9e426c835305a69cde324ff", 1083950),
        ("sha256:1f1a51efc48ee65925447bc60a18ba6142139853fb39f4963e93e91768d2f100", 98),
        ("sha256:a7a359acb8fcb67d16635aac06630904f3bcde2a9782191d5e406304a37feee5", 301613),
    ]
    config = "sha256:4b44797ba57c99cf756c22084c7ba3938b55a046c477c5245b6374fcc97b049b"
    built = Manifest.build(
        Descriptor(media.DOCKER_CONFIG, config, 1820),
        [Descriptor(media.DOCKER_LAYER_GZIP, digest, size) for digest, size in layers],
        media_type=media.DOCKER_MANIFEST,
    )
    assert built.size == 944
    assert built.digest == "sha256:39dda73fac75de3c91241ca9d46d45563dc655124302d193ecf54bb0f003a0d4"


def test_bytes_are_kept_as_they_arrived() -> None:
    config = Descriptor.of(media.OCI_CONFIG, b"{}")
    raw = json.dumps(Manifest.build(config, []).document, indent=7).encode() + b"\n\n"
    kept = parse_manifest(raw)
    assert kept.raw == raw
    assert kept.digest == Digest.of(raw)


def test_values_cannot_be_changed_through_what_they_give_out() -> None:
    built = ImageConfig.build(platform=Platform("linux", "amd64"), diff_ids=[], config={"Cmd": ["a"]})
    built.document["config"]["Cmd"] = ["b"]
    assert built.config["Cmd"] == ["a"]
    with pytest.raises(TypeError):
        built.config["Cmd"] = ["b"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        built.raw = b""


D = str(Digest.of(b""))
GOOD = {"mediaType": media.OCI_CONFIG, "digest": D, "size": 2}


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"schemaVersion": 1, "config": GOOD, "layers": []},
        {"schemaVersion": 2, "config": GOOD},
        {"schemaVersion": 2, "layers": []},
        {"schemaVersion": 2, "config": GOOD | {"size": -1}, "layers": []},
        {"schemaVersion": 2, "config": GOOD | {"size": True}, "layers": []},
        {"schemaVersion": 2, "config": GOOD | {"digest": "sha256:12"}, "layers": []},
        {"schemaVersion": 2, "config": GOOD | {"mediaType": "nope"}, "layers": []},
        {"schemaVersion": 2, "config": GOOD | {"annotations": {"a": 1}}, "layers": []},
        {"schemaVersion": 2, "config": GOOD | {"urls": 5}, "layers": []},
        {"schemaVersion": 2, "config": GOOD, "layers": [5]},
        {"schemaVersion": 2, "config": GOOD, "layers": [], "annotations": []},
        {"schemaVersion": 2, "config": GOOD, "layers": [], "artifactType": "nope"},
        {"schemaVersion": 2, "config": GOOD, "layers": [], "mediaType": "text/html"},
        {"schemaVersion": 2, "config": GOOD, "layers": [], "manifests": []},
        {"schemaVersion": 2, "manifests": [GOOD | {"platform": {"os": 5, "architecture": "amd64"}}]},
        {"schemaVersion": 2, "manifests": [GOOD | {"platform": []}]},
    ],
)
def test_malformed_manifests(value: Any) -> None:
    with pytest.raises(InvalidParameter):
        parse_manifest(json.dumps(value).encode())


PLATFORM = {"os": "linux", "architecture": "amd64"}
ROOTFS = {"rootfs": {"type": "layers", "diff_ids": []}}


@pytest.mark.parametrize(
    "value",
    [
        {},
        PLATFORM,
        ROOTFS,
        PLATFORM | {"rootfs": {"type": "tar", "diff_ids": []}},
        PLATFORM | {"rootfs": {"type": "layers", "diff_ids": ["x"]}},
        PLATFORM | {"rootfs": {"type": "layers", "diff_ids": 5}},
        PLATFORM | ROOTFS | {"config": 5},
        PLATFORM | ROOTFS | {"config": {"Env": "A=b"}},
        PLATFORM | ROOTFS | {"config": {"Volumes": ["/x"]}},
        PLATFORM | ROOTFS | {"config": {"User": 0}},
        PLATFORM | ROOTFS | {"config": {"Labels": {"a": 1}}},
        PLATFORM | ROOTFS | {"history": {}},
        PLATFORM | ROOTFS | {"history": [5]},
        PLATFORM | ROOTFS | {"history": [{"empty_layer": "yes"}]},
        PLATFORM | ROOTFS | {"created": 5},
    ],
)
def test_malformed_configs(value: Any) -> None:
    with pytest.raises(InvalidParameter):
        ImageConfig(json.dumps(value).encode())


def test_history_that_does_not_fit_the_layers_is_not_built() -> None:
    with pytest.raises(InvalidParameter, match="history tells of 1 layers, rootfs has 0"):
        ImageConfig.build(platform=Platform("linux", "amd64"), diff_ids=[], history=[{"created_by": "x"}])


keys = st.sampled_from(
    "schemaVersion mediaType config layers manifests digest size platform os architecture rootfs type diff_ids "
    "history annotations urls subject artifactType variant Env Cmd Labels".split()
)
leaves = st.none() | st.booleans() | st.integers(-1, 3) | st.sampled_from(["", "layers", D, media.OCI_CONFIG, "x"])
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=5), max_leaves=12
)


@given(st.binary(max_size=20) | anything.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_understood_or_refused(raw: bytes) -> None:
    for reader in (parse_manifest, Manifest, Index, ImageConfig):
        with suppress(InvalidParameter):
            assert reader(raw).digest == Digest.of(raw)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(InvalidParameter):
        parse_manifest(b"[" * 100_000)


def test_canonical_escapes_as_go_does() -> None:
    assert canonical({"a": "<&>\u2028é"}) == '{"a":"\\u003c\\u0026\\u003e\\u2028é"}'.encode()


def test_nominal_size() -> None:
    plain = Descriptor.of(media.OCI_LAYER_GZIP, b"abc")
    large = Descriptor.of(media.OCI_LAYER_GZIP, b"abc", nominal=29_000_000)
    assert (plain.size, plain.nominal, dict(plain.annotations)) == (3, 3, {})
    assert (large.size, large.nominal) == (3, 29_000_000)
    assert large.to_json()["annotations"] == {"dev.dockersim.nominal-size": "29000000"}
    assert Descriptor.from_json(large.to_json()) == large


def test_select_platform() -> None:
    entries = [
        Descriptor(media.OCI_MANIFEST, Digest.of(bytes([number])), 1, platform=platform)
        for number, platform in enumerate([Platform("linux", "arm64", "v8"), Platform("linux", "amd64")])
    ]
    index = Index.build(entries)
    assert index.select(Platform("linux", "amd64")) == entries[1]
    assert index.select(Platform.parse("linux/arm64")) == entries[0]
    with pytest.raises(NotFound, match=r"no matching manifest for linux/s390x in the manifest list entries"):
        index.select(Platform("linux", "s390x"))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("linux/amd64", "linux/amd64"),
        ("amd64", "linux/amd64"),
        ("linux/x86_64", "linux/amd64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64/v8"),
        ("linux/aarch64/8", "linux/arm64/v8"),
        ("linux/arm/7", "linux/arm/v7"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/arm/v7", "linux/arm/v7"),
        ("windows", "windows/amd64"),
    ],
)
def test_platform_words(text: str, meaning: str) -> None:
    assert str(Platform.parse(text)) == meaning


@pytest.mark.parametrize("text", ["", "a", "linux/", "a/b/c/d", "linux/am d", "nosuch"])
def test_bad_platforms(text: str) -> None:
    with pytest.raises(InvalidParameter, match="invalid argument"):
        Platform.parse(text)
