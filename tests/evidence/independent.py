# SPDX-License-Identifier: GPL-2.0-or-later
"""A checkpoint and a proof, recomputed: RFC 6962, RFC 8032 and the notes of C2SP,
written from those texts and sharing no code with the product.

usage: independent.py LOGDIR VKEY [PROOF.tlog-proof]
"""
import base64
import glob
import hashlib
import subprocess
import sys

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root(h):
    if len(h) < 2:
        return h[0] if h else sha()
    k = 1 << (len(h) - 1).bit_length() - 1
    return sha(b"\1", root(h[:k]), root(h[k:]))


def add(a, b):
    c = D * a[0] * b[0] * a[1] * b[1] % P
    return ((a[0] * b[1] + a[1] * b[0]) * pow(1 + c, P - 2, P) % P,
            (a[1] * b[1] + a[0] * b[0]) * pow(1 - c, P - 2, P) % P)


def times(n, a):
    r = (0, 1)
    while n:
        r, a, n = add(r, a) if n & 1 else r, add(a, a), n >> 1
    return r


def point(b):
    y = int.from_bytes(b, "little") & (1 << 255) - 1
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert not (x * x - xx) % P, "no point"
    return (P - x if x & 1 != b[31] >> 7 else x, y)


def check_note(note, vkey):
    name, key_id, key = vkey.split("+", 2)
    key = base64.b64decode(key)
    assert sha(name.encode(), b"\n", key)[:4].hex() == key_id and key[0] == 1, "key id"
    text, lines = note.split("\n\n")
    text += "\n"
    for line in lines.splitlines():
        signer, sig = line[2:].split(" ")
        sig = base64.b64decode(sig)
        if signer == name and sig[:4].hex() == key_id:
            r, s = sig[4:36], int.from_bytes(sig[36:], "little")
            h = int.from_bytes(hashlib.sha512(r + key[1:] + text.encode()).digest(), "little")
            base = point(bytes([0x58]) + b"\x66" * 31)
            assert s < L and times(s, base) == add(point(r), times(h % L, point(key[1:]))), "signature"
            return text.splitlines()
    raise AssertionError("not signed by the key")


def check_proof(text, vkey):
    head, note = text.split("\n\n", 1)
    lines = head.splitlines()
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    r = sha(b"\0", base64.b64decode(lines[1].split(" ")[1]))
    body = check_note(note, vkey)
    fn, sn = int(lines[2].split(" ")[1]), int(body[1]) - 1
    for h in map(base64.b64decode, lines[3:]):
        if fn & 1 or fn == sn:
            r = sha(b"\1", h, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\1", r, h)
        fn, sn = fn >> 1, sn >> 1
    assert not sn and base64.b64encode(r).decode() == body[2], "inclusion"


directory, verifier = sys.argv[1:3]
records = []
for f in sorted(glob.glob(directory + "/records.*.jsonl*")):
    data = subprocess.run(["zstd", "-dqc", f], check=True, stdout=-1).stdout if f.endswith("zst") else open(f, "rb").read()
    records += data.splitlines()
with open(directory + "/checkpoint", encoding="utf-8") as checkpoint:
    signed = check_note(checkpoint.read(), verifier)
assert int(signed[1]) == len(records), "size"
assert base64.b64encode(root([sha(b"\0", r) for r in records])).decode() == signed[2], "root"
for path in sys.argv[3:]:
    with open(path, encoding="utf-8") as proof:
        check_proof(proof.read(), verifier)
print("the same:", signed[1], signed[2])
