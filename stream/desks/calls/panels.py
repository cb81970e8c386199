"""What dashboards show of calls: the dashboard of the queues."""

from __future__ import annotations

from typing import Final

from stream.state.figure import Figure, Statistic
from stream.state.panel import Form, Good, OwnPage, Panel, PanelRow, Target, Unit

QUEUE: Final = OwnPage(
    "queue",
    "Queue",
    "Calls and chats: who waits, how soon they are answered, who gives up, and how long it takes to serve them.",
    ("queue", "channel", "team"),
)

_WAIT: Final = "longest_waiting_call_timestamp_seconds"
_NOBODY_WAITS: Final = "Nobody waits"
_NO_CALLS: Final = "No calls in this window"
_NONE_ANSWERED: Final = "No answers in this window"
_LONGEST: Final = Target("call_wait_seconds", Good.AT_MOST, shown=True)
_LEVEL: Final = Target("call_service_level", Good.AT_LEAST, shown=True)
_ABANDONMENT: Final = Target("call_abandonment", Good.AT_MOST, shown=True)
_SPEED: Final = Target("speed_of_answer_seconds", Good.AT_MOST, shown=True)
_FORMULA: Final = "By the seconds and the formula that the settings choose as the headline."
_WITHIN: Final = "within {{within}} s"
_SHARES: Final = (Statistic.MEAN, Statistic.P50, Statistic.P90, Statistic.P95)


def _count(title: str, name: str) -> Panel:
    return Panel(title, (Figure(name),), Form.NUMBER)


def _by(title: str, name: str, label: str, unit: Unit, target: Target | None = None) -> Panel:
    figure = Figure(name, Statistic.MEAN if unit is Unit.SECONDS else Statistic.VALUE, (label,))
    return Panel(title, (figure,), Form.BARS, unit, target=target, empty=_NO_CALLS, width=8)


def _within(title: str, name: str, unit: Unit, description: str = "", legend: str = _WITHIN) -> Panel:
    figure = Figure(name, by=("within",), legend=legend)
    return Panel(title, (figure,), Form.BARS, unit, description, empty=_NO_CALLS, width=8)


def _spread(title: str, name: str, empty: str) -> Panel:
    figures = tuple(Figure(name, share, legend=share.value) for share in _SHARES)
    return Panel(title, figures, unit=Unit.SECONDS, empty=empty)


_NOW: Final = PanelRow(
    QUEUE.page,
    "The queues now",
    (
        Panel("Waiting now", (Figure("calls_waiting"),), Form.NUMBER, width=6),
        Panel(
            "Longest wait",
            (Figure(_WAIT, Statistic.AGE),),
            Form.NUMBER,
            Unit.SECONDS,
            "How long who waits longest has waited so far.",
            _LONGEST,
            _NOBODY_WAITS,
            width=6,
        ),
        Panel("In service now", (Figure("calls_in_service"),), Form.NUMBER, width=6),
        Panel(
            "Service level of the last hour",
            (Figure("service_level", window="1h"),),
            Form.NUMBER,
            Unit.RATIO,
            _FORMULA,
            _LEVEL,
            "No calls in the last hour",
            width=6,
        ),
        Panel("Waiting by queue", (Figure("calls_waiting", by=("queue",)),), Form.AREAS, empty=_NOBODY_WAITS),
        Panel(
            "Longest wait by queue",
            (Figure(_WAIT, Statistic.AGE, ("queue",)),),
            unit=Unit.SECONDS,
            target=Target("call_wait_seconds", Good.AT_MOST),
            empty=_NOBODY_WAITS,
        ),
        Panel(
            "Waiting and in service, mean",
            (
                Figure("calls_waiting", Statistic.MEAN, legend="waiting"),
                Figure("calls_in_service", Statistic.MEAN, legend="in service"),
            ),
            unit=Unit.LEVEL,
            description="Each point is the mean over the window before it.",
        ),
        Panel(
            "In service by queue", (Figure("calls_in_service", by=("queue",)),), Form.AREAS, empty="Nobody is served"
        ),
    ),
)

_OUTCOMES: Final = PanelRow(
    QUEUE.page,
    "What became of them",
    (
        _count("Queued", "calls_queued"),
        _count("Offered", "calls_offered"),
        Panel("Answered", (Figure("speed_of_answer_seconds", Statistic.COUNT),), Form.NUMBER),
        _count("Abandoned", "calls_abandoned"),
        _count("Hung up at once", "calls_abandoned_short"),
        Panel(
            "Abandonment", (Figure("call_abandonment"),), Form.NUMBER, Unit.RATIO, target=_ABANDONMENT, empty=_NO_CALLS
        ),
        _count("Callbacks", "callbacks_requested"),
        _count("Evicted", "calls_evicted"),
        _count("Transferred", "calls_transferred"),
        _count("Blocked", "calls_blocked"),
        Panel("Blocking", (Figure("call_blocking"),), Form.NUMBER, Unit.RATIO, empty=_NO_CALLS),
        _count("Unknown beginning", "calls_without_queueing"),
        Panel(
            "Offered, answered and abandoned",
            (
                Figure("calls_offered", legend="offered"),
                Figure("speed_of_answer_seconds", Statistic.COUNT, legend="answered"),
                Figure("calls_abandoned", legend="abandoned"),
            ),
            description="Each point is the count of the window before it.",
        ),
        Panel("Offered by queue", (Figure("calls_offered", by=("queue",)),), Form.AREAS, empty=_NO_CALLS),
        _by("Abandonment by queue", "call_abandonment", "queue", Unit.RATIO, Target("call_abandonment", Good.AT_MOST)),
        _by(
            "Abandonment by channel",
            "call_abandonment",
            "channel",
            Unit.RATIO,
            Target("call_abandonment", Good.AT_MOST),
        ),
        _by("Offered by channel", "calls_offered", "channel", Unit.COUNT),
    ),
)

_LEVELS: Final = PanelRow(
    QUEUE.page,
    "Service level",
    (
        Panel(
            "Service level", (Figure("service_level"),), Form.NUMBER, Unit.RATIO, _FORMULA, _LEVEL, _NO_CALLS, width=8
        ),
        Panel("Calls that counted", (Figure("service_level_counted"),), Form.NUMBER, width=8),
        Panel("Calls that met it", (Figure("service_level_met"),), Form.NUMBER, width=8),
        Panel(
            "Service level by queue",
            (Figure("service_level", by=("queue",)),),
            Form.BARS,
            Unit.RATIO,
            _FORMULA,
            Target("call_service_level", Good.AT_LEAST),
            _NO_CALLS,
        ),
        Panel(
            "Service level over time",
            (Figure("service_level", by=("queue",)),),
            unit=Unit.RATIO,
            description=_FORMULA,
            target=Target("call_service_level", Good.AT_LEAST),
            empty=_NO_CALLS,
        ),
        _within(
            "Abandoned calls left out",
            "service_level_abandoned_ignored",
            Unit.RATIO,
            "The service level within so many seconds: answered in time / (answered in time + late).",
        ),
        _within(
            "Abandoned calls count against",
            "service_level_abandoned_against",
            Unit.RATIO,
            "The service level within so many seconds: answered in time / (answered in time + late + abandoned in"
            " time).",
        ),
        _within(
            "Abandoned calls count for",
            "service_level_abandoned_for",
            Unit.RATIO,
            "The service level within so many seconds: (answered in time + abandoned in time) / (answered in time +"
            " late + abandoned in time).",
        ),
        _within("Answered in time", "calls_answered_in_time", Unit.COUNT),
        _within("Abandoned in time", "calls_abandoned_in_time", Unit.COUNT),
        _within("Late", "calls_late", Unit.COUNT, legend="after {{within}} s"),
    ),
)

_TIMES: Final = PanelRow(
    QUEUE.page,
    "Times",
    (
        Panel(
            "Speed of answer, mean",
            (Figure("speed_of_answer_seconds", Statistic.MEAN),),
            Form.NUMBER,
            Unit.SECONDS,
            "ASA.",
            _SPEED,
            _NONE_ANSWERED,
            width=8,
        ),
        Panel(
            "Handle time, mean",
            (Figure("call_handle_seconds", Statistic.MEAN),),
            Form.NUMBER,
            Unit.SECONDS,
            "AHT.",
            empty=_NONE_ANSWERED,
            width=8,
        ),
        Panel(
            "Time to abandon, mean",
            (Figure("call_abandon_seconds", Statistic.MEAN),),
            Form.NUMBER,
            Unit.SECONDS,
            empty="Nobody gave up",
            width=8,
        ),
        _spread("Speed of answer", "speed_of_answer_seconds", _NONE_ANSWERED),
        _spread("Time to abandon", "call_abandon_seconds", "Nobody gave up in this window"),
        _spread("Handle time", "call_handle_seconds", _NONE_ANSWERED),
        Panel(
            "Talk, hold and wrap-up, mean",
            (
                Figure("call_talk_seconds", Statistic.MEAN, legend="talk"),
                Figure("call_hold_seconds", Statistic.MEAN, legend="hold"),
                Figure("call_wrap_up_seconds", Statistic.MEAN, legend="wrap-up"),
            ),
            Form.AREAS,
            Unit.SECONDS,
            "Together they are the handle time.",
            empty=_NONE_ANSWERED,
        ),
        _by("Speed of answer by queue", "speed_of_answer_seconds", "queue", Unit.SECONDS),
        _by("Handle time by queue", "call_handle_seconds", "queue", Unit.SECONDS),
        _by("Handle time by channel", "call_handle_seconds", "channel", Unit.SECONDS),
    ),
)

PANELS: Final = (_NOW, _OUTCOMES, _LEVELS, _TIMES)
