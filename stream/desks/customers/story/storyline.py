"""People who hear of the company, buy, come back, and leave where they were served badly."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Final

from orjson import dumps

from stream.desks.customers.story.people import Expense, Person
from stream.desks.customers.story.settings import CustomerStorySettings
from stream.simulation.dice import Shares
from stream.simulation.story import Step, Story
from stream.simulation.storyline import Contact, Occasion, Stage, Storyline
from stream.windows.moments import DAY, MICROSECONDS, from_microseconds

_ACQUIRED: Final = b"helpdesk.customer.acquired.v1"
_STARTED: Final = b"helpdesk.customer.subscription_started.v1"
_ENDED: Final = b"helpdesk.customer.subscription_ended.v1"
_PURCHASED: Final = b"helpdesk.customer.purchased.v1"
_INTERACTED: Final = b"helpdesk.customer.interacted.v1"
_ENTERED: Final = b"helpdesk.customer.stage_entered.v1"
_SPENT: Final = b"helpdesk.customer.spent.v1"

_STAGE_DATA: Final = {
    stage: dumps({"journey_stage": stage})
    for stage in ("awareness", "consideration", "decision", "retention", "advocacy")
}
_INTERACTIONS: Final = Shares(
    {
        dumps({"interaction": kind}): share
        for kind, share in (("visit", 0.5), ("login", 0.4), ("post", 0.03), ("contact", 0.07))
    }
)
_SOURCES: Final = Shares({"search": 0.4, "social": 0.25, "advertising": 0.2, "partner": 0.15})
_REFERRED: Final = "referral"
_PRICES: Final = Shares({(1900, "EUR"): 0.5, (3900, "EUR"): 0.3, (3900, "USD"): 0.2})
_SPEND: Final = {"sales_and_marketing": 60_000, "retention_and_support": 40_000}
_SPEND_MONTH: Final = 30
_DAY_SECONDS: Final = 86_400.0
_MONTH: Final = 30 * _DAY_SECONDS
_VISITS_A_MONTH: Final = 3
_LOYAL_AFTER: Final = 3


class CustomerStoryline(Storyline):
    """Prospects come in with the rhythm of the helpdesk; whoever is served at the helpdesk is a customer."""

    per_ticket = 0.08
    follows = (Occasion("tickets", "settled"),)
    settings_type = CustomerStorySettings

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._settings = stage.settings.story(CustomerStorySettings)
        self._people: dict[str, Person] = {}
        self._persons = 0
        self._months: set[int] = set()

    def arrive(self, moment: int) -> Story:
        """Somebody hears of the company."""
        month = moment // (_SPEND_MONTH * DAY)
        if month not in self._months:
            self._months.add(month)
            for kind, amount in _SPEND.items():
                self.stage.begin(self._expense(moment, month, kind, amount))
        return self._prospect(moment, self._next_person(), None)

    def follow(self, occasion: Occasion, contact: Contact, moment: int) -> Story | None:
        """A customer was served, which they remember; some become known as one by it."""
        del occasion
        person = self._people.get(contact.customer)
        if person is not None:
            person.was_served(contact.mood)
            return None
        if not self.stage.dice.chance(self._settings.known_share):
            return None
        person = self._people[contact.customer] = self._next_person()
        person.was_served(contact.mood)
        return self._buys(moment, person, _SOURCES.pick(self.stage.dice), None, contact.customer)

    def _next_person(self) -> Person:
        self._persons += 1
        return Person(f"{self.stage.run}-customer-{self._persons}")

    def _expense(self, moment: int, month: int, kind: str, amount: int) -> Story:
        first = from_microseconds(month * _SPEND_MONTH * DAY).date()
        period = {"first_day": str(first), "last_day": str(first + timedelta(days=_SPEND_MONTH - 1))}
        expense = Expense(f"{self.stage.run}-expense-{month}-{kind}")
        spent = round(self.stage.dice.spread(amount, 0.2))
        yield moment, expense, _SPENT, dumps({"spend": kind, "amount": spent, "currency": "EUR", **period})

    def _prospect(self, moment: int, person: Person, referred_by: str | None) -> Story:
        stage, dice, chosen = self.stage, self.stage.dice, self._settings
        moment = yield _step(moment, person, "awareness")
        yield moment, person, _INTERACTED, _INTERACTIONS.pick(dice)
        for entered, share in (("consideration", chosen.consideration_share), ("decision", chosen.decision_share)):
            if referred_by is None and not dice.chance(share):
                return
            moment = stage.pace.customer(moment, dice.spread(_DAY_SECONDS, 1.0))
            moment = yield _step(moment, person, entered)
        source = _SOURCES.pick(dice) if referred_by is None else _REFERRED
        yield from self._buys(moment, person, source, referred_by, None)

    def _buys(self, moment: int, person: Person, source: str, referred_by: str | None, known_as: str | None) -> Story:
        """Somebody becomes a customer, and stays for as long as they like it."""
        stage, dice, chosen = self.stage, self.stage.dice, self._settings
        came = {"source": source} if referred_by is None else {"source": source, "referred_by": referred_by}
        moment = yield moment, person, _ACQUIRED, dumps(came)
        while True:
            moment = yield from self._subscribes(moment, person)
            if not dice.chance(chosen.return_share):
                break
            moment = stage.pace.customer(moment, dice.spread(20 * _DAY_SECONDS, 0.6))
            person.was_served(1.0)
        if known_as is not None:
            self._people.pop(known_as, None)

    def _subscribes(self, moment: int, person: Person) -> Generator[Step, int, int]:
        """One subscription, month by month; it comes to the moment at which its service ends."""
        stage, dice, chosen = self.stage, self.stage.dice, self._settings
        person.subscriptions += 1
        subscription = {"subscription": f"{person.name}-{person.subscriptions}"}
        price, currency = _PRICES.pick(dice)
        paid = dumps({"amount": price, "currency": currency})
        moment = yield moment, person, _STARTED, dumps(subscription)
        months = 0
        while True:
            moment = yield moment, person, _PURCHASED, paid
            ends = stage.pace.always(moment, _MONTH)
            for _ in range(_VISITS_A_MONTH):
                moment = stage.pace.customer(moment, dice.spread(_MONTH / (_VISITS_A_MONTH + 2), 0.7))
                if moment >= ends:
                    break
                moment = yield moment, person, _INTERACTED, _INTERACTIONS.pick(dice)
            moment = max(moment, ends)
            months += 1
            if dice.chance(person.chance_to_leave(chosen)):
                ends_at = from_microseconds(moment).isoformat()
                yield moment - MICROSECONDS, person, _ENDED, dumps({**subscription, "service_ends_at": ends_at})
                return moment
            if months == 1:
                moment = yield _step(moment, person, "retention")
            elif months == _LOYAL_AFTER and dice.chance(chosen.referral_share):
                moment = yield _step(moment, person, "advocacy")
                stage.begin(self._prospect(moment + MICROSECONDS, self._next_person(), person.name))


def _step(moment: int, person: Person, stage: str) -> Step:
    return moment, person, _ENTERED, _STAGE_DATA[stage]
