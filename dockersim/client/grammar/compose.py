"""Commands about the compose plugin; the format is told in `dockersim.client.grammar`."""

# ruff: noqa: E501 (a flag is one line)

TEXT = r"""
compose
group
about: Run applications of several containers
      --all-resources     bool           Keep resources that no service uses
      --ansi              string="auto"  When to send terminal control codes ("never"|"always"|"auto")
      --compatibility     bool           Behave like the first generation of Compose
      --dry-run           bool           Only say what would be done
      --env-file          stringArray    Read variables from this file instead of .env
  -f, --file              stringArray    Compose file to read
      --parallel          int=-1         Most things to do at a time, -1 for no limit
      --profile           stringArray    Switch a profile on
      --progress          string         How to show progress ("auto", "plain", "rawjson", "tty", ...)
      --project-directory string         Directory that paths start from (default: that of the first Compose file)
  -p, --project-name      string         Name of the project

compose bridge
group
about: Turn a Compose file into another model
      --dry-run bool  Only say what would be done

compose bridge transformations
group
about: Manage the images that do the turning
      --dry-run bool  Only say what would be done

compose attach
usage: [OPTIONS] SERVICE
about: Connect this terminal to a service's container
args: =1+
      --detach-keys string     Keys that leave the container running and come back here
      --dry-run     bool       Only say what would be done
      --index       int        Number of the container, if there are several
      --no-stdin    bool       Do not connect STDIN
      --sig-proxy   bool=true  Pass signals on to the process

compose bridge convert
usage:
about: Turn a Compose file into Kubernetes manifests, a Helm chart or another model
args: any
      --dry-run        bool          Only say what would be done
  -o, --output         string="out"  Directory for the result
      --templates      string        Directory of the templates
  -t, --transformation stringArray   What to apply (default: docker/compose-bridge-kubernetes)

compose build
usage: [OPTIONS] [SERVICE...]
about: Build the services' images
args: any
      --build-arg         stringArray  Give an ARG of the Dockerfile a value
      --builder           string       Use this builder instead of the configured one
      --check             bool         Check the build definition, build nothing
      --dry-run           bool         Only say what would be done
  -m, --memory            bytes        Most memory to use
      --no-cache          bool         Build every step anew
      --print             bool         Print the definition, build nothing
      --provenance        string       Short for "--attest=type=provenance"
      --pull              bool         Ask the registry for newer images first
      --push              bool         Push the images afterwards
  -q, --quiet             bool         Show no progress
      --sbom              string       Short for "--attest=type=sbom"
      --ssh               string       Let the build use an SSH agent or key
      --with-dependencies bool         Build what is depended on, too

compose commit
usage: [OPTIONS] SERVICE [REPOSITORY[:TAG]]
about: Make an image from a service's container
args: =1-2
  -a, --author  string     Who made the change, such as "Ada <ada@example.org>"
  -c, --change  list       Dockerfile instruction to apply to the new image
      --dry-run bool       Only say what would be done
      --index   int        Number of the container, if there are several
  -m, --message string     A line about the change
  -p, --pause   bool=true  Pause the container meanwhile

compose config
usage: [OPTIONS] [SERVICE...]
about: Check the Compose file and print it in full
args: any
      --dry-run               bool    Only say what would be done
      --environment           bool    Print the variables that the file may use
      --format                string  Language of the output ("yaml"|"json")
      --hash                  string  Print the hash of each service's configuration
      --images                bool    Print the images' names
      --lock-image-digests    bool    Print only the digests of the images, as an override file
      --models                bool    Print the models' names
      --networks              bool    Print the networks' names
      --no-consistency        bool    Do not check that the model is sound
      --no-env-resolution     bool    Do not read the services' env files
      --no-interpolate        bool    Leave variables as they are written
      --no-normalize          bool    Do not bring the model to its normal form
      --no-path-resolution    bool    Leave file paths as they are written
  -o, --output                string  File to write instead of STDOUT
      --profiles              bool    Print the profiles' names
  -q, --quiet                 bool    Only check the file
      --resolve-image-digests bool    Replace tags with digests
      --services              bool    Print the services' names
      --variables             bool    Print the variables and their defaults
      --volumes               bool    Print the volumes' names

compose cp
usage: [OPTIONS] SERVICE:SRC_PATH DEST_PATH|-
also: docker compose cp [OPTIONS] SRC_PATH|- SERVICE:DEST_PATH
about: Copy files between a service's container and this machine
args: 2
      --all         bool  Look at one-off containers too
  -a, --archive     bool  Keep the numeric owners of what is copied
      --dry-run     bool  Only say what would be done
  -L, --follow-link bool  Copy what a symbolic link points to
      --index       int   Number of the container, if there are several

compose create
usage: [OPTIONS] [SERVICE...]
about: Make the services' containers
args: any
      --build          bool             Build images first
      --dry-run        bool             Only say what would be done
      --force-recreate bool             Make new containers although nothing changed
      --no-build       bool             Do not build, even where the file says so
      --no-recreate    bool             Keep containers that are there (not with --force-recreate)
      --pull           string="policy"  When to pull the image ("always", "missing", "never")
      --quiet-pull     bool             Show no pull progress
      --remove-orphans bool             Remove containers of services that the file does not name
      --scale          scale            Run NUM containers of SERVICE, whatever the file says
  -y, --yes            bool             Answer every question with yes

compose down
usage: [OPTIONS] [SERVICES]
about: Stop and remove containers and networks
args: any
      --dry-run        bool    Only say what would be done
      --remove-orphans bool    Remove containers of services that the file does not name
      --rmi            string  Remove images as well ("local": untagged by the file|"all")
  -t, --timeout        int     Seconds to wait before SIGKILL
  -v, --volumes        bool    Remove the volumes that the file names, and anonymous ones

compose events
usage: [OPTIONS] [SERVICE...]
about: Print the containers' events as they come
args: any
      --dry-run bool    Only say what would be done
      --json    bool    Print each event as JSON
      --since   string  Start from this time, or from so long ago ("42m")
      --until   string  Stop at this time, or so long ago ("42m")

compose exec
usage: [OPTIONS] SERVICE COMMAND [ARGS...]
about: Run one more command in a service's container
args: =2+
options-first
  -d, --detach     bool         Do not wait; print the ID and return
      --dry-run    bool         Only say what would be done
  -e, --env        stringArray  Set a variable, "NAME=value", or pass NAME on
      --index      int          Number of the container, if there are several
  -T, --no-tty     bool=true    Give the command no terminal (one is given by default)
      --privileged bool         Lift nearly all restrictions
  -u, --user       string       Run as this user, "<name|uid>[:<group|gid>]"
  -w, --workdir    string       Directory to start in

compose export
usage: [OPTIONS] SERVICE
about: Write a service's files to a tar archive
args: =1+
      --dry-run bool    Only say what would be done
      --index   int     Number of the container, if there are several
  -o, --output  string  File to write instead of STDOUT

compose images
usage: [OPTIONS] [SERVICE...]
about: List the images of the containers
args: any
      --dry-run bool            Only say what would be done
      --format  string="table"  How to print the list ("table"|"json")
  -q, --quiet   bool            Print IDs or names only

compose kill
usage: [OPTIONS] [SERVICE...]
about: Kill the services' containers
args: any
      --dry-run        bool              Only say what would be done
      --remove-orphans bool              Remove containers of services that the file does not name
  -s, --signal         string="SIGKILL"  Signal to send

compose logs
usage: [OPTIONS] [SERVICE...]
about: Print what the containers wrote
args: any
      --dry-run       bool          Only say what would be done
  -f, --follow        bool          Go on printing what is written from now on
      --index         int           Number of the container, if there are several
      --no-color      bool          Print without colours
      --no-log-prefix bool          Do not name the service on each line
      --since         string        Start from this time, or from so long ago ("42m")
  -n, --tail          string="all"  How many lines to print from the end
  -t, --timestamps    bool          Print the time of each line
      --until         string        Stop at this time, or so long ago ("42m")

compose ls
usage: [OPTIONS]
about: List the projects that run
args: =0
  -a, --all     bool            List stopped ones as well as running ones
      --dry-run bool            Only say what would be done
      --filter  filter          Keep only what meets the condition, "name=value"
      --format  string="table"  How to print the list ("table"|"json")
  -q, --quiet   bool            Print IDs or names only

compose pause
usage: [SERVICE...]
about: Freeze services
args: any
      --dry-run bool  Only say what would be done

compose port
usage: [OPTIONS] SERVICE PRIVATE_PORT
about: Print the public port of a service's port
args: =2+
      --dry-run  bool          Only say what would be done
      --index    int           Number of the container, if there are several
      --protocol string="tcp"  tcp or udp

compose ps
usage: [OPTIONS] [SERVICE...]
about: List the project's containers
args: any
  -a, --all      bool            List stopped ones as well as running ones
      --dry-run  bool            Only say what would be done
      --filter   string          Keep only what meets the condition, "name=value"
      --format   string="table"  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --no-trunc bool            Print long values whole
      --orphans  bool=true       Include services that the file does not name
  -q, --quiet    bool            Print IDs or names only
      --services bool            Print the services' names
      --status   stringArray     Only services in this state

compose publish
usage: [OPTIONS] REPOSITORY[:TAG]
about: Publish the application
args: 1
      --app                   bool    Publish the application with the images that it refers to
      --dry-run               bool    Only say what would be done
      --oci-version           string  Version of the OCI specification to follow
      --resolve-image-digests bool    Replace tags with digests
      --with-env              bool    Put the variables into the artifact
  -y, --yes                   bool    Answer every question with yes

compose pull
usage: [OPTIONS] [SERVICE...]
about: Fetch the services' images
args: any
      --dry-run              bool    Only say what would be done
      --ignore-buildable     bool    Leave out images that can be built
      --ignore-pull-failures bool    Go on after an image that cannot be pulled
      --include-deps         bool    Do the services depended on as well
      --policy               string  When to pull ("missing"|"always")
  -q, --quiet                bool    Show no progress

compose push
usage: [OPTIONS] [SERVICE...]
about: Send the services' images
args: any
      --dry-run              bool  Only say what would be done
      --ignore-push-failures bool  Go on after an image that cannot be pushed
      --include-deps         bool  Do the services depended on as well
  -q, --quiet                bool  Show no progress

compose restart
usage: [OPTIONS] [SERVICE...]
about: Stop services and start them again
args: any
      --dry-run bool  Only say what would be done
      --no-deps bool  Leave the services depended on alone
  -t, --timeout int   Seconds to wait before SIGKILL

compose rm
usage: [OPTIONS] [SERVICE...]
about: Remove stopped containers of services
long: Remove stopped containers of services
long:
long: Anonymous volumes stay unless -v is given; "docker volume ls" lists them. Files
long: that are in no volume are gone.
args: any
      --dry-run bool  Only say what would be done
  -f, --force   bool  Do not ask first
  -s, --stop    bool  Stop the containers first
  -v, --volumes bool  Remove anonymous volumes too

compose run
usage: [OPTIONS] SERVICE [COMMAND] [ARGS...]
about: Run one command in a new container of a service
args: =1+
options-first
      --build          bool             Build images first
      --cap-add        list             Grant a Linux capability
      --cap-drop       list             Take a Linux capability away
  -d, --detach         bool             Do not wait; print the ID and return
      --dry-run        bool             Only say what would be done
      --entrypoint     string           Run this in place of the image's ENTRYPOINT
  -e, --env            stringArray      Set a variable, "NAME=value", or pass NAME on
      --env-from-file  stringArray      File with variables to set
  -i, --interactive    bool=true        Keep STDIN open
  -l, --label          stringArray      Add a label or change it
      --name           string           Name to give it
  -T, --no-TTY         bool=true        Give the command no terminal
      --no-deps        bool             Leave the services depended on alone
  -p, --publish        stringArray      Reach a port of the container through a port of the host
      --pull           string="policy"  When to pull the image ("always", "missing", "never")
  -q, --quiet          bool             Print nothing
      --quiet-build    bool             Show no build output
      --quiet-pull     bool             Show no pull progress
      --remove-orphans bool             Remove containers of services that the file does not name
      --rm             bool             Remove the container and its anonymous volumes when it ends
  -P, --service-ports  bool             Publish the ports that the file gives the service
      --use-aliases    bool             Answer to the service's network aliases
  -u, --user           string           Run as this user, "<name|uid>[:<group|gid>]"
  -v, --volume         stringArray      Mount a volume or a directory of the host
  -w, --workdir        string           Directory to start in

compose scale
usage: [SERVICE=REPLICAS...]
about: Set how many containers a service has
args: =1+
      --dry-run bool  Only say what would be done
      --no-deps bool  Leave the services depended on alone

compose start
usage: [SERVICE...]
about: Start services
args: any
      --dry-run bool  Only say what would be done

compose stats
usage: [OPTIONS] [SERVICE]
about: Show what the containers use, as it changes
args: =0-1
  -a, --all       bool    List stopped ones as well as running ones
      --dry-run   bool    Only say what would be done
      --format    string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --no-stream bool    Print one measurement and end
      --no-trunc  bool    Print long values whole

compose stop
usage: [OPTIONS] [SERVICE...]
about: Stop services
args: any
      --dry-run bool  Only say what would be done
  -t, --timeout int   Seconds to wait before SIGKILL

compose top
usage: [SERVICES...]
about: List the processes of the services
args: any
      --dry-run bool  Only say what would be done

compose unpause
usage: [SERVICE...]
about: Let frozen services go on
args: any
      --dry-run bool  Only say what would be done

compose up
usage: [OPTIONS] [SERVICE...]
about: Make the containers and start them
args: any
      --abort-on-container-exit    bool             Stop everything as soon as one container stops (not with -d)
      --abort-on-container-failure bool             Stop everything as soon as one container fails (not with -d)
      --always-recreate-deps       bool             Make the containers depended on anew as well (not with --no-recreate)
      --attach                     stringArray      Show only the output of these services
      --attach-dependencies        bool             Show the output of services depended on, too
      --build                      bool             Build images first
  -d, --detach                     bool             Do not wait; print the ID and return
      --dry-run                    bool             Only say what would be done
      --exit-code-from             string           End with this service's exit code (and stop when one container stops)
      --force-recreate             bool             Make new containers although nothing changed
      --menu                       bool             Offer keys while attached (not with --detach; COMPOSE_MENU sets it too)
      --no-attach                  stringArray      Do not show the output of these services
      --no-build                   bool             Do not build, even where the file says so
      --no-color                   bool             Print without colours
      --no-deps                    bool             Leave the services depended on alone
      --no-log-prefix              bool             Do not name the service on each line
      --no-recreate                bool             Keep containers that are there (not with --force-recreate)
      --no-start                   bool             Make the containers, do not start them
      --pull                       string="policy"  When to pull the image ("always", "missing", "never")
      --quiet-build                bool             Show no build output
      --quiet-pull                 bool             Show no pull progress
      --remove-orphans             bool             Remove containers of services that the file does not name
  -V, --renew-anon-volumes         bool             Start with fresh anonymous volumes
      --scale                      scale            Run NUM containers of SERVICE, whatever the file says
  -t, --timeout                    int              Seconds to wait before SIGKILL
      --timestamps                 bool             Print the time of each line
      --wait                       bool             Wait until the services run or are healthy (and detach)
      --wait-timeout               int              Longest wait in seconds
  -w, --watch                      bool             Build and start again when sources change
  -y, --yes                        bool             Answer every question with yes

compose version
usage: [OPTIONS]
about: Show the version of Compose
args: =0
      --dry-run bool    Only say what would be done
  -f, --format  string  How to print it ("pretty"|"json")
      --short   bool    Print the number only

compose volumes
usage: [OPTIONS] [SERVICE...]
about: List the project's volumes
args: any
      --dry-run bool            Only say what would be done
      --format  string="table"  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -q, --quiet   bool            Print IDs or names only

compose wait
usage: SERVICE [SERVICE...] [OPTIONS]
about: Wait until the services' containers stop
args: 1+
      --down-project bool  Take the project down when the first container stops
      --dry-run      bool  Only say what would be done

compose watch
usage: [SERVICE...]
about: Build and start again when sources change
args: any
      --dry-run bool       Only say what would be done
      --no-up   bool       Do not build and start first
      --prune   bool=true  Remove untagged images after a build
      --quiet   bool       Show no build output
"""
