"""The sequence diagram: well-formed SVG, all parties, and nothing that leaks from one figure into another."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

import dockersim
from dockersim.diagram import sequence

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def picture() -> str:
    world = dockersim.World(seed=0)
    return sequence(world.sh("docker run hello-world").events)


def words(picture: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(picture).iter(f"{SVG}text")]


def test_all_parties_have_a_lifeline(picture: str) -> None:
    shown = words(picture)
    for party in ("docker", "dockerd", "container", "registry-1.docker.io", "auth.docker.io"):
        assert party in shown


def test_arrows_are_in_the_order_of_the_messages(picture: str) -> None:
    shown = words(picture)
    wanted = ["HEAD /_ping", "404 Not Found", "401 Unauthorized", "GET /token", "201 Created", "101 UPGRADED"]
    places = [shown.index(label) for label in wanted]
    assert places == sorted(places)


def test_every_class_and_id_has_the_figures_own_prefix(picture: str) -> None:
    root = ET.fromstring(picture)
    prefix = root.attrib["class"]
    for element in root.iter():
        for name in (element.attrib.get("class", prefix), element.attrib.get("id", prefix)):
            assert name.startswith(prefix)
    style = next(root.iter(f"{SVG}style")).text or ""
    assert all(rule.startswith(f".{prefix}") for rule in re.findall(r"^\S+", style, re.MULTILINE))


def test_there_is_no_script_and_nothing_from_outside(picture: str) -> None:
    assert "<script" not in picture
    assert re.findall(r'(?:href|src)="(?!#)', picture) == []


def test_no_label_leaves_the_picture(picture: str) -> None:
    root = ET.fromstring(picture)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for element in root.iter(f"{SVG}text"):
        assert 0 <= float(element.attrib["x"]) <= width
        assert 0 <= float(element.attrib["y"]) <= height


def test_the_same_events_give_the_same_picture(picture: str) -> None:
    assert sequence(dockersim.World(seed=0).sh("docker run hello-world").events) == picture
