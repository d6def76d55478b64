"""The wheel: pure Python, complete, and all that a learner needs in an empty environment."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: object, cwd: Path | None = None) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_is_pure_python_and_has_the_lessons_and_the_catalogue(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "dockersim/lessons/01-hello-world.md",
        "dockersim/hub/catalogue/index.json",
        "dockersim/py.typed",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "notebooks/"))]


def test_it_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel)
    told = run(python, "-m", "dockersim", "hello-world", cwd=tmp_path)
    assert "Hello from Docker!" in told
    installed = set(run(python, "-m", "pip", "list", "--format=freeze").lower().replace("==", " ").split())
    assert {"simpy", "rich", "dockersim"} <= installed
    assert not installed & {"matplotlib", "networkx", "numpy", "ipython", "prompt_toolkit"}
