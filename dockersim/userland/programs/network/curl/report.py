"""What curl prints about a transfer."""

from __future__ import annotations

from dockersim.wire import Response

VERSION = "8.5.0"


def head(response: Response) -> str:
    """The status line and the headers."""
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    return "".join(line + "\r\n" for line in lines) + "\r\n"


def meter(size: int, spent: float) -> str:
    """The progress meter at the end of ``size`` bytes in ``spent`` seconds."""
    shown = _amount(size)
    head = (
        "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
        "                                 Dload  Upload   Total   Spent    Left  Speed\n"
    )
    spent = max(spent, 1e-3)
    speed = _amount(int(size / spent))
    clock = f"{int(spent) // 3600}:{int(spent) // 60 % 60:02d}:{int(spent) % 60:02d}" if spent >= 1 else "--:--:--"
    return head + (
        f"\r100 {shown:>5}  100 {shown:>5}    0     0  {speed:>5}      0 {clock if spent >= 1 else '--:--:--':>8}"
        f" {clock:>8} --:--:-- {speed:>5}\n"
    )


def _amount(size: int) -> str:
    if size < 100_000:
        return str(size)
    for unit, power in (("k", 10), ("M", 20), ("G", 30)):
        value = size / (1 << power)
        if value < 10_000:
            return f"{value:.1f}{unit}" if value < 100 and unit != "k" else f"{int(value)}{unit}"
    return f"{size >> 40}T"
