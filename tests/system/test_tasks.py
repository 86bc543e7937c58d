"""Messages and tasks on the real server: the patient a name may mean is asked about, what a colleague did first is said,
and a form is nobody else's.
"""

from __future__ import annotations

from tests.system.browser import Browser, Form
from tests.system.stage import GARANCE, INES, JEAN, LUCIE, Server

NEW = "/a-faire/nouveau?genre=message"
SAID = "douleur dans la poitrine"


def done_forms(browser: Browser) -> list[Form]:
    """The one-key forms of everybody's list."""
    return [one for one in browser.page("/a-faire?qui=tous").forms if one.action.endswith("/fait")]


def test_a_message_from_the_front_desk_to_its_end_and_a_recall(server: Server) -> None:
    ines, garance = server.browser(INES), server.browser(GARANCE)
    jean = server.practice.patients[JEAN]
    typed = {"who": "baptiste", "description": "rappeler", "detail": SAID, "to": "r:doctor", "due": "demain"}
    form = ines.open_form(NEW)
    # A patient bears that name: nothing is written before it is said which, or that it is none.
    asked = ines.send(form, typed)
    assert asked.status == 422
    assert f'value="{jean}"' in asked.text
    assert done_forms(ines) == []
    assert ines.send(form, {**typed, "patient": "x"}).status == 422
    assert ines.send(form, {**typed, "patient": "ab" * 16}).status == 404
    assert ines.send(form, {**typed, "patient": jean}).acknowledged
    again = ines.send(form, {**typed, "patient": jean})  # sent twice: one
    assert again.acknowledged
    assert len(done_forms(ines)) == 1

    # What was said is for care-givers; the rest is on both lists.
    assert SAID in garance.page("/a-faire").text
    assert SAID in garance.page(f"/dossier/{jean}").text
    for path in ("/a-faire?qui=tous", f"/dossier/{jean}/identite"):
        shown = ines.page(path).text
        assert "rappeler" in shown
        assert SAID not in shown

    # Both see it, both do it: the second is told.
    hers, other = done_forms(ines)[0], done_forms(garance)[0]
    of_another = garance.send(other, {"seat": hers.values["seat"]})
    assert of_another.status == 409
    assert "ouvert par une autre personne" in of_another.text
    assert ines.send(hers).acknowledged
    told = garance.send(other)
    assert told.status == 303
    assert any("lanterne_saved=settled" in one for one in told.all("set-cookie"))
    assert done_forms(garance) == []

    # A list that has not changed is not sent again.
    fresh = next(one for one in garance.page("/a-faire").links if one.startswith("/a-faire/liste"))
    assert garance.get(fresh).status == 204
    back = next(one for one in garance.page("/a-faire?qui=tous").forms if one.action.endswith("/reprendre"))
    assert garance.send(back).acknowledged
    assert garance.get(fresh).status == 200
    assert len(done_forms(ines)) == 1

    # A recall is about its patient.
    lucie = server.practice.patients[LUCIE]
    path = f"/a-faire/nouveau?genre=recall&patient={jean}"
    form = garance.open_form(path)
    typed = {"description": "INR", "due": "2 semaines", "every": "1 mois"}
    assert garance.send(form, {**typed, "patient": lucie}).status == 409
    assert garance.send(form, {**typed, "due": ""}).status == 422
    assert garance.send(form, typed).acknowledged
    assert "INR" in garance.page(f"/dossier/{jean}").text
    assert garance.get(f"/a-faire/nouveau?genre=recall&patient={'ab' * 16}").status == 404
    nobody = garance.open_form("/a-faire/nouveau?genre=recall")
    refused = garance.send(nobody, {**typed, "who": "Personne Dutout"})
    assert refused.status == 422
    assert "dites lequel" in refused.text
