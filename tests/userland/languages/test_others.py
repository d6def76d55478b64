"""node, Go, C, Java, Ruby, Perl and PHP, as far as tutorials go; what is beyond is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.userland.programs.languages.node import Script, Unsimulated

EXPRESS = """
const express = require('express');
const os = require('os');
const app = express();
const port = process.env.PORT || 3000;

app.get('/', (req, res) => {
  res.send('Hello World!');
});
app.get('/api', (req, res) => res.json({ ok: true, host: os.hostname() }));

app.listen(port, () => {
  console.log(`Example app listening on port ${port}`);
});
"""
PLAIN = """
const http = require('http');
const server = http.createServer((req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/plain' });
  res.end('Hello World\\n');
});
server.listen(8080, '0.0.0.0', () => console.log('Server running'));
"""


def box(lab: Any, files: dict[str, str]) -> Any:
    return lab.computer("box", "172.18.0.2", {f"/desk/{name}": text for name, text in files.items()})


def test_express(lab: Any) -> None:
    box_ = box(lab, {"index.js": EXPRESS})
    got = lab.run(box_, "node", "index.js")
    assert got.status == 1
    assert "Error: Cannot find module 'express'\n" in got.err
    lab.run(box_, "npm", "init", "-y")
    lab.run(box_, "npm", "install", "express")
    running = lab.start(box_, "node", "index.js")
    lab.wait(1)
    assert running.out == "Example app listening on port 3000\n"
    assert lab.run(box_, "curl", "-s", "localhost:3000").out == "Hello World!"
    assert lab.run(box_, "curl", "-s", "localhost:3000/api").out == '{"ok":true,"host":"box"}'
    assert "<pre>Cannot GET /no</pre>" in lab.run(box_, "curl", "-s", "localhost:3000/no").out
    second = lab.run(box_, "node", "index.js")
    assert "Error: listen EADDRINUSE: address already in use :::3000\n" in second.err


def test_the_plain_http_server(lab: Any) -> None:
    box_ = box(lab, {"server.js": PLAIN})
    running = lab.start(box_, "node", "server.js")
    lab.wait(1)
    assert running.out == "Server running\n"
    assert lab.run(box_, "curl", "-s", "localhost:8080/any").out == "Hello World\n"


@pytest.mark.parametrize(
    ("program", "out"),
    [
        ("console.log('hi')", "hi\n"),
        ('console.log("a", 1 + 2)', "a 3\n"),
        ("const n = 5; console.log(`n is ${n}`)", "n is 5\n"),
        ("console.log(process.version)", "v24.11.1\n"),
    ],
)
def test_node_one_liners(lab: Any, program: str, out: str) -> None:
    assert lab.run(box(lab, {}), "node", "-e", program).out == out


def test_node_names_what_it_does_not_run(lab: Any) -> None:
    got = lab.run(box(lab, {"a.js": "console.log('x');\nconsole.log([1,2].map(x => x * 2));\n"}), "node", "a.js")
    assert got.status == 1
    assert "a.js:2: this line is not simulated" in got.err


@given(st.text(st.sampled_from("const app=require('express').get(/,\"`${}+|;:\n listen console.log(1)")))
def test_no_source_is_a_fault(text: str) -> None:
    class Nobody:
        env: dict[str, str] = {}  # noqa: RUF012
        pid = 1
        cwd = "/"

        class computer:
            hostname = "x"

    try:
        Script(Nobody(), text).plan()  # type: ignore[arg-type]
    except Unsimulated:
        return


def test_go_builds_a_binary_that_serves(lab: Any) -> None:
    source = (
        'package main\n\nimport (\n\t"fmt"\n\t"net/http"\n)\n\nfunc hello(w http.ResponseWriter, r *http.Request) {\n'
        '\tfmt.Fprint(w, "Hello from Go\\n")\n}\n\nfunc main() {\n\thttp.HandleFunc("/", hello)\n'
        '\tfmt.Println("listening")\n\thttp.ListenAndServe(":8080", nil)\n}\n'
    )
    box_ = box(lab, {"main.go": source})
    assert lab.run(box_, "go", "mod", "init", "example.com/hello").status == 0
    assert lab.run(box_, "go", "build", "-o", "/bin/hello-go").status == 0
    running = lab.start(box_, "/bin/hello-go")
    lab.wait(1)
    assert running.out == "listening\n"
    assert lab.run(box_, "curl", "-s", "localhost:8080").out == "Hello from Go\n"


def test_hello_in_compiled_languages(lab: Any) -> None:
    box_ = box(
        lab,
        {
            "hello.c": '#include <stdio.h>\nint main(void) {\n    printf("Hello, C!\\n");\n    return 0;\n}\n',
            "hello.go": 'package main\nimport "fmt"\nfunc main() {\n\tfmt.Println("Hello, Go!")\n}\n',
            "Main.java": "public class Main {\n    public static void main(String[] args) {\n"
            '        System.out.println("Hello, Java!");\n    }\n}\n',
            "loop.c": "#include <stdio.h>\nint main() {\n  for (;;) { }\n}\n",
            "Makefile": "all: hello\n\nhello: hello.c\n\tgcc -o hello hello.c\n",
        },
    )
    assert lab.run(box_, "gcc", "-o", "hello", "hello.c").status == 0
    assert lab.run(box_, "./hello").out == "Hello, C!\n"
    assert lab.run(box_, "go", "run", "hello.go").out == "Hello, Go!\n"
    assert lab.run(box_, "javac", "Main.java").status == 0
    assert lab.run(box_, "java", "Main").out == "Hello, Java!\n"
    assert lab.run(box_, "java", "Nope").err.startswith("Error: Could not find or load main class Nope\n")
    got = lab.run(box_, "gcc", "loop.c")
    assert (got.status, got.err) == (1, "gcc: loop.c:3: this line is not simulated: for (;;) { }\n")


def test_scripting_one_liners(lab: Any) -> None:
    box_ = box(lab, {"index.php": "<h1><?php echo 'Hello'; ?></h1>\n"})
    assert lab.run(box_, "ruby", "-e", "puts 'hi'").out == "hi\n"
    assert lab.run(box_, "perl", "-e", 'print "hi\\n";').out == "hi\n"
    assert lab.run(box_, "php", "-r", 'echo "hi";').out == "hi"
    assert lab.run(box_, "php", "index.php").out == "<h1>Hello</h1>\n"
    assert lab.run(box_, "ruby", "-e", "x.each { }").err.startswith("ruby: -e:1: only printing")
    lab.start(box_, "php", "-S", "0.0.0.0:8000")
    lab.wait(0.5)
    assert lab.run(box_, "curl", "-s", "localhost:8000/").out == "<h1>Hello</h1>\n"
