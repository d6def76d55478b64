"""Commands about the legacy builder (DOCKER_BUILDKIT=0); the format is told in `dockersim.client.grammar`."""

TEXT = r"""
builder
group
about: Manage builds

builder prune
usage:
about: Clear the build cache
args: 0
  -a, --all          bool    Remove everything unused, not only what dangles
      --filter       filter  Keep only what meets the condition, "name=value"
  -f, --force        bool    Do not ask first
      --keep-storage bytes   How much cache to keep

build, builder build, image build
aliases: image build, build, builder build
usage: [OPTIONS] PATH | URL | -
about: Build an image from a Dockerfile
args: 1
      --add-host              list:host         Add a line "name:address" to the hosts file that RUN sees
      --build-arg             list:env          Give an ARG of the Dockerfile a value
      --cache-from            strings           Read cache from there as well, such as "user/app:cache"
      --cgroup-parent         string            Put the cgroup of RUN under this one
      --compress              bool              Send the context gzipped
      --cpu-period            int               Length of a scheduling period in microseconds
      --cpu-quota             int               CPU time allowed in each period, in microseconds
  -c, --cpu-shares            int               Weight when containers compete for CPU time
      --cpuset-cpus           string            CPUs to run on (0-3, 0,1)
      --cpuset-mems           string            Memory nodes to use (0-3, 0,1)
      --disable-content-trust bool=true         Do without the check of the image's signature
  -f, --file                  string            Path of the Dockerfile (default: "PATH/Dockerfile")
      --force-rm              bool              Remove the containers between steps even after a failure
      --iidfile               string            File to write the image's ID to
      --isolation             string            How containers are kept apart (Windows only)
      --label                 list:label        Attach a label, "key=value"
  -m, --memory                bytes             Most memory to use
      --memory-swap           bytes:swap        Memory and swap together; '-1': as much swap as there is
      --network               string="default"  Network that RUN gets
      --no-cache              bool              Build every step anew
      --platform              string            Take the image for this platform, "os[/arch[/variant]]"
      --pull                  bool              Ask the registry for newer images first
  -q, --quiet                 bool              Print only the image's ID at the end
      --rm                    bool=true         Remove the containers between steps after success
      --security-opt          strings           Security option
      --shm-size              bytes             Size of /dev/shm
      --squash                bool              {experimental} Merge the new layers into one
  -t, --tag                   list:tag          Name of the result, "name:tag"
      --target                string            Stage to stop at
      --ulimit                ulimit=[]         Limit of a resource, "name=soft[:hard]"
"""
