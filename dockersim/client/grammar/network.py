"""Commands about networks; the format is told in `dockersim.client.grammar`."""

# ruff: noqa: E501 (a flag is one line)

TEXT = r"""
network
group
about: Manage networks

network connect
usage: [OPTIONS] NETWORK CONTAINER
about: Join a container to a network
args: 2
      --alias         strings    Further name of the container on this network
      --driver-opt    strings    Option for the driver
      --gw-priority   int        The network with the highest number gives the default route
      --ip            string     IPv4 address to have on the network (such as 172.30.100.104)
      --ip6           string     IPv6 address to have on the network (such as 2001:db8::33)
      --link          list:link  Make another container known here by a name
      --link-local-ip strings    Further link-local address

network create
usage: [OPTIONS] NETWORK
about: Make a network
args: 1
      --attachable  bool              Let containers that no service owns join
      --aux-address map=map[]         Addresses that the address manager must not give out
      --config-from string            Take the configuration of this network
      --config-only bool              Make a network that is only a configuration
  -d, --driver      string="bridge"   Driver to use
      --gateway     strings           Address of the subnet's router
      --ingress     bool              Make the swarm's routing mesh
      --internal    bool              Give the network no way out
      --ip-range    strings           Part of the subnet to give addresses from
      --ipam-driver string="default"  Driver that manages the addresses
      --ipam-opt    map=map[]         Option for the address manager
      --ipv4        bool=true         Give out IPv4 addresses
      --ipv6        bool              Give out IPv6 addresses
      --label       list:label        Attach a label, "key=value"
  -o, --opt         map=map[]         Option for the driver
      --scope       string            How far the network reaches
      --subnet      strings           Addresses of the network, in CIDR form

network disconnect
usage: [OPTIONS] NETWORK CONTAINER
about: Take a container off a network
args: 2
  -f, --force bool  Disconnect although the container cannot be asked

network inspect
usage: [OPTIONS] NETWORK [NETWORK...]
about: Show everything known about networks
args: 1+
  -f, --format  string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -v, --verbose bool    Print more

network ls
aliases: network ls, network list
usage: [OPTIONS]
about: List networks
args: 0
  -f, --filter   filter  Keep only what meets the condition, "name=value"
      --format   string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --no-trunc bool    Print long values whole
  -q, --quiet    bool    Print IDs or names only

network prune
usage: [OPTIONS]
about: Remove every unused network
args: 0
      --filter filter  Keep only what meets the condition, "name=value"
  -f, --force  bool    Do not ask first

network rm
aliases: network rm, network remove
usage: NETWORK [NETWORK...]
about: Remove networks
args: 1+
  -f, --force bool  A network that is not there is no error
"""
