"""Logging drivers: which options each of them knows, and whether it can begin on this machine.

Follows moby's ``daemon/logger``. What a remote driver sends goes nowhere: nothing in the simulated world collects
logs. As in life ``docker logs`` reads a copy that the daemon keeps, unless ``cache-disabled`` is set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from dockersim.engine.distribution.errors import dial_failure
from dockersim.errors import InvalidParameter
from dockersim.sim import ConnectFailed
from dockersim.units import from_human_size, parse_bool, parse_int, ram_in_bytes

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

Options = dict[str, str]
T = TypeVar("T")
_EVERY = frozenset("mode max-buffer-size cache-disabled cache-max-size cache-max-file cache-compress".split())
_COMMON = "labels labels-regex env env-regex tag"
_UNKNOWN = "unknown log opt '{option}' for {driver} log driver"


class Driver(NamedTuple):
    """One driver. ``check`` looks at the options of a new container, ``begin`` at what a start needs; ValueError."""

    options: frozenset[str]
    check: Callable[[Engine, Options], None] = lambda engine, options: None
    begin: Callable[[Engine, Options], None] = lambda engine, options: None
    unknown: str = _UNKNOWN


def check(engine: Engine, config: dict[str, Any]) -> None:
    """``LogConfig`` of a new container: a driver that there is, with options that it has. InvalidParameter."""
    name, options = config["Type"], config["Config"]
    if name == "none":
        return
    try:
        _check_every(options)
        if name not in DRIVERS:
            raise ValueError(f'error looking up logging plugin {name}: plugin "{name}" not found')
        driver = DRIVERS[name]
        for option in sorted(options):
            if option not in driver.options and option not in _EVERY:
                raise ValueError(driver.unknown.format(option=option, driver=name))
        driver.check(engine, options)
    except ValueError as error:
        raise InvalidParameter(str(error)) from None


def begin(engine: Engine, config: dict[str, Any]) -> str:
    """Why the driver cannot take the output of a container that starts; empty when it can."""
    driver = DRIVERS.get(config["Type"])
    try:
        if driver is not None:
            driver.begin(engine, config["Config"])
    except ValueError as error:
        return str(error)
    return ""


def is_kept(config: dict[str, Any]) -> bool:
    """Whether ``docker logs`` has anything to read."""
    if config["Type"] == "none":
        return False
    return config["Type"] in ("json-file", "local") or config["Config"].get("cache-disabled") not in ("1", "t", "true")


def _check_every(options: Options) -> None:
    mode = options.get("mode", "")
    if mode not in ("", "blocking", "non-blocking"):
        raise ValueError(f"logger: logging mode not supported: {mode}")
    if "max-buffer-size" in options:
        if mode != "non-blocking":
            raise ValueError("logger: max-buffer-size option is only supported with 'mode=non-blocking'")
        try:
            ram_in_bytes(options["max-buffer-size"])
        except ValueError as error:
            raise ValueError(f"error parsing option max-buffer-size: {error}") from None
    if "cache-disabled" in options:
        try:
            parse_bool(options["cache-disabled"])
        except ValueError:
            raise ValueError(f"invalid value for option cache-disabled: {options['cache-disabled']}") from None


# ---- in files


def _begin_json_file(engine: Engine, options: Options) -> None:
    size = from_human_size(options["max-size"]) if "max-size" in options else None
    if size == 0:
        raise ValueError("max-size must be a positive number")
    files = _atoi(options.get("max-file", "1"))
    if files < 1:
        raise ValueError("max-file cannot be less than 1")
    if parse_bool(options.get("compress", "false")) and (files == 1 or size is None):
        raise ValueError("compress cannot be true when max-file is less than 2 or max-size is not set")


def _begin_local(engine: Engine, options: Options) -> None:
    files = 5
    if "max-size" in options:
        _told(f"invalid value for max-size: {options['max-size']}", from_human_size, options["max-size"])
    if "max-file" in options:
        files = _told(f"invalid value for max-file: {options['max-file']}", _atoi, options["max-file"])
    compressed = _told("error reading compress log option", parse_bool, options.get("compress", "true"))
    if files < 0:
        raise ValueError("max file count cannot be less than 0")
    if compressed and files <= 1:
        raise ValueError("compression cannot be enabled when max file count is 1")


def _atoi(text: str) -> int:
    return parse_int(text, base=10, function="Atoi")


def _told(what: str, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None


# ---- over the network


def _url(text: str) -> tuple[str, str, str]:
    """Scheme, host with port, and path (``url.Parse``)."""
    scheme, mark, rest = text.partition("://")
    if not mark:
        return "", "", text
    host, slash, path = rest.partition("/")
    port = host.rpartition(":")[2] if ":" in host else ""
    if not (port == "" or port.isdigit()):
        raise ValueError(f'parse "{text}": invalid port ":{port}" after host')
    return scheme.lower(), host, slash + path


def _dial(engine: Engine, protocol: str, address: str) -> None:
    """Look whether somebody takes connections at ``host:port``; nobody is asked where no connection is needed."""
    host, _, port = address.rpartition(":")
    try:
        found, why = engine.stack.resolve(host.strip("[]"))
        if not found:
            raise ConnectFailed("unresolved", why)
        if protocol == "udp":
            return
        engine.stack.reach(found, int(port))
    except ConnectFailed as failed:
        raise ValueError(dial_failure(failed, protocol, host, port, engine)) from None
    raise ValueError(f"sending logs to {address} over TCP is not simulated")


def _syslog_address(engine: Engine, options: Options) -> tuple[str, str]:
    text = options.get("syslog-address", "")
    if not text:
        return "", ""
    scheme, host, path = _url(text)
    if scheme in ("unix", "unixgram"):
        if not engine.host.vfs.exists(path):
            raise ValueError(f"stat {path}: no such file or directory")
        return scheme, path
    if scheme not in ("udp", "tcp", "tcp+tls"):
        raise ValueError(f"unsupported scheme: '{scheme}'")
    return scheme, host if ":" in host else f"{host}:514"


_FACILITIES = frozenset(
    "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp "
    "local0 local1 local2 local3 local4 local5 local6 local7".split()
)


def _check_syslog(engine: Engine, options: Options) -> None:
    _syslog_address(engine, options)
    facility = options.get("syslog-facility", "")
    if facility and facility not in _FACILITIES and not (facility.isdigit() and int(facility) <= 23):
        raise ValueError("invalid syslog facility")
    if options.get("syslog-format", "") not in ("", "rfc3164", "rfc5424", "rfc5424micro"):
        raise ValueError("Invalid syslog format")


def _begin_syslog(engine: Engine, options: Options) -> None:
    scheme, address = _syslog_address(engine, options)
    if scheme in ("", "unix", "unixgram"):
        raise ValueError("Unix syslog delivery error")
    _dial(engine, scheme.removesuffix("+tls"), address)


def _gelf_address(options: Options) -> tuple[str, str]:
    text = options.get("gelf-address", "")
    if not text:
        raise ValueError("gelf-address is a required parameter")
    scheme, host, _ = _url(text)
    if scheme not in ("udp", "tcp"):
        raise ValueError("gelf: endpoint needs to be TCP or UDP")
    if ":" not in host:
        raise ValueError("gelf: please provide gelf-address as proto://host:port")
    return scheme, host


def _check_gelf(engine: Engine, options: Options) -> None:
    scheme, _ = _gelf_address(options)
    for option in options:
        if option.startswith("gelf-compression-") and scheme != "udp":
            raise ValueError("compression is only supported on UDP")
        if option.startswith("gelf-tcp-") and scheme != "tcp":
            raise ValueError(f'"{option}" is only valid for TCP')
    kind = options.get("gelf-compression-type", "gzip")
    if kind not in ("gzip", "zlib", "none"):
        raise ValueError(f'unknown value "{kind}" for log opt "gelf-compression-type" for gelf log driver')


def _begin_gelf(engine: Engine, options: Options) -> None:
    scheme, address = _gelf_address(options)
    try:
        _dial(engine, scheme, address)
    except ValueError as error:
        raise ValueError(f"gelf: cannot connect to GELF endpoint: {address} {error}") from None


def _fluentd_address(options: Options) -> tuple[str, str]:
    text = options.get("fluentd-address", "")
    try:
        scheme, host, path = _url(text if "://" in text else f"tcp://{text}")
        if scheme == "unix":
            if not path.lstrip("/"):
                raise ValueError("path is empty")
            return scheme, path
        if scheme not in ("tcp", "tls"):
            raise ValueError(f"unsupported scheme: '{scheme}'")
        if path:
            raise ValueError("should not contain a path element")
    except ValueError as error:
        raise ValueError(f"invalid fluentd-address ({text}): {error}") from None
    name, _, port = host.partition(":")
    return "tcp", f"{name or '127.0.0.1'}:{port or 24224}"


def _check_fluentd(engine: Engine, options: Options) -> None:
    _fluentd_address(options)
    if options.get("fluentd-buffer-limit"):
        ram_in_bytes(options["fluentd-buffer-limit"])
    for option in ("fluentd-async", "fluentd-sub-second-precision", "fluentd-request-ack"):
        if options.get(option):
            parse_bool(options[option])


def _begin_fluentd(engine: Engine, options: Options) -> None:
    if options.get("fluentd-async") and parse_bool(options["fluentd-async"]):
        return
    scheme, address = _fluentd_address(options)
    if scheme == "unix":
        missing = not engine.host.vfs.exists(address)
        raise ValueError(f"dial unix {address}: connect: {'no such file or directory' if missing else 'refused'}")
    _dial(engine, scheme, address)


def _begin_splunk(engine: Engine, options: Options) -> None:
    text = options.get("splunk-url")
    if text is None:
        raise ValueError("splunk: splunk-url is expected")
    scheme, host, path = _url(text)
    if scheme not in ("http", "https") or path not in ("", "/"):
        raise ValueError("splunk: expected format scheme://dns_name_or_ip:port for splunk-url")
    if "splunk-token" not in options:
        raise ValueError("splunk: splunk-token is expected")
    try:
        _dial(engine, "tcp", host if ":" in host else f"{host}:{443 if scheme == 'https' else 80}")
    except ValueError as error:
        raise ValueError(f'Options "{scheme}://{host}/services/collector/event/1.0": {error}') from None


def _check_awslogs(engine: Engine, options: Options) -> None:
    if not options.get("awslogs-group"):
        raise ValueError("must specify a value for log opt 'awslogs-group'")


_METADATA = "http://169.254.169.254/latest"
_ATTEMPTS = "exceeded maximum number of attempts, 3"


def _begin_awslogs(engine: Engine, options: Options) -> None:
    """Amazon's machines are told where they are, and who, by a server that nobody else has."""
    asked, before = "dynamic/instance-identity/document", "cannot determine region for awslogs driver: operation error "
    operation = f"ec2imds: GetRegion, {_ATTEMPTS}"
    if options.get("awslogs-region"):
        asked, operation = "meta-data/iam/security-credentials/", f"ec2imds: GetMetadata, {_ATTEMPTS}"
        before = (
            f"failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, {_ATTEMPTS}, "
            "get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, "
            "operation error "
        )
    try:
        _dial(engine, "tcp", "169.254.169.254:80")
    except ValueError as error:
        raise ValueError(f'{before}{operation}, request send failed, Get "{_METADATA}/{asked}": {error}') from None


def _begin_journald(engine: Engine, options: Options) -> None:
    raise ValueError("journald is not enabled on this host")


def _begin_gcplogs(engine: Engine, options: Options) -> None:
    raise ValueError("credentials: could not find default credentials")


def _names(text: str) -> frozenset[str]:
    return frozenset(f"{text} {_COMMON}".split())


DRIVERS = {
    "json-file": Driver(_names("max-file max-size compress"), begin=_begin_json_file),
    "local": Driver(
        frozenset(("max-file", "max-size", "compress")),
        begin=_begin_local,
        unknown="unknown log opt '{option}' for log driver {driver}",
    ),
    "journald": Driver(_names(""), begin=_begin_journald),
    "gcplogs": Driver(
        _names("gcp-project gcp-log-cmd gcp-meta-zone gcp-meta-name gcp-meta-id"),
        begin=_begin_gcplogs,
        unknown='"{option}" is not a valid option for the gcplogs driver',
    ),
    "syslog": Driver(
        _names(
            "syslog-address syslog-facility syslog-format syslog-tls-ca-cert syslog-tls-cert syslog-tls-key "
            "syslog-tls-skip-verify"
        ),
        _check_syslog,
        _begin_syslog,
    ),
    "gelf": Driver(
        _names(
            "gelf-address gelf-compression-level gelf-compression-type gelf-tcp-max-reconnect gelf-tcp-reconnect-delay"
        ),
        _check_gelf,
        _begin_gelf,
        unknown='unknown log opt "{option}" for {driver} log driver',
    ),
    "fluentd": Driver(
        _names(
            "fluentd-address fluentd-async fluentd-async-reconnect-interval fluentd-buffer-limit fluentd-max-retries "
            "fluentd-request-ack fluentd-retry-wait fluentd-sub-second-precision fluentd-write-timeout"
        ),
        _check_fluentd,
        _begin_fluentd,
    ),
    "splunk": Driver(
        _names(
            "splunk-url splunk-token splunk-source splunk-sourcetype splunk-index splunk-capath splunk-caname "
            "splunk-insecureskipverify splunk-format splunk-verify-connection splunk-gzip splunk-gzip-level "
            "splunk-index-acknowledgment"
        ),
        begin=_begin_splunk,
    ),
    "awslogs": Driver(
        frozenset(
            "awslogs-group awslogs-stream awslogs-create-group awslogs-region awslogs-endpoint awslogs-datetime-format "
            "awslogs-multiline-pattern awslogs-credentials-endpoint awslogs-force-flush-interval-seconds "
            "awslogs-max-buffered-events awslogs-format tag".split()
        ),
        _check_awslogs,
        _begin_awslogs,
    ),
}
"""The drivers that are built into dockerd."""
