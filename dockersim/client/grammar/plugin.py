"""Commands about the daemon's plugins; the format is told in `dockersim.client.grammar`."""

# ruff: noqa: E501 (a flag is one line)

TEXT = r"""
plugin
group
about: Manage plugins

plugin create
usage: [OPTIONS] PLUGIN PLUGIN-DATA-DIR
about: Make a plugin from a root file system and a configuration
long: Make a plugin from a directory that holds config.json and rootfs.
args: 2+
support: refused the daemon has no plugins
      --compress bool  Send the context gzipped

plugin disable
usage: [OPTIONS] PLUGIN
about: Switch a plugin off
args: 1
  -f, --force bool  Switch it off although it is in use

plugin enable
usage: [OPTIONS] PLUGIN
about: Switch a plugin on
args: 1
      --timeout int=30  Seconds to wait for the plugin

plugin inspect
usage: [OPTIONS] PLUGIN [PLUGIN...]
about: Show everything known about plugins
args: 1+
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/

plugin install
usage: [OPTIONS] PLUGIN [KEY=VALUE...]
about: Fetch a plugin and switch it on
args: 1+
support: refused the daemon has no plugins
      --alias                 string     Name to call the plugin by
      --disable               bool       Install it, but leave it off
      --disable-content-trust bool=true  Do without the check of the image's signature
      --grant-all-permissions bool       Grant what the plugin asks for, without a question

plugin ls
aliases: plugin ls, plugin list
usage: [OPTIONS]
about: List plugins
args: 0
  -f, --filter   filter  Keep only what meets the condition, "name=value"
      --format   string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --no-trunc bool    Print long values whole
  -q, --quiet    bool    Print IDs or names only

plugin push
usage: [OPTIONS] PLUGIN[:TAG]
about: Send a plugin to a registry
args: 1
      --disable-content-trust bool=true  Do without signing the image

plugin rm
aliases: plugin rm, plugin remove
usage: [OPTIONS] PLUGIN [PLUGIN...]
about: Remove plugins
args: 1+
  -f, --force bool  Remove it although it is on

plugin set
usage: PLUGIN KEY=VALUE [KEY=VALUE...]
about: Change a plugin's settings
args: 2+

plugin upgrade
usage: [OPTIONS] PLUGIN [REMOTE]
about: Bring a plugin up to date
args: 1-2
      --disable-content-trust bool=true  Do without the check of the image's signature
      --grant-all-permissions bool       Grant what the plugin asks for, without a question
      --skip-remote-check     bool       Do not check that it is the same plugin
"""
