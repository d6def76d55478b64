"""python3, flask, uvicorn, gunicorn: the command lines."""

from __future__ import annotations

import ast
import posixpath
import warnings
from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.languages.python.builtins import builtins
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.modules.loading import load
from dockersim.userland.programs.languages.python.modules.making import version_of
from dockersim.userland.programs.languages.python.values import Raised, Unsimulated

USAGE = """usage: python3 [option] ... [-c cmd | -m mod | file | -] [arg] ...
Try `python -h' for more information.
"""
NO_APPLICATION = """Usage: flask run [OPTIONS]
Try 'flask run --help' for help.

Error: Could not locate a Flask application. Use the 'flask --app' option, 'FLASK_APP' environment variable, or a \
'wsgi.py' or 'app.py' file in the current directory.
"""


def python3(p: Process) -> Steps:
    """``python3 [-u] [-V] [-c program | -m module | script] [arguments]``."""
    words = p.argv[1:]
    while words and words[0] in ("-u", "-B", "-O", "-E", "-s", "-S", "-I", "-q", "-i"):
        words.pop(0)
    if not words:
        if p.isatty(0):
            return p.fail("the interactive prompt is not simulated; use python3 -c or a file", 1)
        text = yield from p.read_all(0)
        return (yield from execute(p, text.decode(errors="replace"), "<stdin>"))
    word = words.pop(0)
    if word in ("-V", "--version", "-VV"):
        p.out(f"Python {version_of(p)}\n")
        return 0
    if word == "-c":
        if not words:
            p.err(f"Argument expected for the -c option\n{USAGE}")
            return 2
        return (yield from execute(p, words[0], "<string>"))
    if word == "-m":
        return (yield from _module(p, words))
    if word.startswith("-") and word != "-":
        p.err(f"unknown option {word}\n{USAGE}")
        return 2
    return (yield from _script(p, word))


def python(p: Process) -> Steps:
    return (yield from python3(p))


def _script(p: Process, name: str) -> Generator[Any, Any, int]:
    path = f"{name}/__main__.py" if p.vfs.is_dir(name, cwd=p.cwd, cred=p.cred) else name
    try:
        text = p.read_file(path).decode(errors="replace")
    except FsError as error:
        where = posixpath.normpath(posixpath.join(p.cwd, name))
        p.err(f"{p.argv[0]}: can't open file '{where}': [Errno {error.number}] {error.strerror}\n")
        return 2
    return (yield from execute(p, text, name))


def _module(p: Process, words: list[str]) -> Generator[Any, Any, int]:
    name = words.pop(0) if words else ""
    if name == "http.server":
        from dockersim.userland.programs.languages.python.web.files import http_server

        return int((yield from http_server(p, words)))
    if name == "pip":
        from dockersim.userland.programs.packages.pip import pip

        p.argv = ["pip", *words]
        return int((yield from pip(p)))
    if name in ("flask", "uvicorn", "gunicorn"):
        p.argv = [name, *words]
        return int((yield from {"flask": flask, "uvicorn": uvicorn, "gunicorn": gunicorn}[name](p)))
    if name == "venv":
        return _venv(p, words)
    if name == "this":
        p.out("The Zen of Python, by Tim Peters\n")
        return 0
    p.err(f"{p.argv[0]}: No module named {name}\n")
    return 1


def _venv(p: Process, words: list[str]) -> int:
    where = posixpath.join(p.cwd, next((word for word in words if not word.startswith("-")), "venv"))
    at: dict[str, Any] = {"cwd": "/", "cred": p.cred}
    p.vfs.makedirs(f"{where}/bin", **at)
    p.vfs.makedirs(f"{where}/lib", **at)
    for name in ("python", "python3", "pip", "pip3"):
        if not p.vfs.exists(f"{where}/bin/{name}", **at):
            base = "/usr/local/bin" if p.vfs.exists(f"/usr/local/bin/{name}", **at) else "/usr/bin"
            p.vfs.symlink(f"{base}/{name}", f"{where}/bin/{name}", **at)
    p.vfs.write_file(f"{where}/bin/activate", f'export VIRTUAL_ENV={where}\nexport PATH="{where}/bin:$PATH"\n', **at)
    return 0


# ---- running a program


def execute(p: Process, text: str, name: str) -> Generator[Any, Any, int]:
    """Run a program; its exit status."""
    interpreter = prepare(p, name)
    p.handlers.setdefault(signals.INT, lambda _: p.exit(130))
    return (yield from _run(interpreter, text, name))


def prepare(p: Process, name: str) -> Interpreter:
    """An interpreter for the program ``name``."""
    interpreter = Interpreter(p, builtins(), load)
    interpreter.__dict__["script"] = name
    p.allocate(8 << 20)
    p.charge(0.015)
    return interpreter


def _run(interpreter: Interpreter, text: str, name: str) -> Generator[Any, Any, int]:
    p = interpreter.p
    interpreter.__dict__["source"] = text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        _complain(p, error, name, text)
        return 1
    try:
        yield from interpreter.run(tree.body, interpreter.globals)
    except Raised as raised:
        if raised.trail:
            raised.trail[-1] = raised.trail[-1][0], "<module>"
        p.err(traceback(interpreter, raised))
        return 1
    except Unsimulated as unsimulated:
        line = unsimulated.line or _last_line(tree)
        p.err(f"{p.name}: {name}:{line}: {unsimulated.what} {_are(unsimulated.what)} not simulated\n")
        return 1
    except RecursionError:
        p.err("RecursionError: maximum recursion depth exceeded\n")
        return 1
    return 0


def _are(what: str) -> str:
    return "are" if what.endswith(("statements", "expressions", "arguments")) else "is"


def _last_line(tree: ast.Module) -> int:
    return tree.body[0].lineno if tree.body else 1


def _complain(p: Process, error: Exception, name: str, text: str) -> None:
    line = getattr(error, "lineno", None) or 1
    lines = text.splitlines()
    source = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    offset = (getattr(error, "offset", 1) or 1) - 1
    indent = len(lines[line - 1]) - len(lines[line - 1].lstrip()) if source else 0
    words = getattr(error, "msg", None) or "invalid syntax"
    kind = type(error).__name__ if isinstance(error, SyntaxError) else "SyntaxError"
    p.err(f'  File "{name}", line {line}\n    {source}\n    {" " * max(0, offset - indent)}^\n{kind}: {words}\n')


def traceback(interpreter: Interpreter, raised: Raised) -> str:
    """What Python prints of an exception that nobody caught."""
    name = interpreter.__dict__.get("script", "<string>")
    if name not in ("<string>", "<stdin>"):
        name = posixpath.normpath(posixpath.join(interpreter.p.cwd, name))
    lines = str(interpreter.__dict__.get("source", "")).splitlines()
    text = "Traceback (most recent call last):\n"
    seen = -1
    for line, function in reversed(raised.trail):
        if not function or line == seen:
            continue
        seen = line
        text += f'  File "{name}", line {line}, in {function}\n'
        if 0 < line <= len(lines):
            text += f"    {lines[line - 1].strip()}\n"
    words = str(raised)
    return f"{text}{raised.kind.name}{': ' if words else ''}{words}\n"


# ---- applications by name


def _load_application(p: Process, target: str) -> Generator[Any, Any, Any]:
    """(interpreter, application) of ``module:name``; a status when there is none."""
    module, _, name = target.partition(":")
    path = module.removesuffix(".py").replace(".", "/") + ".py"
    try:
        text = p.read_file(path).decode(errors="replace")
    except FsError:
        return 2
    interpreter = prepare(p, path)
    interpreter.globals.names["__name__"] = module
    status = yield from _run(interpreter, text, path)
    if status:
        return status
    applications = interpreter.__dict__.get("applications", [])
    value = interpreter.globals.names.get(name or "app")
    wanted = getattr(value, "attributes", {}).get("application")
    return (interpreter, wanted or applications[0]) if wanted or applications else 1


def _option(words: list[str], names: tuple[str, ...], default: str) -> str:
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else words[at + 1] if at + 1 < len(words) else default
    return default


def flask(p: Process) -> Steps:
    """``flask [--app module] run [--host=H] [--port=N] [--debug]``."""
    from dockersim.userland.programs.languages.python.web.serving import serve_flask

    words = p.argv[1:]
    if "--version" in words:
        p.out(f"Python {version_of(p)}\nFlask 3.1.2\nWerkzeug 3.1.4\n")
        return 0
    if "run" not in words:
        p.out("Usage: flask [OPTIONS] COMMAND [ARGS]...\n\nCommands:\n  run     Run a development server.\n")
        return 0
    target = _option(words, ("--app", "-A"), p.env.get("FLASK_APP", ""))
    if not target:
        target = next((name for name in ("wsgi.py", "app.py") if p.vfs.exists(name, cwd=p.cwd, cred=p.cred)), "")
    if not target:
        p.err(NO_APPLICATION)
        return 2
    loaded = yield from _load_application(p, target)
    if isinstance(loaded, int):
        if loaded == 2:
            p.err(
                f"Usage: flask run [OPTIONS]\nTry 'flask run --help' for help.\n\nError: Could not import '{target}'.\n"
            )
        return loaded
    interpreter, application = loaded
    host = _option(words, ("--host", "-h"), p.env.get("FLASK_RUN_HOST", "127.0.0.1"))
    port = _option(words, ("--port", "-p"), p.env.get("FLASK_RUN_PORT", "5000"))
    debug = "--debug" in words or p.env.get("FLASK_DEBUG", "") in ("1", "true", "True")
    p.out(f" * Serving Flask app '{target.removesuffix('.py') if '/' in target else target}'\n"
          f" * Debug mode: {'on' if debug else 'off'}\n")  # fmt: skip
    yield from serve_flask(interpreter, application, host, int(port) if port.isdigit() else 5000, debug)
    return 0


def uvicorn(p: Process) -> Steps:
    """``uvicorn module:app [--host H] [--port N] [--reload]``."""
    from dockersim.userland.programs.languages.python.web.serving import serve_uvicorn

    words = p.argv[1:]
    targets = [word for word in words if ":" in word and not word.startswith("-")]
    if not targets:
        p.err("Usage: uvicorn [OPTIONS] APP\nTry 'uvicorn --help' for help.\n\nError: Missing argument 'APP'.\n")
        return 2
    loaded = yield from _load_application(p, targets[0])
    if isinstance(loaded, int):
        if loaded == 2:
            p.err(f'ERROR:    Error loading ASGI app. Could not import module "{targets[0].partition(":")[0]}".\n')
        return 1
    host, port = _option(words, ("--host",), "127.0.0.1"), _option(words, ("--port",), "8000")
    yield from serve_uvicorn(loaded[0], loaded[1], host, int(port) if port.isdigit() else 8000)
    return 0


def fastapi(p: Process) -> Steps:
    """``fastapi run|dev file [--host H] [--port N]``."""
    from dockersim.userland.programs.languages.python.web.serving import serve_uvicorn

    words = p.argv[1:]
    files = [word for word in words if word.endswith(".py")] or ["main.py"]
    loaded = yield from _load_application(p, files[0])
    if isinstance(loaded, int):
        if loaded == 2:
            p.err(f"Path does not exist {files[0]}\n")
        return 1
    default = "127.0.0.1" if "dev" in words else "0.0.0.0"
    host, port = _option(words, ("--host",), default), _option(words, ("--port",), "8000")
    yield from serve_uvicorn(loaded[0], loaded[1], host, int(port) if port.isdigit() else 8000)
    return 0


def gunicorn(p: Process) -> Steps:
    """``gunicorn [-b host:port] [-w workers] module:app``."""
    from dockersim.userland.programs.languages.python.web.serving import serve_gunicorn

    words = p.argv[1:]
    targets = [word for word in words if ":" in word and not word.startswith("-") and not word[-1:].isdigit()]
    if not targets:
        p.err("usage: gunicorn [OPTIONS] [APP_MODULE]\ngunicorn: error: No application module specified.\n")
        return 1
    loaded = yield from _load_application(p, targets[0])
    if isinstance(loaded, int):
        if loaded == 2:
            p.err(f"ModuleNotFoundError: No module named '{targets[0].partition(':')[0]}'\n")
        return 3
    host, _, port = _option(words, ("-b", "--bind"), "127.0.0.1:8000").rpartition(":")
    yield from serve_gunicorn(loaded[0], loaded[1], host or "0.0.0.0", int(port) if port.isdigit() else 8000)
    return 0
