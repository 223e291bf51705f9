"""Pictures of products from outside: what is taken, what is refused, who may, what is kept and served."""

import base64
import http.server
import os
import struct
import threading
import unittest
import zlib

from http_client import Client
from server import eventually, small_server
from socket_client import new_id

JPEG = base64.b64decode(  # 16 by 8: the left half red, the right half blue
    "/9j/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYV"
    "FSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAIABADASIAAhEBAxEB/8QAFgABAQEA"
    "AAAAAAAAAAAAAAAAAAUG/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABQBAQAAAAAAAAAAAAAAAAAAAAX/xAAZEQACAwEAAAAAAAAAAAAAAAAABkOC"
    "wcL/2gAMAwEAAhEDEQA/AM+hAYU5q9DzNFbD/9k=")
GIF = base64.b64decode("R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, colour=b"\xff\x00\x00", claimed=None, extra=b""):
    head = struct.pack(">IIBBBBB", *(claimed or (width, height)), 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + colour * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def with_exif(jpeg, orientation, note):
    entry = struct.pack("<HHII", 0x0112, 3, 1, orientation)
    words = struct.pack("<HHII", 0x010E, 2, len(note), 38)
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 2) + words + entry + struct.pack("<I", 0) + note
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


class Pictures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = small_server()
        cls.editor = Client(cls.server, "edith")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def product(self, title="Mug"):
        return self.editor.post("/api/products?storeId=gifts", {"title": title, "status": "Active"}).json["data"]["id"]

    def upload(self, product, file, client=None, store="gifts", headers=None):
        return (client or self.editor).call("POST", f"/api/images?storeId={store}&product={product}", raw=file,
                                            headers=headers)

    def made(self, product, file):
        answer = self.upload(product, file)
        self.assertEqual(answer.status, 201, answer)
        return answer.json["data"]

    def thumbnail(self, product):
        return self.editor.get(f"/api/products/{product}?storeId=gifts").json["data"]["thumbnail"]

    def thumbnail_becomes(self, product, wanted):
        eventually(lambda: self.thumbnail(product) == wanted, what="the thumbnail")

    def files(self):
        folder = os.path.join(self.server.data, "pictures")
        return sorted(name for _, _, names in os.walk(folder) for name in names)

    def refused(self, file, code):
        product = self.product()
        answer = self.upload(product, file)
        self.assertEqual(answer.code, code, answer)
        listed = self.editor.get(f"/api/images?storeId=gifts&product={product}").json["data"]
        self.assertEqual(listed, [])

    def test_a_picture_is_kept_in_three_sizes_and_served_for_ever(self):
        product = self.product()
        picture = self.made(product, png(700, 350))
        self.assertEqual((picture["product"], picture["width"], picture["height"]), (product, 700, 350))
        self.assertEqual(self.thumbnail(product), picture["hash"])
        for size in (96, 480, 1600):
            answer = self.editor.get(f"/images/{picture['hash']}/{size}.webp")
            self.assertEqual(answer.status, 200)
            self.assertEqual((answer.body[:4], answer.body[8:12]), (b"RIFF", b"WEBP"))
            self.assertEqual(answer.headers["content-type"], "image/webp")
            self.assertEqual(answer.headers["cache-control"], "private, max-age=31536000, immutable")
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
            self.assertIn("sandbox", answer.headers["content-security-policy"])
        tag = answer.headers["etag"]
        again = self.editor.get(f"/images/{picture['hash']}/1600.webp", headers={"If-None-Match": tag})
        self.assertEqual((again.status, again.body), (304, b""))
        for name in ("97.webp", "96.png", "96", "96.webp.webp"):
            self.assertEqual(self.editor.get(f"/images/{picture['hash']}/{name}").status, 404, name)
        self.assertEqual(self.editor.get("/images/" + "0" * 64 + "/96.webp").code, "not_found")
        self.assertEqual(self.editor.get("/images/..%2f..%2fsyncstore.db/96.webp").status, 400)
        self.assertEqual(Client(self.server).get(f"/images/{picture['hash']}/96.webp").code, "unauthorized")

    def test_every_kind_of_picture_is_taken_by_its_content(self):
        webp = self.editor.get(f"/images/{self.made(self.product(), png(30, 20))['hash']}/96.webp").body
        for file, size in ((JPEG, (16, 8)), (GIF, (1, 1)), (webp, (30, 20)), (png(3, 2), (3, 2))):
            picture = self.made(self.product(), file)
            self.assertEqual((picture["width"], picture["height"]), size)

    def test_an_equal_picture_is_kept_once_whatever_is_written_around_it(self):
        before = len(self.files())
        product = self.product()
        first = self.made(product, png(64, 48, b"\x01\x02\x03"))
        noted = png(64, 48, b"\x01\x02\x03", extra=chunk(b"tEXt", b"Comment\0another file"))
        again = self.upload(product, noted)
        self.assertEqual((again.status, again.json["data"]["id"]), (200, first["id"]))
        other = self.made(self.product(), noted)
        self.assertEqual(other["hash"], first["hash"])
        self.assertEqual(len(self.files()), before + 3)

    def test_a_repeated_request_adds_none(self):
        product, key = self.product(), new_id()
        answers = [self.upload(product, png(9, 9, b"\x09\x09\x09"), headers={"Idempotency-Key": key}) for _ in range(2)]
        self.assertEqual([answer.status for answer in answers], [201, 201])
        self.assertEqual(answers[0].json["data"]["id"], answers[1].json["data"]["id"])

    def test_pictures_stand_upright_and_tell_nothing_about_their_maker(self):
        picture = self.made(self.product(), with_exif(JPEG, 6, b"SECRET-PLACE-52.5163N-13.3777E\0"))
        self.assertEqual((picture["width"], picture["height"]), (8, 16))
        for size in (96, 480, 1600):
            body = self.editor.get(f"/images/{picture['hash']}/{size}.webp").body
            for trace in (b"SECRET", b"ICCP", b"XMP"):
                self.assertTrue(trace not in body, trace)

    def test_what_is_hidden_in_a_picture_does_not_survive(self):
        script = b"<script>alert(document.cookie)</script>"
        for file in (JPEG + script, png(5, 5, extra=chunk(b"tEXt", b"Comment\0" + script)),
                     JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(script) + 2) + script + JPEG[2:]):
            picture = self.made(self.product(), file)
            for size in (96, 480, 1600):
                body = self.editor.get(f"/images/{picture['hash']}/{size}.webp").body
                self.assertTrue(b"script" not in body, size)

    def test_what_is_no_picture_is_refused(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
        whole = png(200, 200, os.urandom(3))
        for file in (b"hello", svg, b"%PDF-1.4 hello", b"<html>" + JPEG, b"GIF89a/*\x08\x08" + b"x" * 40 + b"*/=1;alert(1)", GIF[:30],
                     JPEG[:200], whole[: len(whole) // 2], b"RIFF\0\0\0\0WEBPVP8 ", b"II*\0" + b"\0" * 60,
                     b"\x89PNG\r\n\x1a\n" + os.urandom(300), b"\xff\xd8\xff" + os.urandom(300)):
            self.refused(file, "picture_unreadable")

    def test_a_small_file_of_very_many_pixels_is_refused_before_they_are_read(self):
        self.refused(png(1, 1, claimed=(60_000, 60_000)), "picture_too_large")
        self.refused(png(1, 1, claimed=(8_000, 7_000)), "picture_too_large")
        self.refused(b"GIF89a\xff\xff\xff\xff\0\0\0," + b"\0" * 20, "picture_too_large")

    def test_a_file_above_the_limit_is_refused_while_it_comes(self):
        self.refused(png(1, 1) + b"\0" * 25 * 1_048_576, "picture_too_large")

    def test_a_picture_is_replaced_and_moved_and_removed_and_brought_back(self):
        product = self.product()
        first, second = (self.made(product, png(20, 10, bytes([n * 90, 200, 30]))) for n in (1, 2))
        self.assertLess(first["position"], second["position"])
        self.assertEqual(self.thumbnail(product), first["hash"])

        replaced = self.editor.call("PUT", f"/api/images/{first['id']}/content?storeId=gifts", raw=png(30, 10)).json["data"]
        self.assertEqual((replaced["id"], replaced["width"]), (first["id"], 30))
        self.assertNotEqual(replaced["hash"], first["hash"])
        self.assertEqual(self.thumbnail(product), replaced["hash"])

        moved = self.editor.call("PUT", f"/api/images/{second['id']}?storeId=gifts", {"position": "0.5", "alt": "Side"})
        self.assertEqual(moved.status, 200, moved)
        self.thumbnail_becomes(product, second["hash"])

        self.assertEqual(self.editor.call("DELETE", f"/api/images/{second['id']}?storeId=gifts").status, 204)
        self.thumbnail_becomes(product, replaced["hash"])
        back = self.editor.call("POST", f"/api/images/{second['id']}/restore?storeId=gifts")
        self.assertEqual((back.status, back.json["data"]["alt"]), (200, "Side"), back)
        self.thumbnail_becomes(product, second["hash"])
        again = self.editor.call("POST", f"/api/images/{second['id']}/restore?storeId=gifts")
        self.assertEqual(again.code, "wrong_state")

        for each in (first, second):
            self.editor.call("DELETE", f"/api/images/{each['id']}?storeId=gifts")
        self.thumbnail_becomes(product, None)

    def test_roles_and_stores_are_kept_apart(self):
        product = self.product()
        picture = self.made(product, png(4, 4, b"\x07\x07\x07"))
        content = f"/api/images/{picture['id']}/content?storeId=gifts"
        viewer, stranger = Client(self.server, "victor"), Client(self.server, "gina")
        self.assertEqual(self.upload(product, JPEG, viewer).code, "forbidden")
        self.assertEqual(viewer.call("PUT", content, raw=JPEG).code, "forbidden")
        self.assertEqual(viewer.call("DELETE", f"/api/images/{picture['id']}?storeId=gifts").code, "forbidden")
        self.assertEqual(viewer.call("POST", f"/api/images/{picture['id']}/restore?storeId=gifts").code, "forbidden")
        self.assertEqual(viewer.get(f"/images/{picture['hash']}/96.webp").status, 200)
        self.assertEqual(self.upload(product, JPEG, stranger).code, "forbidden_store")
        # The product of one store is nothing to another.
        self.assertEqual(self.upload(product, JPEG, stranger, store="games").code, "unknown_record")
        self.assertEqual(stranger.call("PUT", content.replace("gifts", "games"), raw=JPEG).code, "unknown_record")
        self.assertEqual(stranger.call("POST", f"/api/images/{picture['id']}/restore?storeId=games").code, "unknown_record")
        # Content comes from the server alone.
        self.assertEqual(self.editor.call("PUT", f"/api/images/{picture['id']}?storeId=gifts", {"hash": "0" * 64}).status, 403)
        for query in ("", "&product=", "&product=nonsense"):
            answer = self.editor.call("POST", "/api/images?storeId=gifts" + query, raw=JPEG)
            self.assertEqual(answer.status, 422, answer)

    def test_no_network_of_this_machine_is_asked_for_a_picture(self):
        asked = []

        class Web(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(JPEG)

        web = http.server.HTTPServer(("127.0.0.1", 0), Web)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        product, port = self.product(), web.server_port
        for url in (f"http://127.0.0.1:{port}/a.jpg", "http://127.0.0.1/a.jpg", "http://localhost/a.jpg",
                    "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://[::1]/",
                    "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/",
                    "http://192.168.1.1/", "http://[fd00::1]/", "http://user@127.0.0.1/", "https://0.0.0.0/",
                    "file://pictures/a.jpg", "ftp://127.0.0.1/a.jpg", "gopher://127.0.0.1:80/", "javascript:alert(1)", ""):
            answer = self.editor.post("/api/images/fetch?storeId=gifts", {"product": product, "url": url})
            self.assertEqual(answer.code, "address_refused", url)
        self.assertEqual(asked, [])
        for body, status in (({"product": product}, 422), ({"url": "http://127.0.0.1/"}, 422),
                             ({"product": new_id(), "url": "http://127.0.0.1/"}, 422)):
            self.assertEqual(self.editor.post("/api/images/fetch?storeId=gifts", body).status, status)

    def test_pictures_outlive_a_kill_and_leave_nothing_half_written(self):
        product = self.product()
        picture = self.made(product, png(40, 40, b"\x33\x44\x55"))
        incoming = os.path.join(self.server.data, "pictures", "incoming", "left-behind")
        with open(incoming, "wb") as file:
            file.write(b"half")
        self.server.kill()
        self.server.start()
        type(self).editor = Client(self.server, "edith")
        self.assertEqual(self.editor.get(f"/images/{picture['hash']}/96.webp").status, 200)
        self.assertFalse(os.path.exists(incoming))


class PictureBase(unittest.TestCase):
    def test_pictures_may_come_from_another_address(self):
        server = small_server("--picture-base-url", "https://cdn.example.com/p/")
        self.addCleanup(server.close)
        editor = Client(server, "edith")
        self.assertEqual(editor.session["pictureBase"], "https://cdn.example.com/p")
        product = editor.post("/api/products?storeId=gifts", {"title": "Mug", "status": "Active"}).json["data"]["id"]
        made = editor.call("POST", f"/api/images?storeId=gifts&product={product}", raw=JPEG).json["data"]
        answer = editor.get(f"/images/{made['hash']}/480.webp")
        self.assertEqual(answer.headers["cache-control"], "public, max-age=31536000, immutable")
        self.assertEqual(answer.headers["cross-origin-resource-policy"], "cross-origin")


if __name__ == "__main__":
    unittest.main()
