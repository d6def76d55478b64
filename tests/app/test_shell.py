"""`python -m dockersim sh` on pipes and files: lines, scripts, input as late as possible, output as it comes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dockersim.app import main

ROOT = Path(__file__).parents[2]
SH = [sys.executable, "-m", "dockersim", "sh"]


def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
    """Exit status, output and errors of a whole process."""
    done = subprocess.run([*SH, *arguments], input=stdin, capture_output=True, text=True, cwd=ROOT, timeout=60)
    return done.returncode, done.stdout, done.stderr


def test_a_line_has_its_name_and_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sh", "-c", "echo $0 $1 $#; exit 3", "name", "a", "--b"]) == 3
    assert capsys.readouterr().out == "name a 2\n"


def test_a_script_has_its_name_and_arguments(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    script = tmp_path / "s.sh"
    script.write_text('echo "${0##*/} $1 $2"\nnosuchcmd\n(exit 4)\n')
    assert main(["sh", str(script), "one", "--two"]) == 4
    found = capsys.readouterr()
    assert found.out == "s.sh one --two\n"
    assert found.err == f"{script}: line 2: nosuchcmd: command not found\n"


def test_a_script_that_is_not_there_is_a_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sh", "/no/such/file"]) == 127
    assert capsys.readouterr().err == "dockersim: cannot read /no/such/file: No such file or directory\n"


def test_commands_come_from_standard_input_and_may_read_it_too() -> None:
    assert run(stdin='echo one\nread x\na line\necho "x=$x"\ncat\nthe rest\n') == (0, "one\nx=a line\nthe rest\n", "")


def test_a_container_reads_standard_input() -> None:
    status, out, err = run(
        "-c", "docker pull -q busybox; docker run -i --rm busybox sh -c 'cat; exit 5'", stdin="typed\n"
    )
    assert (status, out, err) == (5, "docker.io/library/busybox:latest\ntyped\n", "")


@pytest.mark.parametrize(
    "line",
    [
        "docker pull -q nginx; docker run --name web nginx >/dev/null 2>&1; echo after",
        "docker pull -q busybox; docker run busybox sleep infinity; echo after",
    ],
)
def test_what_never_ends_is_ended_with_a_sentence(capsys: pytest.CaptureFixture[str], line: str) -> None:
    assert main(["sh", "-c", line]) == 130
    found = capsys.readouterr()
    assert "after" not in found.out
    assert found.err.startswith("dockersim: 'docker run ")
    assert found.err.endswith("' would go on for ever: stopped, as by Ctrl-C\n")


def test_hours_of_simulated_time_are_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sh", "-c", "sleep 86400; echo done"]) == 0
    assert capsys.readouterr().out == "done\n"


def test_a_reader_that_went_away_ends_who_writes() -> None:
    shell = subprocess.Popen([*SH, "-c", "yes; echo $? >&2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    assert shell.stdout is not None
    assert shell.stderr is not None
    assert shell.stdout.readline() == b"y\n"
    shell.stdout.close()
    assert shell.stderr.read() == b"141\n"
    assert shell.wait(timeout=20) == 0
    shell.stderr.close()


def test_output_comes_before_the_next_line_is_asked_for() -> None:
    shell = subprocess.Popen(SH, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    assert shell.stdin is not None
    assert shell.stdout is not None
    for line in ("one", "two"):
        shell.stdin.write(f"echo {line}\n".encode())
        shell.stdin.flush()
        assert shell.stdout.readline().decode() == f"{line}\n"
    shell.stdin.close()
    assert shell.wait(timeout=20) == 0
    shell.stdout.close()


def test_control_c_reaches_the_command_that_waits_for_input() -> None:
    shell = subprocess.Popen(
        [*SH, "-c", "trap 'echo caught' INT; echo ready; cat; echo $?"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert shell.stdout is not None
    assert shell.stdout.readline() == b"ready\n"
    shell.send_signal(signal.SIGINT)
    out, err = shell.communicate(timeout=20)
    assert err == b""
    assert out.startswith(b"caught\n")
    assert shell.returncode == 0
