"""gcc, go and javac/java: sources that print, or serve one answer, become binaries that do."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.languages.web import Plan, run
from dockersim.userland.programs.packages.install import put

STRING = r'"((?:[^"\\]|\\.)*)"'
ESCAPES = {"n": "\n", "t": "\t", "0": "\0", "r": "\r"}
TAKEN = "listen tcp :{port}: bind: address already in use\n"


class Unsimulated(Exception):
    """(line number, its text)."""


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda one: ESCAPES.get(one[1], one[1]), text)


def _source(p: Process, name: str) -> str | None:
    try:
        return p.read_file(name).decode(errors="replace")
    except FsError:
        return None


def _refuse(p: Process, name: str, unsimulated: Unsimulated) -> int:
    line, text = unsimulated.args
    p.err(f"{p.name}: {name}:{line}: this line is not simulated: {text}\n")
    return 1


def _printed(text: str, calls: dict[str, str], skip: str) -> str:
    """What the print calls of a source print, one after the other. ``calls`` maps a call to what it adds at the end."""
    out = ""
    for number, line in enumerate(re.sub(r"/\*.*?\*/", "", text, flags=re.S).splitlines(), 1):
        bare = re.sub(r"\s*//.*$", "", line).strip()
        if not bare or re.match(skip, bare):
            continue
        found = re.search(rf"({'|'.join(map(re.escape, calls))})\s*\(\s*{STRING}\s*\)", bare)
        if found is None:
            raise Unsimulated(number, bare)
        out += _unescaped(found[2]) + calls[found[1]]
    return out


# ---- C

C_SKIP = r"#include|#define|(?:int|void)\s+main\s*\(|[{}]+$|return\b|using\s+namespace"


def gcc(p: Process) -> int:
    """``gcc [-o output] source.c``."""
    words, output, sources = p.argv[1:], "a.out", []
    if "--version" in words:
        p.out(f"{p.name} (Debian 14.2.0-19) 14.2.0\n")
        return 0
    while words:
        word = words.pop(0)
        if word == "-o" and words:
            output = words.pop(0)
        elif not word.startswith("-"):
            sources.append(word)
    if not sources:
        p.err(f"{p.name}: fatal error: no input files\ncompilation terminated.\n")
        return 1
    text = _source(p, sources[0])
    if text is None:
        p.err(f"{p.name}: error: {sources[0]}: No such file or directory\n")
        p.err(f"{p.name}: fatal error: no input files\ncompilation terminated.\n")
        return 1
    text = re.sub(r"(?:std::)?cout\s*<<\s*(\"(?:[^\"\\]|\\.)*\")\s*(<<\s*(?:std::)?endl)?\s*;",
                  lambda found: f"{'puts' if found[2] else 'printf'}({found[1]});", text)  # fmt: skip
    try:
        printed = _printed(text, {"printf": "", "puts": "\n"}, C_SKIP)
    except Unsimulated as unsimulated:
        return _refuse(p, sources[0], unsimulated)
    put(p, posixpath.join(p.cwd, output), Plan(printed).binary(), 15_960, 0o755)
    return 0


def cc(p: Process) -> int:
    return gcc(p)


def gpp(p: Process) -> int:
    return gcc(p)


def make(p: Process) -> Generator[Any, Any, int]:
    """``make [target]``: rules without patterns and variables, each line by the shell."""
    text = next(
        (found for name in ("GNUmakefile", "makefile", "Makefile") if (found := _source(p, name)) is not None), None
    )
    if text is None:
        p.err("make: *** No targets specified and no makefile found.  Stop.\n")
        return 2
    rules = {name.strip(): (needs.split(), body) for name, needs, body in re.findall(
        r"^([^\s:#=.][^:=\n]*):([^=\n]*)\n((?:\t.*\n?)*)", text + "\n", re.M)}  # fmt: skip
    wanted = [word for word in p.argv[1:] if not word.startswith("-") and "=" not in word] or list(rules)[:1]
    for target in wanted:
        status = yield from _target(p, rules, target)
        if status:
            return int(status)
    return 0


def _target(p: Process, rules: dict[str, tuple[list[str], str]], target: str) -> Generator[Any, Any, int]:
    if target not in rules:
        if p.vfs.exists(target, cwd=p.cwd, cred=p.cred):
            return 0
        p.err(f"make: *** No rule to make target '{target}'.  Stop.\n")
        return 2
    needs, body = rules[target]
    for need in needs:
        if need in rules and (status := (yield from _target(p, rules, need))):
            return int(status)
    for line in body.splitlines():
        command = line.strip().lstrip("@")
        if not command:
            continue
        if not line.strip().startswith("@"):
            p.out(f"{command}\n")
        yield from p.flush()
        status = yield from p.wait(p.spawn(["sh", "-c", command], path="/bin/sh"))
        if status:
            p.err(f"make: *** [Makefile: {target}] Error {status}\n")
            return 2
    return 0


# ---- Go

GO_SKIP = r"package\b|import\b|func\s+main\s*\(|[(){}]+$|\"[\w/.]+\"$"


def go(p: Process) -> Generator[Any, Any, int]:
    """``go version``, ``go run FILE``, ``go build [-o OUT] [FILE]``, ``go mod init|tidy|download``."""
    words = p.argv[1:]
    version = p.env.get("GOLANG_VERSION", "1.25.4")
    if words[:1] == ["version"]:
        p.out(f"go version go{version} linux/amd64\n")
        return 0
    if words[:1] == ["mod"]:
        return _mod(p, words[1:], version)
    if words[:1] == ["env"]:
        p.out("".join(f"{p.env.get(name, '')}\n" for name in words[1:]))
        return 0
    if words[:1] not in (["run"], ["build"], ["install"]):
        p.err("Go is a tool for managing Go source code.\n\nUsage:\n\n\tgo <command> [arguments]\n" if not words
              else f"go {words[0]}: this command is not simulated\n")  # fmt: skip
        return 2
    command, output = words.pop(0), ""
    names: list[str] = []
    while words:
        word = words.pop(0)
        if word in ("-o", "-ldflags", "-tags") and words:
            value = words.pop(0)
            output = value if word == "-o" else output
        elif not word.startswith("-"):
            names.append(word)
    path = _go_file(p, names)
    if path is None:
        p.err(f"no Go files in {p.cwd}\n")
        return 1
    p.cpu += 1.5
    yield from p.sleep(1.5)
    text = _source(p, path) or ""
    try:
        plan = _go_plan(p, text)
    except Unsimulated as unsimulated:
        return _refuse(p, path, unsimulated)
    if command == "run":
        return (yield from run(p, plan, TAKEN))
    default = posixpath.basename(p.cwd) if path == "main.go" else path.removesuffix(".go")
    where = posixpath.join(p.cwd, output or default)
    if p.vfs.is_dir(where, cwd=p.cwd, cred=p.cred):
        where = f"{where.rstrip('/')}/{default}"
    put(p, where, plan.binary(), 7_900_000 if plan.port else 2_200_000, 0o755)
    return 0


def _go_file(p: Process, names: list[str]) -> str | None:
    for name in [*names, "main.go"]:
        if name.endswith(".go"):
            return name if _source(p, name) is not None else None
    folder = next((name for name in names if name not in (".", "./...")), ".")
    try:
        files = sorted(one for one in p.vfs.listdir(folder, cwd=p.cwd, cred=p.cred) if one.endswith(".go"))
    except FsError:
        return None
    return posixpath.normpath(f"{folder}/{files[0]}") if files else None


def _go_plan(p: Process, text: str) -> Plan:
    served = re.search(r'ListenAndServe\(\s*"[^"]*:(\d+)"', text)
    if served is None:
        return Plan(_printed(text, {"fmt.Println": "\n", "fmt.Print": "", "fmt.Printf": "", "println": "\n"}, GO_SKIP))
    routes = {}
    bodies = re.findall(
        rf"(?:Fprintf|Fprint|Fprintln|WriteString)\(\s*w\s*,\s*{STRING}|w\.Write\(\[\]byte\({STRING}", text
    )
    newline = "\n" if "Fprintln" in text else ""
    paths = re.findall(r'HandleFunc\(\s*"(?:GET )?([^"]+)"', text) or ["/"]
    for path, body in zip(paths, bodies, strict=False):
        words = _unescaped(body[0] or body[1]) + newline
        if "%" in words:
            line = text[: text.index(body[0] or body[1])].count("\n") + 1
            raise Unsimulated(line, text.splitlines()[line - 1].strip())
        routes[path + "*" if path.endswith("/") else path] = ["text/plain; charset=utf-8", words]
    if not routes:
        line = text[: served.start()].count("\n") + 1
        raise Unsimulated(line, text.splitlines()[line - 1].strip())
    told = re.search(rf"(?:fmt|log)\.Print(?:ln|f)?\(\s*{STRING}\s*\)", text[text.index("func main") :])
    ready = _unescaped(told[1]).rstrip("\n") + "\n" if told else ""
    return Plan("", int(served[1]), routes, ready, "404 page not found\n", "go")


def _mod(p: Process, words: list[str], version: str) -> int:
    if words[:1] == ["init"]:
        name = words[1] if len(words) > 1 else posixpath.basename(p.cwd)
        p.write_file("go.mod", f"module {name}\n\ngo {version}\n".encode())
        p.err(f"go: creating new go.mod: module {name}\n")
    elif _source(p, "go.mod") is None:
        p.err("go: go.mod file not found in current directory or any parent directory; see 'go help modules'\n")
        return 1
    return 0


# ---- Java

JAVA_SKIP = r"package\b|import\b|(?:public\s+)?(?:final\s+)?class\b|(?:public\s+)?(?:static\s+)?void\s+main|[{}]+$"
JAVA = {"System.out.println": "\n", "System.out.print": "", "IO.println": "\n"}


def javac(p: Process) -> int:
    """``javac Main.java``."""
    if any(word in ("-version", "--version") for word in p.argv[1:]):
        p.out(f"javac {_java_version(p)}\n")
        return 0
    words, folder = p.argv[1:], ""
    if "-d" in words[:-1]:
        folder = words[words.index("-d") + 1]
        words.remove("-d")
        words.remove(folder)
    sources = [word for word in words if word.endswith(".java")]
    if not sources:
        p.err("error: no source files\n")
        return 2
    for name in sources:
        text = _source(p, name)
        if text is None:
            p.err(f"error: file not found: {name}\nUsage: javac <options> <source files>\n")
            return 2
        try:
            printed = _printed(text, JAVA, JAVA_SKIP)
        except Unsimulated as unsimulated:
            return _refuse(p, name, unsimulated)
        found = re.search(r"class\s+(\w+)", text)
        where = posixpath.join(p.cwd, folder or posixpath.dirname(name), f"{found[1] if found else 'Main'}.class")
        put(p, where, b"\xca\xfe\xba\xbe" + Plan(printed).binary(), 430)
    return 0


def java(p: Process) -> Generator[Any, Any, int]:
    """``java [-version] [-cp DIR] Main`` or ``java Main.java``."""
    words = p.argv[1:]
    version = _java_version(p)
    if words[:1] in (["-version"], ["--version"]):
        (p.err if words[0] == "-version" else p.out)(
            f'openjdk version "{version}" 2025-10-21 LTS\nOpenJDK Runtime Environment (build {version}+10-LTS)\n'
            f"OpenJDK 64-Bit Server VM (build {version}+10-LTS, mixed mode, sharing)\n"
        )
        return 0
    folder = "."
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in ("-cp", "-classpath", "--class-path") and words:
            folder = words.pop(0)
        elif word == "-jar":
            return p.fail("archives of Java classes are not simulated")
    if not words:
        p.out("Usage: java [options] <mainclass> [args...]\n")
        return 1
    name = words[0]
    if name.endswith(".java"):
        try:
            plan: Plan | None = Plan(_printed(_source(p, name) or "", JAVA, JAVA_SKIP))
        except Unsimulated as unsimulated:
            return _refuse(p, name, unsimulated)
    else:
        try:
            plan = Plan.of(p.read_file(f"{folder}/{name.replace('.', '/')}.class"))
        except FsError:
            plan = None
    if plan is None:
        p.err(f"Error: Could not find or load main class {name}\nCaused by: java.lang.ClassNotFoundException: {name}\n")
        return 1
    yield from p.sleep(0.04)
    return (yield from run(p, plan, TAKEN))


def _java_version(p: Process) -> str:
    return p.env.get("JAVA_VERSION", "21.0.9").removeprefix("jdk-").partition("+")[0]


def mvn(p: Process) -> int:
    return p.fail("building with Maven is not simulated")
