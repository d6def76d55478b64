"""nginx's configuration files: blocks of directives, with includes, and nginx's complaints about them."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterator

from dockersim.fs import FsError
from dockersim.userland.process import Process


class ConfigError(Exception):
    """What nginx says after ``[emerg]``."""


class Directive:
    """One directive: its words, where it stands, and for a block what is in it."""

    __slots__ = ("block", "line", "name", "path", "words")

    def __init__(self, words: list[str], path: str, line: int, block: list[Directive] | None) -> None:
        self.name = words[0]
        self.words = words[1:]
        self.path = path
        self.line = line
        self.block = block

    def find(self, name: str) -> Iterator[Directive]:
        """The directives ``name`` in this block."""
        return (one for one in self.block or () if one.name == name)

    def get(self, name: str) -> list[str] | None:
        """The words of the last ``name`` in this block; ``None`` without one."""
        found = None
        for one in self.find(name):
            found = one.words
        return found

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


BLOCKS = frozenset(
    "events http server location upstream types if map geo limit_except stream mail split_clients".split()
)
SIMPLE = frozenset(
    """absolute_redirect accept_mutex access_log add_before_body add_header aio alias allow auth_basic
    auth_basic_user_file auth_request autoindex autoindex_exact_size autoindex_format autoindex_localtime break
    charset chunked_transfer_encoding client_body_buffer_size client_body_temp_path client_body_timeout
    client_header_buffer_size client_header_timeout client_max_body_size daemon default_type deny directio env
    error_log error_page etag expires fastcgi_buffer_size fastcgi_buffers fastcgi_index fastcgi_param fastcgi_pass
    fastcgi_read_timeout fastcgi_split_path_info grpc_pass gzip gzip_buffers gzip_comp_level gzip_disable
    gzip_http_version gzip_min_length gzip_proxied gzip_static gzip_types gzip_vary hash http2 if_modified_since
    include index internal ip_hash keepalive keepalive_requests keepalive_timeout large_client_header_buffers
    least_conn limit_conn limit_conn_zone limit_rate limit_req limit_req_zone listen load_module log_format
    log_not_found log_subrequest map_hash_bucket_size merge_slashes multi_accept open_file_cache pid
    port_in_redirect proxy_bind proxy_buffer_size proxy_buffering proxy_buffers proxy_cache proxy_cache_bypass
    proxy_cache_key proxy_cache_path proxy_cache_valid proxy_connect_timeout proxy_cookie_path proxy_hide_header
    proxy_http_version proxy_intercept_errors proxy_next_upstream proxy_pass proxy_pass_header proxy_read_timeout
    proxy_redirect proxy_request_buffering proxy_send_timeout proxy_set_body proxy_set_header proxy_ssl_server_name
    proxy_ssl_verify random real_ip_header recursive_error_pages resolver resolver_timeout return rewrite root
    satisfy sendfile server server_name server_name_in_redirect server_names_hash_bucket_size server_tokens set
    set_real_ip_from ssl_certificate ssl_certificate_key ssl_ciphers ssl_prefer_server_ciphers ssl_protocols
    ssl_session_cache ssl_session_timeout stub_status sub_filter sub_filter_once tcp_nodelay tcp_nopush try_files
    types_hash_bucket_size types_hash_max_size underscores_in_headers use user uwsgi_param uwsgi_pass valid_referers
    worker_connections worker_cpu_affinity worker_processes worker_rlimit_nofile worker_shutdown_timeout zone""".split()
)
FREE = frozenset(("types", "map", "geo", "split_clients"))
"""Blocks whose entries are data, not directives."""

TOKEN = re.compile(r"""\s+|\#[^\n]*|(?P<mark>[{};])|"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'"""
                   r"""|(?P<word>(?:\\.|\$\{\w+\}|[^\s{};"'\\])(?:\\.|\$\{\w+\}|[^\s{};\\])*)""", re.S)  # fmt: skip

ESCAPE = re.compile(r"\\([\"'\\trn])")
ESCAPES = {"t": "\t", "r": "\r", "n": "\n"}


def tokens(text: str, path: str) -> Iterator[tuple[str, int, bool]]:
    """(token, line, whether it is a mark) of a file."""
    at, line = 0, 1
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise ConfigError(f'unexpected end of file, expecting ";" or "}}" in {path}:{line}')
        kind = found.lastgroup
        if kind is not None:
            value = found.group(kind)
            yield ESCAPE.sub(lambda mark: ESCAPES.get(mark[1], mark[1]), value), line, kind == "mark"
        line += found.group().count("\n")
        at = found.end()


def parse(p: Process, path: str, prefix: str = "/etc/nginx") -> Directive:
    """The whole configuration as one block. Raises :class:`ConfigError`."""
    return Directive(["main"], path, 0, _file(p, path, prefix, "main"))


def _file(p: Process, path: str, prefix: str, context: str) -> list[Directive]:
    try:
        text = p.vfs.read_file(path, cwd=p.cwd, cred=p.cred).decode(errors="replace")
    except FsError as error:
        raise ConfigError(f'open() "{path}" failed ({error.number}: {error.strerror})') from None
    stream = tokens(text, path)
    last = text.count("\n") + 1
    return _block(p, stream, path, prefix, context, inner=False, last=last)


def _block(
    p: Process,
    stream: Iterator[tuple[str, int, bool]],
    path: str,
    prefix: str,
    context: str,
    inner: bool,
    last: int,
) -> list[Directive]:
    found: list[Directive] = []
    words: list[str] = []
    for token, line, mark in stream:
        if not mark:
            words.append(token)
        elif token == ";":
            if not words:
                raise ConfigError(f'unexpected ";" in {path}:{line}')
            found += _simple(p, words, path, line, prefix, context)
            words = []
        elif token == "{":
            if not words:
                raise ConfigError(f'unexpected "{{" in {path}:{line}')
            if context not in FREE and words[0] not in BLOCKS:
                known = words[0] in SIMPLE
                problem = f'directive "{words[0]}" has no opening "{{"' if not known else 'unexpected "{"'
                raise ConfigError(f"{problem if known else _unknown(words[0])} in {path}:{line}")
            block = _block(p, stream, path, prefix, words[0], True, last)
            found.append(Directive(words, path, line, block))
            words = []
        elif not inner or words:
            raise ConfigError(f'unexpected "}}" in {path}:{line}')
        else:
            return found
    if words or inner:
        expected = '";" or "}"' if words else '"}"'
        raise ConfigError(f"unexpected end of file, expecting {expected} in {path}:{last}")
    return found


def _unknown(name: str) -> str:
    return f'unknown directive "{name}"'


def _simple(p: Process, words: list[str], path: str, line: int, prefix: str, context: str) -> list[Directive]:
    if words[0] == "include":
        return [one for file in _included(p, words[1], prefix) for one in _file(p, file, prefix, context)]
    if context not in FREE and words[0] not in SIMPLE:
        if words[0] in BLOCKS:
            raise ConfigError(f'directive "{words[0]}" has no opening "{{" in {path}:{line}')
        raise ConfigError(f"{_unknown(words[0])} in {path}:{line}")
    if (
        len(words) == 1
        and context not in FREE
        and words[0] not in ("break", "internal", "ip_hash", "least_conn", "stub_status", "random")
    ):
        raise ConfigError(f'invalid number of arguments in "{words[0]}" directive in {path}:{line}')
    if words[0] == "listen":
        port = words[1].rsplit(":", 1)[-1]
        if not port.isdigit() and not re.fullmatch(r"[\w.*\[\]:-]+", words[1]):
            raise ConfigError(f'invalid port in "{words[1]}" of the "listen" directive in {path}:{line}')
    return [Directive(words, path, line, None)]


def _included(p: Process, pattern: str, prefix: str) -> list[str]:
    pattern = posixpath.join(prefix, pattern)
    if not any(character in pattern for character in "*?["):
        return [pattern]
    directory, name = posixpath.split(pattern)
    try:
        names = p.vfs.listdir(directory, cwd="/", cred=p.cred)
    except FsError:
        return []
    return [f"{directory}/{one}" for one in sorted(names) if fnmatch.fnmatchcase(one, name) and not one.startswith(".")]
