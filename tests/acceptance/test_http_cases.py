"""The cases of the Http11Probe suite that depend on the product behind the gate, by its ids: methods of an address, dates, types,
cookies, conditional requests. The others, about framing and headers, are in tests/server/adapters/http_cases.cpp."""

import email.utils
import re
import socket
import unittest

from http_client import Client
from server import small_server

# In that suite / here. Addresses differ: it asks "/" and "/echo", which this product does not have.
COMPLIANCE = {"COMP-405-ALLOW", "COMP-OPTIONS-ALLOW", "COMP-NO-CL-IN-204", "COMP-CONTENT-TYPE", "COMP-DATE-HEADER",
              "COMP-DATE-FORMAT", "COMP-ACCEPT-NONSENSE", "COMP-POST-UNSUPPORTED-CT"}
COOKIES = {"COOK-ECHO", "COOK-OVERSIZED", "COOK-EMPTY", "COOK-NUL", "COOK-CONTROL-CHARS", "COOK-MANY-PAIRS", "COOK-MALFORMED",
           "COOK-MULTI-HEADER", "COOK-PARSED-BASIC", "COOK-PARSED-MULTI", "COOK-PARSED-EMPTY-VAL", "COOK-PARSED-SPECIAL"}
CAPABILITIES = {"CAP-ETAG-304", "CAP-LAST-MODIFIED-304", "CAP-ETAG-IN-304", "CAP-INM-PRECEDENCE", "CAP-INM-WILDCARD",
                "CAP-IMS-FUTURE", "CAP-IMS-INVALID", "CAP-INM-UNQUOTED", "CAP-ETAG-WEAK"}

IMF_FIXDATE = re.compile(r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$")


class HttpCases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.edith = Client(cls.server, "edith")
        cls.ran = set()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def send(self, text):
        """One request as it stands; answers (status, headers, body)."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=60) as connection:
            connection.sendall(text if isinstance(text, bytes) else text.encode("latin-1"))
            answer = b""
            while b"\r\n\r\n" not in answer:
                piece = connection.recv(65536)
                if not piece:
                    break
                answer += piece
            head, _, body = answer.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            while len(body) < int(headers.get("content-length", 0)):
                piece = connection.recv(65536)
                self.assertTrue(piece, "the answer broke off")
                body += piece
            return int(lines[0].split(" ")[1]), headers, body

    def case(self, name):
        self.ran.add(name)
        return self.subTest(name)

    def test_compliance(self):
        self.ran.clear()
        host = "Host: 127.0.0.1\r\n"
        for path in ("/", "/api/products", "/health"):
            with self.case("COMP-405-ALLOW"):
                status, headers, _ = self.send(f"DELETE {path} HTTP/1.1\r\n{host}\r\n")
                self.assertEqual(status, 405, path)
                self.assertIn("GET", headers["allow"])
                self.assertNotIn("DELETE", headers["allow"])
            with self.case("COMP-OPTIONS-ALLOW"):
                status, headers, _ = self.send(f"OPTIONS {path} HTTP/1.1\r\n{host}\r\n")
                self.assertEqual(status, 204, path)
                self.assertIn("GET", headers["allow"])
            with self.case("COMP-NO-CL-IN-204"):
                self.assertNotIn("content-length", headers)
        status, headers, _ = self.send(f"GET /health HTTP/1.1\r\n{host}\r\n")
        with self.case("COMP-CONTENT-TYPE"):
            self.assertEqual(status, 200)
            self.assertTrue(headers["content-type"].startswith("application/json"), headers)
        with self.case("COMP-DATE-HEADER"):
            self.assertIn("date", headers)
        with self.case("COMP-DATE-FORMAT"):
            self.assertRegex(headers["date"], IMF_FIXDATE)
            self.assertIsNotNone(email.utils.parsedate_to_datetime(headers["date"]))
        with self.case("COMP-ACCEPT-NONSENSE"):
            # There is one representation; it is given to everybody (the suite calls that tolerable).
            self.assertEqual(self.send(f"GET /health HTTP/1.1\r\n{host}Accept: application/x-nonsense\r\n\r\n")[0], 200)
        with self.case("COMP-POST-UNSUPPORTED-CT"):
            answer = self.edith.call("POST", "/api/products?storeId=gifts", raw="hello",
                                     headers={"Content-Type": "application/x-nonsense"})
            self.assertEqual(answer.status, 415, answer)
        self.assertEqual(self.ran, COMPLIANCE)

    def session(self, *cookie_lines):
        lines = "".join(f"Cookie: {line}\r\n" for line in cookie_lines)
        return self.send(f"GET /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n")

    def test_cookies(self):
        """A cookie is read as its owner set it, or not at all; nothing that stands around it changes who somebody is."""
        self.ran.clear()
        own = self.edith.cookie

        def signed_in(*cookie_lines):
            status, _, body = self.session(*cookie_lines)
            self.assertEqual(status, 200, (cookie_lines, body))
            self.assertIn(b"edith", body)

        def anonymous(*cookie_lines):
            self.assertEqual(self.session(*cookie_lines)[0], 401, cookie_lines)

        with self.case("COOK-ECHO"):
            signed_in(own)
        with self.case("COOK-PARSED-BASIC"):
            anonymous("foo=bar")
        with self.case("COOK-PARSED-MULTI"):
            signed_in(f"a=1; {own}; c=3")
        with self.case("COOK-PARSED-EMPTY-VAL"):
            anonymous(own.split("=")[0] + "=")
            signed_in(f"foo=; {own}")
        with self.case("COOK-PARSED-SPECIAL"):
            signed_in(f"a=hello world; b=x=y; {own}")
        with self.case("COOK-EMPTY"):
            anonymous("")
        with self.case("COOK-MALFORMED"):
            anonymous("===;;;")
            signed_in(f"===;;;{own}")
        with self.case("COOK-MULTI-HEADER"):
            status, _, body = self.session("a=1", own)
            self.assertIn((status, b"edith" in body), ((200, True), (401, False)))
        with self.case("COOK-MANY-PAIRS"):
            signed_in("; ".join(f"k{i}=v{i}" for i in range(1000)) + f"; {own}")
        with self.case("COOK-OVERSIZED"):
            self.assertEqual(self.session("big=" + "A" * 65536)[0], 431)
        with self.case("COOK-NUL"):
            self.assertEqual(self.session("foo=\0bar")[0], 400)
        with self.case("COOK-CONTROL-CHARS"):
            self.assertEqual(self.session("foo=\x01\x02\x03")[0], 400)
        self.assertEqual(self.ran, COOKIES)

    def test_conditional_requests(self):
        """Of a record: it has an ETag and no date of its own, so dates are never believed (the suite calls that tolerable)."""
        self.ran.clear()
        product = self.edith.add_product(title="Mug")
        path = f"/api/products/{product['id']}?storeId=gifts"
        etag = self.edith.get(path).headers["etag"]

        def ask(**headers):
            return self.edith.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

        with self.case("CAP-ETAG-304"):
            unchanged = ask(If_None_Match=etag)
            self.assertEqual((unchanged.status, unchanged.body), (304, b""))
        with self.case("CAP-ETAG-IN-304"):
            self.assertEqual(unchanged.headers["etag"], etag)
        with self.case("CAP-INM-PRECEDENCE"):
            self.assertEqual(ask(If_None_Match=etag, If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT").status, 304)
        with self.case("CAP-INM-WILDCARD"):
            self.assertEqual(ask(If_None_Match="*").status, 304)
        with self.case("CAP-ETAG-WEAK"):
            self.assertEqual(ask(If_None_Match=etag if etag.startswith("W/") else f"W/{etag}").status, 304)
        with self.case("CAP-INM-UNQUOTED"):
            self.assertEqual(ask(If_None_Match=etag.removeprefix("W/").strip('"')).status, 200)
        for name, date in (("CAP-LAST-MODIFIED-304", "Thu, 01 Jan 2026 00:00:00 GMT"),
                           ("CAP-IMS-FUTURE", "Thu, 01 Jan 2099 00:00:00 GMT"), ("CAP-IMS-INVALID", "not-a-date")):
            with self.case(name):
                answer = ask(If_Modified_Since=date)
                self.assertEqual(answer.status, 200)
                self.assertNotIn("last-modified", answer.headers)
        self.assertEqual(self.ran, CAPABILITIES)


if __name__ == "__main__":
    unittest.main()
