"""``docker`` itself: its global options."""

TEXT = r"""
docker
group
usage: [OPTIONS] COMMAND [ARG...]
about: Containers, and all that belongs to them
      --config    string="/root/.docker"           Directory of the client's configuration
  -c, --context   string                           Context whose daemon to use (wins over DOCKER_HOST and "context use")
  -D, --debug     bool                             Print the client's debug messages
  -H, --host      list                             Socket of the daemon to talk to
  -l, --log-level string="info"                    How much the client says ("debug", "info", "warn", "error", "fatal")
      --tls       bool                             Use TLS (--tlsverify implies it)
      --tlscacert string="/root/.docker/ca.pem"    Certificate of the only CA to trust
      --tlscert   string="/root/.docker/cert.pem"  The client's certificate
      --tlskey    string="/root/.docker/key.pem"   The client's key
      --tlsverify bool                             Use TLS and check who the daemon is
  -v, --version   bool                             Print the version and leave
"""
