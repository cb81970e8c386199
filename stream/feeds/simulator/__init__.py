"""A seeded, believable helpdesk that makes events without any helpdesk at hand."""

from stream.feeds.simulator.disturbance import disturb
from stream.feeds.simulator.records import SimulatedEvent
from stream.feeds.simulator.settings import SimulatorSettings, Team
from stream.feeds.simulator.simulator import Simulator

__all__ = ["SimulatedEvent", "Simulator", "SimulatorSettings", "Team", "disturb"]
