"""Lists, inspection, history, names."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.engine.images.moment import nanoseconds
from dockersim.engine.images.until import until
from dockersim.engine.times import rfc3339
from dockersim.errors import InvalidParameter

from .conftest import HELLO, Lab, built, publish


def listed(lab: Lab, query: str = "", **filters: Any) -> Any:
    text = quote(json.dumps({name: {value: True} for name, value in filters.items()}))
    return lab.call("GET", f"/images/json?filters={text}{query}")


def tags(answer: Any) -> list[str]:
    return [tag for view in answer.json for tag in view["RepoTags"]]


@pytest.fixture
def shelf(lab: Lab) -> Lab:
    publish(lab.hub, "library/web", built(HELLO, {"/w": b"w"}, Labels={"stage": "dev"}))
    for name in ("hello-world", "web"):
        lab.pull(f"docker.io/library/{name}")
    lab.call("POST", "/images/web/tag?repo=mine%2Fapp&tag=1.0")
    return lab


def test_a_summary(shelf: Lab) -> None:
    view = next(view for view in listed(shelf).json if "web:latest" in view["RepoTags"])
    image = shelf.images.get("web")
    assert list(view) == [
        *("Containers", "Created", "Id", "Labels", "ParentId", "RepoDigests", "RepoTags", "SharedSize", "Size"),
    ]
    assert view == {
        "Containers": 0,
        "Created": 1768039200,
        "Id": image.id,
        "Labels": {"stage": "dev"},
        "ParentId": "",
        "RepoDigests": image.repo_digests,
        "RepoTags": ["web:latest", "mine/app:1.0"],
        "SharedSize": -1,
        "Size": 9401,
    }
    assert next(view for view in listed(shelf, "&shared-size=1").json if view["Size"] == 9401)["SharedSize"] == 9400


def test_filters(shelf: Lab) -> None:
    assert tags(listed(shelf, reference="web")) == ["web:latest"]
    assert tags(listed(shelf, reference="mine/*")) == ["mine/app:1.0"]
    assert tags(listed(shelf, reference="*:l*")) == ["hello-world:latest", "web:latest"]
    assert (
        tags(listed(shelf, label="stage")) == tags(listed(shelf, label="stage=dev")) == ["web:latest", "mine/app:1.0"]
    )
    assert tags(listed(shelf, label="stage=prod")) == []
    assert tags(listed(shelf, until="1h")) == ["hello-world:latest", "web:latest", "mine/app:1.0"]
    assert tags(listed(shelf, until="72h")) == []
    assert tags(listed(shelf, since="web")) == tags(listed(shelf, before="web")) == []
    assert listed(shelf, dangling="true").json == []
    assert len(listed(shelf, dangling="false").json) == 2


def test_an_untagged_image_is_dangling(shelf: Lab) -> None:
    from dockersim.engine.images.commit import commit
    from dockersim.fs import Layer, Node

    base = shelf.images.get("web")
    top = commit(shelf.engine, base, Layer({"/x": Node.file(b"x")}), {})  # type: ignore[arg-type]
    assert [view["Id"] for view in listed(shelf, dangling="true").json] == [top.id]
    assert listed(shelf).json[0]["Id"] == top.id
    assert listed(shelf).json[0]["ParentId"] == base.id
    above = commit(shelf.engine, top, Layer({"/y": Node.file(b"y")}), {})  # type: ignore[arg-type]
    assert [view["Id"] for view in listed(shelf, dangling="true").json] == [above.id]
    assert {view["Id"] for view in listed(shelf, "&all=1").json} >= {top.id, above.id}


@pytest.mark.parametrize(
    ("filters", "status", "message"),
    [
        ({"nosuch": "1"}, 400, "invalid filter 'nosuch'"),
        ({"since": "nosuch"}, 404, "No such image: nosuch:latest"),
        ({"until": "soon"}, 500, 'failed to parse value as time or duration: "soon"'),
        ({"reference": "["}, 400, "syntax error in pattern"),
    ],
)
def test_bad_filters(shelf: Lab, filters: dict[str, str], status: int, message: str) -> None:
    answer = listed(shelf, **filters)
    assert (answer.status, answer.message) == (status, message)


def test_inspection(shelf: Lab) -> None:
    image = shelf.images.get("web")
    view = shelf.call("GET", "/images/web/json").json
    assert list(view) == [
        *("Id", "RepoTags", "RepoDigests", "Parent", "Comment", "Created", "DockerVersion", "Author", "Architecture"),
        *("Os", "Size", "GraphDriver", "RootFS", "Metadata", "Config"),
    ]
    assert view["RootFS"] == {"Type": "layers", "Layers": list(image.diff_ids)}
    assert view["Metadata"] == {"LastTagTime": rfc3339(shelf.images.tagged_at(image.id))}
    assert view["GraphDriver"]["Data"]["LowerDir"].count("/diff") == 1
    assert view["Config"] == {
        "Cmd": ["/hello"],
        "Entrypoint": None,
        "Env": ["PATH=/bin"],
        "Labels": {"stage": "dev"},
        "OnBuild": None,
        "User": "",
        "Volumes": None,
        "WorkingDir": "",
    }


def test_history(shelf: Lab) -> None:
    image = shelf.images.get("web")
    rows = shelf.call("GET", "/images/web/history").json
    assert [(row["Id"], row["Size"]) for row in rows] == [(image.id, 0), ("<missing>", 1), ("<missing>", 9400)]
    assert rows[0] == {
        "Comment": "",
        "Created": 1768039200,
        "CreatedBy": 'CMD ["/hello"]',
        "Id": image.id,
        "Size": 0,
        "Tags": ["web:latest", "mine/app:1.0"],
    }


def test_names_and_ids(shelf: Lab) -> None:
    image = shelf.images.get("web")
    names = ("web", "web:latest", "docker.io/library/web", image.id, image.id.short, image.id.encoded, image.id[:9])
    for name in (*names, image.repo_digests[0], "mine/app:1.0"):
        assert shelf.images.get(name) is image
    for name in ("nosuch", "web:2", "abc", "web@sha256:" + "1" * 64):
        answer = shelf.call("GET", f"/images/{name}/json")
        assert answer.status == 404
        assert answer.message.startswith("No such image: ")
    assert shelf.call("GET", "/images/abc/json").message == "No such image: abc:latest"
    assert shelf.call("GET", "/images/sha256:" + "1" * 64 + "/json").message == f"No such image: sha256:{'1' * 64}"
    assert shelf.call("GET", "/images/UPPER/history").status == 400


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("nosuch/tag?repo=x&tag=1", 404, "No such image: nosuch:latest"),
        ("web/tag?repo=UPPER", 400, "invalid reference format: repository name (library/UPPER) must be lowercase"),
        ("web/tag?repo=x&tag=a%20b", 400, "invalid tag format"),
        ("web/tag?repo=sha256&tag=x", 400, "refusing to create an ambiguous tag using digest algorithm as name"),
    ],
)
def test_bad_tags(shelf: Lab, query: str, status: int, message: str) -> None:
    answer = shelf.call("POST", f"/images/{query}")
    assert (answer.status, answer.message) == (status, message)


@given(st.integers(1, 4_000_000_000 * 10**9))
def test_instants_are_read_as_they_are_written(moment: int) -> None:
    assert nanoseconds(rfc3339(moment)) == moment
    assert until(rfc3339(moment), 0) == moment


def test_moments() -> None:
    now = 1_768_208_400 * 10**9
    assert now - until("1h30m", now) == 5400 * 10**9
    assert until("1768208400", now) == now
    assert until("2026-01-12", now) == until("2026-01-12T00:00:00Z", now) == now - 9 * 3600 * 10**9
    assert nanoseconds("2026-01-12T10:00:00+01:00") == now
    assert nanoseconds("0001-01-01T00:00:00Z") == nanoseconds("") == 0
    with pytest.raises(InvalidParameter):
        until("1x", now)
