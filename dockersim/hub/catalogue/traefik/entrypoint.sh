#!/bin/sh
# A flag or a sub-command is an argument of traefik.
set -e
if [ "${1#-}" != "$1" ] || [ "$1" = version ] || [ "$1" = healthcheck ]; then
    set -- traefik "$@"
fi
exec "$@"
