"""Published test vectors: the libraries behind both suites compute what the standards print."""

from __future__ import annotations

import pytest

from liandong.adapters.crypto.ed25519 import Ed25519Suite
from liandong.adapters.crypto.registry import NATIONAL_SUITE, SUITES

needs_sm = pytest.mark.skipif(NATIONAL_SUITE not in SUITES, reason="tongsuopy is not installed")


def h(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


def test_ed25519_signs_as_rfc_8032_prints() -> None:
    suite = Ed25519Suite()
    private = h("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
    public, _ = suite.public(private, private)
    assert public == h("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    signature = suite.sign(private, h("af82"))
    assert signature == h(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    assert suite.verify(public, h("af82"), signature)


def test_x25519_agrees_as_rfc_7748_prints() -> None:
    suite = Ed25519Suite()
    bob = h("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    alice_public = h("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    bob_public = h("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
    shared = h("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    assert suite.public(bob, bob)[1] == bob_public
    assert suite.agree(bob, alice_public) == shared


@needs_sm
def test_sm2_verifies_the_signature_of_gb_t_32918_5() -> None:
    suite = SUITES[NATIONAL_SUITE]
    private = h("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
    public, _ = suite.public(private, private)
    assert public == h(
        "04 09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020 CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    signature = h(
        "3046 022100 F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3 022100 B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )
    assert suite.verify(public, b"message digest", signature)
    assert not suite.verify(public, b"message digesT", signature)


@needs_sm
def test_the_sm2_curve_leads_both_sides_to_the_point_of_gb_t_32918_5() -> None:
    suite = SUITES[NATIONAL_SUITE]
    receiver = h("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
    once = h("59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21")
    receiver_public, once_public = suite.public(receiver, once)
    assert once_public == h(
        "04 04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73 E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
    )
    point = h("335E18D751E51F040E27D468138B7AB1DC86AD7F981D7D416222FD6AB3ED230D")
    assert suite.agree(receiver, once_public) == suite.agree(once, receiver_public) == point


@needs_sm
def test_sm3_digests_the_examples_of_gb_t_32905() -> None:
    suite = SUITES[NATIONAL_SUITE]
    assert suite.digest(b"abc") == h("66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0")
    assert suite.digest(b"abcd" * 16) == h("DEBE9FF92275B8A138604889C18E5A4D6FDB70E5387E5765293DCBA39C0C5732")


@needs_sm
def test_sm4_gcm_seals_as_rfc_8998_prints() -> None:
    from liandong.adapters.crypto.sm import sm4_gcm_seal

    sealed = sm4_gcm_seal(
        h("0123456789ABCDEFFEDCBA9876543210"),
        h("00001234567800000000ABCD"),
        h(
            "AAAAAAAAAAAAAAAA BBBBBBBBBBBBBBBB CCCCCCCCCCCCCCCC DDDDDDDDDDDDDDDD EEEEEEEEEEEEEEEE FFFFFFFFFFFFFFFF EEEEEEEEEEEEEEEE AAAAAAAAAAAAAAAA"
        ),
        h("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
    )
    assert sealed == h(
        "17F399F08C67D5EE19D0DC9969C4BB7D 5FD46FD3756489069157B282BB200735 D82710CA5C22F0CCFA7CBF93D496AC15 A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )


@needs_sm
def test_a_public_key_with_leading_zeros_or_fours_works_like_any_other() -> None:
    suite = SUITES[NATIONAL_SUITE]
    seen = set()
    for number in range(1, 400):
        private = number.to_bytes(32, "big")
        public, _ = suite.public(private, private)
        if public[1:2] in (b"\x04", b"\x00", b"\x44", b"\x40"):
            seen.add(public[1])
            assert suite.verify(public, b"x", suite.sign(private, b"x"))
    assert seen
