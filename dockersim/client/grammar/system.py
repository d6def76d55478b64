"""Commands about the system as a whole, registries and plain inspection; the format is told in `dockersim.client.grammar`."""

# ruff: noqa: E501 (a flag is one line)

TEXT = r"""
system
group
about: Manage Docker

inspect
usage: [OPTIONS] NAME|ID [NAME|ID...]
about: Show everything known about any objects
args: 1+
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -s, --size   bool    Show how much disk each takes
      --type   string  Only look for objects of this type

login
usage: [OPTIONS] [SERVER]
about: Log in to a registry
long: Log in to a registry,
long: Docker Hub if none is named.
args: 0-1
  -p, --password       string  Password or access token
      --password-stdin bool    Read the password or access token from STDIN
  -u, --username       string  Who logs in

logout
usage: [SERVER]
about: Log out of a registry
long: Log out of a registry,
long: the daemon's default if none is named.
args: 0-1

search
usage: [OPTIONS] TERM
about: Look for images on Docker Hub
args: 1
  -f, --filter   filter  Keep only what meets the condition, "name=value"
      --format   string  Go template for each result
      --limit    int     Most results to print
      --no-trunc bool    Print long values whole

system df
usage: [OPTIONS]
about: Show the disk space that Docker takes
args: 0
      --format  string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -v, --verbose bool    Print more

system dial-stdio
usage:
about: Connect STDIN and STDOUT to the daemon
args: 0
hidden: yes
support: refused it serves clients on other machines

events, system events
aliases: system events, events
usage: [OPTIONS]
about: Print the daemon's events as they come
args: 0
  -f, --filter filter  Keep only what meets the condition, "name=value"
      --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --since  string  Start from this time, or from so long ago ("42m")
      --until  string  Stop at this time, or so long ago ("42m")

info, system info
aliases: system info, info
usage: [OPTIONS]
about: Show what the daemon knows about itself
args: 0
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/

system prune
usage: [OPTIONS]
about: Remove what is not used
args: 0
  -a, --all     bool    Remove every unused image, not only untagged ones
      --filter  filter  Keep only what meets the condition, "name=value"
  -f, --force   bool    Do not ask first
      --volumes bool    Remove anonymous volumes too

version
usage: [OPTIONS]
about: Show the versions of client and daemon
args: 0
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
"""
