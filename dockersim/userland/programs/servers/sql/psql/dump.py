"""The program ``pg_dump``."""

from __future__ import annotations

from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.servers.sql.psql.options import last, login, read_words
from dockersim.userland.programs.servers.sql.psql.session import Psql, Unconnected


def pg_dump(p: Process) -> Steps:
    """``pg_dump [-h host] [-U user] database``: statements that make the tables again."""
    options: dict[str, list[str]] = {}
    operands: list[str] = []
    problem = read_words(p.argv[1:], options, operands)
    if problem:
        p.err(f'pg_dump: {problem}\npg_dump: hint: Try "pg_dump --help" for more information.\n')
        return 1
    user = last(options, "username", p.env.get("PGUSER", login(p)))
    run = Psql(p, options, user, last(options, "dbname", operands[0] if operands else user))
    try:
        yield from run.connect()
    except Unconnected as unconnected:
        p.err(f"pg_dump: error: {unconnected}\n")
        return 1
    p.out("--\n-- PostgreSQL database dump\n--\n\n")
    for (name,) in (yield from run.rows("SHOW tables")):
        yield from _dump_table(run, str(name))
    p.out("--\n-- PostgreSQL database dump complete\n--\n\n")
    return 0


def _dump_table(run: Psql, name: str) -> Steps:
    fields = yield from run.rows(f"SHOW columns {name}")
    parts = []
    for field, kind, null, key, _, extra in fields:
        shown = "serial" if extra else str(kind).replace("tinyint(1)", "boolean")
        parts.append(
            f"    {field} {shown}{' PRIMARY KEY' if key == 'PRI' else ''}{' NOT NULL' if null == 'NO' else ''}"
        )
    run.p.out(f"CREATE TABLE {name} (\n" + ",\n".join(parts) + "\n);\n\n")
    for row in (yield from run.rows(f"SELECT * FROM {name}")):
        values = ", ".join("NULL" if value is None else "'" + value.replace("'", "''") + "'" for value in row)
        run.p.out(f"INSERT INTO {name} VALUES ({values});\n")
    run.p.out("\n")
