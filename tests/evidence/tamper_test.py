# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be done to a log, and what sekisho verify says of it.

Prints TAP.  $SEKISHO and $MKLOG are the programs.
"""
import base64
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

SEKISHO, MKLOG = os.environ["SEKISHO"], os.environ["MKLOG"]
HERE = os.path.dirname(os.path.abspath(__file__))
HOST, OTHER = "0123456789abcdef", "fedcba9876543210"
WORK = tempfile.mkdtemp(prefix="sekisho-evidence.")
SEGMENT = 6000
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def run(*command, ok=None):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if ok is not None and (done.returncode == 0) != ok:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


class Log:
    """A log of 100 records in several segments, most of them compressed."""

    def __init__(self, name, host=HOST, keys="keys", count=100, back=()):
        self.dir = os.path.join(WORK, name)
        self.keys = os.path.join(WORK, keys)
        self.host = host
        os.mkdir(self.dir)
        self.vkey = self.more(count, *back)

    def more(self, count, *back):
        out = run(MKLOG, self.dir, self.keys, self.host, str(count), str(SEGMENT), *map(str, back), ok=True)
        return out.splitlines()[-1]

    def unpack(self):
        """All segments plain, to be edited."""
        for f in glob.glob(self.dir + "/*.zst"):
            run("zstd", "-dq", "--rm", f, ok=True)
        return sorted(glob.glob(self.dir + "/records.*.jsonl"))

    def where(self, record):
        """The segment of a record, and its line in it."""
        for f in reversed(self.unpack()):
            first = int(re.search(r"records\.(\d+)", f).group(1))
            if first <= record:
                return f, record - first
        raise AssertionError("no segment")

    def edit(self, record, change):
        f, at = self.where(record)
        with open(f, "rb") as file:
            lines = file.read().splitlines(True)
        change(lines, at)
        with open(f, "wb") as file:
            file.write(b"".join(lines))
        return os.path.basename(f)

    def verify(self, *options, ok=True, key=None):
        return run(SEKISHO, "verify", "--key", key or self.vkey, *options, self.dir, ok=ok)

    def tells(self, *words, **more):
        out = self.verify(ok=False, **more)
        for word in words:
            assert word in out, f"{word!r} is not said:\n{out}"
        return out


def copy_of(log, name):
    new = object.__new__(Log)
    new.dir = os.path.join(WORK, name)
    new.keys, new.host, new.vkey = log.keys, log.host, log.vkey
    shutil.copytree(log.dir, new.dir)
    return new


@test
def whole_log_is_what_was_signed(log):
    out = log.verify()
    assert out.endswith("OK\n") and "signed       100 records" in out, out
    assert "Whether the log was cut back" in out, out


@test
def independent_check_comes_to_the_same(log):
    proof = os.path.join(WORK, "r.tlog-proof")
    for record in (0, 37, 99):
        log.verify("--record", str(record), "--proof", proof)
        run(SEKISHO, "verify", "--key", log.vkey, proof, ok=True)
        run(sys.executable, os.path.join(HERE, "independent.py"), log.dir, log.vkey, proof, ok=True)


@test
def proof_of_another_record_is_refused(log):
    proof = os.path.join(WORK, "x.tlog-proof")
    log.verify("--record", "42", "--proof", proof)
    with open(proof, encoding="utf-8") as f:
        text = f.read()
    extra = re.search("extra (.*)", text).group(1)
    forged = base64.b64encode(base64.b64decode(extra).replace(b"denied", b"denies")).decode()
    for other in (text.replace("index 42", "index 43"), text.replace(extra, forged),
                  text.replace("\n100\n", "\n101\n"), text[:-9] + "AAAA" + text[-5:]):
        assert other != text
        with open(proof, "w", encoding="utf-8") as f:
            f.write(other)
        run(SEKISHO, "verify", "--key", log.vkey, proof, ok=False)


@test
def altered_byte_names_segment_and_record(log):
    for record in (0, 33, 71, 99):
        bad = copy_of(log, f"altered{record}")
        name = bad.edit(record, lambda l, i: l.__setitem__(i, l[i].replace(b"1", b"2", 1)))
        bad.tells(f"{name}: record {record} was altered")


@test
def removed_record_is_named(log):
    name = log.edit(44, lambda l, i: l.pop(i))
    log.tells(f"{name}: record 44 was removed")


@test
def swapped_records_are_named(log):
    def swap(lines, i):
        lines[i], lines[i + 3] = lines[i + 3], lines[i]

    name = log.edit(52, swap)
    log.tells(f"{name}: records 52 and 55 are swapped")


@test
def duplicated_record_is_named(log):
    name = log.edit(61, lambda l, i: l.insert(i + 2, l[i]))
    log.tells(f"{name}: record 61 is there twice, again before record 63")


@test
def record_put_in_is_named(log):
    name = log.edit(61, lambda l, i: l.insert(i, b'{"v":1}\n'))
    log.tells(f"{name}: a record was put in before record 61")


@test
def resealed_record_is_not_signed_by_the_key(log):
    """Somebody alters a record and seals all anew with a key of his own."""
    forged = os.path.join(WORK, "forged")
    os.mkdir(forged)
    key = run(MKLOG, forged, os.path.join(WORK, "keys-of-another"), HOST, "100", str(SEGMENT), ok=True).splitlines()[-1]
    other = copy_of(log, "resealed")
    shutil.rmtree(other.dir)
    shutil.copytree(forged, other.dir)
    other.tells("is not signed by a key given: sealed by somebody else", "records.000000000000")
    run(SEKISHO, "verify", "--key", key, other.dir, ok=True)


@test
def resealed_with_tiles_is_bounded_by_checkpoints(log):
    """The tiles are made anew, the checkpoints can't be."""
    name = log.edit(45, lambda l, i: l.__setitem__(i, l[i].replace(b"denied", b"allowed")))
    shutil.rmtree(log.dir + "/tile")
    out = log.tells(name)
    low, high = map(int, re.search(r"records (\d+) to (\d+) are not those", out).groups())
    assert low <= 45 <= high, out


@test
def fork_is_seen_with_a_checkpoint_kept_elsewhere(log):
    """The holder of the key himself shows another log."""
    kept = os.path.join(WORK, "kept")
    shutil.copy(log.dir + "/checkpoint", kept)
    fork = Log("fork", count=140, back=(7,))  # other times from record 71 on
    out = fork.verify("--checkpoint", kept, ok=False)
    assert "a fork: the checkpoint kept elsewhere" in out, out
    log.more(20)
    assert "goes on from the checkpoint kept elsewhere" in log.verify("--checkpoint", kept)


def consistency(log, old, name):
    out = os.path.join(WORK, name + ".tlog-consistency")
    with open(out, "w", encoding="utf-8") as f:
        f.write(run(SEKISHO, "log", "consistency", str(old), log.dir, ok=True))
    return out


@test
def two_checkpoints_are_of_one_log_without_the_log(log):
    kept = os.path.join(WORK, "older")
    shutil.copy(log.dir + "/checkpoint", kept)
    log.more(33)
    proof = consistency(log, kept, "grown")
    verify = (SEKISHO, "verify", "--key", log.vkey, "--checkpoint", kept)
    out = run(*verify, proof, ok=True)
    assert "The log of 133 records begins with the 100 records" in out, out
    # each node of the proof counts, and so do size, root and key
    with open(proof, encoding="utf-8") as f:
        text = f.read()
    hashes = text.split("\n\n")[0].splitlines()[1:]
    assert hashes
    zero = base64.b64encode(bytes(32)).decode()
    for other in [text.replace(h, zero) for h in hashes] + [text.replace("old 100", "old 99"),
                  text.replace(hashes[0] + "\n", ""), text.replace("\n133\n", "\n134\n")]:
        assert other != text
        with open(proof, "w", encoding="utf-8") as f:
            f.write(other)
        run(*verify, proof, ok=False)
    fork = Log("fork-of-it", count=140, back=(7,))
    assert "a fork: the log of its checkpoint" in run(*verify, consistency(fork, 100, "fork"), ok=False)
    other = Log("other-of-it", host=OTHER)
    run(*verify, consistency(other, 100, "other"), ok=False)


@test
def several_checkpoints_kept_elsewhere_are_all_judged(log):
    both = os.path.join(WORK, "both")
    for _ in range(2):
        with open(log.dir + "/checkpoint", encoding="utf-8") as one, open(both, "a", encoding="utf-8") as f:
            f.write(one.read())
        log.more(10)
    log.verify("--checkpoint", both)
    fork = Log("fork-of-both", count=140, back=(7,))
    with open(fork.dir + "/checkpoint", encoding="utf-8") as one, open(both, "a", encoding="utf-8") as f:
        f.write(one.read())
    log.more(40)
    out = log.verify("--checkpoint", both, ok=False)
    assert "a fork: the checkpoint kept elsewhere, of size 140" in out and "size 100" not in out, out


class Witness:
    def __init__(self, name, log):
        self.key, self.state = os.path.join(WORK, name), os.path.join(WORK, name + ".state")
        if not os.path.exists(self.key + ".key"):
            run(SEKISHO, "keygen", "-o", self.key, ok=True)
        self.command = [SEKISHO, "witness", "--key", self.key + ".key", "--name", "witness.example/" + name]
        self.vkey = run(*self.command, ok=True).strip()
        self.command += ["--log", log.vkey, "--state", self.state]

    def cosign(self, log, old, ok=True):
        return run(*self.command, consistency(log, old, "request"), ok=ok)


def append(path, *texts):
    with open(path, "a", encoding="utf-8") as f:
        f.write("".join(texts))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


@test
def witness_cosigns_what_goes_on_and_nothing_else(log):
    w, kept = Witness("w1", log), os.path.join(WORK, "cosigned")
    for old in (0, 100):
        append(kept, read(log.dir + "/checkpoint"), w.cosign(log, old))
        log.more(20)
    verify = ("--checkpoint", kept, "--witness", w.vkey)
    out = log.verify(*verify)
    for size in (100, 120):
        assert re.search(rf"cosigned     size {size} by witness.example/w1 at 20", out), out
    assert "A witness saw each cosigned checkpoint" in out, out
    # not from where it stands, not a fork, not by another key
    assert "cosigned last has size 120" in w.cosign(log, 100, ok=False)
    fork = Log("fork-for-witness", count=160, back=(7,))
    assert "does not go on" in w.cosign(fork, 120, ok=False)
    stranger = Log("stranger", keys="keys-of-a-stranger", count=160)
    assert "not signed by a key of this log" in w.cosign(stranger, 120, ok=False)
    other = Log("other-for-witness", host=OTHER)
    assert "not known here" in w.cosign(other, 0, ok=False)
    w.cosign(log, 120)


@test
def cosignature_that_is_not_one_is_told(log):
    w, other, kept = Witness("w2", log), Witness("w3", log), os.path.join(WORK, "forged-cosignature")
    line, checkpoint = w.cosign(log, 0), read(log.dir + "/checkpoint")
    raw = bytearray(base64.b64decode(line.split()[2]))
    raw[11] ^= 1  # the time it says
    forged = f"— witness.example/w2 {base64.b64encode(raw).decode()}\n"
    append(kept, checkpoint, forged)
    out = log.verify("--checkpoint", kept, "--witness", w.vkey, ok=False)
    assert "the cosignature of witness.example/w2 does not fit" in out, out
    append(kept + ".none", checkpoint)
    out = log.verify("--checkpoint", kept + ".none", "--witness", w.vkey, ok=False)
    assert "no checkpoint kept elsewhere is cosigned" in out, out
    append(kept + ".good", checkpoint, line)
    log.verify("--checkpoint", kept + ".good", "--witness", w.vkey)
    log.verify("--checkpoint", kept + ".good", "--witness", other.vkey, ok=False)
    log.verify("--checkpoint", kept + ".good", "--witness", log.vkey, ok=False)  # no key of a witness


def openssl(*args, **more):
    return subprocess.run(("openssl",) + args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, cwd=WORK, **more).stdout


def authority(name):
    """A time stamping authority: its own CA, a certificate for time stamps."""
    conf = os.path.join(WORK, name + ".cnf")
    append(conf, f"""[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:true
[tsa]
extendedKeyUsage = critical,timeStamping
[stamp]
serial = {WORK}/{name}.serial
crypto_device = builtin
signer_cert = {WORK}/{name}.tsa.pem
certs = {WORK}/{name}.ca.pem
signer_key = {WORK}/{name}.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
""")
    append(os.path.join(WORK, name + ".serial"), "01\n")
    openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", f"{name}.ca.key", "-out", f"{name}.ca.pem",
            "-subj", f"/CN={name}", "-config", conf, "-extensions", "ca", "-days", "2")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr",
            "-subj", f"/CN=tsa of {name}", "-config", conf)
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{name}.ca.pem", "-CAkey", f"{name}.ca.key", "-days", "2",
            "-extfile", conf, "-extensions", "tsa", "-out", f"{name}.tsa.pem", "-CAcreateserial")
    return conf


def stamp(conf, path):
    openssl("ts", "-query", "-data", path, "-sha256", "-cert", "-out", path + ".tsq")
    openssl("ts", "-reply", "-config", conf, "-section", "stamp", "-queryfile", path + ".tsq", "-out", path + ".tsr")


@test
def time_stamps_prove_when_a_checkpoint_existed(log):
    conf, ca = authority("clock"), os.path.join(WORK, "clock.ca.pem")
    kept = os.path.join(WORK, "stamped")
    append(kept, read(log.dir + "/checkpoint"))
    stamp(conf, kept)
    log.more(10)
    out = log.verify("--checkpoint", kept, "--tsa", ca)
    assert re.search(rf"stamped      {kept} at 20\d\d-", out), out
    assert "existed at the time of its stamp" in out, out
    # of other bytes, of another authority, none at all
    other = os.path.join(WORK, "stamped-other")
    append(other, read(log.dir + "/checkpoint"))
    shutil.copy(kept + ".tsr", other + ".tsr")
    assert "is not one of this authority for these bytes" in log.verify("--checkpoint", other, "--tsa", ca, ok=False)
    authority("rogue")
    log.verify("--checkpoint", kept, "--tsa", os.path.join(WORK, "rogue.ca.pem"), ok=False)
    os.unlink(other + ".tsr")
    assert ".tsr: No such file" in log.verify("--checkpoint", other, "--tsa", ca, ok=False)


@test
def truncated_tail_is_named(log):
    f, _ = log.where(99)
    with open(f, "rb") as file:
        lines = file.read().splitlines(True)
    with open(f, "wb") as file:
        file.write(b"".join(lines[:-3]))
    log.tells(os.path.basename(f), "records 97 to 99 are cut off at the end")


@test
def tail_cut_with_its_checkpoints_is_seen_from_elsewhere(log):
    old = copy_of(log, "old")
    kept = os.path.join(WORK, "newer")
    log.more(30)
    shutil.copy(log.dir + "/checkpoint", kept)
    old.verify()
    out = old.verify("--checkpoint", kept, ok=False)
    assert "the log ends before record 100" in out and "130 records" in out, out


@test
def missing_segment_is_named(log):
    files = log.unpack()
    os.unlink(files[2])
    log.tells(os.path.basename(files[2])[:20], "the segment is missing")


@test
def first_segment_may_go_only_with_a_record(log):
    files = log.unpack()
    for end in (".jsonl", ".notes"):
        os.unlink(files[0].replace(".jsonl", end))
    first = int(re.search(r"records\.(\d+)", files[1]).group(1))
    out = log.tells(f"records below {first} are gone, and no record says that they were deleted")
    assert "was altered" not in out and f"records {first} to 99" in out, out


@test
def clock_set_back_is_named(_log):
    back = Log("back", count=60, back=(3600,))
    out = back.tells("the wall clock was set back by 3600.0 s before checkpoint", "(record 40)")
    assert "was altered" not in out


@test
def segment_of_another_host_is_named(log):
    other = Log("other", host=OTHER, keys="keys")
    mine, theirs = log.unpack(), other.unpack()
    for end in (".jsonl", ".notes"):
        shutil.copy(theirs[1].replace(".jsonl", end), mine[1].replace(".jsonl", end))
    log.tells(os.path.basename(mine[1]), "is of another host or log", "is of another host than")


@test
def checkpoint_removed_in_between_is_named(log):
    f = sorted(glob.glob(log.dir + "/*.notes"))[0]
    with open(f, encoding="utf-8") as file:
        notes = file.read().split("sekisho.log/" + HOST + "\n")
    del notes[2]
    with open(f, "w", encoding="utf-8") as file:
        file.write(("sekisho.log/" + HOST + "\n").join(notes))
    log.tells(os.path.basename(f)[:20], "some are missing or came back")


@test
def one_segment_is_verified_alone(log):
    files = log.unpack()
    for f in files[:1] + files[2:]:
        os.unlink(f)
        os.unlink(f.replace(".jsonl", ".notes"))
    first = int(re.search(r"records\.(\d+)", files[1]).group(1))
    log.verify("--segment", str(first + 1))
    os.unlink(log.dir + "/checkpoint")
    shutil.rmtree(log.dir + "/tile")
    assert f"records {first} to" in log.verify("--segment", str(first + 1))
    log.edit(first + 2, lambda l, i: l.__setitem__(i, l[i].replace(b"1", b"2", 1)))
    assert "are not those of the checkpoint" in log.verify("--segment", str(first + 1), ok=False)


@test
def next_key_is_vouched_for_by_the_one_before(log):
    old = log.vkey
    shutil.copy(log.keys + "/log.1.key", log.keys + "/log.1.kept")
    with open(log.keys + "/log.2.key", "w", encoding="utf-8") as f:
        f.write(subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], stdout=-1, text=True, check=True).stdout)
    new = log.more(20)
    assert new != old
    log.verify(key=old)
    run(SEKISHO, "verify", "--key", new, log.dir, ok=False)  # it can't speak for what was before
    os.unlink(log.keys + "/log.2.key")


@test
def statement_says_what_was_not_there(log):
    key = os.path.join(WORK, "auditor")
    if not os.path.exists(key + ".key"):
        run(SEKISHO, "keygen", "-o", key, ok=True)
    args = ("statement", "--key", log.vkey, "--sign", key + ".key", log.dir)
    begin = ("--from", "2026-11-21T08:00:00+00:00")
    out = run(SEKISHO, *args, *begin, "--to", "2026-11-21T08:02:00+00:00", ok=True)
    for word in ("refused      95", "sessions     none: no operator session began", "lost         none",
                 "digest e106f3781e25150c", "complete     yes", "— statement "):
        assert word in out, out
    # Of the weeks behind the last record it can't say that nothing happened.
    out = run(SEKISHO, *args, *begin, "--to", "2026-12-31", ok=True)
    assert "to 2026-12-31T" in out and "complete     not shown" in out, out
    out = run(SEKISHO, *args, "--from", "2020-01-01", "--to", "2020-01-02", ok=True)
    assert "records      none in this time" in out, out
    log.edit(33, lambda l, i: l.__setitem__(i, l[i].replace(b"1", b"2", 1)))
    run(SEKISHO, *args, "--from", "2020-01-01", "--to", "2020-01-02", ok=False)


@test
def every_number_is_a_record(log):
    out = log.verify()
    assert "numbers      95 of 2 CPUs: 95 records, 0 that need none, 0 told lost, 0 missing" in out, out
    assert "95 over all CPUs: 0 missing" in out, out
    assert "twice        none" in out, out


@test
def gap_without_a_told_loss_is_named(_log):
    """A collector that drops an event and signs the rest: nothing is altered, and it shows."""
    gap = Log("gap", back=(0, 45))
    out = gap.verify(ok=False)
    # event 45: the 23rd of CPU 1, told as settled by the heartbeat behind record 59
    assert "missing      CPU 1: of the numbers 20 to 28 1 have no record and no loss tells of them; they are 23" in out, out
    assert "missing      all CPUs: of the numbers 39 to 57 1 have no record and no loss tells of them; they are 46" in out, out
    assert "94 records, 0 that need none, 0 told lost, 1 missing" in out and "NOT complete" in out, out
    assert "WRONG" not in out and "\nOK" not in out, out
    # of a time that does not hold the gap nothing is missing
    assert ", 0 missing" in gap.verify("--to", "2026-11-21T08:00:35+00:00")


@test
def gap_with_a_told_loss_is_counted(_log):
    lost = Log("lost", back=(0, 45, "told"))
    out = lost.verify()
    assert "94 records, 0 that need none, 1 told lost, 0 missing" in out and "94 over all CPUs: 0 missing" in out, out


@test
def records_are_listed_and_exported(log):
    assert len(run(SEKISHO, "log", "cat", log.dir, ok=True).splitlines()) == 100
    out = os.path.join(WORK, "out")
    run(SEKISHO, "log", "export", log.dir, out, ok=True)
    with open(out + "/tile/entries/000.p/100", "rb") as f:
        data = f.read()
    count = 0
    while data:
        size = int.from_bytes(data[:2], "big")
        data, count = data[2 + size:], count + 1
    assert count == 100


def main():
    print(f"TAP version 13\n1..{len(TESTS)}", flush=True)
    good = Log("good")
    failed = 0
    for number, function in enumerate(TESTS, 1):
        try:
            function(copy_of(good, f"log-{function.__name__}"))
            print(f"ok {number} - {function.__name__}", flush=True)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            failed += 1
            for line in str(error).splitlines():
                print("#", line)
            print(f"not ok {number} - {function.__name__}", flush=True)
    shutil.rmtree(WORK)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
