#!/bin/sh
# A flag or a configuration file alone means redis-server; as root, serve as the user redis.
set -e
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then
    set -- redis-server "$@"
fi
if [ "$1" = 'redis-server' ] && [ "$(id -u)" = '0' ]; then
    find . \! -user redis -exec chown redis '{}' +
    exec @BECOME@ redis "$0" "$@"
fi
exec "$@"
