"""Small pictures of the kinds that are attached."""

import struct
import zlib

import numpy as np


def png(width: int = 64, height: int = 48, seed: int = 0) -> bytes:
    """Return a PNG of coloured stripes and noise."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, size=(height, width, 3), dtype=np.uint8)
    pixels[:, : width // 2] = (seed * 40 % 256, 200, 30)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    return png_of(width, height, zlib.compress(rows))


def png_of(width: int, height: int, data: bytes) -> bytes:
    """Return a PNG of 8-bit colours with this compressed data."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def gif(width: int = 3, height: int = 2) -> bytes:
    """Return the beginning of a GIF."""
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(3)


def bmp(width: int = 3, height: int = -2) -> bytes:
    """Return the beginning of a BMP; a negative height means that its rows go down."""
    return b"BM" + bytes(12) + struct.pack("<Iii", 40, width, height) + bytes(28)


def jpeg(width: int = 3, height: int = 2, turned: int = 0) -> bytes:
    """Return the beginning of a JPEG, with EXIF's orientation when it is given."""
    exif = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, turned, 0, 0)
    camera = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif if turned else b""
    frame = struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + b"\xff\xe0" + struct.pack(">H", 4) + bytes(2) + camera + b"\xff\xc0" + frame + b"\xff\xd9"
