"""Signatures are those of the specification."""

from __future__ import annotations

import base64

from allmanning.gateway.webhooks.signature import new_secret, shown, signed

# The example of the specification's reference libraries.
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'


def test_the_known_message_has_the_known_signature():
    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY, [base64.b64decode(SECRET)])

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_secrets_give_two_signatures_and_a_secret_is_shown_as_libraries_take_it():
    one, two = new_secret(), new_secret()

    both = signed("a", 1, BODY, [one, two])["webhook-signature"].split(" ")

    assert both == [signed("a", 1, BODY, [each])["webhook-signature"] for each in (one, two)]
    assert base64.b64decode(shown(one).removeprefix("whsec_")) == one
    assert len(one) >= 24
