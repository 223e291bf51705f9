"""A small HTTP client: cookie, CSRF token, JSON; keeps every header of the answer."""

import http.client
import json
import urllib.parse

from server import PASSWORD


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.all_headers = response.getheaders()
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get("code")

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Client:
    def __init__(self, server, user=None, password=PASSWORD, token=None):
        self.server = server
        self.cookie = None
        self.csrf = None
        self.token = token
        self.session = None
        if user:
            answer = self.call("POST", "/api/session", {"user": user, "password": password})
            assert answer.status == 200, answer
            self.session = answer.json["data"]
            self.csrf = self.session["csrf"]

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)

    def call(self, method, path, body=None, headers=None, raw=None, query=None):
        if query:
            path += ("&" if "?" in path else "?") + urllib.parse.urlencode(query)
        connection = self.connection()
        sent = dict(headers or {})
        if self.cookie and "Cookie" not in sent:
            sent["Cookie"] = self.cookie
        if self.csrf and method not in ("GET", "HEAD") and "X-CSRF-Token" not in sent:
            sent["X-CSRF-Token"] = self.csrf
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        payload = raw
        if body is not None:
            payload = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        sent = {name: value for name, value in sent.items() if value is not None}
        try:
            connection.request(method, path, payload, sent)
            response = connection.getresponse()
            answer = Answer(response, response.read())
        finally:
            connection.close()
        for name, value in answer.all_headers:
            if name.lower() == "set-cookie" and "syncstore_session=" in value:
                self.cookie = value.split(";", 1)[0]
        return answer

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.call("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.call("PUT", path, body, **more)

    def delete(self, path, **more):
        return self.call("DELETE", path, **more)

    def add_product(self, store="gifts", **fields):
        fields.setdefault("title", "Red mug")
        answer = self.post(f"/api/products?storeId={store}", fields)
        assert answer.status == 201, answer
        return answer.json["data"]

    def snapshot(self, store, data_type):
        answer = self.get(f"/api/sync/snapshot?storeId={store}&dataType={data_type}")
        assert answer.status == 200, answer
        return answer.json
