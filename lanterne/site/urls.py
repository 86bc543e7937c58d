"""Addresses of the desk. They hold opaque ids only: a name, a birth date or a query never lies in an address."""

from __future__ import annotations

from django.urls import path, register_converter

from lanterne.desk.agenda import arranging as agenda_arranging
from lanterne.desk.agenda import looking as agenda_looking
from lanterne.desk.agenda import views as agenda
from lanterne.desk.arrivals import attaching
from lanterne.desk.arrivals import views as arrivals
from lanterne.desk.chart import consultation, drafts, items, proposals
from lanterne.desk.chart import views as chart
from lanterne.desk.documents import views as documents
from lanterne.desk.exchange import choosing
from lanterne.desk.exchange import views as exchange
from lanterne.desk.patients import merging
from lanterne.desk.patients import views as patients
from lanterne.desk.prescribing import papers as prescribed
from lanterne.desk.prescribing import views as prescribing
from lanterne.desk.references import views as references
from lanterne.desk.settings import views as settings
from lanterne.desk.settling import views as settling
from lanterne.desk.tasks import views as tasks
from lanterne.desk.team import ending, pairing
from lanterne.desk.team import views as team
from lanterne.desk.trace import views as trace


class Identifier:
    """32 hex digits."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


class Day:
    """A date, ISO."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(Day, "day")
register_converter(Identifier, "id")

urlpatterns = [
    path("", patients.home, name="home"),
    path("recherche", patients.search, name="search"),
    path("recherche/liste", patients.results, name="results"),
    path("patients/nouveau", patients.register, name="patient-new"),
    path("arrivees", arrivals.arrivals, name="arrivals"),
    path("arrivees/deposer", arrivals.deposit, name="arrivals-deposit"),
    path("arrivees/depots", arrivals.deposits, name="arrivals-deposits"),
    path("arrivees/<id:fact>", arrivals.arrival, name="arrival"),
    path("arrivees/<id:fact>/fichier", arrivals.file, name="arrival-file"),
    path("arrivees/<id:fact>/vu", arrivals.see, name="arrival-see"),
    path("arrivees/<id:fact>/confier", arrivals.hand, name="arrival-hand"),
    path("arrivees/<id:fact>/rattacher", attaching.attach, name="arrival-attach"),
    path("arrivees/<id:fact>/rattacher/chercher", attaching.find, name="arrival-find"),
    path("arrivees/<id:fact>/ecarter", arrivals.discard, name="arrival-discard"),
    path("agenda", agenda_looking.agenda, name="agenda"),
    path("agenda/nouveau", agenda.book, name="appointment-new"),
    path("agenda/libres", agenda_looking.free_slots, name="agenda-free"),
    path("agenda/flux/<id:person>", agenda_looking.feed, name="agenda-feed"),
    path("agenda/reglages", agenda_arranging.settings, name="agenda-settings"),
    path("agenda/horaires/<id:person>", agenda_arranging.hours, name="agenda-hours"),
    path("agenda/genres/nouveau", agenda_arranging.service, name="agenda-service-new"),
    path("agenda/genres/<slug:code>", agenda_arranging.service, name="agenda-service"),
    path("agenda/feries", agenda_arranging.calendar, name="agenda-holidays"),
    path("agenda/absences/nouvelle", agenda_arranging.absence, name="agenda-absence-new"),
    path("agenda/absences/<id:fact>", agenda_arranging.absence, name="agenda-absence"),
    path(
        "agenda/absences/<id:fact>/retirer", agenda_arranging.withdraw_absence, name="agenda-absence-withdraw"
    ),
    path("agenda/notes/nouvelle", agenda_arranging.note, name="agenda-note-new"),
    path("agenda/notes/<id:fact>", agenda_arranging.note, name="agenda-note"),
    path("agenda/notes/<id:fact>/retirer", agenda_arranging.withdraw_note, name="agenda-note-withdraw"),
    path("agenda/<day:on>", agenda_looking.day, name="agenda-day"),
    path("agenda/<day:on>/liste", agenda_looking.printed, name="agenda-print"),
    path("agenda/<day:on>/liste.pdf", agenda_looking.printed_file, name="agenda-list"),
    path("agenda/<day:on>/semaine/<id:person>", agenda_looking.week, name="agenda-week"),
    path("agenda/<day:on>/calendrier/<id:person>", agenda_looking.export, name="agenda-calendar"),
    path("agenda/<id:fact>/venue", agenda.attend, name="appointment-state"),
    path("agenda/<id:fact>/deplacer", agenda.move, name="appointment-move"),
    path("agenda/<id:fact>/annuler", agenda.cancel, name="appointment-cancel"),
    path("agenda/<id:fact>/retablir", agenda.restore, name="appointment-restore"),
    path("a-faire", tasks.tasks, name="tasks"),
    path("a-faire/liste", tasks.lines, name="tasks-lines"),
    path("a-faire/nouveau", tasks.new, name="task-new"),
    path("a-faire/nouveau/patients", tasks.find, name="task-find"),
    path("a-faire/<id:task>/fait", tasks.done, name="task-done"),
    path("a-faire/<id:task>/dire", tasks.say, name="task-say"),
    path("a-faire/<id:task>/appel", tasks.attempt, name="task-attempt"),
    path("a-faire/<id:task>/reporter", tasks.postpone, name="task-postpone"),
    path("a-faire/<id:task>/passer", tasks.assign, name="task-assign"),
    path("a-faire/<id:task>/modifier", tasks.amend, name="task-amend"),
    path("a-faire/<id:task>/reprendre", tasks.reopen, name="task-reopen"),
    path("a-regler", settling.settling, name="settling"),
    path("a-regler/voulus", settling.both, name="settling-both"),
    path("a-regler/rendez-vous/<id:fact>/garder", settling.hour, name="settling-hour"),
    path("a-regler/rendez-vous/<id:fact>/annuler", settling.hour_undo, name="settling-hour-undo"),
    path("a-regler/dossier/<id:patient>", settling.of_patient, name="settling-chart"),
    path("a-regler/dossier/<id:patient>/garder/<id:fact>", settling.keep_one, name="settling-keep"),
    path("a-regler/dossier/<id:patient>/distincts/<id:fact>", settling.tell_apart, name="settling-apart"),
    path("a-regler/dossier/<id:patient>/autre/<id:fact>", settling.third, name="settling-third"),
    path("a-regler/dossier/<id:patient>/annuler/<id:fact>", settling.undo, name="settling-undo"),
    path("a-regler/patients/<id:patient>/deux/<id:fact>", settling.two_undo, name="settling-two-undo"),
    path("dossier/<id:patient>", chart.chart, name="chart"),
    path("dossier/<id:patient>/resume", chart.summary, name="summary"),
    path("dossier/<id:patient>/histoire", chart.timeline, name="timeline"),
    path("dossier/<id:patient>/courbe/<id:fact>", chart.curve, name="curve"),
    path("dossier/<id:patient>/element/<id:fact>", chart.item, name="item"),
    path("dossier/<id:patient>/element/<id:fact>/corriger", items.correct, name="item-correct"),
    path("dossier/<id:patient>/element/<id:fact>/erreur", items.mistake, name="item-mistake"),
    path("dossier/<id:patient>/element/<id:fact>/departager", items.settle, name="item-settle"),
    path("dossier/<id:patient>/ajouter/<slug:noun>", items.add, name="item-add"),
    path("dossier/<id:patient>/propose/<id:fact>/accepter", proposals.accept, name="proposal-accept"),
    path("dossier/<id:patient>/propose/<id:fact>/ecarter", proposals.decline, name="proposal-decline"),
    path("dossier/<id:patient>/rien/<slug:section>", items.none_known, name="section-none"),
    path("dossier/<id:patient>/brouillon/<slug:slot>", drafts.keep, name="draft"),
    path("dossier/<id:patient>/consultation", consultation.new, name="consultation-new"),
    path("dossier/<id:patient>/consultation/<id:fact>", consultation.correct, name="consultation-correct"),
    path("dossier/<id:patient>/prescrire", prescribing.prescribe, name="prescribe"),
    path("dossier/<id:patient>/prescrire/verifier", prescribing.look, name="prescribe-look"),
    path("dossier/<id:patient>/ordonnance/<id:fact>", prescribed.prescription, name="prescription"),
    path(
        "dossier/<id:patient>/ordonnance/<id:fact>/papier/<int:number>",
        prescribed.print_paper,
        name="prescription-print",
    ),
    path("dossier/<id:patient>/documents/classer", documents.add, name="document-add"),
    path("dossier/<id:patient>/documents/<id:fact>", documents.document, name="document"),
    path("dossier/<id:patient>/documents/<id:fact>/fichier", documents.file, name="document-file"),
    path(
        "dossier/<id:patient>/documents/<id:fact>/vue/<int:number>",
        documents.rendition,
        name="document-rendition",
    ),
    path("dossier/<id:patient>/documents/<id:fact>/genre", documents.classify, name="document-classify"),
    path("dossier/<id:patient>/acces", trace.traces, name="chart-traces"),
    path("dossier/<id:patient>/identite", patients.identity, name="identity"),
    path("dossier/<id:patient>/identite/corriger", patients.correct, name="identity-correct"),
    path("dossier/<id:patient>/identite/coordonnees", patients.contacts, name="contacts"),
    path("dossier/<id:patient>/identite/medecin-traitant", patients.attending, name="attending"),
    path("dossier/<id:patient>/identite/reunir/<id:other>", merging.merge, name="merge"),
    path("dossier/<id:patient>/identite/separer/<id:fact>", merging.undo, name="merge-undo"),
    path("dossier/<id:patient>/identite/distinct/<id:other>", merging.distinct, name="distinct"),
    path("equipe", team.team, name="team"),
    path("equipe/cabinet", team.practice, name="practice"),
    path("equipe/ajouter", team.add, name="person-add"),
    path("equipe/<id:person>", team.person, name="person"),
    path("equipe/<id:person>/acces", team.seat, name="person-seat"),
    path("equipe/<id:person>/depart", ending.leave, name="person-leave"),
    path("equipe/acces/<id:seat>/retirer", ending.revoke, name="seat-revoke"),
    path("equipe/postes/<id:device>/perdu", ending.lost, name="device-lost"),
    path("equipe/postes/ajouter", pairing.add, name="device-add"),
    path("equipe/postes/ajout", pairing.state, name="device-adding"),
    path("equipe/postes/ajout/code", pairing.code, name="device-adding-code"),
    path("equipe/postes/ajout/demande", pairing.bring, name="device-adding-request"),
    path("equipe/postes/ajout/fichier", pairing.carry, name="device-adding-file"),
    path("equipe/postes/ajout/qr", pairing.qr, name="device-adding-qr"),
    path("equipe/postes/ajout/fin", pairing.end, name="device-adding-end"),
    path("equipe/a-verifier", ending.review, name="team-review"),
    path("echanges", exchange.exchange, name="exchange"),
    path("echanges/etat", exchange.state, name="exchange-state"),
    path("echanges/ligne", exchange.line, name="exchange-line"),
    path("echanges/maintenant", exchange.now, name="exchange-now"),
    path("echanges/alertes/<id:alarm>", exchange.alarm, name="exchange-alarm"),
    path("echanges/alertes/<id:alarm>/preuve", exchange.evidence, name="exchange-evidence"),
    path("echanges/alertes/<id:alarm>/vue", exchange.seen, name="exchange-seen"),
    path("echanges/relais", choosing.relay, name="exchange-relay"),
    path("echanges/dossier", choosing.folder, name="exchange-folder"),
    path("echanges/dossier/retirer", choosing.forget_folder, name="exchange-folder-forget"),
    path("echanges/poste", choosing.device, name="exchange-device"),
    path("echanges/poste/retirer", choosing.forget_device, name="exchange-device-forget"),
    path("echanges/port", choosing.listen, name="exchange-listen"),
    path("acces", trace.traces, name="traces"),
    path("reglages", settings.settings, name="settings"),
    path("reglages/phrase-de-passe", settings.passphrase, name="passphrase"),
    path("reglages/apparence", settings.theme, name="theme"),
    path("reglages/dossier-surveille", settings.watched, name="watched"),
    path("reglages/releve", settings.relieve, name="watched-relieve"),
    path("reglages/releve/etat", settings.watched_state, name="watched-state"),
    path("reglages/eveil", settings.awake, name="awake"),
    path("references/diagnostics", references.diagnoses_list, name="reference-diagnoses"),
    path("references/examens", references.tests_list, name="reference-tests"),
]

handler400 = "lanterne.desk.faults.unreadable"
handler403 = "lanterne.desk.faults.csrf_failure"
handler404 = "lanterne.desk.faults.not_found"
handler500 = "lanterne.desk.faults.failed"
