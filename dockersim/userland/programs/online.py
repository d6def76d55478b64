"""Where the programs that need a network are, and those that bring others: tables of module to names."""

from __future__ import annotations

NETWORK = {
    "network.curl.main": "curl",
    "network.wget": "wget",
    "network.ping": "ping ping6 traceroute",
    "network.interfaces": "ip",
    "network.nettools": "ifconfig route arp",
    "network.sockets": "netstat ss",
    "network.names": "nslookup dig host",
    "network.nc": "nc",
    "network.telnet": "telnet",
    "network.iptables": "iptables",
    "network.refused": "tcpdump openssl ssh scp ssh-keygen",
}
SERVERS = {
    "servers.nginx": "nginx",
    "servers.redis": "redis-server redis-cli",
    "servers.sql.postgres": "postgres initdb pg_isready",
    "servers.sql.psql.main": "psql createdb",
    "servers.sql.psql.dump": "pg_dump",
    "servers.sql.mysqld": "mysqld mariadbd",
    "servers.sql.mysql": "mysql mariadb mysqladmin mariadb-admin mysqldump mariadb-dump",
    "servers.httpd": "httpd apache2 apachectl apache2ctl",
    "servers.registry": "registry",
    "servers.memcached": "memcached",
    "servers.generic": "traefik caddy haproxy grafana prometheus node_exporter portainer visualizer rabbitmq-server "
    "mongod mongosh dockerd",
}
PACKAGES = {
    "packages.apt": "apt-get apt apt-cache apt-key add-apt-repository",
    "packages.dpkg": "dpkg dpkg-query",
    "packages.apk": "apk",
    "packages.yum": "dnf yum microdnf tdnf rpm",
    "packages.pip": "pip",
    "packages.npm": "npm npx yarn",
    "packages.git": "git",
    "packages.helpers": "envsubst update-ca-certificates docker-php-ext-install docker-php-ext-enable "
    "docker-php-ext-configure",
    "jq.main": "jq",
    "packages.fun": "cowsay cowthink figlet fortune sl lolcat",
}
LANGUAGES = {
    "languages.python": "python python3 flask uvicorn gunicorn fastapi",
    "languages.web": "planned",
    "languages.node": "node nodemon",
    "languages.compilers": "gcc cc make go javac java mvn",
    "languages.scripts": "ruby irb gem bundle perl php composer cargo rustc",
}
TABLES = (NETWORK, SERVERS, PACKAGES, LANGUAGES)

HERE = "dockersim.userland.programs"
PLACES = {
    "g++": f"{HERE}.languages.compilers:gpp",
    "python3.11": f"{HERE}.languages.python:python3",
    "catalina.sh": f"{HERE}.servers.generic:catalina",
    "jenkins.sh": f"{HERE}.servers.generic:jenkins",
    "traefik-whoami": f"{HERE}.servers.whoami:whoami",
}
"""Programs whose names are no Python names, or are taken by another."""
