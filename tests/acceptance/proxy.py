"""A reverse proxy as people put one in front: ends TLS, speaks plain HTTP behind, passes Host, X-Forwarded-For and
X-Forwarded-Proto, tunnels upgrades. nginx itself where it is installed, else a small one of our own."""

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading

from server import eventually


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SmallProxy:
    """One request per connection, or one upgraded connection."""

    def __init__(self, backend_port, certificate, key, forwarded_proto="https"):
        self.backend_port = backend_port
        self.forwarded_proto = forwarded_proto
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.context = context
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.closed = False
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.closed:
            try:
                plain, peer = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(plain, peer[0]), daemon=True).start()

    def serve(self, plain, peer):
        try:
            client = self.context.wrap_socket(plain, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(4096)
                if not piece:
                    return
                head += piece
            head, rest = head.split(b"\r\n\r\n", 1)
            backend = socket.create_connection(("127.0.0.1", self.backend_port))
            backend.sendall(self.rewrite(head.decode("latin-1"), peer) + rest)
            threading.Thread(target=self.pump, args=(client, backend), daemon=True).start()
            self.pump(backend, client)
        except (OSError, ssl.SSLError):
            pass

    def rewrite(self, head, peer):
        lines = head.split("\r\n")
        upgrade = any(line.lower().startswith("upgrade:") for line in lines)
        known = [line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("x-forwarded-for:")]
        kept = [line for line in lines if not line.lower().startswith(("x-forwarded-", "connection:"))]
        kept.append("X-Forwarded-For: " + ", ".join([*known, peer]))
        if self.forwarded_proto:
            kept.append(f"X-Forwarded-Proto: {self.forwarded_proto}")
        kept.append("Connection: Upgrade" if upgrade else "Connection: close")
        return ("\r\n".join(kept) + "\r\n\r\n").encode("latin-1")

    @staticmethod
    def pump(source, target):
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
        except (OSError, ssl.SSLError):
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.closed = True
        self.listener.close()


NGINX = """
daemon off; master_process off; error_log {folder}/error.log; pid {folder}/pid;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  map $http_upgrade $connection_upgrade {{ default upgrade; "" close; }}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certificate}; ssl_certificate_key {key};
    location / {{
      proxy_pass http://127.0.0.1:{backend}; proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
    }}
  }}
}}
"""


class Nginx:
    def __init__(self, backend_port, certificate, key):
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="syncstore-nginx-")
        config = os.path.join(self.folder, "nginx.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(NGINX.format(folder=self.folder, port=self.port, backend=backend_port, certificate=certificate, key=key))
        self.process = subprocess.Popen(["nginx", "-c", config, "-p", self.folder], stderr=subprocess.DEVNULL)
        eventually(self.listens, 60, "nginx listens")

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)


def proxies():
    """Every proxy that this machine can try."""
    return [SmallProxy] + ([Nginx] if shutil.which("nginx") else [])
