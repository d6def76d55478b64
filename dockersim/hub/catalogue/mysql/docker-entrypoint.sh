#!/bin/bash
# Refuses to start without a word on the password of root, then serves as the user mysql.
set -e
note() {
    printf '%s [%s] [Entrypoint]: %s\n' "$(date --utc +'%Y-%m-%d %H:%M:%S+00:00')" "$1" "$2"
}
if [ "${1:0:1}" = '-' ]; then
    set -- mysqld "$@"
fi
if [ "$1" = 'mysqld' ]; then
    note Note "Entrypoint script for MySQL Server @VERSION@-1.el9 started."
    if [ "$(id -u)" = '0' ]; then
        note Note "Switching to dedicated user 'mysql'"
        chown -R mysql:mysql /var/lib/mysql
        exec gosu mysql "$0" "$@"
    fi
    password="${MYSQL_ROOT_PASSWORD:-}${MYSQL_ROOT_PASSWORD_FILE:-}${MYSQL_ALLOW_EMPTY_PASSWORD:-}${MYSQL_RANDOM_ROOT_PASSWORD:-}"
    if [ ! -d /var/lib/mysql/mysql ] && [ -z "$password" ]; then
        note ERROR "Database is uninitialized and password option is not specified
    You need to specify one of the following as an environment variable:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD" >&2
        exit 1
    fi
fi
exec "$@"
