"""What stands between browsers and the server: a reverse proxy that ends TLS, and TLS of its own whose certificate changes."""

import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import tempfile
import unittest

from http_client import Client
from proxy import SmallProxy, proxies
from server import PASSWORD, Server, eventually, small_server
from socket_client import Follower, JsonSocket, mutate, new_id, set_op


def unverified():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Certificates:
    """Two certificates for this machine, made by the program itself."""

    def __init__(self, folder):
        self.pairs = []
        for i in (1, 2):
            server = Server("--tls", "local", data=os.path.join(folder, f"certificate-{i}"))
            server.kill()
            self.pairs.append(tuple(os.path.join(server.data, f"tls-local.{end}") for end in ("crt", "key")))
            os.remove(server.log_path)


class SecureClient(Client):
    """The same client through TLS at another port, under the public name."""

    def __init__(self, server, port, host, user=None):
        self.port, self.host = port, host
        super().__init__(server, user)

    def connection(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=unverified())

    def call(self, method, path, body=None, headers=None, raw=None, query=None):
        return super().call(method, path, body, {"Host": self.host, **(headers or {})}, raw, query)


class ReverseProxy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="syncstore-front-")
        cls.certificates = Certificates(cls.folder)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def behind(self, *flags, proxy=SmallProxy, **more):
        server = small_server("--public-url", "https://shop.example.com", *flags)
        self.addCleanup(server.close)
        front = proxy(server.port, *self.certificates.pairs[0], **more)
        self.addCleanup(front.close)
        return server, front

    def sign_in(self, server, front, user="edith", headers=None):
        anybody = SecureClient(server, front.port, "shop.example.com")
        return anybody.post("/api/session", {"user": user, "password": PASSWORD}, headers=headers)

    def test_cookies_origins_and_sockets_behind_every_proxy(self):
        for proxy in proxies():
            with self.subTest(proxy.__name__):
                server, front = self.behind("--trusted-proxy", "127.0.0.1/32", proxy=proxy)
                origin = {"Origin": "https://shop.example.com"}
                cookie = self.sign_in(server, front, headers=origin).headers["set-cookie"]
                self.assertIn("__Host-syncstore_session=", cookie)
                self.assertIn("Secure", cookie)
                edith = SecureClient(server, front.port, "shop.example.com", "edith")
                made = edith.post("/api/products?storeId=gifts", {"title": "Mug"}, headers=origin)
                self.assertEqual(made.status, 201, made)
                self.assertIn("strict-transport-security", made.headers)
                refused = edith.post("/api/products?storeId=gifts", {"title": "Mug"}, headers={"Origin": "https://evil.example"})
                self.assertEqual((refused.status, refused.code), (403, "origin"))
                self.check_socket(server, front, made.json["data"]["id"])

    def check_socket(self, server, front, product):
        bearer = server.command("token", "create", "--user", "edith")[0].strip()
        wrap = lambda plain: unverified().wrap_socket(plain, server_hostname="shop.example.com")
        foreign = JsonSocket(server, origin="https://evil.example", host="shop.example.com", port=front.port, wrap=wrap)
        self.assertEqual(foreign.status, 403)
        own = JsonSocket(server, token=bearer, origin="https://shop.example.com", host="shop.example.com", port=front.port,
                         wrap=wrap)
        follower = Follower(own, "gifts")
        receipt = mutate(own, "gifts", {"id": new_id(), "ops": [set_op(product, "title", "Mug", "Blue mug")]})
        self.assertEqual(receipt["data"][0]["ops"][0]["status"], "applied")
        follower.until(lambda f: f.records["products"][product]["title"] == "Blue mug")
        own.close()

    def test_the_public_url_alone_makes_cookies_secure(self):
        """A proxy that says nothing of TLS, and is not trusted: the address people use is enough."""
        server, front = self.behind(forwarded_proto=None)
        self.assertIn("Secure", self.sign_in(server, front).headers["set-cookie"])
        edith = SecureClient(server, front.port, "shop.example.com", "edith")
        self.assertEqual(edith.get("/api/session").status, 200)
        direct = Client(server).post("/api/session", {"user": "edith", "password": PASSWORD})
        self.assertNotIn("Secure", direct.headers["set-cookie"], "plain HTTP on this machine stays usable")

    def test_the_setup_link_names_the_public_address(self):
        server = Server("--public-url", "https://shop.example.com")
        self.addCleanup(server.close)
        self.assertTrue(server.listening["setupUrl"].startswith("https://shop.example.com/setup?token="), server.listening)

    def addresses(self, server, marker):
        eventually(lambda: marker in server.log(), 60, "the request is in the log")
        return [json.loads(line)["from"] for line in server.log().splitlines() if marker in line]

    def test_the_client_address_is_the_rightmost_one_that_is_not_trusted(self):
        server, front = self.behind("--trusted-proxy", "127.0.0.0/8", "--trusted-proxy", "10.0.0.0/8", "--log", "json")
        browser = SecureClient(server, front.port, "shop.example.com")
        # Spoofed by the client, added by an outer proxy of ours, then by the inner one.
        browser.get("/health?a=1", headers={"X-Forwarded-For": "1.2.3.4, 203.0.113.9, 10.0.0.7"})
        browser.get("/api/session", headers={"X-Forwarded-For": "198.51.100.3"})
        self.assertEqual(self.addresses(server, '"/health'), ["203.0.113.9"])
        self.assertEqual(self.addresses(server, '"/api/session'), ["198.51.100.3"])

    def test_an_untrusted_peer_names_nobody_and_is_limited_by_its_own_address(self):
        server, front = self.behind("--log", "json", "--rate-limit", "600")
        statuses = []
        for i in range(7):
            browser = SecureClient(server, front.port, "shop.example.com")
            answer = browser.post("/api/session", {"user": f"nobody{i}", "password": "wrong wrong wrong"},
                                  headers={"X-Forwarded-For": f"198.51.100.{i}"})
            statuses.append(answer.status)
        self.assertIn(429, statuses, "a spoofed header buys no more tries")
        self.assertEqual(set(self.addresses(server, '"/api/session')), {"127.0.0.1"})

    def test_behind_a_trusted_proxy_each_client_has_its_own_tries(self):
        server, front = self.behind("--trusted-proxy", "127.0.0.1/32", "--rate-limit", "600")
        for i in range(7):
            browser = SecureClient(server, front.port, "shop.example.com")
            answer = browser.post("/api/session", {"user": f"nobody{i}", "password": "wrong wrong wrong"},
                                  headers={"X-Forwarded-For": f"198.51.100.{i}"})
            self.assertEqual(answer.status, 401)


class Tls(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="syncstore-tls-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.certificates = Certificates(self.folder)

    def use(self, number):
        for source, name in zip(self.certificates.pairs[number], ("server.crt", "server.key")):
            shutil.copy(source, os.path.join(self.folder, name))

    def shown(self, server):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
            with unverified().wrap_socket(plain) as secure:
                return hashlib.sha256(secure.getpeercert(binary_form=True)).hexdigest()

    def expected(self, number):
        with open(self.certificates.pairs[number][0], encoding="ascii") as file:
            pem = file.read()
        begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
        own = pem[pem.index(begin):pem.index(end) + len(end)] + "\n"
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(own)).hexdigest()

    def test_a_changed_certificate_is_taken_on_sighup_and_nobody_is_cut_off(self):
        self.use(0)
        server = small_server("--tls-cert", os.path.join(self.folder, "server.crt"),
                              "--tls-key", os.path.join(self.folder, "server.key"))
        self.addCleanup(server.close)
        self.assertEqual(self.shown(server), self.expected(0))
        bearer = server.command("token", "create", "--user", "edith")[0].strip()
        kept = JsonSocket(server, token=bearer, port=server.port, wrap=lambda plain: unverified().wrap_socket(plain))
        follower = Follower(kept, "gifts")
        self.use(1)
        self.assertEqual(self.shown(server), self.expected(0), "not before it is told")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.shown(server) == self.expected(1), 60, "the new certificate is shown")
        kept.send("ping", {"n": 1})
        self.assertEqual(kept.expect("pong")["data"], {"n": 1})
        self.assertGreaterEqual(follower.head, 0)

        with open(os.path.join(self.folder, "server.crt"), "w", encoding="ascii") as file:
            file.write("half a certif")
        before = server.log().count("certificate_reloaded")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: server.log().count("certificate_reloaded") > before, 60, "the reload is in the log")
        self.assertEqual(self.shown(server), self.expected(1), "a broken file changes nothing")
        kept.close()


if __name__ == "__main__":
    unittest.main()
