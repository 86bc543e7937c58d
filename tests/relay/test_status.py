"""What a stranger sees of a relay: that it works, who it is, what its operator says; no practice, no number."""

from __future__ import annotations

import http.client
import json
import re

from lanterne.relay.status import SENTENCES
from lanterne.wire.statements import Scope, State
from tests.relay.asking import Device
from tests.relay.conftest import Running
from tests.relay.test_suspension import say


def get(relay: Running, target: str) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection(*relay.address, timeout=30)
    connection.request("GET", target)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response, body


def test_the_page_is_french_and_names_nobody(relay: Running, device: Device) -> None:
    response, body = get(relay, "/status")
    assert response.status == 200
    assert SENTENCES["in_service"] in body
    assert '<html lang="fr">' in body
    assert "default-src 'none'" in str(response.getheader("Content-Security-Policy"))
    assert device.practice not in body
    assert device.keys.id not in body
    assert relay.house.key.public.hex() in body


def test_the_state_is_said_to_programs(relay: Running, device: Device) -> None:
    response, body = get(relay, "/status.json")
    said = json.loads(body)
    assert response.status == 200
    assert said.keys() == {"relay", "key", "state", "text", "time"}
    assert (said["relay"], said["state"], said["text"]) == (relay.house.key.id, "in_service", "")
    say(relay, Scope.ALL, None, State.SUSPENDED, "<b>Fermé</b> & clos")
    _, body = get(relay, "/status.json")
    assert json.loads(body)["state"] == "suspended"
    _, page = get(relay, "/status")
    assert "&lt;b&gt;Fermé&lt;/b&gt; &amp; clos" in page
    assert SENTENCES["suspended"].replace("’", "’") in page
    say(relay, Scope.PRACTICE, device.practice, State.SUSPENDED)
    assert device.practice not in get(relay, "/status")[1]
    say(relay, Scope.ALL, None, State.RESUMED, "rouvert")
    assert json.loads(get(relay, "/status.json")[1])["text"] == ""


def test_nothing_else_is_there(relay: Running) -> None:
    for target in ("/", "/1", "/docs", "/openapi.json", "/1/x/heads", "/static/x", "/../relay.key"):
        response, body = get(relay, target)
        assert response.status in (404, 405), target
        assert not re.search("traceback|python|starlette|uvicorn", body, re.IGNORECASE)
        assert response.getheader("Server") is None
