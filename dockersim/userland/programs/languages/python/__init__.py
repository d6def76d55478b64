"""Python in small: an interpreter over the syntax tree, without ``eval`` or ``exec``, and the web of the tutorials."""

from __future__ import annotations

from dockersim.userland.programs.languages.python.main import fastapi, flask, gunicorn, python, python3, uvicorn

__all__ = ["fastapi", "flask", "gunicorn", "python", "python3", "uvicorn"]
