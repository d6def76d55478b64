"""Python in small: programs of its subset against the real Python, what it refuses, and the web applications."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.userland import signals
from dockersim.userland.programs.languages.python.values import MAX_SIZE

SITE = "/usr/local/lib/python3.13/site-packages"

atoms = st.one_of(
    st.integers(-9, 9).map(str), st.sampled_from(["'ab'", "'x y'", "[1, 2]", "(3,)", "{'k': 1}", "None", "True", "2.5"])
)
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(
            "({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "//", "%", "==", "<", "and", "or"]), inner
        ),
        st.builds("len({})".format, inner),
        st.builds("str({})".format, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("[x for x in {} if x]".format, inner),
        st.builds("f'<{{{}}}>'".format, st.sampled_from(["1 + 1", "len([1])", "2.5:.2f", "7:>4"])),
        st.builds("sorted({})".format, inner),
        st.builds("{}.upper()".format, inner),
        st.builds("{}[0]".format, inner),
    ),
    max_leaves=6,
)


def real(program: str) -> tuple[str, str]:
    """What the real Python prints of a program that the strategies made, and the name of its exception."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(program, {})
    except Exception as error:
        return out.getvalue(), type(error).__name__
    return out.getvalue(), ""


@given(st.lists(expressions, min_size=1, max_size=3))
@settings(deadline=None, max_examples=60)
def test_expressions_against_the_real_python(parts: list[str]) -> None:
    from dockersim.fs import Overlay, Tree, Vfs
    from dockersim.sim import Simulation
    from dockersim.userland.computer import Computer, Kernel
    from dockersim.userland.files import Sink
    from dockersim.userland.programs import TABLE

    program = "\n".join(f"print({part})" for part in parts)
    sim = Simulation()
    kernel = Kernel(sim, TABLE)
    computer = Computer(kernel, "box", Vfs(Overlay(Tree.EMPTY)), "box")
    out, err = bytearray(), bytearray()
    process = computer.spawn(
        ["python3", "-c", program], main=TABLE["python3"], fds={1: Sink(out.extend), 2: Sink(err.extend)}
    )
    sim.env.run(until=process.exited)
    assert not kernel.crashes
    expected, error = real(program)
    assert out.decode() == expected
    assert process.status == (1 if error else 0)
    if error:
        assert err.decode().splitlines()[-1].startswith(error)


def run(lab: Any, program: str, **more: Any) -> Any:
    box = lab.computers.get("py") or lab.computer("py", "172.18.0.5")
    return lab.run(box, "python3", "-c", program, **more)


@pytest.mark.parametrize(
    ("program", "out"),
    [
        ("print('Hello, World!')", "Hello, World!\n"),
        ("print(2**10, 7 // 2, 7 % 3, 1 / 4)", "1024 3 1 0.25\n"),
        ("import os, sys\nprint(os.environ.get('NO', 'none'), sys.argv)", "none ['-c']\n"),
        ("import platform; print(platform.node())", "py\n"),
        ("for i in range(3):\n    print(i, end=' ')\nprint()", "0 1 2 \n"),
        ("def f(a, b=2):\n    return a * b\nprint(f(3), f(3, b=5))", "6 15\n"),
        ("try:\n    1/0\nexcept ZeroDivisionError as e:\n    print('no:', e)\nfinally:\n    print('end')",
         "no: division by zero\nend\n"),
        ("x = {'b': 1, 'a': 2}\nprint(sorted(x.items(), key=lambda p: p[1]))", "[('b', 1), ('a', 2)]\n"),
        ("import json; print(json.dumps({'a': [1, None]}))", '{"a": [1, null]}\n'),
        ("print('{} and {:>5}'.format(1, 'x'), '%s=%d' % ('a', 3))", "1 and     x a=3\n"),
        ("import sys; print('x', file=sys.stderr)", ""),
        ("with open('/desk/f', 'w') as f:\n    f.write('hi')\nprint(open('/desk/f').read())", "hi\n"),
        ("import datetime; print(datetime.datetime.now().year)", "2026\n"),
    ],
)  # fmt: skip
def test_programs(lab: Any, program: str, out: str) -> None:
    got = run(lab, program)
    assert (got.status, got.out) == (0, out), got


def test_sleeping_takes_simulated_time(lab: Any) -> None:
    got = run(lab, "import time\nfor i in range(3):\n    print(i, flush=True)\n    time.sleep(100)")
    assert got.out == "0\n1\n2\n"
    assert lab.sim.now >= 300


def test_an_endless_loop_ends_by_a_signal(lab: Any) -> None:
    box = lab.computer("py", "172.18.0.5")
    running = lab.start(box, "python3", "-c", "while True:\n    pass")
    lab.wait(1)
    assert running.status is None
    running.process.signal(signals.TERM)
    lab.wait(1)
    assert running.status == 143


def test_what_python_says_of_mistakes(lab: Any) -> None:
    got = run(lab, "x = 1\nprint(y)")
    assert (got.status, got.err) == (
        1,
        'Traceback (most recent call last):\n  File "<string>", line 2, in <module>\n    print(y)\n'
        "NameError: name 'y' is not defined\n",
    )
    assert run(lab, "import nosuch").err.endswith("ModuleNotFoundError: No module named 'nosuch'\n")
    assert run(lab, "print('a' +").err.endswith("SyntaxError: '(' was never closed\n")
    box = lab.computers["py"]
    got = lab.run(box, "python3", "missing.py")
    assert (got.status, got.err) == (
        2,
        "python3: can't open file '/desk/missing.py': [Errno 2] No such file or directory\n",
    )
    assert lab.run(box, "python3", "-V", env={"PYTHON_VERSION": "3.12.1"}).out == "Python 3.12.1\n"


@pytest.mark.parametrize(
    "program",
    [
        "class A:\n    pass",
        "import subprocess",
        "import re",
        "[x := 1]",
        "def f():\n    yield 1",
        "match 1:\n    case 1: pass",
    ],
)
def test_what_is_not_run_is_named_with_its_line(lab: Any, program: str) -> None:
    got = run(lab, program)
    assert got.status == 1
    assert got.err.startswith("python3: <string>:")
    assert got.err.endswith("not simulated\n")


@pytest.mark.parametrize(
    "program",
    [
        "().__class__.__base__.__subclasses__()",
        "print.__globals__",
        "'{0.__class__}'.format(1)",
        "(lambda: 0).__code__",
        "import os; os.system('id')",
        "open('/etc/passwd').__class__",
        "__import__('os')",
        "eval('1')",
        "exec('1')",
        "getattr(1, 'real')",
        "globals()",
        "10 ** 10 ** 10",
        f"'x' * {MAX_SIZE * 2}",
        "1 << 10 ** 12",
        "'%099999999d' % 1",
        "f'{1:99999999}'",
        "'x'.ljust(10 ** 10)",
        "def f():\n    return f()\nf()",
        "x = [0]\nfor i in x:\n    x.append(i) if len(x) < 1000 else exit(3)",
    ],
)
def test_no_program_gets_out_or_takes_the_host_with_it(lab: Any, program: str) -> None:
    got = run(lab, program)
    assert got.status in (1, 3)
    assert not lab.kernel.crashes


# ---- the web


FLASK = """
import time
import redis
from flask import Flask

app = Flask(__name__)
cache = redis.Redis(host='redis', port=6379)

def get_hit_count():
    retries = 5
    while True:
        try:
            return cache.incr('hits')
        except redis.exceptions.ConnectionError as exc:
            if retries == 0:
                raise exc
            retries -= 1
            time.sleep(0.5)

@app.route('/')
def hello():
    count = get_hit_count()
    return f'Hello World! I have been seen {count} times.\\n'

@app.route('/user/<name>')
def user(name):
    return {'name': name}
"""


def web(lab: Any, files: dict[str, str], *modules: str) -> Any:
    return lab.computer(
        "web",
        "172.18.0.2",
        {f"{SITE}/{name}/__init__.py": "" for name in modules}
        | {f"/desk/{name}": text for name, text in files.items()},
    )


def test_the_counter_of_the_compose_tutorial(lab: Any) -> None:
    box = web(lab, {"app.py": FLASK}, "flask", "redis")
    store = lab.computer("redis", "172.18.0.3")
    lab.start(store, "redis-server")
    running = lab.start(box, "flask", "run", env={"FLASK_APP": "app.py", "FLASK_RUN_HOST": "0.0.0.0"})
    lab.wait(1)
    assert running.out == " * Serving Flask app 'app.py'\n * Debug mode: off\n"
    assert " * Running on http://172.18.0.2:5000\n" in running.err
    client = lab.computer("client", "172.18.0.4")
    for number in (1, 2):
        got = lab.run(client, "curl", "-s", "http://web:5000/")
        assert got.out == f"Hello World! I have been seen {number} times.\n"
    assert lab.run(client, "curl", "-s", "http://web:5000/user/ann").out == '{"name":"ann"}\n'
    assert '"GET / HTTP/1.1" 200 -\n' in running.err
    assert "<title>404 Not Found</title>" in lab.run(client, "curl", "-s", "http://web:5000/x").out
    store.net.listeners.clear()
    before = lab.sim.now
    got = lab.run(client, "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://web:5000/")
    assert got.out == "500"
    assert lab.sim.now - before >= 2.5
    assert "redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.\n" in running.err


def test_an_application_that_runs_itself(lab: Any) -> None:
    program = "from flask import Flask\napp = Flask(__name__)\n@app.route('/')\ndef hi():\n    return 'hi'\n" \
              "if __name__ == '__main__':\n    app.run(host='0.0.0.0', port=80)\n"  # fmt: skip
    box = web(lab, {"app.py": program}, "flask")
    running = lab.start(box, "python3", "app.py")
    lab.wait(1)
    assert lab.run(box, "curl", "-s", "localhost").out == "hi"
    running.process.signal(signals.INT)
    lab.wait(1)
    assert running.status is not None
    assert lab.run(lab.computer("none"), "python3", "-c", "import flask").err.endswith("No module named 'flask'\n")


def test_fastapi(lab: Any) -> None:
    program = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\nasync def root():\n" \
              "    return {'message': 'Hello World'}\n@app.get('/items/{item_id}')\n" \
              "def item(item_id: int, q: str = None):\n" \
              "    return {'item_id': item_id, 'q': q}\n"  # fmt: skip
    box = web(lab, {"main.py": program}, "fastapi", "uvicorn")
    running = lab.start(box, "uvicorn", "main:app", "--host", "0.0.0.0", "--port", "80")
    lab.wait(1)
    assert running.err.endswith("INFO:     Uvicorn running on http://0.0.0.0:80 (Press CTRL+C to quit)\n")
    assert lab.run(box, "curl", "-s", "localhost").out == '{"message":"Hello World"}'
    assert lab.run(box, "curl", "-s", "localhost/items/5?q=x").out == '{"item_id":5,"q":"x"}'
    assert lab.run(box, "curl", "-s", "localhost/no").out == '{"detail":"Not Found"}'


def test_the_simple_file_server(lab: Any) -> None:
    box = lab.computer("web", "172.18.0.2", {"/desk/a.txt": "text\n"})
    running = lab.start(box, "python3", "-m", "http.server", "9000")
    lab.wait(0.5)
    assert running.out == "Serving HTTP on 0.0.0.0 port 9000 (http://0.0.0.0:9000/) ...\n"
    assert lab.run(box, "curl", "-s", "localhost:9000/a.txt").out == "text\n"
    assert '<li><a href="a.txt">a.txt</a></li>' in lab.run(box, "curl", "-s", "localhost:9000/").out
    assert '"GET /a.txt HTTP/1.1" 200 -\n' in running.err
    again = lab.run(box, "python3", "-m", "http.server", "9000")
    assert again.err.endswith("OSError: [Errno 98] Address already in use\n")
