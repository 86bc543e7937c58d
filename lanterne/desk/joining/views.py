"""« Rejoindre un cabinet »: the invitation, the passphrase, the code to read, then the first copy.

Law: what is shown is read anew from the disk each time, so that a reload or a restart changes nothing; the code is
shown here and typed there. Works without a script: the page asks again by itself (Refresh).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lanterne.desk.frame.view import Notice
from lanterne.desk.joining.forms import AnswerForm, JoinForm
from lanterne.desk.joining.process import Newcomer, current
from lanterne.desk.sentences import sentence
from lanterne.journal.journal import Journal
from lanterne.journal.pairing import lacking
from lanterne.journal.pairing_messages import MAX_LARGE
from lanterne.sync.going import Going, read_going
from lanterne.sync.joining import How, Standing, Step
from lanterne.wire.errors import LanterneError

UNLOCK = "/ouvrir"
AGAIN_S = 2
_FIELDS = {
    "invitation.unreadable": "invitation",
    "seal.weak_passphrase": "passphrase",
    "pairing_unreadable": "offer",
    "peer.folder": "folder",
    "peer.several_boxes": "folder",
}


@dataclass(frozen=True, slots=True)
class Copy:
    """The first copy. `chains` lacking of what was promised; counts of the exchange that runs, 0 when none does."""

    whole: bool
    received: int = 0
    to_receive: int = 0
    notices: tuple[Notice, ...] = ()


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Where it stands: the form, the wait, the code, or the first copy."""
    newcomer = current()
    with newcomer.turn:
        if request.method == "POST":
            return _begun(request, newcomer)
        return _standing(request, newcomer)


def _begun(request: HttpRequest, newcomer: Newcomer) -> HttpResponse:
    if newcomer.joining.begun() or newcomer.admitted:
        return HttpResponseRedirect(reverse("joining"), status=303)
    form = JoinForm(request.POST, request.FILES)
    if form.is_valid():
        held, joining = form.cleaned_data, newcomer.joining
        named = {"name": held["name"], "passphrase": held["passphrase"]}
        try:
            if held["way"] == How.NETWORK.value:
                joining.begin_by_network(held["invitation"], **named)
            elif held["way"] == How.FOLDER.value:
                joining.begin_by_folder(held["folder"], **named)
            else:
                joining.begin_by_file(held["offer"].read(MAX_LARGE + 1), **named)
        except LanterneError as error:
            field = _FIELDS.get(error.code)
            form.add_error(
                field if held["way"] == How.FILES.value or field != "offer" else None, _said(error)
            )
        else:
            return HttpResponseRedirect(reverse("joining"), status=303)
    return render(request, "desk/joining/form.html", {"form": form}, status=422)


def _said(error: LanterneError) -> str:
    if error.code == "peer.unknown":
        return _(
            "Le poste du cabinet ne connaît pas cette invitation : vérifiez les douze signes, ou recommencez l’ajout "
            "là-bas."
        )
    if error.code == "peer.away":
        return _(
            "Personne ne répond à cette adresse. Le poste du cabinet est-il allumé, Lanterne lancée, et sur ce réseau ?"
        )
    return sentence(error)


def _standing(request: HttpRequest, newcomer: Newcomer) -> HttpResponse:
    standing = newcomer.joining.standing()
    if standing is not None and standing.step is Step.ADMITTED:
        newcomer.admitted = True
    if newcomer.admitted:
        return _copying(request, newcomer)
    if standing is None:
        try:
            newcomer.joining.check_empty()
        except LanterneError as error:
            return render(request, "desk/joining/not_empty.html", {"why": sentence(error)}, status=409)
        return render(request, "desk/joining/form.html", {"form": JoinForm()})
    return _waiting(request, standing, AnswerForm(label_suffix=""))


def _waiting(
    request: HttpRequest, standing: Standing, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    by_hand = standing.kept.how is How.FILES
    notices = []
    if standing.over:
        notices.append(Notice(_over(standing), "warn"))
    elif standing.trouble is not None:
        notices.append(Notice(_said(standing.trouble), "warn"))
    context = {
        "code": standing.code,
        "coded": standing.step is Step.CODE,
        "by_hand": by_hand,
        "by_folder": standing.kept.how is How.FOLDER,
        "over": standing.over,
        "name": standing.kept.name,
        "notices": notices,
        "form": form,
    }
    answer = render(request, "desk/joining/waiting.html", context, status=status)
    if not by_hand and not standing.over:
        answer.headers["Refresh"] = str(AGAIN_S)
    return answer


def _over(standing: Standing) -> str:
    if standing.trouble is not None and standing.trouble.code == "box_taken":
        return sentence(standing.trouble)
    return _(
        "L’ajout n’attend plus sur le poste du cabinet : il y a été annulé, ou ses 72 heures sont passées."
    )


def _copying(request: HttpRequest, newcomer: Newcomer) -> HttpResponse:
    """The first copy, by whoever carries it out: the exchange in the background."""
    copy = copy_of(Journal.open(newcomer.root))
    answer = render(request, "desk/joining/copying.html", {"copy": copy, "unlock_url": UNLOCK})
    if not copy.whole:
        answer.headers["Refresh"] = str(AGAIN_S)
    return answer


def copy_of(journal: Journal) -> Copy:
    """How far the first copy is."""
    if not lacking(journal):
        return Copy(True)
    going: Going = read_going(journal)
    way = next((one for one in going.ways if one.running), None)
    if way is not None:
        return Copy(False, way.received, way.to_receive)
    failing = [one for one in going.ways if one.why and not one.last_whole]
    notices = [Notice(sentence(LanterneError(one.why, one.why)), "warn") for one in failing]
    return Copy(False, notices=tuple(notices))


@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """An answer, carried by hand."""
    newcomer = current()
    form = AnswerForm(request.POST, request.FILES, label_suffix="")
    with newcomer.turn:
        if form.is_valid():
            try:
                standing = newcomer.joining.bring(form.cleaned_data["message"].read(MAX_LARGE + 1))
            except LanterneError as error:
                form.add_error("message", sentence(error))
            else:
                newcomer.admitted = standing is not None and standing.step is Step.ADMITTED
                return HttpResponseRedirect(reverse("joining"), status=303)
        standing = newcomer.joining.standing()
        if standing is None:
            return HttpResponseRedirect(reverse("joining"), status=303)
        return _waiting(request, standing, form, status=422)


@require_GET
def carry(request: HttpRequest) -> HttpResponse:
    """The request, to be carried by hand."""
    newcomer = current()
    with newcomer.turn:
        message = newcomer.joining.request()
    if message is None:
        raise Http404
    answer = HttpResponse(message, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = 'attachment; filename="lanterne-demande"'
    return answer


@require_POST
def give_up(request: HttpRequest) -> HttpResponse:
    """Nothing was admitted: what was begun is removed."""
    newcomer = current()
    with newcomer.turn:
        if newcomer.joining.begun():
            try:
                newcomer.joining.give_up()
            except LanterneError as error:
                return render(request, "desk/joining/not_empty.html", {"why": sentence(error)}, status=409)
    return HttpResponseRedirect(reverse("joining"), status=303)
