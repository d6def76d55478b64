"""A session with a server: connecting, asking, the prompt, backslash commands."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.sim import ConnectFailed
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.connect import dial, resolve, strerror
from dockersim.userland.programs.servers.sql.frontend import Answer, Client, NeedsPassword, Refused
from dockersim.userland.programs.servers.sql.postgres import DEFAULT_VERSION, SOCKETS, full_version
from dockersim.userland.programs.servers.sql.psql.options import last
from dockersim.userland.programs.servers.sql.psql.tables import aligned, expanded, pointed, unaligned
from dockersim.userland.programs.servers.sql.syntax import split

HELP = """You are using psql, the command-line interface to PostgreSQL.
Type:  \\copyright for distribution terms
       \\h for help with SQL commands
       \\? for help with psql commands
       \\g or terminate with semicolon to execute query
       \\q to quit
"""


class Unconnected(Exception):
    """psql's words after ``psql: error: ``."""


class Psql:
    """One run."""

    def __init__(self, p: Process, options: dict[str, list[str]], user: str, database: str) -> None:
        self.p = p
        self.options = options
        self.user = user
        self.database = database
        self.host = last(options, "host", p.env.get("PGHOST", ""))
        port = last(options, "port", p.env.get("PGPORT", "5432"))
        self.port = int(port) if port.isdigit() else 5432
        self.client: Client | None = None
        self.failed = False
        self.expanded = "expanded" in options
        self.tuples = "tuples-only" in options
        self.aligned = "no-align" not in options

    # ---- connecting

    def connect(self) -> Steps:
        """Raises :class:`Unconnected`."""
        local = not self.host or self.host.startswith("/")
        if local:
            socket = f"{self.host or SOCKETS}/.s.PGSQL.{self.port}"
            if not self.p.vfs.exists(socket, cwd="/", cred=self.p.cred):
                raise Unconnected(
                    f'connection to server on socket "{socket}" failed: No such file or directory\n'
                    "\tIs the server running locally and accepting connections on that socket?"
                )
            where = f'connection to server on socket "{socket}" failed'
        else:
            try:
                where = f'connection to server at "{self.host}" ({resolve(self.p, self.host)}), port {self.port} failed'
            except ConnectFailed:
                raise Unconnected(
                    f'could not translate host name "{self.host}" to address: Name or service not known'
                ) from None
        password = self.p.env.get("PGPASSWORD")
        for _ in range(2):
            try:
                connection = yield from dial(self.p, "127.0.0.1" if local else self.host, self.port)
                client = Client(self.p, connection)
                yield from client.start(self.user, self.database, password)
                self.client = client
                return
            except ConnectFailed as failed:
                hint = "Is the server running on that host and accepting TCP/IP connections?"
                if local:
                    hint = "Is the server running locally and accepting connections on that socket?"
                raise Unconnected(f"{where}: {strerror(self.p, failed.kind)}\n\t{hint}") from None
            except Refused as refused:
                severity = refused.fields.get("S", "FATAL")
                words = refused.fields.get("M", "server closed the connection unexpectedly")
                raise Unconnected(f"{where}: {severity}:  {words}") from None
            except NeedsPassword:
                if "no-password" in self.options or self.p.tty is None:
                    raise Unconnected(f"{where}: fe_sendauth: no password supplied") from None
                password = yield from self._typed_password()

    def _typed_password(self) -> Generator[Any, Any, str]:
        tty = self.p.tty
        terminal = self.p.open("/dev/tty", "r+")
        yield from self.p.write(terminal, f"Password for user {self.user}: ".encode())
        tty.echo = False
        try:
            line = yield from self.p.read(terminal)
        finally:
            tty.echo = True
            self.p.close(terminal)
        yield from self.p.write(2, b"\n")
        return line.decode(errors="replace").rstrip("\n")

    # ---- running

    def run(self) -> Generator[Any, Any, int]:
        """Do what the options ask for, or prompt; the exit status."""
        if "list" in self.options:
            yield from self._backslash("\\l")
            return 0
        commands = self.options.get("command", [])
        for command in commands:
            if command.startswith("\\"):
                yield from self._backslash(command)
            else:
                yield from self.ask(command)
        for name in self.options.get("file", []):
            try:
                text = (yield from self.p.read_all(0)) if name == "-" else self.p.read_file(name)
            except FsError as error:
                self.p.err(f"psql: error: {name}: {error.strerror}\n")
                return 1
            yield from self._script(text.decode(errors="replace"))
        if commands or "file" in self.options:
            return 1 if self.failed and commands else 0
        return (yield from self._prompt())

    def _script(self, text: str) -> Steps:
        kept = ""
        for line in text.splitlines(keepends=True):
            if line.startswith("\\") and not kept.strip():
                yield from self._backslash(line.strip())
                continue
            statements, kept = split(kept + line)
            for statement in statements:
                yield from self.ask(statement)
        if kept.strip():
            yield from self.ask(kept)

    def _prompt(self) -> Generator[Any, Any, int]:
        p, tty = self.p, self.p.isatty(0)
        lines = p.lines()
        kept = ""
        if tty and "quiet" not in self.options:
            p.out(f'psql ({full_version(p) if "PG_VERSION" in p.env else DEFAULT_VERSION})\nType "help" for help.\n\n')
        while True:
            if tty:
                mark = "#" if self.user == "postgres" else ">"
                p.out(f"{self.database}{'-' if kept.strip() else '='}{mark} ")
            yield from p.flush()
            raw = yield from lines.next()
            if not raw:
                break
            line = raw.decode("utf-8", "surrogateescape")
            if not kept.strip() and line.strip() in ("exit", "quit", "\\q"):
                return 0
            if not kept.strip() and line.strip() == "help":
                p.out(HELP)
                continue
            if line.lstrip().startswith("\\") and not kept.strip():
                if (yield from self._backslash(line.strip())):
                    return 0
                continue
            statements, kept = split(kept + line)
            for statement in statements:
                yield from self.ask(statement)
                if self.client is None:
                    return 2
        if kept.strip() and not tty:
            yield from self.ask(kept)
        if tty:
            p.out("\\q\n")
        return 0

    def ask(self, statement: str) -> Steps:
        assert self.client is not None
        answers = yield from self.client.ask(statement)
        for answer in answers:
            self._show(answer, statement)
        if self.client.ended:
            self.p.err("server closed the connection unexpectedly\n\tThis probably means the server terminated "
                       "abnormally\n\tbefore or while processing the request.\n"
                       "connection to server was lost\n")  # fmt: skip
            self.client = None
            self.failed = True
        yield from self.p.flush()

    def rows(self, statement: str) -> Generator[Any, Any, list[list[str | None]]]:
        assert self.client is not None
        answers = yield from self.client.ask(statement)
        return answers[0].rows if answers and answers[0].error is None else []

    def _show(self, answer: Answer, statement: str) -> None:
        for notice in answer.notices:
            self.p.err(f"NOTICE:  {notice}\n")
        if answer.error is not None:
            self.failed = True
            error = answer.error
            self.p.err(f"{error.get('S', 'ERROR')}:  {error.get('M', '')}\n")
            if error.get("P", "").isdigit():
                self.p.err(pointed(statement, int(error["P"]) - 1))
        elif answer.columns is not None:
            if not self.aligned:
                self.p.out(unaligned(answer, self.tuples))
            elif self.expanded:
                self.p.out(expanded(answer))
            else:
                self.p.out(aligned(answer, self.tuples))
        elif "quiet" not in self.options:
            self.p.out(f"{answer.tag}\n")

    # ---- backslash commands

    def _backslash(self, line: str) -> Generator[Any, Any, bool]:
        """One command; ``True`` ends psql."""
        words = line.split()
        name, rest = words[0], words[1:]
        if name == "\\q":
            return True
        if name in ("\\c", "\\connect"):
            yield from self._reconnect(rest[0] if rest else self.database)
        elif name in ("\\l", "\\l+", "\\list"):
            yield from self._databases()
        elif name in ("\\dt", "\\d", "\\dt+", "\\d+") and not rest:
            yield from self._relations()
        elif name in ("\\d", "\\d+", "\\dt"):
            yield from self._described(rest[0])
        elif name in ("\\du", "\\dg"):
            self._list("List of roles", ["Role name", "Attributes"],
                       [[self.user, "Superuser, Create role, Create DB, Replication, Bypass RLS"]])  # fmt: skip
        elif name == "\\x":
            self.expanded = not self.expanded
            self.p.out(f"Expanded display is {'on' if self.expanded else 'off'}.\n")
        elif name == "\\conninfo":
            where = f'via socket in "{SOCKETS}"' if not self.host else f'on host "{self.host}"'
            self.p.out(f'You are connected to database "{self.database}" as user "{self.user}" {where} at port '
                       f'"{self.port}".\n')  # fmt: skip
        elif name == "\\?":
            self.p.out("  \\c DB   connect to another database\n  \\dt     list tables\n  \\d NAME describe a table\n"
                       "  \\l      list databases\n  \\q      quit\n")  # fmt: skip
        else:
            self.p.err(f"invalid command {name}\nTry \\? for help.\n")
        yield from self.p.flush()
        return False

    def _reconnect(self, database: str) -> Steps:
        before, self.database, old = self.database, database, self.client
        try:
            yield from self.connect()
        except Unconnected as problem:
            self.p.err(f"{problem}\nPrevious connection kept\n")
            self.database, self.client = before, old
            return
        self.p.out(f'You are now connected to database "{database}" as user "{self.user}".\n')

    def _databases(self) -> Steps:
        owner = self.user
        rows = []
        for (name,) in (yield from self.rows("SHOW databases")):
            rights = f"=c/{owner}          +\n{owner}=CTc/{owner}" if str(name).startswith("template") else ""
            rows.append([str(name), owner, "UTF8", "libc", "en_US.utf8", "en_US.utf8", "", "", rights])
        names = "Name,Owner,Encoding,Locale Provider,Collate,Ctype,Locale,ICU Rules,Access privileges".split(",")
        self._list("List of databases", names, rows)

    def _relations(self) -> Steps:
        rows = yield from self.rows("SHOW tables")
        if not rows:
            self.p.out("Did not find any relations.\n")
            return
        names = ["Schema", "Name", "Type", "Owner"]
        self._list("List of relations", names, [["public", str(name), "table", self.user] for (name,) in rows])

    def _described(self, name: str) -> Steps:
        rows = yield from self.rows(f"SHOW columns {name}")
        if not rows:
            self.p.err(f'Did not find any relation named "{name}".\n')
            return
        table = []
        kinds = {"int": "integer", "varchar": "character varying", "tinyint(1)": "boolean", "decimal": "numeric",
                 "timestamp": "timestamp without time zone"}  # fmt: skip
        for field, kind, null, _, default, extra in rows:
            base, _, size = str(kind).partition("(")
            shown = kinds.get(str(kind), kinds.get(base, base) + (f"({size}" if size else ""))
            serial = f"nextval('{name}_{field}_seq'::regclass)" if extra else str(default or "")
            table.append([str(field), shown, "", "" if null == "YES" else "not null", serial])
        self._list(
            f'Table "public.{name}"', ["Column", "Type", "Collation", "Nullable", "Default"], table, counted=False
        )
        keys = [str(row[0]) for row in rows if row[3] == "PRI"]
        if keys:
            self.p.out(f'Indexes:\n    "{name}_pkey" PRIMARY KEY, btree ({", ".join(keys)})\n')
        self.p.out("\n")

    def _list(self, title: str, names: list[str], rows: list[list[str]], counted: bool = True) -> None:
        values: list[list[str | None]] = [list(row) for row in rows]
        answer = Answer([(name, 25) for name in names], values, "", None, [])
        table = aligned(answer, False)
        width = len(table.split("\n")[1])
        if not counted:
            table = table[: table.rindex("(")]
        self.p.out(title.rjust((width + len(title)) // 2) + "\n" + table)
