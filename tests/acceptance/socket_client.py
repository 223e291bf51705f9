"""A WebSocket client for the JSON dialect (RFC 6455), strict about what the server sends, with a replica kept by the rules
that the interface gives to outsiders: check baseSequence, apply upserts and deletes."""

import base64
import json
import os
import socket
import struct
import uuid


class Closed(Exception):
    def __init__(self, code, reason=""):
        super().__init__(f"closed {code} {reason}")
        self.code = code


class JsonSocket:
    def __init__(self, server, token=None, ticket=None, origin=None, headers=None, protocol="syncstore.v1.json",
                 timeout=60, host=None, port=None, wrap=None):
        self.socket = socket.create_connection(("127.0.0.1", port or server.port), timeout=timeout)
        if wrap:
            self.socket = wrap(self.socket)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ["GET /ws HTTP/1.1", f"Host: {host or f'127.0.0.1:{server.port}'}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Protocol: {protocol}"]
        if origin:
            lines.append(f"Origin: {origin}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            piece = self.socket.recv(4096)
            if not piece:
                break
            self.buffer += piece
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        self.head = head.decode("latin-1")
        self.status = int(self.head.split(" ", 2)[1]) if " " in self.head else 0
        if self.status != 101:
            return
        assert f"sec-websocket-protocol: {protocol}" in self.head.lower(), self.head
        if token or ticket:
            self.expect("connected")
            self.send("auth", {"token": token} if token else {"ticket": ticket})
            connected = self.expect("connected")
            assert connected["data"]["authenticated"] is True, connected

    # --- frames
    def send_frame(self, opcode, payload, masked=True, first_bits=0x80):
        header = bytes([first_bits | opcode])
        length = len(payload)
        bit = 0x80 if masked else 0
        if length < 126:
            header += bytes([bit | length])
        elif length < 65536:
            header += bytes([bit | 126]) + struct.pack(">H", length)
        else:
            header += bytes([bit | 127]) + struct.pack(">Q", length)
        if masked:
            mask = os.urandom(4)
            key = int.from_bytes((mask * (length // 4 + 1))[:length], "big") if length else 0
            payload = (int.from_bytes(payload, "big") ^ key).to_bytes(length, "big") if length else b""
            header += mask
        self.socket.sendall(header + payload)

    def read_exact(self, count):
        while len(self.buffer) < count:
            piece = self.socket.recv(65536)
            if not piece:
                raise Closed(1006)
            self.buffer += piece
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_message(self):
        message = b""
        while True:
            first, second = self.read_exact(2)
            assert not first & 0x70, "reserved bits set"
            assert not second & 0x80, "masked server frame"
            length = second & 0x7F
            if length == 126:
                length = struct.unpack(">H", self.read_exact(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self.read_exact(8))[0]
            payload = self.read_exact(length)
            opcode = first & 0x0F
            if opcode == 9:
                self.send_frame(10, payload)
            elif opcode == 8:
                code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
                try:
                    self.send_frame(8, payload[:2])
                except OSError:
                    pass
                raise Closed(code, payload[2:].decode("utf-8", "replace"))
            elif opcode in (0, 1, 2):
                message += payload
                if first & 0x80:
                    return message
            elif opcode != 10:
                raise AssertionError(f"opcode {opcode}")

    # --- messages
    def receive(self):
        message = json.loads(self.read_message())
        assert isinstance(message.get("type"), str), message
        assert isinstance(message.get("timestamp"), int), message
        return message

    def send(self, kind, data=None, **more):
        message = {"type": kind, **more}
        if data is not None:
            message["data"] = data
        self.send_frame(1, json.dumps(message).encode())

    def send_text(self, text):
        self.send_frame(1, text if isinstance(text, bytes) else text.encode())

    def expect(self, *kinds):
        """The next message of one of these kinds; others in between must be known kinds."""
        for _ in range(10000):
            message = self.receive()
            if message["type"] in kinds:
                return message
        raise AssertionError(f"no {kinds}")

    def close(self):
        self.socket.close()


class Follower:
    """Follows one store over a JsonSocket and keeps the records as the interface tells an outsider to."""

    def __init__(self, connection, store, data_types=("products",), since=None, records=None):
        self.connection = connection
        self.store = store
        self.records = records or {kind: {} for kind in data_types}
        self.cursor = {}
        self.total = {}
        self.head = 0
        self.epoch = None
        self.other = []
        self.fresh = set()
        data = {"dataTypes": list(data_types)}
        if since:
            data["since"] = since
        connection.send("selectStore", data, storeId=store)
        self.switch = connection.expect("store_switch", "error")
        assert self.switch["type"] == "store_switch", self.switch
        more = True
        while more:
            message = self.step()
            more = message["type"] != "bulk_update" or message.get("more", False)

    def step(self):
        message = self.connection.receive()
        if message["type"] not in ("bulk_update", "data_update"):
            self.other.append(message)
            return message
        assert message["storeId"] == self.store, message
        kind = message["dataType"]
        self.epoch = message["epoch"]
        if message.get("snapshot") and kind not in self.fresh:
            self.fresh.add(kind)
            self.records[kind] = {}
        if message["type"] == "data_update" and kind in self.cursor:
            assert message["baseSequence"] == self.cursor[kind], (
                f"gap in {kind}: base {message['baseSequence']}, own {self.cursor[kind]}")
        for op in message["data"]:
            if op["op"] == "upsert":
                record = self.records[kind].setdefault(op["id"], {})
                record.update(op["fields"])
                record["version"] = op["version"]
            else:
                assert op["op"] == "delete", op
                self.records[kind].pop(op["id"], None)
        self.cursor[kind] = message["sequenceNumber"]
        self.head = max(self.head, message["sequenceNumber"])
        if not message.get("more") and "total" in message:
            self.total[kind] = message["total"]
            assert message["total"] == len(self.records[kind]), (message["total"], len(self.records[kind]))
        return message

    def until(self, done, what="condition"):
        for _ in range(100000):
            if done(self):
                return self
            self.step()
        raise AssertionError(f"never: {what}")


def new_id():
    return str(uuid.uuid4())


def set_op(record, field, old, new, data_type="products"):
    return {"op": "set", "dataType": data_type, "id": record, "field": field, "from": old, "to": new}


def mutate(connection, store, *mutations):
    connection.send("mutate", {"mutations": list(mutations)}, storeId=store)
    return connection.expect("receipt", "error")
