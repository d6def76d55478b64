"""JSON as Go reads it: what is no JSON is told in Go's words, and what does not fit a type, too."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.wire import gojson
from dockersim.wire.gotypes import BOOL, INT64, STRING, STRINGS, TEXTS, WORDS, List, Map, Misfit, Struct, fit

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
PORT = Struct("nat.PortBinding", {STRING: "HostIp HostPort"}, whole=True)
INNER = Struct("container.Resources", {INT64: "Memory"})
HOST = Struct(
    "container.HostConfig",
    {Map(List(PORT), "nat.PortMap"): "PortBindings", STRINGS: "Binds", BOOL: "Privileged"},
    {"Resources": INNER},
)
CREATE = Struct("container.CreateRequest", {STRING: "Image", WORDS: "Cmd", TEXTS: "Labels", HOST: "HostConfig"})


@given(JSON)
def test_reads_what_is_json(value: Any) -> None:
    assert gojson.read(json.dumps(value)) == (value, "")


@given(st.text('{}[]":,0123456789-+.eEtruefalsn \\x\n', max_size=12))
def test_takes_what_python_takes_and_gives_a_reason_for_all_else(text: str) -> None:
    try:
        json.JSONDecoder(parse_constant=pytest.fail).raw_decode(text.lstrip(" \n"))
    except ValueError:
        with pytest.raises((EOFError, ValueError), match=r"^$|^unexpected EOF$|^invalid character '.+' "):
            gojson.read(text)
    else:
        gojson.read(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "unexpected EOF"),
        ("{a", "invalid character 'a' looking for beginning of object key string"),
        ('{"a" 1}', "invalid character '1' after object key"),
        ('{"a":1 "b"}', "invalid character '\"' after object key:value pair"),
        ('{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        ("[1 2]", "invalid character '2' after array element"),
        ("[tru]", "invalid character ']' in literal true (expecting 'e')"),
        ("'a'", "invalid character '\\'' looking for beginning of value"),
        ('"a\nb"', "invalid character '\\n' in string literal"),
        ("-x", "invalid character 'x' in numeric literal"),
    ],
)
def test_faults(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(fault)}$"):
        gojson.read(text)


def test_types() -> None:
    body = '{"image":"busybox","cmd":"ls","Labels":{"b":"2","a":"1"},"Nosuch":1,"HostConfig":{"PortBindings":'
    body += '{"80/tcp":[{"HostPort":"8080"}],"81/tcp":null},"Memory":null}}'
    made = fit(CREATE, gojson.read(body)[0])
    ports = {"80/tcp": [{"HostIp": "", "HostPort": "8080"}], "81/tcp": None}
    wanted = {"Image": "busybox", "Cmd": ["ls"], "Labels": {"a": "1", "b": "2"}, "HostConfig": {"PortBindings": ports}}
    assert made == wanted
    assert list(made["Labels"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "misfit"),
    [
        ("[]", "array into Go value of type container.CreateRequest"),
        ('{"Image":1}', "number into Go struct field CreateRequest.Image of type string"),
        ('{"Cmd":[1]}', "array into Go struct field CreateRequest.Cmd of type string"),
        ('{"HostConfig":{"Memory":1.5}}', "number 1.5 into Go struct field HostConfig.HostConfig.Resources.Memory of "
         "type int64"),
        ('{"HostConfig":{"PortBindings":{"80/tcp":[{"HostPort":8080}]}}}', "number into Go struct field "
         "PortBinding.HostConfig.PortBindings.HostPort of type string"),
        ('{"Labels":["a"],"Image":1}', "array into Go struct field CreateRequest.Labels of type map[string]string"),
    ],
)  # fmt: skip
def test_misfits(body: str, misfit: str) -> None:
    with pytest.raises(Misfit, match=f"^json: cannot unmarshal {re.escape(misfit)}$"):
        fit(CREATE, gojson.read(body)[0])
