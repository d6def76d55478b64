#!/bin/bash
# A flag alone means mongod; as root, serve as the user mongodb.
set -e
if [ "${1:0:1}" = '-' ]; then
    set -- mongod "$@"
fi
if [ "$1" = 'mongod' ] && [ "$(id -u)" = '0' ]; then
    chown -R mongodb /data/configdb /data/db
    exec gosu mongodb "$0" "$@"
fi
if [ "$1" = 'mongod' ]; then
    set -- "$@" --bind_ip_all
fi
exec "$@"
