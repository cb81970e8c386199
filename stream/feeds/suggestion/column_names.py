"""What the names of columns tell, in the languages that helpdesks export them in."""

from __future__ import annotations

import re
from typing import Final


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b")


TICKET: Final = re.compile(
    r"\b(?:ticket|case|incident|issue|request|call|conversation|chat|session|interaction|claim|work ?order|sr"
    r"|vorgang|fall|anfrage|meldung|caso|chiamata|richiesta|demande|dossier|melding|solicitud|chamado)s?"
    r"(?: \w+)? ?(?:id|ids|number|no|num|nr|key|ref|reference|name|code|nummer|numero|número|numéro)$"
    r"|^(?:ticket|case|incident|issue|request|call|conversation)$"
)
IDENTIFIER: Final = re.compile(r"^(?:id|key|number|no|nr|num|ref|reference|code|nummer|numero|número|numéro)$")
SOME_IDENTIFIER: Final = re.compile(r"(?:\b|_)(?:id|key|number|nr|ref|uuid|guid)$|^(?:id|key) ")
OF_SOMETHING_ELSE: Final = _words(
    *("caller", "customer", "client", "user", "agent", "author", "assignee", "assigned", "group", "contact", "company"),
    *("account", "parent", "problem", "change", "rfc", "vendor", "product", "survey", "employee", "person", "owner"),
    *("creator", "event", "comment", "message", "log", "row", "seq", "sequence", "phone", "location", "department"),
    *(
        "team",
        "queue",
        "cmdb",
        "knowledge",
        "daily",
        "requester",
        "requestor",
        "reporter",
        "submitter",
        "organi[sz]ation",
    ),
    *("org", "sender", "recipient", "staff", "operator", "member", "visitor", "follower", "resolver", "technician"),
    *("brand", "form", "type", "status", "category", "priority", "audits?", "comments", "messages", "kunde", "cliente"),
)

OPENED: Final = _words(
    *("created?", "createdat", "creation", "open", "opened", "openedat", "opening", "reported", "submit(?:ted)?"),
    *("received", "logged", "registered", "raised", "start(?:ed)?", "begin", "began", "erstellt", "erstellung"),
    *("eröffnet", "angelegt", "apertura", "aperto", "aperta", "creato", "creata", "creazione", "ouvert", "ouverte"),
    *("ouverture", "créé", "création", "creado", "creación", "abierto", "aberto", "criado", "abertura"),
)
FIRST_REPLY: Final = _words(
    *("first (?:agent )?(?:response|reply|respon\\w+)", "respond(?:ed)?", "answer(?:ed)?", "replied", "acknowledged?"),
    *("respon[sd]e (?:time|at|date)", "first contact", "erste antwort", "prima risposta", "première réponse"),
)
RESOLVED: Final = _words(
    *("resolved?", "resolvedat", "resolution", "solved", "fixed", "completed?", "completion", "done", "finish(?:ed)?"),
    *("gelöst", "erledigt", "lösung", "risolto", "risolta", "risoluzione", "résolu", "résolution", "resuelto"),
    *("resolvido", "resolución"),
)
CLOSED: Final = _words(
    *("closed?", "closedat", "closing", "closure", "geschlossen", "abgeschlossen", "chiuso", "chiusa", "chiusura"),
    *("fermé", "fermeture", "clôture", "clos", "cerrado", "cierre", "fechado", "fechamento"),
)
ENDED: Final = _words("end", "ended", "stop", "stopped", "hang ?up", "ende", "fine", "fin")
UPDATED: Final = _words("updated?", "modified", "changed?", "last", "geändert", "aggiornat[oa]", "modifié")
DUE: Final = _words("due", "deadline", "target", "expected", "planned", "scheduled", "expir\\w+", "sla", "fällig")
STAMP: Final = _words(
    *("time ?stamp", "time", "date", "datetime", "when", "at", "ts", "on", "epoch", "zeit", "zeitpunkt", "datum"),
    *("data", "ora", "fecha", "heure", "hora", "uhrzeit"),
)
DURATION: Final = _words(
    *("duration", "elapsed", "avg", "average", "talk", "handle", "handling", "hold", "wait", "waiting", "speed"),
    *(
        "length",
        "seconds?",
        "secs?",
        "sec",
        "minutes?",
        "mins?",
        "hours?",
        "hrs?",
        "days",
        "ms",
        "ttr",
        "tta",
        "dauer",
        "durata",
        "durée",
    ),
)
UNITS: Final = {
    "minutes": _words("minutes?", "mins?", "minuten", "minuti"),
    "hours": _words("hours?", "hrs?", "h", "stunden", "ore", "heures"),
    "days": _words("days?", "tage", "giorni", "jours"),
    "milliseconds": _words("ms", "msec", "milliseconds?"),
}
UNTIL_ANSWER: Final = _words("speed", "wait", "waiting", "asa", "queue time", "ring", "time to answer")
TALK: Final = _words("talk", "handle", "handling", "service", "call duration", "duration", "aht")

STATUS: Final = _words("status", "state", "stage", "stato", "zustand", "statut", "estado", "phase", "lifecycle")
ACTIVITY: Final = _words(
    *("activity", "action", "event", "event type", "step", "task", "operation", "transition", "concept name", "what"),
    *("aktivität", "aktion", "attività", "activité", "actividad", "acción", "evento", "kind"),
)
CHANNEL: Final = _words("channel", "contact type", "medium", "via", "origin", "source", "kanal", "canale?")
PRIORITY: Final = _words("priority", "prio", "priorität", "priorità", "priorité", "prioridade?")
LIKE_PRIORITY: Final = _words("severity", "urgency", "impact", "dringlichkeit", "urgenza", "urgence", "urgencia")
CATEGORY: Final = _words(
    *("category", "topic", "issue type", "request type", "ticket type", "case type", "type", "service", "product"),
    *("reason", "area", "kategorie", "thema", "categoria", "catégorie", "categoría", "argomento", "concern"),
)
TEAM: Final = _words(
    *("team", "group", "queue", "department", "squad", "gruppe", "abteilung", "gruppo", "équipe", "equipo", "grupo"),
)
TIER: Final = _words("tier", "segment", "customer type", "plan")
AGENT: Final = _words(
    *("agent", "assignee", "assigned to", "assigned", "owner", "operator", "handler", "technician", "resource"),
    *("handled by", "bearbeiter", "operatore", "agente", "rep", "representative", "staff"),
)
ASSIGNED: Final = _words("assignee", "assigned to", "assigned", "owner")
REQUESTER: Final = _words(
    *("requester", "caller", "customer", "client", "reporter", "opened by", "contact", "requestor", "kunde", "cliente"),
    "demandeur",
)
AUTHOR: Final = _words("author", "user", "sender", "by", "resource", "from", "who", "name")
ROLE: Final = _words("role", "author type", "sender type", "user type", "from type", "actor", "direction", "sender")
PRIVATE: Final = _words("is private", "private", "internal", "is internal")
PUBLIC: Final = _words("is public", "public")
SCORE: Final = _words(
    *("csat", "satisfaction", "rating", "score", "nps", "ces", "stars", "zufriedenheit", "bewertung", "valutazione"),
    *("punteggio", "calificación"),
)
NPS: Final = _words("nps", "recommend", "net promoter")
CES: Final = _words("ces", "effort")
BODY: Final = _words(
    *("comment", "comments", "verbatim", "feedback", "text", "body", "message", "actionbody", "content", "note"),
    *("kommentar", "commento", "commentaire", "comentario"),
)
ANSWERED: Final = _words("answered", "connected", "picked up")
UNANSWERED: Final = _words("abandon(?:ed)?", "missed", "dropped", "hung up")
WAS_RESOLVED: Final = _words("resolved", "solved", "fcr", "gelöst", "risolto", "résolu", "resuelto")
COUNTER: Final = _words(
    "sys mod count", "mod count", "seq", "sequence", "step", "version", "rev", "revision", "position"
)
MESSAGES: Final = re.compile(
    r"\b(?:comments?|messages?|replies|conversations?|posts?|notes?|threads?|parts?|kommentare)$"
)
REOPENINGS: Final = re.compile(r"\bre ?open(?:s|ed|ings?)?\b")
SUM: Final = re.compile(r"\s*(?:grand |sub)?(?:total|totals|sum|summe|gesamt|totale|suma)\b.{0,20}", re.IGNORECASE)
HALF_OF_DAY: Final = frozenset({"AM", "PM", "am", "pm"})
