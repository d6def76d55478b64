"""The line editor at the laptop's prompt: prompt_toolkit, with the simulated shell's names and a history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.shortcuts import CompleteStyle


class Editor:
    """Called with a shell, its prompt and what was typed early, it returns the line.

    Raises EOFError for Ctrl-D and KeyboardInterrupt for Ctrl-C.
    """

    def __init__(self) -> None:
        self._session: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE,
            enable_open_in_editor=False,
        )

    def __call__(self, shell: Any, prompt: str, begun: str) -> str:
        return self._session.prompt(ANSI(prompt), default=begun, completer=ShellCompleter(shell))


class ShellCompleter(Completer):
    """What the simulated shell would complete: commands, files, variables, and docker's own words."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        from dockersim.userland.shell.complete import OPEN, complete

        word, found = complete(self._shell, document.text, document.cursor_position)
        for name in found:
            space = " " if len(found) == 1 and not name.endswith(OPEN) else ""
            yield Completion(name + space, start_position=-len(word), display=name)
