"""The binary dialect of the socket (core/wire/README.md) as another version of the application would speak it: frames are put
together byte by byte, so that fields, collections and kinds of frames can be named that today's program does not have."""

import os
import re
import struct
import uuid

from socket_client import JsonSocket

HELLO, MUTATE, SUBSCRIBE, PING = 1, 2, 3, 6
WELCOME, BEGIN, PART, END, CANCEL, CHANGE, RECEIPT, NOTICE, KEEPALIVE, CHECK, PAGE, PONG, REPAIR, LIVE = range(64, 78)
APPLIED, REFUSED = 1, 4
PRODUCTS, TITLE, PRICE = 2, 1, 10

CATALOGUE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../core/base/error_codes.def")
with open(CATALOGUE, encoding="utf-8") as catalogue:
    ERRORS = {int(number): name for number, name in re.findall(r"^SS_ERROR\((\d+), (\w+),", catalogue.read(), re.M)}


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def zigzag(number):
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


def text(words):
    return varint(len(words.encode())) + words.encode()


def value(of):
    return b"\x00" if of is None else b"\x03" + zigzag(of) if isinstance(of, int) else b"\x04" + text(of)


def record(id_text):
    number = 0
    for letter in id_text:
        number = number << 5 | "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)
    return struct.pack("<Q", number)


def set_op(product, field, to, collection=PRODUCTS):
    return b"\x01" + varint(collection) + record(product) + varint(field) + b"\x00" + value(to)


def hello(store, protocol=1, collections=(PRODUCTS,), tail=b""):
    """`tail`: what versions after the first one say behind it."""
    return (bytes([HELLO]) + varint(protocol) + text("") + uuid.uuid4().bytes + varint(1) + text("") + text(store)
            + varint(len(collections)) + b"".join(varint(c) for c in collections) + varint(0) + varint(0) + bytes(8) + varint(0) + tail)


class Reader:
    def __init__(self, data):
        self.data = data

    def take(self, count):
        piece, self.data = self.data[:count], self.data[count:]
        assert len(piece) == count, "the frame ends early"
        return piece

    def varint(self):
        number = shift = 0
        while True:
            byte = self.take(1)[0]
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    def text(self):
        return self.take(self.varint()).decode()


def outcomes(frame):
    """The only result of a receipt: (status, code, field, message) per operation."""
    reader = Reader(frame[1:])
    assert reader.varint() == 1, "one mutation, one result"
    reader.take(24)
    reader.varint()
    told = []
    for _ in range(reader.varint()):
        bits = reader.take(1)[0]
        code = ERRORS[reader.varint()] if bits & 16 else ""
        field = reader.text() if bits & 32 else ""
        message = reader.text() if bits & 64 else ""
        if bits & 128:
            reader.take(8)
        told.append((bits & 15, code, field, message))
    return told


def notice(frame):
    """(code, message, page subscription or 0)"""
    reader = Reader(frame[1:])
    code, message = ERRORS[reader.varint()], reader.text()
    reader.varint()
    return code, message, reader.varint() if reader.data else 0


class BinarySocket(JsonSocket):
    def __init__(self, server, token):
        super().__init__(server, protocol="syncstore.v1", headers={"Authorization": f"Bearer {token}"})
        assert self.status == 101, self.head

    def say(self, frame):
        self.send_frame(2, frame)

    def mutate(self, *ops):
        self.say(bytes([MUTATE]) + varint(1) + uuid.uuid4().bytes + varint(0) + b"\x00" + varint(len(ops)) + b"".join(ops))

    def subscribe(self, number, sort_field=0, conditions=()):
        self.say(bytes([SUBSCRIBE]) + varint(number) + varint(PRODUCTS) + varint(len(conditions))
                 + b"".join(varint(field) + b"\x01" + value(of) for field, of in conditions)
                 + text("") + varint(sort_field) + b"\x00" + varint(1) + varint(5))

    def until(self, *kinds):
        """Frames up to the first of one of these kinds."""
        frames = []
        while not frames or frames[-1][0] & 127 not in kinds:
            frames.append(self.read_message())
        return frames
