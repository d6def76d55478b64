"""Commands about Swarm: nodes, services, stacks, secrets, configs; the format is told in `dockersim.client.grammar`."""

# ruff: noqa: E501 (a flag is one line)

TEXT = r"""
config
group
about: Manage the swarm's configs
hidden: swarm

node
group
about: Manage the swarm's nodes
hidden: swarm

secret
group
about: Manage the swarm's secrets
hidden: swarm

service
group
about: Manage the swarm's services
hidden: swarm

stack
group
usage: [OPTIONS]
about: Manage the swarm's stacks
hidden: swarm
      --orchestrator string  {deprecated option will be ignored} Orchestrator to use

swarm
group
about: Manage the swarm

config create
usage: [OPTIONS] CONFIG file|-
about: Make a config from a file or STDIN
args: 2
  -l, --label           list:label  Attach a label, "key=value"
      --template-driver string      Driver that fills in a template

config inspect
usage: [OPTIONS] CONFIG [CONFIG...]
about: Show everything known about configs
args: 1+
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --pretty bool    Print for people, not for programs

config ls
aliases: config ls, config list
usage: [OPTIONS]
about: List configs
args: 0
  -f, --filter filter  Keep only what meets the condition, "name=value"
      --format string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -q, --quiet  bool    Print IDs or names only

config rm
aliases: config rm, config remove
usage: CONFIG [CONFIG...]
about: Remove configs
args: 1+

node demote
usage: NODE [NODE...]
about: Make managers plain workers
args: 1+

node inspect
usage: [OPTIONS] self|NODE [NODE...]
about: Show everything known about nodes
args: 1+
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --pretty bool    Print for people, not for programs

node ls
aliases: node ls, node list
usage: [OPTIONS]
about: List nodes
args: 0
  -f, --filter filter  Keep only what meets the condition, "name=value"
      --format string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -q, --quiet  bool    Print IDs or names only

node promote
usage: NODE [NODE...]
about: Make nodes managers
args: 1+

node ps
usage: [OPTIONS] [NODE...]
about: List the tasks on nodes
args: any
  -f, --filter     filter  Keep only what meets the condition, "name=value"
      --format     string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --no-resolve bool    Print IDs, not names
      --no-trunc   bool    Print long values whole
  -q, --quiet      bool    Print IDs or names only

node rm
aliases: node rm, node remove
usage: [OPTIONS] NODE [NODE...]
about: Remove nodes
args: 1+
  -f, --force bool  Remove it although it has not left

node update
usage: [OPTIONS] NODE
about: Change a node
args: 1
      --availability string      What the node may be given ("active", "pause", "drain")
      --label-add    list        Add a label or change it
      --label-rm     list        Drop a label
      --role         string      What the node is to be ("worker", "manager")

secret create
usage: [OPTIONS] SECRET [file|-]
about: Make a secret from a file or STDIN
args: 1-2
  -d, --driver          string      Driver to use
  -l, --label           list:label  Attach a label, "key=value"
      --template-driver string      Driver that fills in a template

secret inspect
usage: [OPTIONS] SECRET [SECRET...]
about: Show everything known about secrets
args: 1+
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --pretty bool    Print for people, not for programs

secret ls
aliases: secret ls, secret list
usage: [OPTIONS]
about: List secrets
args: 0
  -f, --filter filter  Keep only what meets the condition, "name=value"
      --format string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -q, --quiet  bool    Print IDs or names only

secret rm
aliases: secret rm, secret remove
usage: SECRET [SECRET...]
about: Remove secrets
args: 1+

service create
usage: [OPTIONS] IMAGE [COMMAND] [ARG...]
about: Make a service
args: 1+
options-first
      --cap-add                    list                 Grant a Linux capability
      --cap-drop                   list                 Take a Linux capability away
      --config                     config               Show a config to the service
      --constraint                 list                 Rule for the nodes that a task may run on
      --container-label            list:label           Label for the task's containers
      --credential-spec            credential-spec      Managed service account (Windows only)
  -d, --detach                     bool                 Do not wait for the tasks
      --dns                        list                 Name server to ask
      --dns-option                 list                 Resolver option
      --dns-search                 list                 Domain to search for short names
      --endpoint-mode              string="vip"         How a service's name resolves (vip or dnsrr)
      --entrypoint                 command              Run this in place of the image's ENTRYPOINT
  -e, --env                        list:env             Set a variable, "NAME=value", or pass NAME on
      --env-file                   list                 File with a variable on each line
      --generic-resource           list                 Resource of your own that the task uses
      --group                      list                 Further groups of the service's user
      --health-cmd                 string               Command that tells whether the container is well
      --health-interval            duration             Time from one check to the next (ms|s|m|h)
      --health-retries             int                  Failures in a row that make it unhealthy
      --health-start-interval      duration             Time between checks while it starts (ms|s|m|h)
      --health-start-period        duration             Time to start in, when failures do not count (ms|s|m|h)
      --health-timeout             duration             Longest time that a check may take (ms|s|m|h)
      --host                       list                 Add a line "name:address" to the hosts file
      --hostname                   string               The container's own host name
      --init                       bool                 Run a small init as PID 1 that passes signals on and reaps children
      --isolation                  string               How containers are kept apart (Windows only)
  -l, --label                      list:label           Attach a label, "key=value"
      --limit-cpu                  decimal              Most CPUs
      --limit-memory               bytes                Most memory
      --limit-pids                 int                  Most processes (0: no limit)
      --log-driver                 string               Logging driver to use
      --log-opt                    list                 Option for the logging driver
      --max-concurrent             uint                 Most tasks of the job at a time
      --mode                       string="replicated"  Kind of service ("replicated", "global", "replicated-job", "global-job")
      --mount                      mount                Mount a volume, a directory or a tmpfs, in key=value form
      --name                       string               Name to give it
      --network                    network              Join this network
      --no-healthcheck             bool                 Switch the image's HEALTHCHECK off
      --no-resolve-image           bool                 Do not ask the registry for digest and platforms
      --oom-score-adj              int                  Readiness of the host to kill it when memory runs out (-1000 to 1000)
      --placement-pref             pref                 How to spread the tasks
  -p, --publish                    port                 Reach a port of the container through a port of the host
  -q, --quiet                      bool                 Show no progress
      --read-only                  bool                 Make the root file system read-only
      --replicas                   uint                 Number of tasks
      --replicas-max-per-node      uint                 Most tasks on one node (0: no limit)
      --reserve-cpu                decimal              CPUs to set aside
      --reserve-memory             bytes                Memory to set aside
      --restart-condition          string="any"         When to start a task again ("none", "on-failure", "any")
      --restart-delay              duration=5s          Wait between restarts (ns|us|ms|s|m|h)
      --restart-max-attempts       uint                 Most restarts
      --restart-window             duration             Time that a restart is judged over (ns|us|ms|s|m|h)
      --rollback-delay             duration=0s          Wait between tasks when rolling back (ns|us|ms|s|m|h)
      --rollback-failure-action    string="pause"       When a rollback fails ("pause", "continue")
      --rollback-max-failure-ratio float=0              Share of failures that a rollback may have
      --rollback-monitor           duration=5s          How long to watch a task that was rolled back (ns|us|ms|s|m|h)
      --rollback-order             string="stop-first"  Order of a rollback ("start-first", "stop-first")
      --rollback-parallelism       uint=1               Tasks rolled back at a time (0: all)
      --secret                     secret               Show a secret to the service
      --stop-grace-period          duration=10s         Time to end in before being killed (ns|us|ms|s|m|h)
      --stop-signal                string               Signal that asks the container to end
      --sysctl                     list                 Kernel parameter of the container's namespaces
  -t, --tty                        bool                 Give the container a terminal
      --ulimit                     ulimit=[]            Limit of a resource, "name=soft[:hard]"
      --update-delay               duration=0s          Wait between tasks (ns|us|ms|s|m|h)
      --update-failure-action      string="pause"       When an update fails ("pause", "continue", "rollback")
      --update-max-failure-ratio   float=0              Share of failures that an update may have
      --update-monitor             duration=5s          How long to watch an updated task (ns|us|ms|s|m|h)
      --update-order               string="stop-first"  Order of an update ("start-first", "stop-first")
      --update-parallelism         uint=1               Tasks updated at a time (0: all)
  -u, --user                       string               Run as this user, "<name|uid>[:<group|gid>]"
      --with-registry-auth         bool                 Send the login data along
  -w, --workdir                    string               Directory to start in

service inspect
usage: [OPTIONS] SERVICE [SERVICE...]
about: Show everything known about services
args: 1+
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --pretty bool    Print for people, not for programs

service logs
usage: [OPTIONS] SERVICE|TASK
about: Print what a service or task wrote
args: 1
      --details     bool          Show the labels and variables that the logging driver kept
  -f, --follow      bool          Go on printing what is written from now on
      --no-resolve  bool          Print IDs, not names
      --no-task-ids bool          Leave the tasks' IDs out
      --no-trunc    bool          Print long values whole
      --raw         bool          Print the manifest as it is stored
      --since       string        Start from this time, or from so long ago ("42m")
  -n, --tail        string="all"  How many lines to print from the end
  -t, --timestamps  bool          Print the time of each line

service ls
aliases: service ls, service list
usage: [OPTIONS]
about: List services
args: 0
  -f, --filter filter  Keep only what meets the condition, "name=value"
      --format string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -q, --quiet  bool    Print IDs or names only

service ps
usage: [OPTIONS] SERVICE [SERVICE...]
about: List the tasks of services
args: 1+
  -f, --filter     filter  Keep only what meets the condition, "name=value"
      --format     string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --no-resolve bool    Print IDs, not names
      --no-trunc   bool    Print long values whole
  -q, --quiet      bool    Print IDs or names only

service rm
aliases: service rm, service remove
usage: SERVICE [SERVICE...]
about: Remove services
args: 1+

service rollback
usage: [OPTIONS] SERVICE
about: Take a service's last change back
args: 1
  -d, --detach bool  Do not wait for the tasks
  -q, --quiet  bool  Show no progress

service scale
usage: SERVICE=REPLICAS [SERVICE=REPLICAS...]
about: Set how many tasks services have
args: 1+
  -d, --detach bool  Do not wait for the tasks

service update
usage: [OPTIONS] SERVICE
about: Change a service
args: 1
      --args                       command          Arguments of the command
      --cap-add                    list             Grant a Linux capability
      --cap-drop                   list             Take a Linux capability away
      --config-add                 config           Show one more config to the service
      --config-rm                  list             Hide a config from the service
      --constraint-add             list             Add a placement rule
      --constraint-rm              list             Drop a placement rule
      --container-label-add        list:label       Add a container label
      --container-label-rm         list             Drop a container label
      --credential-spec            credential-spec  Managed service account (Windows only)
  -d, --detach                     bool             Do not wait for the tasks
      --dns-add                    list             Add a name server
      --dns-option-add             list             Add a resolver option
      --dns-option-rm              list             Drop a resolver option
      --dns-rm                     list             Drop a name server
      --dns-search-add             list             Add a search domain
      --dns-search-rm              list             Drop a search domain
      --endpoint-mode              string           How a service's name resolves (vip or dnsrr)
      --entrypoint                 command          Run this in place of the image's ENTRYPOINT
      --env-add                    list:env         Set a variable or change it
      --env-rm                     list             Unset a variable
      --force                      bool             Make new tasks although nothing changes
      --generic-resource-add       list             Add a generic resource
      --generic-resource-rm        list             Drop a generic resource
      --group-add                  list             Further group of the container's user
      --group-rm                   list             Drop a group of the service's user
      --health-cmd                 string           Command that tells whether the container is well
      --health-interval            duration         Time from one check to the next (ms|s|m|h)
      --health-retries             int              Failures in a row that make it unhealthy
      --health-start-interval      duration         Time between checks while it starts (ms|s|m|h)
      --health-start-period        duration         Time to start in, when failures do not count (ms|s|m|h)
      --health-timeout             duration         Longest time that a check may take (ms|s|m|h)
      --host-add                   list             Add a line to the hosts file
      --host-rm                    list             Drop a line of the hosts file
      --hostname                   string           The container's own host name
      --image                      string           Image of the service
      --init                       bool             Run a small init as PID 1 that passes signals on and reaps children
      --isolation                  string           How containers are kept apart (Windows only)
      --label-add                  list:label       Add a label or change it
      --label-rm                   list             Drop a label
      --limit-cpu                  decimal          Most CPUs
      --limit-memory               bytes            Most memory
      --limit-pids                 int              Most processes (0: no limit)
      --log-driver                 string           Logging driver to use
      --log-opt                    list             Option for the logging driver
      --max-concurrent             uint             Most tasks of the job at a time
      --mount-add                  mount            Add a mount
      --mount-rm                   list             Drop a mount by its target
      --network-add                network          Join a network
      --network-rm                 list             Leave a network
      --no-healthcheck             bool             Switch the image's HEALTHCHECK off
      --no-resolve-image           bool             Do not ask the registry for digest and platforms
      --oom-score-adj              int              Readiness of the host to kill it when memory runs out (-1000 to 1000)
      --placement-pref-add         pref             Add a placement preference
      --placement-pref-rm          pref             Drop a placement preference
      --publish-add                port             Publish a port or change it
      --publish-rm                 port             Stop publishing a port by its target
  -q, --quiet                      bool             Show no progress
      --read-only                  bool             Make the root file system read-only
      --replicas                   uint             Number of tasks
      --replicas-max-per-node      uint             Most tasks on one node (0: no limit)
      --reserve-cpu                decimal          CPUs to set aside
      --reserve-memory             bytes            Memory to set aside
      --restart-condition          string           When to start a task again ("none", "on-failure", "any")
      --restart-delay              duration         Wait between restarts (ns|us|ms|s|m|h)
      --restart-max-attempts       uint             Most restarts
      --restart-window             duration         Time that a restart is judged over (ns|us|ms|s|m|h)
      --rollback                   bool             Go back to the last settings
      --rollback-delay             duration         Wait between tasks when rolling back (ns|us|ms|s|m|h)
      --rollback-failure-action    string           When a rollback fails ("pause", "continue")
      --rollback-max-failure-ratio float            Share of failures that a rollback may have
      --rollback-monitor           duration         How long to watch a task that was rolled back (ns|us|ms|s|m|h)
      --rollback-order             string           Order of a rollback ("start-first", "stop-first")
      --rollback-parallelism       uint             Tasks rolled back at a time (0: all)
      --secret-add                 secret           Show one more secret to the service
      --secret-rm                  list             Hide a secret from the service
      --stop-grace-period          duration         Time to end in before being killed (ns|us|ms|s|m|h)
      --stop-signal                string           Signal that asks the container to end
      --sysctl-add                 list             Add a kernel parameter
      --sysctl-rm                  list             Drop a kernel parameter
  -t, --tty                        bool             Give the container a terminal
      --ulimit-add                 ulimit=[]        Add a limit
      --ulimit-rm                  list             Drop a limit
      --update-delay               duration         Wait between tasks (ns|us|ms|s|m|h)
      --update-failure-action      string           When an update fails ("pause", "continue", "rollback")
      --update-max-failure-ratio   float            Share of failures that an update may have
      --update-monitor             duration         How long to watch an updated task (ns|us|ms|s|m|h)
      --update-order               string           Order of an update ("start-first", "stop-first")
      --update-parallelism         uint             Tasks updated at a time (0: all)
  -u, --user                       string           Run as this user, "<name|uid>[:<group|gid>]"
      --with-registry-auth         bool             Send the login data along
  -w, --workdir                    string           Directory to start in

stack config
usage: [OPTIONS]
about: Print the stack file after merging and filling in
args: 0
support: refused stacks run in a swarm, which is not simulated
  -c, --compose-file       strings  Compose file to read; "-" is STDIN
      --skip-interpolation bool     Leave variables as they are written

stack deploy
aliases: stack deploy, stack up
usage: [OPTIONS] STACK
about: Deploy a stack or change it
args: 1
  -c, --compose-file       strings          Compose file to read; "-" is STDIN
  -d, --detach             bool=true        Do not wait for the tasks
      --prune              bool             Remove services that the file no longer names
  -q, --quiet              bool             Show no progress
      --resolve-image      string="always"  When to ask the registry for digests ("always", "changed", "never")
      --with-registry-auth bool             Send the login data along

stack ls
aliases: stack ls, stack list
usage: [OPTIONS]
about: List stacks
args: 0
      --format string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/

stack ps
usage: [OPTIONS] STACK
about: List the tasks of a stack
args: 1
  -f, --filter     filter  Keep only what meets the condition, "name=value"
      --format     string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --no-resolve bool    Print IDs, not names
      --no-trunc   bool    Print long values whole
  -q, --quiet      bool    Print IDs or names only

stack rm
aliases: stack rm, stack remove, stack down
usage: [OPTIONS] STACK [STACK...]
about: Remove stacks
args: 1+
  -d, --detach bool=true  Do not wait for the tasks

stack services
usage: [OPTIONS] STACK
about: List the services of a stack
args: 1
  -f, --filter filter  Keep only what meets the condition, "name=value"
      --format string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -q, --quiet  bool    Print IDs or names only

swarm ca
usage: [OPTIONS]
about: Show the root certificate, or replace it
args: 0
hidden: swarm
      --ca-cert     pem-file            File with the PEM certificate of the new root
      --ca-key      pem-file            File with the PEM key of the new root
      --cert-expiry duration=2160h0m0s  How long a node's certificate is good for (ns|us|ms|s|m|h)
  -d, --detach      bool                Do not wait; print the ID and return
      --external-ca external-ca         Where certificates are signed outside the swarm
  -q, --quiet       bool                Print nothing
      --rotate      bool                Replace it with a new one

swarm init
usage: [OPTIONS]
about: Start a swarm
args: 0
support: refused there is one machine here, and no swarm
      --advertise-addr                string                  Address that other nodes are told to use, "<ip|interface>[:port]"
      --autolock                      bool                    Ask for an unlock key whenever a manager starts
      --availability                  string="active"         What the node may be given ("active", "pause", "drain")
      --cert-expiry                   duration=2160h0m0s      How long a node's certificate is good for (ns|us|ms|s|m|h)
      --data-path-addr                string                  Address or interface for the containers' traffic
      --data-path-port                uint32                  Port for the containers' traffic, 1024 to 49151; 0 means 4789
      --default-addr-pool             ipNetSlice=[]           Address ranges that networks are cut from, in CIDR form
      --default-addr-pool-mask-length uint32=24               Prefix length of the networks cut from the pool
      --dispatcher-heartbeat          duration=5s             How often nodes report (ns|us|ms|s|m|h)
      --external-ca                   external-ca             Where certificates are signed outside the swarm
      --force-new-cluster             bool                    Start a new swarm from what this node knows
      --listen-addr                   node-addr=0.0.0.0:2377  Where to listen for other nodes, "<ip|interface>[:port]"
      --max-snapshots                 uint                    How many old Raft snapshots to keep
      --snapshot-interval             uint=10000              Log entries between Raft snapshots
      --task-history-limit            int=5                   Old tasks to remember

swarm join
usage: [OPTIONS] HOST:PORT
about: Join a swarm
args: 1
support: refused there is one machine here, and no swarm
      --advertise-addr string                  Address that other nodes are told to use, "<ip|interface>[:port]"
      --availability   string="active"         What the node may be given ("active", "pause", "drain")
      --data-path-addr string                  Address or interface for the containers' traffic
      --listen-addr    node-addr=0.0.0.0:2377  Where to listen for other nodes, "<ip|interface>[:port]"
      --token          string                  Secret that lets this node in

swarm join-token
usage: [OPTIONS] (worker|manager)
about: Show the tokens for joining, or replace them
args: 1
hidden: swarm
  -q, --quiet  bool  Print the token only
      --rotate bool  Replace it with a new one

swarm leave
usage: [OPTIONS]
about: Leave the swarm
args: 0
hidden: swarm
  -f, --force bool  Leave although this node is a manager

swarm unlock
usage:
about: Unlock the swarm
args: 0
hidden: swarm

swarm unlock-key
usage: [OPTIONS]
about: Show the unlock key, or replace it
args: 0
hidden: swarm
  -q, --quiet  bool  Print the key only
      --rotate bool  Replace it with a new one

swarm update
usage: [OPTIONS]
about: Change the swarm's settings
args: 0
hidden: swarm
      --autolock             bool                Ask for an unlock key whenever a manager starts
      --cert-expiry          duration=2160h0m0s  How long a node's certificate is good for (ns|us|ms|s|m|h)
      --dispatcher-heartbeat duration=5s         How often nodes report (ns|us|ms|s|m|h)
      --external-ca          external-ca         Where certificates are signed outside the swarm
      --max-snapshots        uint                How many old Raft snapshots to keep
      --snapshot-interval    uint=10000          Log entries between Raft snapshots
      --task-history-limit   int=5               Old tasks to remember
"""
