"""jq, as a real one answered."""

from __future__ import annotations

import pytest

from tests.userland.harness import Box

DOCUMENT = '{"a":1,"b":[1,2,{"c":null,"d":"x y"}],"s":"héllo","f":1.5,"t":true,"n":null,"o":{"k1":"v1","k2":2}}\n'
CASES = [
    (["-c", ".b[2]"], DOCUMENT, '{"c":null,"d":"x y"}\n', "", 0),
    (["-c", ".b[1:]"], DOCUMENT, '[2,{"c":null,"d":"x y"}]\n', "", 0),
    (["-c", "to_entries"], '{"a":1}', '[{"key":"a","value":1}]\n', "", 0),
    (["-c", "with_entries(.value |= tostring)"], '{"a":1}', '{"a":"1"}\n', "", 0),
    (["-c", "del(.b[0],.o.k1)|[.b,.o]"], DOCUMENT, '[[2,{"c":null,"d":"x y"}],{"k2":2}]\n', "", 0),
    (["-c", '{a,"s",x:.f}'], DOCUMENT, '{"a":1,"s":"héllo","x":1.5}\n', "", 0),
    (["-c", "{(.s):.a}"], DOCUMENT, '{"héllo":1}\n', "", 0),
    (["-c", "{a:.b[]}|.a"], '{"b":[1,2]}', "1\n2\n", "", 0),
    (["-c", ". as {a:$x,b:[$y,$z]}|[$x,$y,$z]"], DOCUMENT, "[1,1,2]\n", "", 0),
    (["-c", "reduce .b[0:2][] as $i (0;.+$i)"], DOCUMENT, "3\n", "", 0),
    (["-c", "[foreach range(5) as $i (0;.+$i;[$i,.])]"], DOCUMENT, "[[0,0],[1,1],[2,3],[3,6],[4,10]]\n", "", 0),
    (["if .n then 1 elif .t then 2 else 3 end"], DOCUMENT, "2\n", "", 0),
    (['(.x.y.z // "none")'], DOCUMENT, '"none"\n', "", 0),
    (["-r", '"a=\\(.a) s=\\(.s)"'], DOCUMENT, "a=1 s=héllo\n", "", 0),
    (["-r", "[.a,.s,.t,null]|@csv,@tsv"], DOCUMENT, '1,"héllo",true,\n1\théllo\ttrue\t\n', "", 0),
    (["-r", '[.s,"it\\u0027s"]|@sh'], DOCUMENT, "'héllo' 'it'\\''s'\n", "", 0),
    (["-c", '[{"a":2,"b":1},{"a":1},{"a":2}]|group_by(.a)'], DOCUMENT, '[[{"a":1}],[{"a":2,"b":1},{"a":2}]]\n', "", 0),
    (["-c", '[{"a":1,"b":2},{"a":1,"b":3}]|unique_by(.a)'], DOCUMENT, '[{"a":1,"b":2}]\n', "", 0),
    (["-c", '"abc"|gsub("(?<l>[a-c])";"<\\(.l)>")'], DOCUMENT, '"<a><b><c>"\n', "", 0),
    (
        ["-c", '"foo"|match("(?<x>o)(o)")'],
        DOCUMENT,
        '{"offset":1,"length":2,"string":"oo","captures":[{"offset":1,"length":1,"string":"o","name":"x"},{"offset":2,"length":1,"string":"o","name":null}]}\n',
        "",
        0,
    ),
    (["-c", '[paths(type=="number")]'], DOCUMENT, '[["a"],["b",0],["b",1],["f"],["o","k2"]]\n', "", 0),
    (["-c", ".o|=with_entries(select(.value==2))|.o"], DOCUMENT, '{"k2":2}\n', "", 0),
    (["-c", '(.b[]|select(type=="number"))|=.*10|.b'], DOCUMENT, '[10,20,{"c":null,"d":"x y"}]\n', "", 0),
    (
        ["-c", "try (1/0) catch ."],
        DOCUMENT,
        '"number (1) and number (0) cannot be divided because the divisor is zero"\n',
        "",
        0,
    ),
    (["-c", 'error({"a":1})'], DOCUMENT, "", 'jq: error (at <stdin>:1) (not a string): {"a":1}\n', 5),
    (["-c", "[inputs]"], "1 2 3", "[2,3]\n", "", 0),
    (["-n", "[inputs]|length"], "1 2 3", "3\n", "", 0),
    (["-s", "add"], "1 2 3", "6\n", "", 0),
    (["-Rs", "."], "a\nb\n", '"a\\nb\\n"\n', "", 0),
    (["-c", "-n", "$ARGS", "--args", "a", "b"], DOCUMENT, '{"positional":["a","b"],"named":{}}\n', "", 0),
    (["--argjson", "x", "5", "$x+1"], DOCUMENT, "6\n", "", 0),
    (["-e", ".n"], DOCUMENT, "null\n", "", 1),
    (["def f($x;$y): $x+$y; f(1;2)"], DOCUMENT, "3\n", "", 0),
    (["def fac: if .<=1 then 1 else .*(.-1|fac) end; 5|fac"], DOCUMENT, "120\n", "", 0),
    (["-c", "label $out|1,break $out,2"], DOCUMENT, "1\n", "", 0),
    (["-c", 'walk(if type=="number" then .+1 else . end)'], '[1,{"a":2}]', '[2,{"a":3}]\n', "", 0),
    (["-c", ".[] as [$a] ?// $a | $a"], "[[1],2]", "1\n2\n", "", 0),
    (["-r", ".created|todate"], '{"created":1700000000}', "2023-11-14T22:13:20Z\n", "", 0),
    (["-c", "path(1)"], "1", "", "jq: error (at <stdin>:0): Invalid path expression with result 1\n", 5),
    ([".[]"], "5", "", "jq: error (at <stdin>:0): Cannot iterate over number (5)\n", 5),
    (["keys"], "5", "", "jq: error (at <stdin>:0): number (5) has no keys\n", 5),
    (['"bye\\n"|halt_error(3)'], "1", "", "bye\n", 3),
]


@pytest.mark.parametrize(("words", "given", "out", "err", "status"), CASES)
def test_as_a_real_one(words: list[str], given: str, out: str, err: str, status: int) -> None:
    ran = Box().run("jq", *words, stdin=given.encode())
    assert (ran.text, ran.errors, ran.status) == (out, err, status)


@pytest.mark.parametrize(
    ("filter_", "words"),
    [
        ("foo", "jq: error: foo/0 is not defined at <top-level>, line 1:\nfoo\njq: 1 compile error\n"),
        (".a | $x", "jq: error: $x is not defined at <top-level>, line 1:\n.a | $x\njq: 1 compile error\n"),
        (
            ".[",
            "jq: error: syntax error, unexpected end of file (Unix shell quoting issues?) at <top-level>, line 1:\n.[\n"
            "jq: 1 compile error\n",
        ),
    ],
)
def test_what_does_not_compile(filter_: str, words: str) -> None:
    ran = Box().run("jq", filter_, stdin=b"{}")
    assert (ran.status, ran.errors) == (3, words)


def test_a_filter_without_end_is_given_up() -> None:
    ran = Box().run("jq", "-n", "[repeat(1)]")
    assert (ran.status, ran.errors) == (5, "jq: error: the filter takes more steps than are simulated\n")
