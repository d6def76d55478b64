"""Commands about contexts; the format is told in `dockersim.client.grammar`."""

# ruff: noqa: E501 (a flag is one line)

TEXT = r"""
context
group
about: Manage contexts

context create
usage: [OPTIONS] CONTEXT
about: Make a context
long: Make a context
long:
long: Keys of the endpoint, given with --docker:
long:
long: NAME                DESCRIPTION
long: from                Context to take the endpoint from
long: host                Address of the daemon
long: ca                  The only CA to trust
long: cert                The client's certificate
long: key                 The client's key
long: skip-tls-verify     Do not check the daemon's certificate
long:
long: Example:
long:
long: $ docker context create far --docker "host=tcp://far.example.org:2376,ca=~/ca.pem"
args: 1
      --description string             A few words about the context
      --docker      stringToString=[]  Where the Docker daemon is
      --from        string             Start from this context's settings

context export
usage: [OPTIONS] CONTEXT [FILE|-]
about: Write a context to a tar archive
long: Write a context to the tar archive FILE, or to STDOUT.
args: 1-2

context import
usage: CONTEXT FILE|-
about: Read a context from a tar or zip file
args: 2

context inspect
usage: [OPTIONS] [CONTEXT] [CONTEXT...]
about: Show everything known about contexts
args: any
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/

context ls
aliases: context ls, context list
usage: [OPTIONS]
about: List contexts
args: 0
      --format string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -q, --quiet  bool    Print IDs or names only

context rm
aliases: context rm, context remove
usage: CONTEXT [CONTEXT...]
about: Remove contexts
args: 1+
  -f, --force bool  Remove it although it is in use

context show
usage:
about: Print the name of the current context
args: 0

context update
usage: [OPTIONS] CONTEXT
about: Change a context
long: Change a context
long:
long: Keys of the endpoint, given with --docker:
long:
long: NAME                DESCRIPTION
long: from                Context to take the endpoint from
long: host                Address of the daemon
long: ca                  The only CA to trust
long: cert                The client's certificate
long: key                 The client's key
long: skip-tls-verify     Do not check the daemon's certificate
long:
long: Example:
long:
long: $ docker context update far --docker "host=tcp://far.example.org:2376,ca=~/ca.pem"
args: 1
      --description string             A few words about the context
      --docker      stringToString=[]  Where the Docker daemon is

context use
usage: CONTEXT
about: Make a context the current one
args: =1
"""
