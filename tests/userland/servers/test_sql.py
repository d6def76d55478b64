"""The SQL store against SQLite; PostgreSQL's and MySQL's servers and clients in a laboratory."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.fs import Cred
from dockersim.userland import signals
from dockersim.userland.programs.servers.sql.errors import SqlError
from dockersim.userland.programs.servers.sql.statements import run
from dockersim.userland.programs.servers.sql.store import Session, Store
from dockersim.userland.programs.servers.sql.syntax import split
from dockersim.userland.terminal import Terminal

numbers = st.integers(-3, 3)
names = st.sampled_from(["ann", "bob", "eve"])
conditions = st.one_of(
    st.builds("n {} {}".format, st.sampled_from(["=", "<>", "<", ">", "<=", ">="]), numbers),
    st.builds("name = '{}'".format, names),
    st.builds("name LIKE '{}%'".format, st.sampled_from("abe")),
    st.builds("n IN ({}, {})".format, numbers, numbers),
    st.just("name IS NULL"),
    st.builds("NOT n BETWEEN {} AND {}".format, numbers, numbers),
)
where = st.one_of(conditions, st.builds("({}) AND ({})".format, conditions, conditions),
                  st.builds("({}) OR NOT ({})".format, conditions, conditions))  # fmt: skip
statements = st.one_of(
    st.builds("INSERT INTO t (n, name) VALUES ({}, '{}')".format, numbers, names),
    st.builds("INSERT INTO t (n) VALUES ({}), ({})".format, numbers, numbers),
    st.builds("UPDATE t SET n = n + {} WHERE {}".format, numbers, where),
    st.builds("DELETE FROM t WHERE {}".format, where),
    st.builds("SELECT id, n, name FROM t WHERE {} ORDER BY id".format, where),
    st.builds("SELECT count(*), min(n), max(n), sum(n) FROM t WHERE {}".format, where),
    st.builds("SELECT n * 2 + {}, upper(name) FROM t ORDER BY id LIMIT {}".format, numbers, st.integers(0, 3)),
)


@given(st.lists(statements, max_size=15))
def test_the_store_against_sqlite(script: list[str]) -> None:
    store, session = Store("postgres", "PostgreSQL 17", lambda: ""), Session("postgres", "db")
    store.databases["db"] = {}
    real = sqlite3.connect(":memory:")
    real.execute("PRAGMA case_sensitive_like = on")
    real.execute("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER, name TEXT)")
    run(store, "CREATE TABLE t (id SERIAL PRIMARY KEY, n INTEGER, name TEXT)", session)
    for statement in script:
        result = run(store, statement, session)
        assert result is not None
        cursor = real.execute(statement)
        if result.rows is not None:
            assert [tuple(row) for row in result.rows] == cursor.fetchall()
        else:
            assert result.affected == cursor.rowcount
    real.close()
    again = Store("postgres", "", lambda: "")
    again.load(store.dump())
    assert again.databases["db"]["t"].rows == store.databases["db"]["t"].rows


@given(st.text(max_size=60))
def test_no_text_gives_anything_but_an_sql_error(text: str) -> None:
    store = Store("mysql", "8", lambda: "")
    statements, rest = split(text)
    for statement in [*statements, rest]:
        try:
            run(store, statement, Session("root", ""))
        except SqlError as error:
            error.words("mysql")
            error.words("postgres")


@given(
    st.lists(st.sampled_from("SELECT FROM t WHERE ( ) , * = 'a' 1 a AND INSERT INTO VALUES CREATE TABLE int".split()))
)
def test_no_words_in_any_order_do(words: list[str]) -> None:
    store, session = Store("postgres", "PostgreSQL 17", lambda: ""), Session("postgres", "db")
    store.databases["db"] = {}
    run(store, "CREATE TABLE t (a int)", session)
    try:
        run(store, " ".join(words), session)
    except SqlError as error:
        error.words("postgres")


PG = Cred(999, 999)
ENV = {"POSTGRES_PASSWORD": "secret", "PGDATA": "/var/lib/postgresql/data", "PG_VERSION": "17.7-1.pgdg13+1"}


def postgres(lab: Any, env: dict[str, str] | None = None) -> tuple[Any, Any]:
    box = lab.computer("db", "172.18.0.2")
    for path in ("/var/lib/postgresql/data", "/var/run/postgresql"):
        box.vfs.makedirs(path)
        box.vfs.chown(path, 999, 999)
    running = lab.start(box, "postgres", cred=PG, env=ENV | (env or {}))
    lab.wait(10)
    return box, running


@pytest.mark.parametrize(
    ("statement", "tag"),
    [
        ("BEGIN", "BEGIN"), ("START TRANSACTION", "START TRANSACTION"), ("COMMIT", "COMMIT"), ("END", "COMMIT"),
        ("ROLLBACK", "ROLLBACK"), ("SET x = 1", "SET"), ("GRANT ALL ON t TO u", "GRANT"),
        ("REVOKE ALL ON t FROM u", "REVOKE"), ("FLUSH PRIVILEGES", "FLUSH"), ("COMMENT ON TABLE t IS 'x'", "COMMENT"),
    ],
)  # fmt: skip
def test_what_changes_nothing_is_accepted(statement: str, tag: str) -> None:
    store = Store("postgres", "PostgreSQL 17.7", lambda: "2026-01-12 09:00:00")
    result = run(store, statement, Session("root", ""))
    assert result is not None
    assert result.tag == tag


def test_desc_is_describe() -> None:
    store = Store("mysql", "9.5.0", lambda: "2026-01-12 09:00:00")
    store.databases["shop"] = {}
    session = Session("root", "shop")
    run(store, "CREATE TABLE t (a INT)", session)
    assert run(store, "DESC t", session) == run(store, "DESCRIBE t", session)


def test_postgres_first_start_and_a_table(lab: Any) -> None:
    box, running = postgres(lab, {"POSTGRES_DB": "shop"})
    assert running.status is None
    assert "PostgreSQL init process complete; ready for start up.\n" in running.out
    assert running.err.endswith("LOG:  database system is ready to accept connections\n")
    run = lambda *words, **more: lab.run(box, "psql", "-U", "postgres", *words, **more)  # noqa: E731
    assert (
        run("-d", "shop", "-c", "CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT NOT NULL)").out
        == "CREATE TABLE\n"
    )
    assert run("-d", "shop", "-c", "INSERT INTO users (name) VALUES ('alice'), ('bob')").out == "INSERT 0 2\n"
    assert run("-d", "shop", "-c", "SELECT * FROM users").out == (
        " id | name  \n----+-------\n  1 | alice\n  2 | bob\n(2 rows)\n\n"
    )
    assert run("-d", "shop", "-c", "\\dt").out == (
        "         List of relations\n Schema | Name  | Type  |  Owner   \n--------+-------+-------+----------\n"
        " public | users | table | postgres\n(1 row)\n\n"
    )
    assert run("-d", "shop", "-tAc", "select count(*) from users").out == "2\n"
    got = run("-d", "shop", "-c", "SELECT * FROM nothing;")
    assert (got.status, got.err) == (
        1,
        'ERROR:  relation "nothing" does not exist\nLINE 1: SELECT * FROM nothing;\n                      ^\n',
    )
    got = run("-d", "nosuch", "-c", "select 1")
    assert (got.status, got.err) == (
        2,
        'psql: error: connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: '
        'FATAL:  database "nosuch" does not exist\n',
    )
    assert run(stdin=b"\\c shop\nselect name from users where id = 2;\n").out == (
        'You are now connected to database "shop" as user "postgres".\n name \n------\n bob\n(1 row)\n\n'
    )


def test_postgres_data_outlives_its_server(lab: Any) -> None:
    box, running = postgres(lab)
    lab.run(box, "psql", "-U", "postgres", "-c", "create table t (a int); insert into t values (41);")
    running.process.signal(signals.INT)
    lab.wait(2)
    assert running.status == 0
    assert running.err.endswith("LOG:  database system is shut down\n")
    again = lab.start(box, "postgres", cred=PG, env=ENV)
    lab.wait(3)
    assert "Skipping initialization" in again.out
    assert lab.run(box, "psql", "-U", "postgres", "-tAc", "select a + 1 from t").out == "42\n"
    again.process.signal(signals.KILL)
    lab.wait(1)
    third = lab.start(box, "postgres", cred=PG, env=ENV)
    lab.wait(3)
    assert "database system was not properly shut down; automatic recovery in progress" in third.err
    assert lab.run(box, "psql", "-U", "postgres", "-tAc", "select count(*) from t").out == "1\n"


def test_postgres_from_another_computer(lab: Any) -> None:
    postgres(lab)
    client = lab.computer("client", "172.18.0.3")
    got = lab.run(client, "psql", "-h", "db", "-U", "postgres", "-c", "select 1")
    assert got.err == (
        'psql: error: connection to server at "db" (172.18.0.2), port 5432 failed: fe_sendauth: no password supplied\n'
    )
    got = lab.run(client, "psql", "-h", "db", "-U", "postgres", "-c", "select 1", env={"PGPASSWORD": "wrong"})
    assert got.err.endswith('FATAL:  password authentication failed for user "postgres"\n')
    got = lab.run(client, "psql", "postgresql://postgres:secret@db:5432/postgres", "-tAc", "select 1 + 1")
    assert got.out == "2\n"
    assert lab.run(client, "pg_isready", "-h", "db").out == "db:5432 - accepting connections\n"
    got = lab.run(client, "pg_isready", "-h", "db", "-p", "1")
    assert (got.status, got.out) == (2, "db:1 - no response\n")


def test_postgres_refusals(lab: Any) -> None:
    box = lab.computer("db", "172.18.0.2")
    assert '"root" execution of the PostgreSQL server is not permitted.' in lab.run(box, "postgres").err
    got = lab.run(box, "psql", "-U", "postgres")
    assert got.err == (
        'psql: error: connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: '
        "No such file or directory\n"
        "\tIs the server running locally and accepting connections on that socket?\n"
    )


def test_postgres_runs_init_scripts_and_is_dumped(lab: Any) -> None:
    box = lab.computer("x", "172.18.0.9", {"/docker-entrypoint-initdb.d/init.sql": "create table k (v text);\n"
                                           "insert into k values ('it''s');\n"})  # fmt: skip
    box.vfs.makedirs("/d")
    box.vfs.chown("/d", 999, 999)
    box.vfs.makedirs("/var/run/postgresql")
    box.vfs.chmod("/var/run/postgresql", 0o777)
    running = lab.start(box, "postgres", "-D", "/d", cred=PG, env=ENV)
    lab.wait(10)
    assert "running /docker-entrypoint-initdb.d/init.sql\nCREATE TABLE\nINSERT 0 1\n" in running.out
    dump = lab.run(box, "pg_dump", "-U", "postgres").out
    lab.run(box, "createdb", "-U", "postgres", "copy")
    lab.run(box, "psql", "-U", "postgres", "copy", stdin=dump.encode())
    assert lab.run(box, "psql", "-U", "postgres", "-tAc", "select * from k", "copy").out == "it's\n"


def test_psql_at_a_terminal(lab: Any) -> None:
    box, _ = postgres(lab)
    screen = bytearray()
    terminal = Terminal(lab.sim, screen.extend)
    running = lab.start(box, "psql", "-U", "postgres", tty=terminal)
    for line in (b"select\r", b" 1 as one;\r", b"\\q\r"):
        lab.wait(0.1)
        terminal.type(line)
    lab.wait(0.1)
    assert running.status == 0
    assert (
        screen.decode()
        .replace("\r\n", "\n")
        .endswith(
            'Type "help" for help.\n\npostgres=# select\npostgres-#  1 as one;\n one \n-----\n   1\n(1 row)\n\n'
            "postgres=# \\q\n"
        )
    )


MYSQL = {"MYSQL_ROOT_PASSWORD": "pw", "MYSQL_DATABASE": "shop", "MYSQL_USER": "app", "MYSQL_PASSWORD": "apppw"}


def mysql(lab: Any, program: str = "mysqld") -> tuple[Any, Any]:
    box = lab.computer("db", "172.18.0.2")
    running = lab.start(box, program, env=MYSQL)
    lab.wait(30)
    return box, running


@pytest.mark.parametrize("program", ["mysqld", "mariadbd"])
def test_mysql(lab: Any, program: str) -> None:
    box, running = mysql(lab, program)
    assert running.status is None
    assert "init process done. Ready for start up.\n" in running.out
    assert "ready for connections" in running.err
    warning = "mysql: [Warning] Using a password on the command line interface can be insecure.\n"
    got = lab.run(box, "mysql", "-uroot", "-ppw", "shop", "-e",
                  "create table t (id int auto_increment primary key, name varchar(20)); "
                  "insert into t (name) values ('a'), ('b'); select * from t")  # fmt: skip
    assert (got.out, got.err) == ("id\tname\n1\ta\n2\tb\n", warning)
    got = lab.run(box, "mysql", "-uapp", "-papppw", "-t", "-e", "select count(*) from t", "shop")
    assert got.out == "+----------+\n| count(*) |\n+----------+\n|        2 |\n+----------+\n"
    got = lab.run(box, "mysql", "-uroot", "-pno")
    assert (got.status, got.err) == (
        1,
        warning + "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)\n",
    )
    got = lab.run(box, "mysql", "-uroot", env={"MYSQL_PWD": "pw"}, stdin=b"use shop;\nselect * from nope;\n")
    assert got.err == "ERROR 1146 (42S02) at line 2: Table 'shop.nope' doesn't exist\n"
    assert "shop\n" in lab.run(box, "mysql", "-uroot", "-ppw", "-e", "show databases").out
    assert lab.run(box, "mysqladmin", "-uroot", "-ppw", "ping").out == f"{program} is alive\n"
    running.process.signal(signals.TERM)
    lab.wait(5)
    assert running.status == 0


def test_mysql_without_a_server_or_a_word_on_the_password(lab: Any) -> None:
    box = lab.computer("db", "172.18.0.2")
    assert lab.run(box, "mysqld").status == 1
    got = lab.run(box, "mysql")
    assert got.err == (
        "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)\n"
    )
    assert lab.run(box, "mysql", "-h", "nosuch").err == "ERROR 2005 (HY000): Unknown MySQL server host 'nosuch' (-2)\n"
    other = lab.computer("other", "172.18.0.3")
    got = lab.run(other, "mysql", "-h", "db")
    assert got.err == "ERROR 2003 (HY000): Can't connect to MySQL server on 'db:3306' (111)\n"


def test_mysql_at_a_terminal(lab: Any) -> None:
    box, _ = mysql(lab)
    screen = bytearray()
    terminal = Terminal(lab.sim, screen.extend)
    running = lab.start(box, "mysql", "-uroot", "-p", tty=terminal)
    for line in (b"pw\r", b"use shop\r", b"select 1;\r", b"exit\r"):
        lab.wait(0.1)
        terminal.type(line)
    lab.wait(0.1)
    text = screen.decode().replace("\r\n", "\n")
    assert running.status == 0
    assert text.startswith("Enter password: \nWelcome to the MySQL monitor.")
    assert text.endswith(
        "mysql> select 1;\n+---+\n| 1 |\n+---+\n| 1 |\n+---+\n1 row in set (0.00 sec)\n\nmysql> exit\nBye\n"
    )
