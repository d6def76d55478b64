"""jq's functions that are written in jq: each begins with ``def`` at the start of a line."""

from __future__ import annotations

TEXT = r"""
def map(f): [.[] | f];
def select(f): if f then . else empty end;
def recurse: recurse(.[]?);
def recurse(f): def r: ., (f | r); r;
def recurse(f; condition): def r: ., (f | select(condition) | r); r;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def map_values(f): .[] |= f;
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def from_entries: reduce .[] as $e ({};
  ($e | if type != "object" then . elif has("key") then .key elif has("k") then .k elif has("name") then .name
    elif has("Name") then .Name elif has("Key") then .Key else .K end) as $key
  | ($e | if type != "object" then null elif has("value") then .value elif has("v") then .v
    elif has("Value") then .Value else .V end) as $value
  | . + {($key | if type == "string" then . else tojson end): $value});
def with_entries(f): to_entries | map(f) | from_entries;
def del(f): delpaths([path(f)]);
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def leaf_paths: paths(scalars);
def pick(f): . as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p)));
def any: any(.[]; .);
def all: all(.[]; .);
def any(f): any(.[]; f);
def all(f): all(.[]; f);
def any(g; f): isempty(first(g | f | select(.))) | not;
def all(g; f): isempty(first(g | f | select(. | not)));
def isvalid(f): try (f | true) catch false;
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def first: .[0];
def last: .[-1];
def last(f): reduce f as $x (null; $x);
def nth($n): .[$n];
def nth($n; f): if $n < 0 then error("Out of bounds negative array index") else last(limit($n + 1; f)) end;
def until(condition; step): def u: if condition then . else (step | u) end; u;
def while(condition; step): def w: if condition then ., (step | w) else empty end; w;
def repeat(f): def r: ., (f | r); r;
def skip($n; f): if $n > 0 then foreach f as $x ($n + 1; . - 1; if . <= 0 then $x else empty end) else f end;
def range($end): range(0; $end; 1);
def range($start; $end): range($start; $end; 1);
def add(f): reduce f as $x (null; . + $x);
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def env: $ENV;
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def todateiso8601: todate;
def fromdate: fromdateiso8601;
def dateadd(u; n): . + n;
def date: todate;
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;
def ascii: [.] | implode;
def tostream: path(def r: (.[]?|r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def group_by(f): _group(map([f]));
def unique_by(f): [group_by(f)[] | .[0]];
def sort_by(f): _sorted(map([f]));
def min_by(f): _extreme(map([f]); -1);
def max_by(f): _extreme(map([f]); 1);
def unique: unique_by(.);
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1:][0];
def halt_error: halt_error(5);
def input_line_number: 0;
def limit($n; f):
  if $n > 0 then label $out | foreach f as $x (0; . + 1; $x, if . >= $n then break $out else empty end) else empty end;
def first(f): label $out | (f | ., break $out);
def isempty(f): label $out | (first((f | false), true), break $out) | .;
def toarray: if type == "array" then . else [.] end;
def abs: if type == "number" and . < 0 then -. else . end;
def inputs: def r: (try input catch (if . == "No more inputs" then empty else error end)) as $x | $x, r; r;
def match(p): _matches(p)[];
def match(p; f): _matches(p; f)[];
def capture(p): _captures(p)[];
def capture(p; f): _captures(p; f)[];
def scan(p): _scanned(p)[];
def scan(p; f): _scanned(p; f)[];
def splits(p): _parts(p)[];
def splits(p; f): _parts(p; f)[];
def sub(p; s): sub(p; s; "");
def gsub(p; s): sub(p; s; "g");
def gsub(p; s; f): sub(p; s; f + "g");
def sub(p; s; f): . as $in | reduce _matches(p; f)[] as $m ([0, ""];
  [$m.offset + $m.length,
   .[1] + $in[.[0]:$m.offset]
     + ($m.captures | map(select(.name != null) | {key: .name, value: .string}) | from_entries | s)])
  | .[1] + $in[.[0]:];
"""
