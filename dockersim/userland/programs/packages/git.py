"""git: cloning a few sample projects, and a repository's first steps."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.packages.install import put
from dockersim.userland.programs.packages.mirrors import Unreachable, fetch

NODE_APP = """const express = require('express');
const app = express();

app.get('/', (req, res) => {
  res.send('<h1>Todo App</h1>');
});

app.listen(3000, () => console.log('Listening on port 3000'));
"""
NODE_DOCKERFILE = """FROM node:lts-alpine
WORKDIR /app
COPY . .
RUN npm install
CMD ["node", "src/index.js"]
EXPOSE 3000
"""
FLASK_APP = """from flask import Flask
import redis

app = Flask(__name__)
cache = redis.Redis(host='redis', port=6379)


@app.route('/')
def hello():
    count = cache.incr('hits')
    return f'Hello World! I have been seen {count} times.\\n'
"""
PACKAGE = json.dumps(
    {
        "name": "101-app",
        "version": "1.0.0",
        "main": "src/index.js",
        "scripts": {"dev": "node src/index.js"},
        "dependencies": {"express": "^5.2.1"},
    },
    indent=2,
)
TODO = {
    "README.md": "# A small list of things to do\n",
    "package.json": f"{PACKAGE}\n",
    "src/index.js": NODE_APP,
    "Dockerfile": NODE_DOCKERFILE,
    ".dockerignore": "node_modules\n",
}
COMPOSE = 'services:\n  web:\n    build: .\n    ports:\n      - "8000:5000"\n  redis:\n    image: "redis:alpine"\n'
COUNTER = {
    "README.md": "# A counter in Redis\n",
    "app.py": FLASK_APP,
    "requirements.txt": "flask\nredis\n",
    "Dockerfile": "FROM python:3.12-alpine\nWORKDIR /code\nENV FLASK_APP=app.py\nENV FLASK_RUN_HOST=0.0.0.0\n"
    'COPY requirements.txt .\nRUN pip install -r requirements.txt\nEXPOSE 5000\nCOPY . .\nCMD ["flask", "run"]\n',
    "compose.yaml": COMPOSE,
}
STATIC = {
    "README.md": "# A static site\n",
    "index.html": "<h1>Hello from a static site</h1>\n",
    "Dockerfile": "FROM nginx:alpine\nCOPY index.html /usr/share/nginx/html/\n",
}
PROJECTS = {
    "docker/getting-started-app": TODO,
    "docker/getting-started": {f"app/{name}": text for name, text in TODO.items()},
    "docker/welcome-to-docker": TODO,
    "dockersamples/linux_tweet_app": STATIC,
    "dockersamples/static-site": STATIC,
    "docker/docker-nodejs-sample": TODO,
    "docker/python-docker-dev": COUNTER,
    "docker/awesome-compose": {f"flask-redis/{name}": text for name, text in COUNTER.items()},
}


def git(p: Process) -> Steps:
    """``git clone URL [directory]``, ``git init``, ``git --version``; the rest is refused."""
    words = p.argv[1:]
    if not words or words[0] in ("--help", "help"):
        p.out("usage: git [-v | --version] [-h | --help] <command> [<args>]\n")
        return 1 if not words else 0
    if words[0] in ("--version", "-v", "version"):
        p.out("git version 2.47.3\n")
        return 0
    if words[0] == "clone":
        return (yield from _clone(p, [word for word in words[1:] if not word.startswith("-")]))
    if words[0] == "init":
        return _init(p, words[1:])
    if words[0] == "config":
        return 0
    if words[0] in KNOWN:
        if not _repository(p):
            p.err("fatal: not a git repository (or any of the parent directories): .git\n")
            return 128
        p.err(f"git: '{words[0]}' is not simulated\n")
        return 1
    p.err(f"git: '{words[0]}' is not a git command. See 'git --help'.\n")
    return 1


KNOWN = (
    "add commit push pull fetch status log diff checkout switch branch merge rebase tag remote stash reset rm mv"
).split()


def _repository(p: Process) -> bool:
    path = p.cwd
    while True:
        if p.vfs.exists(f"{path.rstrip('/')}/.git", cwd="/", cred=p.cred):
            return True
        if path == "/":
            return False
        path = posixpath.dirname(path)


def _init(p: Process, words: list[str]) -> int:
    where = posixpath.join(p.cwd, next((word for word in words if not word.startswith("-")), ""))
    _head(p, where.rstrip("/"))
    p.out(f"Initialized empty Git repository in {where.rstrip('/')}/.git/\n")
    return 0


def _head(p: Process, where: str) -> None:
    at = {"cwd": "/", "cred": p.cred}
    p.vfs.makedirs(f"{where}/.git/refs", **at)
    p.vfs.write_file(f"{where}/.git/HEAD", "ref: refs/heads/main\n", **at)


def _clone(p: Process, words: list[str]) -> Generator[Any, Any, int]:
    if not words:
        p.err("fatal: You must specify a repository to clone.\n")
        return 128
    url = words[0]
    host, _, path = url.partition("://")[2].partition("/")
    project = path.removesuffix("/").removesuffix(".git")
    name = words[1] if len(words) > 1 else project.rsplit("/", 1)[-1]
    where = posixpath.normpath(posixpath.join(p.cwd, name))
    try:
        if p.vfs.listdir(where, cwd="/", cred=p.cred):
            p.err(f"fatal: destination path '{name}' already exists and is not an empty directory.\n")
            return 128
    except FsError:
        pass
    p.err(f"Cloning into '{name}'...\n")
    yield from p.flush()
    files = PROJECTS.get(project)
    try:
        yield from fetch(p, host, f"/{project}.git/info/refs", 3000 if files is None else 400_000, True)
    except Unreachable:
        p.err(f"fatal: unable to access '{url}/': Could not resolve host: {host}\n")
        return 128
    if files is None:
        p.err(f"fatal: the project {project} is not among those that are simulated: {', '.join(PROJECTS)}\n")
        return 128
    for file, text in files.items():
        path = f"{where}/{file}"
        p.vfs.makedirs(posixpath.dirname(path), cwd="/", cred=p.cred)
        p.vfs.write_file(path, text, cwd="/", cred=p.cred)
    _head(p, where)
    put(p, f"{where}/.git/objects/pack/pack.pack", b"", 350_000)
    count = len(files) * 3
    p.err(
        f"remote: Enumerating objects: {count}, done.\nremote: Total {count} (delta 0), reused 0 (delta 0), "
        f"pack-reused {count} (from 1)\n"
        f"Receiving objects: 100% ({count}/{count}), 341.80 KiB | 1.71 MiB/s, done.\n"
    )
    return 0
