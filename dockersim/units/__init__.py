"""How Docker writes sizes, times and durations, and reads them: go-units, Go's ``time`` and ``strconv``."""

from dockersim.units.duration import format_duration, human_duration, parse_duration
from dockersim.units.size import bytes_size, from_human_size, human_size, ram_in_bytes
from dockersim.units.strconv import parse_bool, parse_float, parse_int, parse_uint, quote

__all__ = [
    "bytes_size",
    "format_duration",
    "from_human_size",
    "human_duration",
    "human_size",
    "parse_bool",
    "parse_duration",
    "parse_float",
    "parse_int",
    "parse_uint",
    "quote",
    "ram_in_bytes",
]
