"""mysql (and mariadb), mysqladmin, mysqldump."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.sim import ConnectFailed
from dockersim.sim.failure import UNRESOLVED
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.connect import dial
from dockersim.userland.programs.servers.sql.frontend import Answer, Client, NeedsPassword, Refused
from dockersim.userland.programs.servers.sql.mysqld import SOCKET
from dockersim.userland.programs.servers.sql.syntax import split
from dockersim.userland.programs.servers.sql.wire import RIGHT

INSECURE = "[Warning] Using a password on the command line interface can be insecure."


class Options:
    """The command line."""

    def __init__(self, p: Process) -> None:
        self.user = "root" if not p.cred.uid else "mysql"
        self.host = p.env.get("MYSQL_HOST", "")
        self.port = "3306"
        self.password: str | None = p.env.get("MYSQL_PWD")
        self.ask = False
        self.execute: list[str] = []
        self.table = False
        self.names = True
        self.version = False
        self.operands: list[str] = []

    def parse(self, p: Process) -> str:
        """Read argv; a complaint or ``""``."""
        words = p.argv[1:]
        while words:
            word = words.pop(0)
            if word.startswith("--"):
                name, equals, value = word[2:].partition("=")
                if name in ("user", "host", "port", "execute", "database") and not equals:
                    if not words:
                        return f"[ERROR] mysql: option '--{name}' requires an argument."
                    value = words.pop(0)
                if not self._put(name, value, bool(equals)):
                    return f"[ERROR] unknown option '{word}'."
            elif word.startswith("-") and len(word) > 1:
                if not self._short(word, words):
                    return f"[ERROR] unknown option '-{word[1]}'."
            else:
                self.operands.append(word)
        return ""

    def _short(self, word: str, words: list[str]) -> bool:
        letter, rest = word[1], word[2:]
        names = {"u": "user", "h": "host", "P": "port", "e": "execute", "D": "database"}
        if letter in names:
            return self._put(names[letter], rest or (words.pop(0) if words else ""), True)
        if letter == "p":
            return self._put("password", rest, bool(rest))
        flags = {"t": "table", "N": "skip-column-names", "V": "version", "s": "silent", "B": "batch", "f": "force",
                 "v": "verbose", "r": "raw", "A": "no-auto-rehash", "i": "wait"}  # fmt: skip
        return all(one in flags and self._put(flags[one], "", False) for one in word[1:])

    def _put(self, name: str, value: str, given: bool) -> bool:
        if name in ("user", "host", "port"):
            setattr(self, name, value)
        elif name == "password":
            self.password, self.ask = (value if given else self.password), not given
        elif name == "execute":
            self.execute.append(value)
        elif name == "database":
            self.operands.insert(0, value)
        elif name in ("table", "version"):
            setattr(self, name, True)
        elif name in ("skip-column-names", "column-names"):
            self.names = name == "column-names"
        else:
            return name in ("silent", "batch", "force", "verbose", "raw", "no-auto-rehash", "wait", "protocol",
                            "ssl-mode", "skip-ssl", "default-character-set", "connect-timeout", "all-databases",
                            "databases", "single-transaction", "socket", "ssl", "no-tablespaces")  # fmt: skip
        return True


class Unconnected(Exception):
    """MySQL's number and words, without ``ERROR``."""


def connect(p: Process, options: Options, database: str) -> Generator[Any, Any, Client]:
    """A session with the server. Raises :class:`Unconnected`."""
    local = options.host in ("", "localhost")
    port = int(options.port) if options.port.isdigit() else 3306
    if local and not p.vfs.exists(SOCKET, cwd="/", cred=p.cred):
        raise Unconnected(f"2002 (HY000): Can't connect to local MySQL server through socket '{SOCKET}' (2)")
    if options.ask and options.password is None:
        options.password = yield from _typed(p)
    try:
        connection = yield from dial(p, "127.0.0.1" if local else options.host, port)
    except ConnectFailed as failed:
        if failed.kind == UNRESOLVED:
            raise Unconnected(f"2005 (HY000): Unknown MySQL server host '{options.host}' (-2)") from None
        number = {"refused": 111, "unreachable": 113, "no route": 101, "timeout": 110}.get(failed.kind, 111)
        if local:
            raise Unconnected(
                f"2002 (HY000): Can't connect to local MySQL server through socket '{SOCKET}' ({number})"
            ) from None
        raise Unconnected(
            f"2003 (HY000): Can't connect to MySQL server on '{options.host}:{port}' ({number})"
        ) from None
    client = Client(p, connection)
    try:
        yield from client.start(options.user, database, options.password or "")
    except Refused as refused:
        if not refused.fields:
            raise Unconnected("2013 (HY000): Lost connection to MySQL server during query") from None
        raise Unconnected(f"{refused.fields.get('C')}: {refused.fields.get('M')}") from None
    except NeedsPassword:
        raise Unconnected(f"1045 (28000): Access denied for user '{options.user}'") from None
    return client


def _typed(p: Process) -> Generator[Any, Any, str]:
    tty = p.tty
    if tty is None:
        p.err("Enter password: ")
        line = yield from p.lines().next()
        return str(line.decode(errors="replace").rstrip("\n"))
    terminal = p.open("/dev/tty", "r+")
    yield from p.write(terminal, b"Enter password: ")
    tty.echo = False
    try:
        line = yield from p.read(terminal)
    finally:
        tty.echo = True
    yield from p.write(terminal, b"\n")
    p.close(terminal)
    return str(line.decode(errors="replace").rstrip("\n"))


def _opened(p: Process, database_at: int = 0) -> Generator[Any, Any, tuple[Options, Client] | int]:
    options = Options(p)
    problem = options.parse(p)
    if problem:
        p.err(f"{p.name}: {problem}\n")
        return 2
    if options.version:
        p.out(f"{p.name}  Ver 8.4.7 for Linux on x86_64 (MySQL Community Server - GPL)\n")
        return 0
    if options.password is not None and "MYSQL_PWD" not in p.env and p.name == "mysql":
        p.err(f"{p.name}: {INSECURE}\n")
        yield from p.flush()
    database = options.operands[database_at] if len(options.operands) > database_at else ""
    try:
        client = yield from connect(p, options, database)
    except Unconnected as unconnected:
        if p.name.endswith(("admin", "dump")):
            words = str(unconnected).partition(": ")[2]
            if p.name.endswith("admin"):
                p.err(f"{p.name}: connect to server at '{options.host or 'localhost'}' failed\nerror: '{words}'\n")
                if "socket" in words:
                    p.err(f"Check that mysqld is running and that the socket: '{SOCKET}' exists!\n")
            else:
                p.err(f"{p.name}: Got error: {str(unconnected).partition(' ')[0]}: {words} when trying to connect\n")
            return 1 if p.name.endswith("admin") else 2
        p.err(f"ERROR {unconnected}\n")
        return 1
    return options, client


def mysql(p: Process) -> Steps:
    """``mysql [-h host] [-P port] [-u user] [-p[password]] [-e statement] [database]``."""
    opened = yield from _opened(p)
    if isinstance(opened, int):
        return opened
    options, client = opened
    return (yield from Mysql(p, options, client).run())


mariadb = mysql


class Mysql:
    """One run of the client."""

    def __init__(self, p: Process, options: Options, client: Client) -> None:
        self.p = p
        self.options = options
        self.client = client
        self.interactive = p.isatty(0) and not options.execute
        self.boxed = options.table or p.isatty(1)
        self.database = options.operands[0] if options.operands else ""

    def run(self) -> Generator[Any, Any, int]:
        if self.options.execute:
            return (yield from self._script(";".join(self.options.execute)))
        if not self.interactive:
            text = yield from self.p.read_all(0)
            return (yield from self._script(text.decode("utf-8", "surrogateescape")))
        return (yield from self._prompt())

    def _script(self, text: str) -> Generator[Any, Any, int]:
        statements, rest = split(text)
        line = 1
        for statement in [*statements, rest]:
            begin = line + len(statement[: len(statement) - len(statement.lstrip())].split("\n")) - 1
            line += statement.count("\n")
            if not statement.strip():
                continue
            for answer in (yield from self.client.ask(statement)):
                if answer.error is not None:
                    self.p.err(f"ERROR {answer.error.get('C')} at line {begin}: {answer.error.get('M')}\n")
                    return 1
                self._show(answer)
            if self.client.ended:
                self.p.err(f"ERROR 2013 (HY000) at line {begin}: Lost connection to MySQL server during query\n")
                return 1
            yield from self.p.flush()
        return 0

    def _prompt(self) -> Generator[Any, Any, int]:
        p = self.p
        maria = "MariaDB" in self.client.server_version
        name = f"MariaDB [{self.database or '(none)'}]" if maria else "mysql"
        monitor = "MariaDB" if maria else "MySQL"
        p.out(f"Welcome to the {monitor} monitor.  Commands end with ; or \\g.\n"
              f"Your {monitor} connection id is 8\nServer version: {self.client.server_version} "
              f"{'mariadb.org binary distribution' if maria else 'MySQL Community Server - GPL'}\n\n"
              "Type 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n")  # fmt: skip
        lines, kept = p.lines(), ""
        while True:
            p.out("    -> " if kept.strip() else f"{name}> ")
            yield from p.flush()
            raw = yield from lines.next()
            if not raw:
                p.out("Bye\n")
                return 0
            line = raw.decode("utf-8", "surrogateescape")
            if not kept.strip() and line.strip().rstrip(";").lower() in ("exit", "quit", "\\q"):
                p.out("Bye\n")
                return 0
            if not kept.strip() and line.lower().startswith("use "):
                line = line.rstrip().rstrip(";") + ";"
            statements, kept = split(kept + line.replace("\\g", ";"))
            for statement in statements:
                for answer in (yield from self.client.ask(statement)):
                    if answer.error is not None:
                        p.err(f"ERROR {answer.error.get('C')}: {answer.error.get('M')}\n")
                    else:
                        self._show(answer)
                        self._timed(answer)
                    if answer.tag == "USE" and maria:
                        name = f"MariaDB [{statement.split()[-1]}]"
                if self.client.ended:
                    p.err("ERROR 2013 (HY000): Lost connection to MySQL server during query\n")
                    return 1

    def _timed(self, answer: Answer) -> None:
        if answer.columns is not None:
            count = len(answer.rows)
            what = f"{count} row{'' if count == 1 else 's'} in set" if count else "Empty set"
            self.p.out(f"{what} (0.00 sec)\n\n")
        elif answer.tag == "USE":
            self.p.out("Database changed\n")
        else:
            number = answer.tag.rsplit(" ", 1)[-1]
            count = int(number) if number.isdigit() else 1 if answer.tag == "CREATE DATABASE" else 0
            self.p.out(f"Query OK, {count} row{'' if count == 1 else 's'} affected (0.01 sec)\n\n")

    def _show(self, answer: Answer) -> None:
        if answer.columns is None or (self.boxed and not answer.rows):
            return
        if self.boxed:
            self.p.out(boxed(answer, self.options.names))
            return
        lines = ["\t".join(name for name, _ in answer.columns)] if self.options.names else []
        lines += ["\t".join("NULL" if value is None else value for value in row) for row in answer.rows]
        if answer.rows:
            self.p.out("".join(line + "\n" for line in lines))


def boxed(answer: Answer, names: bool = True) -> str:
    """A table in a box, as MySQL draws it for a terminal."""
    columns = answer.columns or []
    cells = [["NULL" if value is None else value for value in row] for row in answer.rows]
    widths = [max([len(name), *(len(row[at]) for row in cells)]) for at, (name, _) in enumerate(columns)]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+\n"
    head = "|" + "|".join(f" {name.ljust(width)} " for (name, _), width in zip(columns, widths, strict=True)) + "|\n"
    body = "".join(
        "|" + "|".join(
            f" {cell.rjust(width) if kind in RIGHT else cell.ljust(width)} "
            for cell, width, (_, kind) in zip(row, widths, columns, strict=True)
        ) + "|\n"
        for row in cells
    )  # fmt: skip
    return rule + (head + rule if names else "") + body + rule


def mysqladmin(p: Process) -> Steps:
    """``mysqladmin ping|status|version|shutdown``."""
    opened = yield from _opened(p, 99)
    if isinstance(opened, int):
        return opened
    options, client = opened
    command = options.operands[0] if options.operands else ""
    server = "mariadbd" if "MariaDB" in client.server_version else "mysqld"
    if command == "ping":
        p.out(f"{server} is alive\n")
    elif command == "status":
        p.out("Uptime: 60  Threads: 2  Questions: 6  Slow queries: 0  Opens: 119  Open tables: 40\n")
    elif command == "version":
        p.out(f"Server version\t\t{client.server_version}\n")
    else:
        return p.fail(f"Unknown command: '{command}'")
    client.close()
    return 0


def mariadb_admin(p: Process) -> Steps:
    return (yield from mysqladmin(p))


def mysqldump(p: Process) -> Steps:
    """``mysqldump database``: statements that make the tables again."""
    opened = yield from _opened(p)
    if isinstance(opened, int):
        return opened
    options, client = opened
    if not options.operands:
        p.err(f"Usage: {p.name} [OPTIONS] database [tables]\n")
        return 1
    p.out(f"-- MySQL dump 10.13  Distrib 8.4.7\n--\n-- Host: localhost    Database: {options.operands[0]}\n--\n\n")
    for (name,) in (yield from client.ask("SHOW TABLES"))[0].rows:
        p.out(f"DROP TABLE IF EXISTS `{name}`;\n")
        yield from _dump(p, client, str(name))
    p.out("-- Dump completed\n")
    return 0


def mariadb_dump(p: Process) -> Steps:
    return (yield from mysqldump(p))


def _dump(p: Process, client: Client, name: str) -> Steps:
    fields = (yield from client.ask(f"DESCRIBE {name}"))[0].rows
    parts = []
    for field, kind, null, key, _, extra in fields:
        rest = (" NOT NULL" if null == "NO" else "") + (" AUTO_INCREMENT" if extra else "")
        parts.append(f"  `{field}` {kind}{rest}" + (" PRIMARY KEY" if key == "PRI" else ""))
    p.out(f"CREATE TABLE `{name}` (\n" + ",\n".join(parts) + "\n);\n")
    for row in (yield from client.ask(f"SELECT * FROM {name}"))[0].rows:
        values = ",".join("NULL" if value is None else "'" + value.replace("'", "''") + "'" for value in row)
        p.out(f"INSERT INTO `{name}` VALUES ({values});\n")


__all__ = ["mariadb", "mariadb_admin", "mariadb_dump", "mysql", "mysqladmin", "mysqldump"]
