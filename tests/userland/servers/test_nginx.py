"""nginx in a laboratory: what curl sees, what the logs say, how it ends."""

from __future__ import annotations

from typing import Any

from dockersim.userland import signals

CONF = """
user  nginx;
worker_processes  1;
error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;
events { worker_connections  1024; }
http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';
    access_log  /var/log/nginx/access.log  main;
    include /etc/nginx/conf.d/*.conf;
}
"""
DEFAULT = """
server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;
    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }
    error_page   500 502 503 504  /50x.html;
    location = /50x.html { root   /usr/share/nginx/html; }
}
"""
ENV = {"NGINX_VERSION": "1.27.3"}


def web(lab: Any, default: str = DEFAULT, name: str = "web", address: str = "172.18.0.2") -> Any:
    files = {
        "/etc/nginx/nginx.conf": CONF,
        "/etc/nginx/mime.types": "types { text/html html htm; text/css css; text/plain txt; }",
        "/etc/nginx/conf.d/default.conf": default,
        "/usr/share/nginx/html/index.html": "<h1>Welcome</h1>\n",
        "/usr/share/nginx/html/a/b.txt": "0123456789",
    }
    box = lab.computer(name, address, files)
    box.vfs.makedirs("/var/log/nginx")
    box.vfs.symlink("/dev/stdout", "/var/log/nginx/access.log")
    box.vfs.symlink("/dev/stderr", "/var/log/nginx/error.log")
    return box


def serve(lab: Any, box: Any) -> Any:
    running = lab.start(box, "nginx", "-g", "daemon off;", env=ENV)
    lab.wait(0.1)
    return running


def test_it_serves_files_and_logs_each_request(lab: Any) -> None:
    server = serve(lab, web(lab))
    client = lab.computer("client", "172.18.0.3")
    got = lab.run(client, "curl", "-s", "http://web")
    assert (got.out, got.err, got.status) == ("<h1>Welcome</h1>\n", "", 0)
    assert server.out == ('172.18.0.3 - - [12/Jan/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 17 "-" "curl/8.5.0" "-"\n')
    assert "[notice]" in server.err
    assert "start worker process" in server.err


def test_a_missing_file_gives_nginx_s_page(lab: Any) -> None:
    server = serve(lab, web(lab))
    client = lab.computer("client", "172.18.0.3")
    got = lab.run(client, "curl", "-si", "http://web/nope")
    head, _, body = got.out.partition("\r\n\r\n")
    assert body == (
        "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n"
        "<hr><center>nginx/1.27.3</center>\r\n</body>\r\n</html>\r\n"
    )
    assert head.split("\r\n") == [
        "HTTP/1.1 404 Not Found",
        "Server: nginx/1.27.3",
        "Date: Mon, 12 Jan 2026 09:00:00 GMT",
        "Content-Type: text/html",
        "Content-Length: 153",
        "Connection: keep-alive",
    ]
    assert (
        '*1 open() "/usr/share/nginx/html/nope" failed (2: No such file or directory), client: 172.18.0.3, '
        'server: localhost, request: "GET /nope HTTP/1.1", host: "web"' in server.err
    )


def test_ranges_redirects_and_conditions(lab: Any) -> None:
    serve(lab, web(lab))
    client = lab.computer("client", "172.18.0.3")
    assert lab.run(client, "curl", "-s", "-r", "2-4", "http://web/a/b.txt").out == "234"
    assert "Location: http://web/a/\r\n" in lab.run(client, "curl", "-sI", "http://web/a").out
    assert lab.run(client, "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}\n", "http://web/a/").out == "403\n"
    head = lab.run(client, "curl", "-sI", "http://web/a/b.txt").out
    tag = next(line[6:] for line in head.split("\r\n") if line.startswith("ETag: "))
    again = lab.run(client, "curl", "-sI", "-H", f"If-None-Match: {tag}", "http://web/a/b.txt")
    assert again.out.startswith("HTTP/1.1 304 Not Modified\r\n")
    assert lab.run(client, "curl", "-s", "-X", "POST", "http://web/").out.startswith(
        "<html>\r\n<head><title>405 Not Allowed"
    )


def test_sigquit_stops_it_gracefully(lab: Any) -> None:
    box = web(lab)
    server = serve(lab, box)
    server.process.signal(signals.QUIT)
    lab.wait(1)
    assert server.status == 0
    assert "signal 3 (SIGQUIT) received, shutting down" in server.err
    assert server.err.endswith("exit\n")
    assert not box.net.listeners


def test_a_killed_server_frees_its_port(lab: Any) -> None:
    box = web(lab)
    server = serve(lab, box)
    server.process.signal(signals.KILL)
    lab.wait(1)
    assert server.status == 137
    got = lab.run(lab.computer("client", "172.18.0.3"), "curl", "-sS", "http://web")
    assert got.status == 7
    assert got.err == "curl: (7) Failed to connect to web port 80 after 0 ms: Couldn't connect to server\n"


def test_a_taken_port(lab: Any) -> None:
    box = web(lab)
    serve(lab, box)
    second = lab.run(box, "nginx", "-g", "daemon off;", env=ENV)
    assert second.status == 1
    assert "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n" in second.err
    assert second.err.endswith("nginx: [emerg] still could not bind()\n")


def test_the_configuration_is_checked(lab: Any) -> None:
    good = lab.run(web(lab), "nginx", "-t", env=ENV)
    assert good.err == (
        "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
        "nginx: configuration file /etc/nginx/nginx.conf test is successful\n"
    )
    bad = web(lab, "server {\n  listen 80;\n  wrong 1;\n}\n", "bad", "172.18.0.9")
    got = lab.run(bad, "nginx", "-t", env=ENV)
    assert got.status == 1
    assert 'nginx: [emerg] unknown directive "wrong" in /etc/nginx/conf.d/default.conf:3\n' in got.err
    open_end = web(lab, "server {\n  listen 80;\n", "open", "172.18.0.10")
    got = lab.run(open_end, "nginx", "-t", env=ENV)
    assert 'unexpected end of file, expecting "}" in /etc/nginx/conf.d/default.conf:3' in got.err


def test_a_returned_text_has_its_escapes_and_variables(lab: Any) -> None:
    box = web(
        lab,
        r"""server { listen 80; location / { return 200 '$server_addr:$server_port\n$request_uri $hostname\n'; } }""",
    )
    serve(lab, box)
    client = lab.computer("client", "172.18.0.9")
    assert lab.run(client, "curl", "-s", "http://172.18.0.2/a?b=c").out == "172.18.0.2:80\n/a?b=c web\n"
    serve(lab, web(lab, "server { listen 80; return 200 $request_id; }", "other", "172.18.0.3"))
    one, two = (lab.run(client, "curl", "-s", "http://172.18.0.3").out for _ in range(2))
    assert len(one) == 32
    assert one != two


def test_a_reverse_proxy_and_its_502(lab: Any) -> None:
    serve(lab, web(lab, name="app", address="172.18.0.4"))
    front = DEFAULT.replace("root   /usr/share/nginx/html;\n        index", "proxy_pass http://app;\n        index", 1)
    serve(lab, web(lab, front))
    client = lab.computer("client", "172.18.0.3")
    assert lab.run(client, "curl", "-s", "web").out == "<h1>Welcome</h1>\n"
    lab.computers["app"].net.listeners.clear()
    got = lab.run(client, "curl", "-s", "-w", "%{http_code}", "-o", "/dev/null", "web")
    assert got.out in ("502", "404")


def test_an_unknown_upstream_ends_the_start(lab: Any) -> None:
    front = DEFAULT.replace("root   /usr/share/nginx/html;\n        index", "proxy_pass http://nosuch:80;\n index", 1)
    got = lab.run(web(lab, front), "nginx", "-g", "daemon off;", env=ENV)
    assert got.status == 1
    assert 'nginx: [emerg] host not found in upstream "nosuch:80" in /etc/nginx/conf.d/default.conf:7\n' in got.err


def test_reload_reads_the_configuration_again(lab: Any) -> None:
    box = web(lab)
    serve(lab, box)
    box.vfs.write_file("/etc/nginx/conf.d/default.conf", 'server { listen 81; location / { return 200 "hi"; } }')
    assert lab.run(box, "nginx", "-s", "reload", env=ENV).status == 0
    lab.wait(1)
    assert lab.run(box, "curl", "-s", "localhost:81").out == "hi"
    assert lab.run(box, "curl", "-s", "localhost:80").status == 7


def test_in_the_background_it_returns_the_prompt(lab: Any) -> None:
    box = web(lab)
    assert lab.run(box, "nginx", env=ENV).status == 0
    assert lab.run(box, "curl", "-s", "localhost").out == "<h1>Welcome</h1>\n"
    assert lab.run(box, "nginx", "-s", "stop", env=ENV).status == 0
    lab.wait(1)
    assert lab.run(box, "curl", "-s", "localhost").status == 7
