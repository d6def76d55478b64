"""The interactive shell on a terminal: prompts, continuation, signal keys, jobs, history, completion."""

from __future__ import annotations

from typing import Any

from dockersim.userland.shell import Shell
from dockersim.userland.shell.complete import complete
from dockersim.userland.terminal import Terminal
from tests.userland.harness import Box


class Session:
    """Types lines at a shell and keeps the screen."""

    def __init__(self, *argv: str, flavour: str = "gnu", env: dict[str, str] | None = None) -> None:
        self.box = Box(flavour)
        self.screen = bytearray()
        self.terminal = Terminal(self.box.sim, self.screen.extend)
        env = {"HOME": "/root", **(env or {})}
        self.process, _, _ = self.box.start(*argv, cwd="/root", tty=self.terminal, env=env)
        self.wait()

    def wait(self, seconds: float = 0.5) -> None:
        self.box.sim.env.run(until=self.box.sim.now + seconds)
        assert not self.box.kernel.crashes, self.box.kernel.crashes

    def type(self, text: str, seconds: float = 0.5) -> str:
        """What the screen shows after ``text``, without the carriage returns."""
        before = len(self.screen)
        self.terminal.type(text.encode())
        self.wait(seconds)
        return self.screen[before:].decode().replace("\r", "")


def test_prompts_of_the_flavours() -> None:
    assert Session("sh", flavour="busybox").screen.endswith(b"~ # ")
    assert Session("dash").screen.endswith(b"# ")
    assert Session("bash", env={"PS1": r"\u@\h:\w\$ "}).screen.endswith(b"root@box:~# ")


def test_a_line_is_run_and_the_prompt_comes_back() -> None:
    session = Session("sh", flavour="busybox")
    assert session.type("cd /tmp; echo hi\n") == "cd /tmp; echo hi\nhi\n/tmp # "


def test_an_incomplete_line_is_continued() -> None:
    session = Session("sh", flavour="busybox")
    assert session.type("if true\n").endswith("\n> ")
    assert session.type("then echo yes; fi\n").endswith("yes\n~ # ")
    assert session.type("cat <<E\n").endswith("> ")
    assert session.type("body\nE\n").endswith("body\n~ # ")


def test_errors_leave_the_shell_running() -> None:
    session = Session("bash", env={"PS1": "$ "})
    assert session.type("nosuch\n").endswith("bash: nosuch: command not found\n$ ")
    assert session.type("echo )\n").endswith("bash: syntax error near unexpected token `)'\n$ ")
    assert session.type("echo ${x?gone}; echo no\n").endswith("bash: x: gone\n$ ")
    assert session.type("echo $?\n").endswith("1\n$ ")


def test_control_c_ends_a_program_and_a_loop() -> None:
    session = Session("bash", env={"PS1": "$ "})
    session.type("sleep 100\n")
    assert session.type("\x03").endswith("^C\n$ ")
    assert session.type("echo $?\n").endswith("130\n$ ")
    session.type("while :; do :; done\n")
    session.type("\x03", 5)
    assert session.type("echo alive\n", 5).endswith("alive\n$ ")
    assert session.type("half\x03").endswith("^C\n$ ")


def test_jobs() -> None:
    session = Session("bash", env={"PS1": "$ "})
    assert "[1] " in session.type("sleep 5 &\n")
    assert "[1]+  Running                 sleep 5 &\n" in session.type("jobs\n")
    session.wait(6)
    assert "[1]+  Done                    sleep 5\n$ " in session.type("\n")
    session.type("sleep 50\n")
    assert "[1]+  Stopped                 sleep 50\n$ " in session.type("\x1a")
    assert session.type("fg\n").endswith("fg\nsleep 50\n")
    session.wait(60)
    assert session.screen.endswith(b"$ ")


def test_exit_and_end_of_file() -> None:
    session = Session("bash", env={"PS1": "$ "})
    assert session.type("exit 3\n").endswith("exit\n")
    assert session.process.status == 3
    session = Session("bash", env={"PS1": "$ "})
    assert session.type("false\n\x04").endswith("exit\n")
    assert session.process.status == 1


def test_history_and_aliases() -> None:
    session = Session("bash", env={"PS1": "$ "})
    session.type("alias hi='echo hello'\n")
    assert session.type("hi you\n").endswith("hello you\n$ ")
    assert session.type("history\n").endswith("    1  alias hi='echo hello'\n    2  hi you\n    3  history\n$ ")


def test_completion() -> None:
    box = Box()
    box.write("/desk/notes one.txt", "")
    box.write("/desk/nested/file", "")
    seen: dict[str, Any] = {}

    def main(p: Any) -> int:
        shell = Shell(p, "bash")
        shell.set("NUMBER", "1")
        for line in ("ech", "cat n", "cat nested/", "echo $NUM", "ls | gre", "nosuch"):
            seen[line] = complete(shell, line)
        return 0

    process = box.computer.spawn(["bash"], main=main, cwd="/desk", env={"PATH": "/bin"})
    box.finish(process)
    assert "echo" in seen["ech"][1]
    assert seen["cat n"] == ("n", ["nested/", "notes\\ one.txt"])
    assert seen["cat nested/"] == ("nested/", ["nested/file"])
    assert seen["echo $NUM"] == ("$NUM", ["$NUMBER"])
    assert "grep" in seen["ls | gre"][1]
    assert seen["nosuch"][1] == []
