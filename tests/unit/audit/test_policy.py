from __future__ import annotations

import itertools

import pytest

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.cosignature import CosigningKey
from allmanning.audit.log.note import BadNote, Note, SigningKey
from allmanning.audit.log.policy import BadPolicy, Policy
from allmanning.audit.log.tree import leaf_hash
from allmanning.audit.log.vkey import COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44

LOG = SigningKey.generate("audit.exempelby.allmanning/2026h2")
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
KEYS = {
    name: CosigningKey.from_seed(f"{name}.example", 4 if number % 2 else 6, bytes([number + 1]) * 32)
    for number, name in enumerate(NAMES)
}
WITNESSES = "".join(f"witness {name} {key.verifier}\n" for name, key in KEYS.items())
# The example of the specification.
EXAMPLE = (
    f"log {LOG.verifier}\n\n{WITNESSES}group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n"
    "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
)


def test_the_specifications_example_wants_two_of_one_kind_and_one_of_the_other():
    policy = Policy.parse(EXAMPLE.encode())
    for count in range(len(NAMES) + 1):
        for seen in itertools.combinations(NAMES, count):
            x = sum(name.startswith("X") for name in seen)
            assert policy.satisfied_by(set(seen)) == (x >= 2 and count - x >= 1)


def test_a_note_is_judged_by_who_cosigned_it():
    policy = Policy.parse(EXAMPLE.encode())
    checkpoint = Checkpoint(LOG.name, 1, leaf_hash(b""))
    note = Note.parse(checkpoint.sign(LOG))
    assert policy.judge(str(note)) == (checkpoint, {}, False)
    note = note.with_signatures([KEYS[name].cosign(note.text, at) for at, name in enumerate(("X1", "X3", "Y2"), 1)])
    assert policy.judge(str(note)) == (checkpoint, {"X1": 1, "X3": 2, "Y2": 3}, True)


def test_a_note_by_a_log_that_is_not_listed_is_refused():
    policy = Policy.parse(EXAMPLE.encode())
    for other in (SigningKey.generate(LOG.name), SigningKey.generate("annan.example")):
        with pytest.raises(BadNote, match="ingen underskrift av loggen"):
            policy.judge(Checkpoint(other.name, 1, leaf_hash(b"")).sign(other))
    misnamed = Checkpoint("annan.example", 1, leaf_hash(b"")).sign(LOG)
    with pytest.raises(BadNote):
        policy.judge(misnamed)


def test_a_forged_cosignature_of_a_known_witness_spoils_the_note():
    policy = Policy.parse(EXAMPLE.encode())
    note = Note.parse(Checkpoint(LOG.name, 1, leaf_hash(b"")).sign(LOG))
    forged = KEYS["X1"].cosign(note.text, 1)._replace(signature=bytes(8 + 2420))
    with pytest.raises(BadNote):
        policy.judge(str(note.with_signatures([forged])))


def test_a_log_may_sign_with_ml_dsa_alone():
    second = CosigningKey.from_seed(LOG.name, COSIGNATURE_ML_DSA_44, b"\7" * 32)
    text = Checkpoint(LOG.name, 1, leaf_hash(b"")).text()
    policy = Policy.parse(f"log {second.verifier}\nquorum none\n".encode())
    assert policy.judge(str(Note(text, (second.cosign(text, 1),)))).quorum


def test_spaces_tabs_comments_empty_lines_urls_and_names_beyond_ascii_are_allowed():
    key = KEYS["X1"].verifier
    text = (
        f"# vittnen för Exempelby\n\t # indragen\n\n witness\tgrannby-å \t {key}  https://vittne.example/å \n"
        "quorum grannby-å\n"
    )
    policy = Policy.parse(text.encode())
    assert policy.satisfied_by({"grannby-å"})
    assert policy.witnesses["grannby-å"].url == "https://vittne.example/å"
    latin = Policy.parse(b"witness v\xe5 " + str(key).encode() + b"\nquorum v\xe5\n")
    assert latin.satisfied_by(set(latin.witnesses))


W = f"witness a {KEYS['X1'].verifier}\nwitness b {KEYS['X2'].verifier}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "quorum"),
        (W, "quorum"),
        (W + "quorum a", "avkapad"),
        (W + "quorum a\nquorum b\n", "rad 4"),
        (W + "quorum c\n", "c är inte definierad"),
        ("quorum a\n" + W, "rad 1"),
        (W + "group g any a c\nquorum g\n", "c är inte definierad"),
        (W + "group g any none\nquorum g\n", "none är inte definierad"),
        (W + "group g any g\nquorum g\n", "g är inte definierad"),
        (W + "group g any\nquorum a\n", "rad 3"),
        (W + "group g 0 a b\nquorum g\n", "antalet"),
        (W + "group g 3 a b\nquorum g\n", "antalet"),
        (W + "group g -1 a b\nquorum g\n", "antalet"),
        (W + "group g ² a b\nquorum g\n", "antalet"),
        (W + "group g any a a\nquorum g\n", "redan med"),
        (W + "group g any a\ngroup h any a b\nquorum g\n", "redan med"),
        (W + "group a any b\nquorum a\n", "upptaget"),
        (W + f"witness a {KEYS['X3'].verifier}\nquorum a\n", "upptaget"),
        (W + f"witness none {KEYS['X3'].verifier}\nquorum a\n", "upptaget"),
        (W + f"witness c {KEYS['X1'].verifier}\nquorum a\n", "nyckeln står redan"),
        (W + f"witness c {LOG.verifier}\nquorum a\n", "vittnes nyckel"),
        (f"log {LOG.verifier}\nlog {LOG.verifier} https://b.example\nquorum none\n", "nyckeln står redan"),
        ("log bad\nquorum none\n", "vkey"),
        (W + "quorum a\r\n", "styrtecken"),
        (W + "quorum a b\n", "antal ord"),
        (W + "qourum a\n", "antal ord"),
    ],
)
def test_a_policy_that_does_not_hold_together_says_where(text, says):
    with pytest.raises(BadPolicy, match=says):
        Policy.parse(text.encode())


def test_the_same_key_under_another_name_is_a_duplicate():
    other = CosigningKey.from_seed("annat.example", COSIGNATURE_ED25519, b"\2" * 32)
    assert other.verifier.vkey.material == KEYS["X2"].verifier.vkey.material
    with pytest.raises(BadPolicy, match="nyckeln står redan"):
        Policy.parse((W + f"witness c {other.verifier}\nquorum a\n").encode())


def test_as_many_logs_witnesses_and_groups_as_the_specification_asks_for_are_read():
    lines = [f"log {SigningKey.generate(f'log.example/{n}').verifier}" for n in range(32)]
    for n in range(32):
        lines.append(
            f"witness w{n} {CosigningKey.from_seed('w.example', COSIGNATURE_ED25519, bytes([n]) * 32).verifier}"
        )
        lines.append(f"group g{n} all w{n}" + (f" g{n - 1}" if n else ""))
    policy = Policy.parse(("\n".join([*lines, "quorum g31"]) + "\n").encode())
    assert policy.satisfied_by({f"w{n}" for n in range(32)})
    assert not policy.satisfied_by({f"w{n}" for n in range(1, 32)})
