"""Makes the pictures beside it, and .rgb files: what Pillow reads from each, 3 bytes a pixel. Run with Pillow 9.4."""
import random
import struct
import zlib

from PIL import Image

W, H = 13, 11
rng = random.Random(20261120)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def passes(interlaced):
    if not interlaced:
        return [(0, 0, 1, 1)]
    return [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(name, colour, depth, interlaced):
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    top = (1 << depth) - 1
    # Half a slope, half noise: every filter has something to do.
    value = lambda x, y, s: ((x * 7 + y * 5 + s * 3) * top // 160 if (x + y) % 2 else rng.randrange(top + 1)) & top
    image = [[[value(x, y, s) for s in range(samples)] for x in range(W)] for y in range(H)]
    raw = b""
    for x0, y0, dx, dy in passes(interlaced):
        if x0 >= W or y0 >= H:
            continue
        above = None
        for n, y in enumerate(range(y0, H, dy)):
            bits = "".join(format(v, f"0{depth}b") for x in range(x0, W, dx) for v in image[y][x])
            bits += "0" * (-len(bits) % 8)
            line = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
            kind = n % 5
            left = max(1, samples * depth // 8)
            out = bytearray()
            for i, b in enumerate(line):
                a = line[i - left] if i >= left else 0
                up = above[i] if above else 0
                c = above[i - left] if above and i >= left else 0
                p = a + up - c
                paeth = min((abs(p - a), 0, a), (abs(p - up), 1, up), (abs(p - c), 2, c))[2]
                out.append((b - [0, a, up, (a + up) // 2, paeth][kind]) & 255)
            raw += bytes([kind]) + bytes(out)
            above = line
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, depth, colour, 0, 0, interlaced))
    if colour == 3:
        body += chunk(b"PLTE", bytes(rng.randrange(256) for _ in range(3 * (top + 1))))
    packed = zlib.compress(raw, 9)
    half = len(packed) // 2
    body += chunk(b"tEXt", b"Comment\0x") + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) + chunk(b"IEND", b"")
    with open(name + ".png", "wb") as f:
        f.write(body)
    read = Image.open(name + ".png")
    if depth == 16 and colour == 0:
        # Pillow keeps these 16 bits; the nearest of 8 is taken here.
        pixels = bytes(b for row in image for (v,) in row for b in [(v * 255 + 32767) // 65535] * 3)
    elif depth == 16:
        # Pillow cuts these off; the nearest is taken here.
        pick = (lambda p: [p[0]] * 3) if colour == 4 else (lambda p: p[:3])
        pixels = bytes((v * 255 + 32767) // 65535 for row in image for p in row for v in pick(p))
    else:
        read = read.convert("RGBA") if colour in (4, 6) else read
        pixels = read.convert("RGB").tobytes()
    with open(name + ".rgb", "wb") as f:
        f.write(pixels)


for colour, depths in {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}.items():
    for depth in depths:
        for interlaced in (0, 1):
            png(f"c{colour}d{depth}i{interlaced}", colour, depth, interlaced)

# A JPEG that every decoder agrees on: its blocks are flat.
flat = Image.new("RGB", (16, 8))
flat.paste((200, 200, 200), (0, 0, 8, 8))
flat.paste((40, 40, 40), (8, 0, 16, 8))
flat.save("flat.jpg", quality=100, subsampling=0)
with open("flat.rgb", "wb") as f:
    f.write(Image.open("flat.jpg").convert("RGB").tobytes())

# The same of four inks, and as it comes out of Pillow's conversion.
inks = Image.new("CMYK", (16, 8))
inks.paste((30, 120, 200, 40), (0, 0, 8, 8))
inks.paste((0, 255, 90, 128), (8, 0, 16, 8))
inks.save("inks.jpg", quality=100, subsampling=0)
with open("inks.rgb", "wb") as f:
    f.write(Image.open("inks.jpg").convert("RGB").tobytes())
