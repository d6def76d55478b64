"""Whatever comes in, a clear answer goes out: never a Python error."""

from __future__ import annotations

import contextlib
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.engine.images.commit import ALLOWED, changed
from dockersim.errors import DockersimError
from dockersim.fs.archive import Member, write_members
from dockersim.sim import Service
from dockersim.wire import Request, Response

from .conftest import HELLO, Lab, built, publish

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("sha256:" + "1" * 64),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(st.sampled_from(sorted(ALLOWED)), TEXT), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_changes(changes: list[tuple[str, str]]) -> None:
    lab = Lab()
    texts = [f"{name} {text}" for name, text in changes]
    with contextlib.suppress(DockersimError):
        assert json.dumps(changed(lab.engine, {}, texts))  # type: ignore[arg-type]


@given(st.dictionaries(st.sampled_from(["Config", "Layers", "RepoTags"]), JSON) | JSON, JSON)
@settings(max_examples=80, deadline=None)
def test_archives(entry: Any, config: Any) -> None:
    lab = Lab()
    files = [Member("manifest.json", data=json.dumps([entry]).encode()), Member("c", data=json.dumps(config).encode())]
    answer = lab.call("POST", "/images/load?quiet=1", write_members(files))
    assert answer.status == 200
    assert "error" in answer.lines[-1]


PATHS = ["/images/create", "/images/json", "/images/prune", "/images/search", "/images/get", "/commit"]
QUERY = st.dictionaries(
    st.sampled_from("fromImage fromSrc repo tag platform filters term limit names container changes all".split()), TEXT
)


@given(st.sampled_from(["GET", "POST"]), st.sampled_from(PATHS), QUERY, st.binary(max_size=8))
@settings(max_examples=150, deadline=None)
def test_queries(method: str, path: str, query: dict[str, str], body: bytes) -> None:
    lab = Lab()
    text = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    answer = lab.call(method, f"{path}?{text}", body)
    assert answer.status == 200 or answer.message


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"<html>no</html>", "invalid character '<' looking for beginning of value: \"<html>no</html>\""),
        (b"", 'unexpected end of JSON input: ""'),
    ],
)
def test_a_web_server_is_no_registry(lab: Lab, body: bytes, text: str) -> None:
    service = Service("web", lambda request: Response(404, {"Content-Type": "text/html"}, body))
    lab.engine.stack.listen(5050, service=service)
    answer = lab.pull("localhost:5050/x")
    assert (answer.status, answer.message) == (500, f"error parsing HTTP 404 response body: {text}")


@given(JSON, st.sampled_from(["manifests/", "tags/list", "blobs/"]), st.sampled_from([200, 400, 401, 429, 500]))
@settings(max_examples=80, deadline=None)
def test_a_registry_that_answers_nonsense(value: Any, where: str, status: int) -> None:
    lab = Lab()
    publish(lab.open, "x", built(HELLO))

    def handle(request: Request) -> Any:
        if request.method == "GET" and where in request.path:
            headers = {"Content-Type": "application/vnd.oci.image.manifest.v1+json", "WWW-Authenticate": str(value)}
            return Response(status, headers, json.dumps(value).encode())
        return lab.open.handle(request)

    lab.engine.stack.listen(5050, service=Service("odd", handle))
    for target in ("/images/create?fromImage=localhost:5050/x&tag=latest", "/images/create?fromImage=localhost:5050/x"):
        answer = lab.call("POST", target)
        assert answer.status != 200 or "error" in answer.lines[-1] or answer.told[-1].startswith("Status: ")
    answer = lab.call("GET", "/distribution/localhost:5050/x/json")
    assert answer.status == 200 or answer.message
