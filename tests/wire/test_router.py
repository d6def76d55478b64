"""Routes: shapes of paths, variables, and what is said when nothing fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.errors import MethodNotAllowed, NotFound
from dockersim.wire import Request, Response, Router

SEGMENT = st.text("abc:.-", min_size=1, max_size=5)


def answering(status: int):  # type: ignore[no-untyped-def]
    return lambda request: Response(status)


@pytest.fixture
def router() -> Router:
    router = Router()
    router.add("GET", "/containers/json", answering(1))
    router.add("GET", "/containers/{id}/json", answering(2))
    router.add("GET", "/images/{name:path}/json", answering(3))
    router.add("POST", "/containers/{id}/start", answering(4))
    return router


def asked(router: Router, method: str, path: str) -> tuple[int, dict[str, str]]:
    request = Request(method, path)
    response = router.match(request)(request)
    assert isinstance(response, Response)
    return response.status, dict(request.params)


@pytest.mark.parametrize(
    ("path", "status", "params"),
    [
        ("/containers/json", 1, {}),
        ("/containers/web/json", 2, {"id": "web"}),
        ("/images/mine/app:1/json", 3, {"name": "mine/app:1"}),
        ("/images/app/json?a=1", 3, {"name": "app"}),
    ],
)
def test_a_path_finds_its_handler_and_its_variables(
    router: Router, path: str, status: int, params: dict[str, str]
) -> None:
    assert asked(router, "GET", path) == (status, params)


@given(SEGMENT, st.lists(SEGMENT, min_size=1, max_size=4))
def test_variables_are_what_stands_in_their_places(identity: str, names: list[str]) -> None:
    router = Router()
    router.add("GET", "/containers/{id}/json", answering(1))
    router.add("GET", "/images/{name:path}/json", answering(2))
    assert asked(router, "GET", f"/containers/{identity}/json") == (1, {"id": identity})
    assert asked(router, "GET", f"/images/{'/'.join(names)}/json") == (2, {"name": "/".join(names)})


def test_another_method_and_no_such_path_are_told_apart(router: Router) -> None:
    with pytest.raises(MethodNotAllowed):
        asked(router, "DELETE", "/containers/web/start")
    for path in ("/containers/web/nosuch", "/containers//json", "/nosuch", "/", ""):
        with pytest.raises(NotFound):
            asked(router, "GET", path)
