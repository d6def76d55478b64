"""`python -m dockersim` on a real pseudo terminal: keys typed by pexpect, screens as a person sees them."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pexpect: Any = pytest.importorskip("pexpect")

if sys.platform == "win32":
    pytest.skip("needs a pseudo terminal", allow_module_level=True)

ROOT = Path(__file__).parents[2]
PROMPT = "student@laptop:~$ "
WITHOUT_PROMPT_TOOLKIT = (
    "import sys; sys.modules['prompt_toolkit'] = None; import dockersim.app; sys.exit(dockersim.app.main(sys.argv[1:]))"
)


class Person:
    """Somebody at a terminal. ``see`` waits for words on the screen."""

    def __init__(self, arguments: list[str], **environment: str) -> None:
        env = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **environment}
        self.child = pexpect.spawn(sys.executable, arguments, cwd=str(ROOT), env=env, timeout=20, dimensions=(24, 80))

    def type(self, keys: str) -> None:
        self.child.send(keys)

    def see(self, words: str) -> str:
        """What was on the screen before ``words``."""
        self.child.expect_exact(words)
        before: bytes = self.child.before
        return before.decode()

    def leaves(self) -> int:
        """The exit status, once the program has ended."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        status: int = self.child.exitstatus if self.child.exitstatus is not None else 128 + self.child.signalstatus
        return status


@pytest.fixture
def shell(request: pytest.FixtureRequest) -> Iterator[Person]:
    """The interactive shell, with the line editing library or without."""
    start = ["-m", "dockersim"] if getattr(request, "param", True) else ["-c", WITHOUT_PROMPT_TOOLKIT]
    person = Person([*start, "sh"])
    person.see(PROMPT)
    yield person
    person.child.close(force=True)


@pytest.mark.parametrize("shell", [True, False], indirect=True, ids=["prompt_toolkit", "without"])
def test_a_session_from_the_first_prompt_to_exit(shell: Person) -> None:
    shell.type("echo he''llo\r")
    shell.see("hello\r\n")
    shell.see(PROMPT)
    shell.type("docker run -it --rm --hostname box busybox\r")
    shell.see("/ # ")
    shell.type("echo in''side; sleep 30\r")
    shell.see("inside\r\n/ # ")
    shell.type("cat\r")
    shell.type("\x03")
    shell.see("^C\r\n/ # ")
    shell.type("exit 3\r")
    shell.see(PROMPT)
    shell.type("echo st''atus $?\r")
    shell.see("status 3\r\n")
    shell.see(PROMPT)
    shell.type("exit 7\r")
    shell.see("logout")
    assert shell.leaves() == 7


def test_a_server_in_the_foreground_says_that_it_still_runs(shell: Person) -> None:
    shell.type("docker run --rm --name web nginx\r")
    shell.see("(docker run --rm --name web nginx still runs; Ctrl-C stops it)")
    shell.type("\x03")
    shell.see(PROMPT)
    shell.type("docker ps -q\r")
    shell.see("\n")
    shell.see(PROMPT)
    shell.type("\x04")
    shell.see("logout")
    assert shell.leaves() == 0


@pytest.mark.parametrize("shell", [True, False], indirect=True, ids=["prompt_toolkit", "without"])
def test_detaching_completing_and_recalling(shell: Person) -> None:
    shell.type("docker run -it --name kept busybox\r")
    shell.see("/ # ")
    shell.type("\x10\x11")
    shell.see(PROMPT)
    shell.type("docker atta\tke\t\r")
    shell.see("/ # ")
    shell.type("exit\r")
    shell.see(PROMPT)
    shell.type("ec''ho once\x03")
    shell.see(PROMPT)
    shell.type("echo a-$?\r")
    shell.see("a-130\r\n")
    shell.see(PROMPT)
    shell.type("\x1b[A\x7f\x7f\x7f\x7f'b''c'\r")
    shell.see("bc\r\n")


def test_a_new_window_size_reaches_the_container(shell: Person) -> None:
    shell.type("docker run -it --rm busybox\r")
    shell.see("/ # ")
    shell.type("stty size\r")
    shell.see("24 80\r\n")
    shell.child.setwinsize(33, 101)
    shell.see("/ # \x1b[J")
    shell.type("stty size\r")
    shell.see("33 101\r\n")


@pytest.mark.parametrize("program", ["", "cat"])
def test_sigterm_leaves_the_terminal_as_it_was(shell: Person, program: str) -> None:
    import termios

    if program:
        shell.type(f"echo re''ady; {program}\r")
        shell.see("ready\r\n")
        shell.type("x''y\r")
        shell.see("x''y\r\nx''y\r\n")
    shell.child.kill(signal.SIGTERM)
    shell.child.expect(pexpect.EOF)
    flags = termios.tcgetattr(shell.child.child_fd)[3]
    assert flags & termios.ICANON
    assert flags & termios.ECHO
    assert shell.leaves() == 143


def test_a_line_on_a_terminal_is_interactive() -> None:
    person = Person(["-m", "dockersim", "sh", "-c", "read -p 'name? ' n; echo hello $n; test -t 1; exit $?"])
    person.see("name? ")
    person.type("Bob\r")
    person.see("Bob\r\nhello Bob\r\n")
    assert person.leaves() == 0


# ---- hello-world


def test_stepping_goes_forwards_backwards_and_leaves() -> None:
    person = Person(["-m", "dockersim", "hello-world", "--step"], NO_COLOR="1")
    person.see("step 1 of 4")
    person.type("\r")
    person.see("step 2 of 4")
    person.type("b\r")
    person.see("step 1 of 4")
    person.type("q\r")
    assert person.leaves() == 0


@pytest.mark.parametrize("no_color", ["", "1"])
def test_colour_is_for_terminals_that_want_it(no_color: str) -> None:
    person = Person(["-m", "dockersim", "hello-world"], NO_COLOR=no_color, COLORTERM="truecolor")
    screen = person.see("Hello from Docker!")
    assert ("\x1b[" in screen) == (not no_color)
