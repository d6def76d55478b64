"""Commands about containers; the format is told in `dockersim.client.grammar`."""

# ruff: noqa: E501 (a flag is one line)

TEXT = r"""
checkpoint
group
about: Manage checkpoints
hidden: experimental

container
group
about: Manage containers

checkpoint create
usage: [OPTIONS] CONTAINER CHECKPOINT
about: Save the state of a running container
args: 2
hidden: experimental
      --checkpoint-dir string  Keep checkpoints in this directory
      --leave-running  bool    Do not stop the container

checkpoint ls
aliases: checkpoint ls, checkpoint list
usage: [OPTIONS] CONTAINER
about: List a container's checkpoints
args: 1
hidden: experimental
      --checkpoint-dir string  Keep checkpoints in this directory

checkpoint rm
aliases: checkpoint rm, checkpoint remove
usage: [OPTIONS] CONTAINER CHECKPOINT
about: Remove a checkpoint
args: 2
hidden: experimental
      --checkpoint-dir string  Keep checkpoints in this directory

attach, container attach
aliases: container attach, attach
usage: [OPTIONS] CONTAINER
about: Connect this terminal to a running container
args: 1
      --detach-keys string     Keys that leave the container running and come back here
      --no-stdin    bool       Do not connect STDIN
      --sig-proxy   bool=true  Pass signals on to the process

commit, container commit
aliases: container commit, commit
usage: [OPTIONS] CONTAINER [REPOSITORY[:TAG]]
about: Make an image from a container's changes
args: 1-2
options-first
  -a, --author  string     Who made the change, such as "Ada <ada@example.org>"
  -c, --change  list       Dockerfile instruction to apply to the new image
  -m, --message string     A line about the change
  -p, --pause   bool=true  Pause the container meanwhile

cp, container cp
aliases: container cp, cp
usage: [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-
also: docker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH
about: Copy files between a container and this machine
long: Copy files between a container and this machine
long:
long: With '-' as the source, a tar archive is read from STDIN and unpacked in the
long: container. With '-' as the destination, a tar archive goes to STDOUT.
args: 2
  -a, --archive     bool  Keep the numeric owners of what is copied
  -L, --follow-link bool  Copy what a symbolic link points to
  -q, --quiet       bool  Show no progress (none is shown without a terminal)

create, container create
aliases: container create, create
usage: [OPTIONS] IMAGE [COMMAND] [ARG...]
about: Make a container, do not start it
args: 1+
options-first
      --add-host              list:host         Add a line "name:address" to the container's hosts file
      --annotation            map=map[]         {accepted it shows in inspect and changes nothing else} Add an annotation for the OCI runtime
  -a, --attach                list:attach       Connect to STDIN, STDOUT or STDERR
      --blkio-weight          uint16=0          {accepted it shows in inspect and changes nothing else} Share of block I/O, 10 to 1000; 0 leaves it alone
      --blkio-weight-device   list:weight=[]    {accepted it shows in inspect and changes nothing else} Share of block I/O on one device
      --cap-add               list              Grant a Linux capability
      --cap-drop              list              Take a Linux capability away
      --cgroup-parent         string            {accepted it shows in inspect and changes nothing else} Put the container's cgroup under this one
      --cgroupns              string            {accepted it shows in inspect and changes nothing else} Which cgroup namespace to use\n'host':    the Docker host's own\n'private': one for this container alone\n'':        what the daemon's setting\n           default-cgroupns-mode says
      --cidfile               string            File to write the container's ID to
      --cpu-count             int               {os windows} Number of CPUs (Windows only)
      --cpu-percent           int               {os windows} Share of the CPUs in per cent (Windows only)
      --cpu-period            int               Length of a scheduling period in microseconds
      --cpu-quota             int               CPU time allowed in each period, in microseconds
      --cpu-rt-period         int               {accepted it shows in inspect and changes nothing else} Length of a real-time period in microseconds
      --cpu-rt-runtime        int               {accepted it shows in inspect and changes nothing else} Real-time CPU time allowed in each period, in microseconds
  -c, --cpu-shares            int               {accepted it shows in inspect and changes nothing else} Weight when containers compete for CPU time
      --cpus                  decimal           How many CPUs may be used, such as 1.5
      --cpuset-cpus           string            CPUs to run on (0-3, 0,1)
      --cpuset-mems           string            {accepted it shows in inspect and changes nothing else} Memory nodes to use (0-3, 0,1)
      --device                list              Give the container a device of the host
      --device-cgroup-rule    list:cgrouprule   {accepted it shows in inspect and changes nothing else} Rule "type major:minor mode" for devices
      --device-read-bps       list:bps=[]       {accepted it shows in inspect and changes nothing else} Most bytes a second read from a device
      --device-read-iops      list:iops=[]      {accepted it shows in inspect and changes nothing else} Most reads a second from a device
      --device-write-bps      list:bps=[]       {accepted it shows in inspect and changes nothing else} Most bytes a second written to a device
      --device-write-iops     list:iops=[]      {accepted it shows in inspect and changes nothing else} Most writes a second to a device
      --disable-content-trust bool=true         {accepted images here carry no signatures; env !DOCKER_CONTENT_TRUST} Do without the check of the image's signature
      --dns                   list:ip           Name server to ask
      --dns-opt               list              {for dns-option} Resolver option
      --dns-option            list              Resolver option
      --dns-search            list:domain       Domain to search for short names
      --domainname            string            NIS domain of the container
      --entrypoint            string            Run this in place of the image's ENTRYPOINT
  -e, --env                   list:env          Set a variable, "NAME=value", or pass NAME on
      --env-file              list              File with a variable on each line
      --expose                list              Note that the container listens on a port or a range
      --gpus                  gpu-request       GPUs for the container ('all': every one)
      --group-add             list              Further group of the container's user
      --health-cmd            string            Command that tells whether the container is well
      --health-interval       duration=0s       Time from one check to the next (ms|s|m|h)
      --health-retries        int               Failures in a row that make it unhealthy
      --health-start-interval duration=0s       Time between checks while it starts (ms|s|m|h)
      --health-start-period   duration=0s       Time to start in, when failures do not count (ms|s|m|h)
      --health-timeout        duration=0s       Longest time that a check may take (ms|s|m|h)
      --help                  bool              Show this page
  -h, --hostname              string            The container's own host name
      --init                  bool              Run a small init as PID 1 that passes signals on and reaps children
  -i, --interactive           bool              Keep STDIN open
      --io-maxbandwidth       bytes             {os windows} Most bytes a second of the system drive (Windows only)
      --io-maxiops            uint              {os windows} Most operations a second of the system drive (Windows only)
      --ip                    string            IPv4 address to have on the network (such as 172.30.100.104)
      --ip6                   string            IPv6 address to have on the network (such as 2001:db8::33)
      --ipc                   string            IPC namespace to use
      --isolation             string            {accepted only Windows isolates in more than one way} How containers are kept apart (Windows only)
      --kernel-memory         bytes             {accepted kernels no longer have this limit} Most kernel memory to use
  -l, --label                 list:label        Attach a label, "key=value"
      --label-file            list              File with a label on each line
      --link                  list:link         Make another container known here by a name
      --link-local-ip         list              Further link-local address
      --log-driver            string            Logging driver to use
      --log-opt               list              Option for the logging driver
      --mac-address           string            Ethernet address to have (such as 92:d0:c6:0a:29:33)
  -m, --memory                bytes             Most memory to use
      --memory-reservation    bytes             Memory to come down to when the host is short of it
      --memory-swap           bytes:swap        Memory and swap together; '-1': as much swap as there is
      --memory-swappiness     int=-1            Readiness to swap, 0 to 100
      --mount                 mount             Mount a volume, a directory or a tmpfs, in key=value form
      --name                  string            Name to give it
      --net                   network           {for network} Join this network
      --net-alias             list              {for network-alias} Further name of the container on its network
      --network               network           Join this network
      --network-alias         list              Further name of the container on its network
      --no-healthcheck        bool              Switch the image's HEALTHCHECK off
      --oom-kill-disable      bool              Do not kill the container when memory runs out
      --oom-score-adj         int               Readiness of the host to kill it when memory runs out (-1000 to 1000)
      --pid                   string            PID namespace to use
      --pids-limit            int               Most processes (-1: no limit)
      --platform              string            {env DOCKER_DEFAULT_PLATFORM} Take the image for this platform, "os[/arch[/variant]]"
      --privileged            bool              Lift nearly all restrictions
  -p, --publish               list              Reach a port of the container through a port of the host
  -P, --publish-all           bool              Give every exposed port some free port of the host
      --pull                  string="missing"  When to pull the image ("always", "missing", "never")
  -q, --quiet                 bool              Say nothing while pulling
      --read-only             bool              Make the root file system read-only
      --restart               string="no"       When to start the container again by itself
      --rm                    bool              Remove the container and its anonymous volumes when it ends
      --runtime               string            OCI runtime to use
      --security-opt          list              {accepted in a container /proc tells of seccomp and no-new-privileges, and nothing else changes} Security option
      --shm-size              bytes             Size of /dev/shm
      --stop-signal           string            Signal that asks the container to end
      --stop-timeout          int               Seconds between that signal and SIGKILL
      --storage-opt           list              Option of the storage driver
      --sysctl                map:sysctl=map[]  Kernel parameter of the container's namespaces
      --tmpfs                 list              Mount an empty file system held in memory
  -t, --tty                   bool              Give the container a terminal
      --ulimit                ulimit=[]         Limit of a resource, "name=soft[:hard]"
      --use-api-socket        bool              Mount the daemon's socket and the login data that goes with it
  -u, --user                  string            Run as this user, "<name|uid>[:<group|gid>]"
      --userns                string            {accepted it shows in inspect and changes nothing else} User namespace to use
      --uts                   string            UTS namespace to use
  -v, --volume                list              Mount a volume or a directory of the host
      --volume-driver         string            Driver for the volumes
      --volumes-from          list              Mount the volumes of another container
  -w, --workdir               string            Directory to start in

diff, container diff
aliases: container diff, diff
usage: CONTAINER
about: List what a container changed in its file system
args: 1

exec, container exec
aliases: container exec, exec
usage: [OPTIONS] CONTAINER COMMAND [ARG...]
about: Run one more command in a container
args: 2+
options-first
  -d, --detach      bool      Run the command in the background
      --detach-keys string    Keys that leave the container running and come back here
  -e, --env         list:env  Set a variable, "NAME=value", or pass NAME on
      --env-file    list      File with a variable on each line
  -i, --interactive bool      Keep STDIN open
      --privileged  bool      Lift nearly all restrictions
  -t, --tty         bool      Give the container a terminal
  -u, --user        string    Run as this user, "<name|uid>[:<group|gid>]"
  -w, --workdir     string    Directory to start in

export, container export
aliases: container export, export
usage: [OPTIONS] CONTAINER
about: Write a container's file system to a tar archive
args: 1
  -o, --output string  File to write instead of STDOUT

container inspect
usage: [OPTIONS] CONTAINER [CONTAINER...]
about: Show everything known about containers
args: 1+
  -f, --format string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -s, --size   bool    Show how much disk each takes

kill, container kill
aliases: container kill, kill
usage: [OPTIONS] CONTAINER [CONTAINER...]
about: Send a signal to containers, SIGKILL by default
args: 1+
  -s, --signal string  Signal to send

logs, container logs
aliases: container logs, logs
usage: [OPTIONS] CONTAINER
about: Print what a container wrote
args: 1
      --details    bool          Show the labels and variables that the logging driver kept
  -f, --follow     bool          Go on printing what is written from now on
      --since      string        Start from this time, or from so long ago ("42m")
  -n, --tail       string="all"  How many lines to print from the end
  -t, --timestamps bool          Print the time of each line
      --until      string        Stop at this time, or so long ago ("42m")

ps, container ls
aliases: container ls, container list, container ps, ps
usage: [OPTIONS]
about: List containers
args: 0
  -a, --all      bool    List stopped ones as well as running ones
  -f, --filter   filter  Keep only what meets the condition, "name=value"
      --format   string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -n, --last     int=-1  List the N made last, whatever their state
  -l, --latest   bool    List only the one made last, whatever its state
      --no-trunc bool    Print long values whole
  -q, --quiet    bool    Print IDs or names only
  -s, --size     bool    Show how much disk each takes

pause, container pause
aliases: container pause, pause
usage: CONTAINER [CONTAINER...]
about: Freeze all processes of containers
args: 1+

port, container port
aliases: container port, port
usage: CONTAINER [PRIVATE_PORT[/PROTO]]
about: List the published ports of a container
args: 1-2

container prune
usage: [OPTIONS]
about: Remove every stopped container
args: 0
      --filter filter  Keep only what meets the condition, "name=value"
  -f, --force  bool    Do not ask first

rename, container rename
aliases: container rename, rename
usage: CONTAINER NEW_NAME
about: Give a container another name
args: 2

restart, container restart
aliases: container restart, restart
usage: [OPTIONS] CONTAINER [CONTAINER...]
about: Stop containers and start them again
args: 1+
  -s, --signal  string  Signal to send
      --time    int     {deprecated use --timeout instead} Seconds to wait before SIGKILL
  -t, --timeout int     Seconds to wait before SIGKILL

rm, container rm
aliases: container rm, container remove, rm
usage: [OPTIONS] CONTAINER [CONTAINER...]
about: Remove containers
args: 1+
  -f, --force   bool  Kill a running container first
  -l, --link    bool  Remove the link, not the container
  -v, --volumes bool  Remove its anonymous volumes too

run, container run
aliases: container run, run
usage: [OPTIONS] IMAGE [COMMAND] [ARG...]
about: Make a container from an image and start it
args: 1+
options-first
flags: create, and
  -d, --detach      bool              Do not wait; print the ID and return
      --detach-keys string            Keys that leave the container running and come back here
      --pull        string="missing"  When to pull the image ("always", "missing", "never")
      --sig-proxy   bool=true         Pass signals on to the process

start, container start
aliases: container start, start
usage: [OPTIONS] CONTAINER [CONTAINER...]
about: Start containers that are stopped
args: 1+
  -a, --attach         bool    Connect to the output, and pass signals on
      --checkpoint     string  {experimental} Go on from this checkpoint
      --checkpoint-dir string  {experimental} Keep checkpoints in this directory
      --detach-keys    string  Keys that leave the container running and come back here
  -i, --interactive    bool    Connect to the container's STDIN

stats, container stats
aliases: container stats, stats
usage: [OPTIONS] [CONTAINER...]
about: Show what containers use, as it changes
args: any
  -a, --all       bool    List stopped ones as well as running ones
      --format    string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --no-stream bool    Print one measurement and end
      --no-trunc  bool    Print long values whole

stop, container stop
aliases: container stop, stop
usage: [OPTIONS] CONTAINER [CONTAINER...]
about: Stop containers
args: 1+
  -s, --signal  string  Signal to send
      --time    int     {deprecated use --timeout instead} Seconds to wait before SIGKILL
  -t, --timeout int     Seconds to wait before SIGKILL

top, container top
aliases: container top, top
usage: CONTAINER [ps OPTIONS]
about: List the processes of a container
args: 1+
options-first

unpause, container unpause
aliases: container unpause, unpause
usage: CONTAINER [CONTAINER...]
about: Let frozen containers go on
args: 1+

update, container update
aliases: container update, update
usage: [OPTIONS] CONTAINER [CONTAINER...]
about: Change the limits of containers
args: 1+
      --blkio-weight       uint16=0    {accepted it shows in inspect and changes nothing else} Share of block I/O, 10 to 1000; 0 leaves it alone
      --cpu-period         int         Length of a scheduling period in microseconds
      --cpu-quota          int         CPU time allowed in each period, in microseconds
      --cpu-rt-period      int         {accepted it shows in inspect and changes nothing else} Length of a real-time period in microseconds
      --cpu-rt-runtime     int         {accepted it shows in inspect and changes nothing else} Real-time CPU time allowed in each period, in microseconds
  -c, --cpu-shares         int         {accepted it shows in inspect and changes nothing else} Weight when containers compete for CPU time
      --cpus               decimal     How many CPUs may be used, such as 1.5
      --cpuset-cpus        string      CPUs to run on (0-3, 0,1)
      --cpuset-mems        string      {accepted it shows in inspect and changes nothing else} Memory nodes to use (0-3, 0,1)
      --kernel-memory      bytes       {hidden; accepted kernels no longer have this limit} Most kernel memory to use
  -m, --memory             bytes       Most memory to use
      --memory-reservation bytes       Memory to come down to when the host is short of it
      --memory-swap        bytes:swap  Memory and swap together; '-1': as much swap as there is
      --pids-limit         int         Most processes (-1: no limit)
      --restart            string      When to start the container again by itself

wait, container wait
aliases: container wait, wait
usage: CONTAINER [CONTAINER...]
about: Wait until containers stop and print their exit codes
args: 1+
"""
