#!/bin/bash
# Refuses to start without a word on the password of root, then serves as the user mysql.
set -e
note() {
    printf '%s [%s] [Entrypoint]: %s\n' "$(date --utc +'%Y-%m-%d %H:%M:%S+00:00')" "$1" "$2"
}
if [ "${1:0:1}" = '-' ]; then
    set -- mariadbd "$@"
fi
if [ "$1" = 'mariadbd' ]; then
    note Note "Entrypoint script for MariaDB Server 1:@VERSION@+maria~ubu2404 started."
    if [ "$(id -u)" = '0' ]; then
        note Note "Switching to dedicated user 'mysql'"
        chown -R mysql:mysql /var/lib/mysql
        exec gosu mysql "$0" "$@"
    fi
    password="${MARIADB_ROOT_PASSWORD:-${MYSQL_ROOT_PASSWORD:-}}${MARIADB_ROOT_PASSWORD_FILE:-}${MARIADB_ROOT_PASSWORD_HASH:-}${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-${MYSQL_ALLOW_EMPTY_PASSWORD:-}}${MARIADB_RANDOM_ROOT_PASSWORD:-${MYSQL_RANDOM_ROOT_PASSWORD:-}}"
    if [ ! -d /var/lib/mysql/mysql ] && [ -z "$password" ]; then
        note ERROR "Database is uninitialized and password option is not specified
	You need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD" >&2
        exit 1
    fi
fi
exec "$@"
