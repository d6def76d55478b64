"""`python -m dockersim hello-world`, called as a function and as a whole process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import dockersim
from dockersim.app import main

FORBIDDEN = ("matplotlib", "networkx", "numpy", "IPython")


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["hello-world", *arguments]) == 0
    return capsys.readouterr().out


def test_the_narration_has_what_docker_prints_byte_for_byte(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys)
    result = dockersim.World(seed=0).sh("docker run hello-world")
    assert result.stdout in text
    for line in result.stderr.splitlines():
        assert f"\n{line}\n" in text


def test_the_narration_goes_as_deep_as_asked(capsys: pytest.CaptureFixture[str]) -> None:
    story, messages, storage = (told(capsys, "--depth", depth) for depth in ("story", "messages", "storage"))
    assert len(story) < len(messages) < len(storage)
    assert "HEAD /_ping" not in story
    assert "HEAD /_ping" in messages
    assert "verified and stored a layer" not in messages
    assert "verified and stored a layer" in storage


def test_plain_text_has_no_colour(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in told(capsys)


def test_twice_tells_what_is_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Skipped: the image is here already" in told(capsys, "--twice")


def test_another_seed_is_another_world(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys) == told(capsys)
    assert told(capsys) != told(capsys, "--seed", "1")


def test_json_is_one_numbered_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "--json").splitlines()
    objects = [json.loads(line) for line in lines]
    assert [one["number"] for one in objects] == list(range(len(objects)))
    assert objects[-1]["event"] == "CommandEnded"
    assert all(isinstance(one["seconds"], (int, float)) for one in objects)


def test_svg_is_written_to_the_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "run.svg"
    told(capsys, "--svg", str(target))
    assert target.read_text().startswith("<svg ")


def test_an_svg_that_cannot_be_written_is_a_clear_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["hello-world", "--svg", str(tmp_path / "no" / "run.svg")]) == 1
    assert "cannot write" in capsys.readouterr().err


def process(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


def test_no_heavy_library_is_imported_on_the_first_path() -> None:
    code = (
        "import sys, dockersim.app\n"
        "dockersim.app.main(['hello-world'])\n"
        f"print([name for name in {FORBIDDEN!r} if name in sys.modules], file=sys.stderr)"
    )
    assert process("-c", code).stderr == "[]\n"


def test_stepping_goes_on_back_and_away() -> None:
    done = process("-m", "dockersim", "hello-world", "--step", stdin="\nb\n\nq\n")
    assert done.returncode == 0
    steps = [line.split("[Enter]")[0].strip() for line in done.stdout.splitlines() if "[Enter]" in line]
    assert steps == ["step 1 of 4", "step 2 of 4", "step 1 of 4", "step 2 of 4"]
    assert "containers: none" in done.stdout


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    pipeline = f"{sys.executable} -m dockersim hello-world --depth storage | head -1"
    done = subprocess.run(["sh", "-c", pipeline], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "$ docker run hello-world\n"
    assert "Traceback" not in done.stderr


def test_unknown_commands_are_refused_without_a_traceback() -> None:
    done = process("-m", "dockersim", "nosuch")
    assert done.returncode == 2
    assert "invalid choice" in done.stderr


def test_sh_runs_a_line_with_its_exit_status() -> None:
    done = process("-m", "dockersim", "sh", "-c", "docker run hello-world | grep -c Docker; exit 7")
    assert (done.stdout, done.returncode) == ("7\n", 7)


def test_sh_runs_a_script(tmp_path: Path) -> None:
    script = tmp_path / "lines.sh"
    script.write_text("docker pull -q hello-world\ndocker images --format '{{.Repository}}'\n")
    done = process("-m", "dockersim", "sh", str(script))
    assert (done.stdout, done.returncode) == ("docker.io/library/hello-world:latest\nhello-world\n", 0)
