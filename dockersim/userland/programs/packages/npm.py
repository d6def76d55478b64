"""npm, npx and yarn: packages into ``node_modules``, and the scripts of ``package.json``."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.binary import executable
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.packages.index import Package, packages
from dockersim.userland.programs.packages.install import put
from dockersim.userland.programs.packages.mirrors import NPM, Unreachable, fetch

VERSION = "11.6.2"
USAGE = """npm <command>

Usage:

npm install        install all the dependencies in your project
npm install <foo>  add the <foo> dependency to your project
npm run <foo>      run the script named <foo>
npm start          run the script named start
"""
NOT_FOUND = """npm error code E404
npm error 404 Not Found - GET https://{host}/{name} - Not found
npm error 404
npm error 404  '{name}@*' is not in this registry.
npm error 404
npm error 404 Note that you can also install from a
npm error 404 tarball, folder, http url, or git folder.
"""
NO_FILE = """npm error code {code}
npm error syscall open
npm error path {path}
npm error errno -{number}
npm error enoent Could not read package.json: Error: {code}: {words}, open '{path}'
npm error enoent This is related to npm not being able to find a file.
npm error enoent
"""
OFFLINE = """npm error code EAI_AGAIN
npm error syscall getaddrinfo
npm error errno EAI_AGAIN
npm error request to https://{host}/{name} failed, reason: getaddrinfo EAI_AGAIN {host}
"""


def npm(p: Process) -> Steps:
    """``npm install|ci|init|start|run|test|ls|uninstall|--version``."""
    return (yield from Npm(p).run())


def npx(p: Process) -> Steps:
    """``npx program``: a program of ``node_modules``."""
    words = [word for word in p.argv[1:] if not word.startswith("-")]
    if not words:
        return p.fail("interactive mode is not simulated; name a program")
    path = f"{p.cwd.rstrip('/')}/node_modules/.bin/{words[0]}"
    if not p.vfs.exists(path, cwd="/", cred=p.cred):
        p.err(f"npm error could not determine executable to run: {words[0]} is not installed here\n")
        return 1
    yield from p.flush()
    return (yield from p.wait(p.spawn(words, path=path)))


def yarn(p: Process) -> Steps:
    """``yarn``, ``yarn install|add|start|run``: as npm does it."""
    words = p.argv[1:] or ["install"]
    if words[0] in ("--version", "-v"):
        p.out("1.22.22\n")
        return 0
    p.out(f"yarn {'install' if words[0] != 'run' else 'run'} v1.22.22\n")
    begun = p.sim.now
    known = ("install", "add", "remove", "run", "start", "test", "init")
    names = {"add": "install", "remove": "uninstall"}
    p.argv = ["npm", *([names.get(words[0], words[0])] if words[0] in known else ["run", words[0]]), *words[1:]]
    run = Npm(p)
    run.quiet = True
    status = yield from run.run()
    if not status:
        p.out(f"Done in {p.sim.now - begun:.2f}s.\n")
    return int(status)


class Npm:
    """One run."""

    def __init__(self, p: Process) -> None:
        self.p = p
        self.flags = {word for word in p.argv[1:] if word.startswith("-")}
        self.words = [word for word in p.argv[1:] if not word.startswith("-")]
        self.quiet = bool(self.flags & {"-s", "--silent", "--quiet", "-q"})

    def run(self) -> Generator[Any, Any, int]:
        p = self.p
        command = self.words.pop(0) if self.words else ""
        aliases = {"i": "install", "add": "install", "clean-install": "ci", "run-script": "run", "t": "test",
                   "rm": "uninstall", "remove": "uninstall", "list": "ls"}  # fmt: skip
        command = aliases.get(command, command)
        if command in ("install", "ci"):
            return (yield from self._install(command))
        if command in ("start", "test", "stop", "restart"):
            return (yield from self._script(command, self.words))
        if command == "run":
            return (yield from self._script(self.words[0], self.words[1:])) if self.words else self._scripts()
        plain = {"init": self._init, "uninstall": self._uninstall, "ls": self._ls}
        if command in plain:
            return plain[command]()
        if self.flags & {"--version", "-v"}:
            p.out(f"{VERSION}\n")
            return 0
        if command in ("cache", "config", "set", "audit", "fund", "update", "version"):
            return 0
        if command:
            p.err(f'Unknown command: "{command}"\n\nTo see a list of supported npm commands, run:\n  npm help\n')
            return 1
        p.out(USAGE)
        return 1

    # ---- package.json

    def _read(self) -> dict[str, Any] | None:
        path = f"{self.p.cwd.rstrip('/')}/package.json"
        try:
            text = self.p.read_file(path).decode(errors="replace")
        except FsError as error:
            words = error.strerror.lower()
            self.p.err(NO_FILE.format(code=error.code, path=path, number=error.number, words=words))
            return None
        try:
            found = json.loads(text)
        except ValueError as error:
            self.p.err(f"npm error code EJSONPARSE\nnpm error path {path}\nnpm error JSON.parse {error}\n"
                       "npm error JSON.parse Failed to parse JSON data.\n")  # fmt: skip
            return None
        return found if isinstance(found, dict) else {}

    def _save(self, data: dict[str, Any]) -> None:
        self.p.write_file(f"{self.p.cwd.rstrip('/')}/package.json", (json.dumps(data, indent=2) + "\n").encode())

    def _init(self) -> int:
        p = self.p
        name = p.cwd.rstrip("/").rsplit("/", 1)[-1] or "root"
        data = {
            "name": name,
            "version": "1.0.0",
            "description": "",
            "main": "index.js",
            "scripts": {"test": 'echo "Error: no test specified" && exit 1'},
            "keywords": [],
            "author": "",
            "license": "ISC",
            "type": "commonjs",
        }
        if not self.flags & {"-y", "--yes"}:
            return p.fail("asking is not simulated; use npm init -y")
        self._save(data)
        p.out(f"Wrote to {p.cwd.rstrip('/')}/package.json:\n\n{json.dumps(data, indent=2)}\n\n\n\n")
        return 0

    # ---- install

    def _install(self, command: str) -> Generator[Any, Any, int]:
        p, begun = self.p, self.p.sim.now
        everywhere = bool(self.flags & {"-g", "--global"})
        data: dict[str, Any] | None = {}
        has_file = p.vfs.exists("package.json", cwd=p.cwd, cred=p.cred)
        if has_file or not self.words:
            data = self._read()
            if data is None:
                return 254
        assert data is not None
        if command == "ci" and not p.vfs.exists("package-lock.json", cwd=p.cwd, cred=p.cred):
            p.err("npm error code EUSAGE\nnpm error\nnpm error The `npm ci` command can only install with an existing "
                  "package-lock.json or\nnpm error npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with "
                  "npm@5 or\nnpm error later to generate a package-lock.json file, then try again.\n")  # fmt: skip
            return 1
        names = [_name(word) for word in self.words]
        wanted = names or list(data.get("dependencies", {}))
        if not names and not self.flags & {"--production", "--omit=dev"} and p.env.get("NODE_ENV") != "production":
            wanted += list(data.get("devDependencies", {}))
        table = packages("npm")
        order: list[Package] = []
        for name in wanted:
            if name not in table:
                yield from p.sleep(0.3)
                p.err(NOT_FOUND.format(host=NPM, name=name))
                return 1
            order.append(table[name])
        folder = "/usr/local/lib/node_modules" if everywhere else f"{p.cwd.rstrip('/')}/node_modules"
        new = [one for one in order if not p.vfs.exists(f"{folder}/{one.name}", cwd="/", cred=p.cred)]
        try:
            for package in new:
                yield from fetch(p, NPM, f"/{package.name}/-/{package.name}.tgz", package.installed // 4, True)
                self._write(package, folder, everywhere)
                p.cpu += 0.2
                yield from p.sleep(0.3 + package.together * 0.01)
        except Unreachable:
            yield from p.sleep(70)
            p.err(OFFLINE.format(host=NPM, name=new[0].name))
            return 1
        if names and not everywhere:
            key = "devDependencies" if self.flags & {"-D", "--save-dev"} else "dependencies"
            data.setdefault(key, {}).update({one.name: f"^{one.version}" for one in order})
            self._save(data)
        if not everywhere:
            self._lock(data)
        self._report(new, order, p.sim.now - begun)
        return 0

    def _write(self, package: Package, folder: str, everywhere: bool) -> None:
        p = self.p
        text = json.dumps({"name": package.name, "version": package.version, "description": package.summary}, indent=2)
        put(p, f"{folder}/{package.name}/package.json", f"{text}\n".encode())
        put(p, f"{folder}/{package.name}/index.js", b"", package.installed)
        for path, program in package.programs:
            name = path.rsplit("/", 1)[-1]
            where = f"/usr/local/bin/{name}" if everywhere else f"{folder}/.bin/{name}"
            put(p, where, executable(program), 200, 0o755)

    def _lock(self, data: dict[str, Any]) -> None:
        lock = {
            "name": data.get("name", ""),
            "lockfileVersion": 3,
            "packages": {
                f"node_modules/{name}": {"version": str(version).lstrip("^~")}
                for name, version in data.get("dependencies", {}).items()
            },
        }
        self.p.write_file(f"{self.p.cwd.rstrip('/')}/package-lock.json", (json.dumps(lock, indent=2) + "\n").encode())

    def _report(self, new: list[Package], order: list[Package], spent: float) -> None:
        if self.quiet:
            return
        added, total = sum(one.together for one in new), sum(one.together for one in order) + 1
        count = f"{added} package{'' if added == 1 else 's'}"
        took = f"{round(spent)}s" if spent >= 1 else f"{round(spent * 1000)}ms"
        audited = f"audited {total} package{'' if total == 1 else 's'} in {took}"
        self.p.out(f"\nadded {count}, and {audited}\n" if added else f"\nup to date, {audited}\n")
        funding = total // 4
        if funding:
            many = "packages are" if funding > 1 else "package is"
            self.p.out(f"\n{funding} {many} looking for funding\n  run `npm fund` for details\n")
        self.p.out("\nfound 0 vulnerabilities\n")

    def _uninstall(self) -> int:
        p, data = self.p, self._read()
        if data is None:
            return 254
        count = 0
        for name in self.words:
            folder = f"{p.cwd.rstrip('/')}/node_modules/{name}"
            if p.vfs.exists(folder, cwd="/", cred=p.cred):
                for file in p.vfs.listdir(folder, cwd="/", cred=p.cred):
                    p.vfs.unlink(f"{folder}/{file}", cwd="/", cred=p.cred)
                p.vfs.rmdir(folder, cwd="/", cred=p.cred)
                count += packages("npm")[name].together if name in packages("npm") else 1
            for key in ("dependencies", "devDependencies"):
                data.get(key, {}).pop(name, None)
        self._save(data)
        p.out(f"\nremoved {count} package{'' if count == 1 else 's'}\n")
        return 0

    def _ls(self) -> int:
        data = self._read() or {}
        p = self.p
        p.out(f"{data.get('name', '')}@{data.get('version', '')} {p.cwd}\n")
        names = list(data.get("dependencies", {}).items())
        for number, (name, version) in enumerate(names, 1):
            p.out(f"{'`--' if number == len(names) else '+--'} {name}@{str(version).lstrip('^~')}\n")
        p.out("\n" if names else "`-- (empty)\n\n")
        return 0

    # ---- scripts

    def _scripts(self) -> int:
        data = self._read()
        if data is None:
            return 254
        self.p.out("".join(f"  {name}\n    {text}\n" for name, text in data.get("scripts", {}).items()))
        return 0

    def _script(self, name: str, arguments: list[str]) -> Generator[Any, Any, int]:
        p, data = self.p, self._read()
        if data is None:
            return 254
        scripts = data.get("scripts", {})
        if name == "start" and name not in scripts and p.vfs.exists("server.js", cwd=p.cwd, cred=p.cred):
            scripts = scripts | {"start": "node server.js"}
        text = scripts.get(name)
        if text is None:
            p.err(f'npm error Missing script: "{name}"\nnpm error\nnpm error To see a list of scripts, run:\n'
                  "npm error   npm run\n")  # fmt: skip
            return 1
        text = " ".join([str(text), *arguments])
        if not self.quiet:
            p.out(f"\n> {data.get('name', '')}@{data.get('version', '')} {name}\n> {text}\n\n")
        yield from p.flush()
        env = dict(p.env)
        env["PATH"] = f"{p.cwd.rstrip('/')}/node_modules/.bin:{env.get('PATH', '/usr/local/bin:/usr/bin:/bin')}"
        child = p.spawn(["sh", "-c", text], path="/bin/sh", env=env)
        status = yield from _guard(p, child)
        return int(status)


def _guard(p: Process, child: Process) -> Steps:
    """Wait for the script's shell and pass the signals on that end it."""
    from dockersim.userland import signals

    for number in (signals.INT, signals.TERM):
        p.handlers[number] = child.signal
    return (yield from p.wait(child))


def _name(word: str) -> str:
    return word if word.startswith("@") else word.partition("@")[0]
