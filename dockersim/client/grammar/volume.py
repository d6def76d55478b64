"""Commands about volumes; the format is told in `dockersim.client.grammar`."""

# ruff: noqa: E501 (a flag is one line)

TEXT = r"""
volume
group
usage: COMMAND
about: Manage volumes

volume create
usage: [OPTIONS] [VOLUME]
about: Make a volume
args: 0-1
      --availability       string="active"  {swarm} Whether a cluster volume may be used ("active", "pause", "drain")
  -d, --driver             string="local"   Driver to use
      --group              string           {swarm} Group of a cluster volume
      --label              list:label       Attach a label, "key=value"
      --limit-bytes        bytes            {swarm} Least size of a cluster volume
      --name               string           {hidden} The volume's name, as it was given in old days
  -o, --opt                map=map[]        Option for the driver
      --required-bytes     bytes            {swarm} Greatest size of a cluster volume
      --scope              string="single"  {swarm} Who may use a cluster volume ("single", "multi")
      --secret             map=map[]        {swarm} Secrets of a cluster volume
      --sharing            string="none"    {swarm} How a cluster volume is shared ("none", "readonly", "onewriter", "all")
      --topology-preferred list             {swarm} Where a cluster volume had best be
      --topology-required  list             {swarm} Where a cluster volume must be
      --type               string="block"   {swarm} Kind of cluster volume ("mount", "block")

volume inspect
usage: [OPTIONS] VOLUME [VOLUME...]
about: Show everything known about volumes
args: 1+
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/

volume ls
aliases: volume ls, volume list
usage: [OPTIONS]
about: List volumes
args: 0
      --cluster bool    {swarm} List cluster volumes only, in their own format
  -f, --filter  filter  Keep only what meets the condition, "name=value"
      --format  string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -q, --quiet   bool    Print IDs or names only

volume prune
usage: [OPTIONS]
about: Remove unused volumes
args: 0
  -a, --all    bool    Remove named volumes too, not only anonymous ones
      --filter filter  Keep only what meets the condition, "name=value"
  -f, --force  bool    Do not ask first

volume rm
aliases: volume rm, volume remove
usage: [OPTIONS] VOLUME [VOLUME...]
about: Remove volumes
long: Remove volumes. A volume that a container uses cannot be removed.
args: 1+
  -f, --force bool  A volume that is not there is no error

volume update
usage: [OPTIONS] [VOLUME]
about: Change a cluster volume
args: 1
hidden: swarm
      --availability string="active"  Whether a cluster volume may be used ("active", "pause", "drain")
"""
