"""Commands about the build plugin (docker build goes there, too); the format is told in `dockersim.client.grammar`."""

# ruff: noqa: E501 (a flag is one line)

TEXT = r"""
buildx
group
about: Build with BuildKit
more: Experimental commands and flags are hidden. Set BUILDX_EXPERIMENTAL=1 to show them.
      --builder string  Use this builder instead of the configured one
  -D, --debug   bool    Print the client's debug messages

buildx history
group
about: Look at past builds
      --builder string  Use this builder instead of the configured one
  -D, --debug   bool    Print the client's debug messages

buildx history inspect
group
about: Show a past build
      --builder string           Use this builder instead of the configured one
  -D, --debug   bool             Print the client's debug messages
      --format  string="pretty"  How to print the result

buildx imagetools
group
about: Work on images in a registry
      --builder string  Use this builder instead of the configured one
  -D, --debug   bool    Print the client's debug messages

buildx bake
aliases: buildx bake, buildx f
usage: [OPTIONS] [TARGET...]
about: Build what a file defines
args: any
      --allow         stringArray     Let the build use what is named here
      --builder       string          Use this builder instead of the configured one
      --call          string="build"  What to do with the definition ("check", "outline", "targets")
      --check         bool            Check the build definition, build nothing
  -D, --debug         bool            Print the client's debug messages
  -f, --file          stringArray     Definition to build from
      --list          string          List targets or variables
      --load          bool            Short for "--set=*.output=type=docker"
      --metadata-file string          File to write facts about the build to
      --no-cache      bool            Build every step anew
      --print         bool            Print the definition, build nothing
      --progress      string="auto"   How to show progress ("auto", "plain", "rawjson", "tty", ...)
      --provenance    string          Short for "--set=*.attest=type=provenance"
      --pull          bool            Ask the registry for newer images first
      --push          bool            Short for "--set=*.output=type=registry"
      --sbom          string          Short for "--set=*.attest=type=sbom"
      --set           stringArray     Change a value of a target, "target.key=value"

buildx build
aliases: build, builder build, image build, buildx b
usage: [OPTIONS] PATH | URL | -
about: Build an image
args: 1
      --add-host        strings           Add a line "name:address" to the hosts file that RUN sees
      --allow           stringArray       Grant a privilege that builds do not have by themselves, such as "network.host"
      --annotation      stringArray       Write an annotation into the image
      --attest          stringArray       Add an attestation, such as "type=sbom"
      --build-arg       stringArray       Give an ARG of the Dockerfile a value
      --build-context   stringArray       Name a further build context, "name=path"
      --builder         string            Use this builder instead of the configured one
      --cache-from      stringArray       Read cache from there as well, such as "user/app:cache"
      --cache-to        stringArray       Write cache there, such as "type=local,dest=path"
      --call            string="build"    What to do with the definition ("check", "outline", "targets")
      --cgroup-parent   string            Put the cgroup of RUN under this one
      --check           bool              Check the build definition, build nothing
      --compress        bool              {hidden; accepted BuildKit has no use for it} Send the context gzipped
      --cpu-period      int               {hidden; accepted BuildKit has no use for it} Length of a scheduling period in microseconds
      --cpu-quota       int               {hidden; accepted BuildKit has no use for it} CPU time allowed in each period, in microseconds
  -c, --cpu-shares      int               {hidden; accepted BuildKit has no use for it} Weight when containers compete for CPU time
      --cpuset-cpus     string            {hidden; accepted BuildKit has no use for it} CPUs to run on (0-3, 0,1)
      --cpuset-mems     string            {hidden; accepted BuildKit has no use for it} Memory nodes to use (0-3, 0,1)
  -D, --debug           bool              Print the client's debug messages
  -f, --file            string            Path of the Dockerfile (default: "PATH/Dockerfile")
      --force-rm        bool              {hidden; accepted BuildKit has no use for it} Remove the containers between steps even after a failure
      --iidfile         string            File to write the image's ID to
      --isolation       string            {hidden; accepted BuildKit has no use for it} How containers are kept apart (Windows only)
      --label           stringArray       Attach a label, "key=value"
      --load            bool              Short for "--output=type=docker"
  -m, --memory          string            {hidden; accepted BuildKit has no use for it} Most memory to use
      --memory-swap     string            {hidden; accepted BuildKit has no use for it} Memory and swap together; '-1': as much swap as there is
      --metadata-file   string            File to write facts about the build to
      --network         string="default"  Network that RUN gets
      --no-cache        bool              Build every step anew
      --no-cache-filter stringArray       Build these stages anew
  -o, --output          stringArray       Where the result goes, such as "type=local,dest=path"
      --platform        stringArray       Take the image for this platform, "os[/arch[/variant]]"
      --progress        string="auto"     How to show progress ("auto", "plain", "rawjson", "tty", ...)
      --provenance      string            Short for "--attest=type=provenance"
      --pull            bool              Ask the registry for newer images first
      --push            bool              Short for "--output=type=registry"
  -q, --quiet           bool              Print only the image's ID at the end
      --rm              bool=true         {hidden; accepted BuildKit has no use for it} Remove the container and its anonymous volumes when it ends
      --sbom            string            Short for "--attest=type=sbom"
      --secret          stringArray       Show a secret to the build, "id=name[,src=path]"
      --security-opt    strings           {hidden; accepted BuildKit has no use for it} Security option
      --shm-size        bytes             Size of /dev/shm
      --squash          bool              {hidden; accepted BuildKit has no use for it} Merge the new layers into one
      --ssh             stringArray       Let the build use an SSH agent or key
  -t, --tag             stringArray       Name of the result, "name:tag"
      --target          string            Stage to stop at
      --ulimit          ulimit=[]         Limit of a resource, "name=soft[:hard]"

buildx create
usage: [OPTIONS] [CONTEXT|ENDPOINT]
about: Make a builder
args: 0-1
      --append           bool         Add a node to the builder, leave the others
      --bootstrap        bool         Start the builder first
      --buildkitd-config string       Configuration file for the BuildKit daemon
      --buildkitd-flags  string       Flags for the BuildKit daemon
  -D, --debug            bool         Print the client's debug messages
      --driver           string       Kind of builder ("docker-container", "kubernetes", "remote")
      --driver-opt       stringArray  Option for the driver
      --leave            bool         Take a node away from the builder
      --name             string       Name to give it
      --node             string       Name of the node to add or change
      --platform         stringArray  Platforms of this node
      --use              bool         Make it the current builder

buildx dial-stdio
usage:
about: Connect STDIN and STDOUT to a builder
args: 0
      --builder  string         Use this builder instead of the configured one
  -D, --debug    bool           Print the client's debug messages
      --platform string         Platform by which a node is chosen
      --progress string="none"  How to show progress ("auto", "plain", "rawjson", "tty", ...)

buildx du
usage:
about: Show what the build cache takes
args: 0
      --builder string  Use this builder instead of the configured one
  -D, --debug   bool    Print the client's debug messages
      --filter  filter  Keep only what meets the condition, "name=value"
      --format  string  How to print the result
      --verbose bool    Short for "--format=pretty"

buildx history export
usage: [OPTIONS] [REF...]
about: Write past builds to a file for Docker Desktop
args: any
      --all      bool    Export every record of the builder
      --builder  string  Use this builder instead of the configured one
  -D, --debug    bool    Print the client's debug messages
      --finalize bool    Wait until the records are complete
  -o, --output   string  File to write instead of STDOUT

buildx history import
usage: [OPTIONS] -
about: Read past builds into Docker Desktop
args: 0
      --builder string       Use this builder instead of the configured one
  -D, --debug   bool         Print the client's debug messages
  -f, --file    stringArray  File to import

buildx history logs
usage: [OPTIONS] [REF]
about: Print what a past build said
args: 0-1
      --builder  string          Use this builder instead of the configured one
  -D, --debug    bool            Print the client's debug messages
      --progress string="plain"  How to show progress ("auto", "plain", "rawjson", "tty", ...)

buildx history ls
usage: [OPTIONS]
about: List past builds
args: 0
      --builder  string          Use this builder instead of the configured one
  -D, --debug    bool            Print the client's debug messages
      --filter   stringArray     Keep only what meets the condition, "name=value"
      --format   string="table"  How to print the result
      --local    bool            Only records of this repository
      --no-trunc bool            Print long values whole

buildx history open
usage: [OPTIONS] [REF]
about: Show a past build in Docker Desktop
args: 0-1
      --builder string  Use this builder instead of the configured one
  -D, --debug   bool    Print the client's debug messages

buildx history rm
usage: [OPTIONS] [REF...]
about: Forget past builds
args: any
      --all     bool    Remove every record
      --builder string  Use this builder instead of the configured one
  -D, --debug   bool    Print the client's debug messages

buildx imagetools create
usage: [OPTIONS] [SOURCE...]
about: Make an image from others
args: any
      --annotation   stringArray    Write an annotation into the image
      --append       bool           Add to the manifest that is there
      --builder      string         Use this builder instead of the configured one
  -D, --debug        bool           Print the client's debug messages
      --dry-run      bool           Show the image, push nothing
  -f, --file         stringArray    File with the descriptor of a source
  -p, --platform     stringArray    Take the image for this platform, "os[/arch[/variant]]"
      --prefer-index bool=true      From a single source make an index rather than a copy
      --progress     string="auto"  How to show progress ("auto", "plain", "rawjson", "tty", ...)
  -t, --tag          stringArray    Name of the result, "name:tag"

buildx imagetools inspect
usage: [OPTIONS] NAME
about: Show an image in a registry
args: 1
      --builder string  Use this builder instead of the configured one
  -D, --debug   bool    Print the client's debug messages
      --format  string  Go template for the result
      --raw     bool    Print the manifest as it is stored

buildx inspect
usage: [NAME]
about: Show a builder
args: 0-1
      --bootstrap bool    Start the builder first
      --builder   string  Use this builder instead of the configured one
  -D, --debug     bool    Print the client's debug messages

buildx ls
usage:
about: List builders
args: 0
  -D, --debug    bool            Print the client's debug messages
      --format   string="table"  How to print the result
      --no-trunc bool            Print long values whole

buildx prune
usage:
about: Clear the build cache
args: 0
  -a, --all            bool    Remove internal and frontend images too
      --builder        string  Use this builder instead of the configured one
  -D, --debug          bool    Print the client's debug messages
      --filter         filter  Keep only what meets the condition, "name=value"
  -f, --force          bool    Do not ask first
      --max-used-space bytes   Most disk space for the cache
      --min-free-space bytes   Disk space to leave free
      --reserved-space bytes   Cache space that is never cleared
      --verbose        bool    Print more

buildx rm
usage: [OPTIONS] [NAME...]
about: Remove builders
args: any
      --all-inactive bool    Remove every builder that does not run
      --builder      string  Use this builder instead of the configured one
  -D, --debug        bool    Print the client's debug messages
  -f, --force        bool    Do not ask first
      --keep-daemon  bool    Leave the BuildKit daemon running
      --keep-state   bool    Leave the BuildKit state in place

buildx stop
usage: [NAME]
about: Stop a builder
args: 0-1
      --builder string  Use this builder instead of the configured one
  -D, --debug   bool    Print the client's debug messages

buildx use
usage: [OPTIONS] NAME
about: Choose the builder to use
args: 1
      --builder string  Use this builder instead of the configured one
  -D, --debug   bool    Print the client's debug messages
      --default bool    Make it the default of this context
      --global  bool    Let the choice outlive a change of context

buildx version
usage:
about: Show the version of buildx
args: 0
  -D, --debug bool  Print the client's debug messages
"""
