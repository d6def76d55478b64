"""Processes listed, found and signalled: ps, top, pidof, pgrep, pkill, kill, killall."""
