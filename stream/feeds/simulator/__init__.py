"""A seeded, believable helpdesk that makes events without any helpdesk at hand."""

from stream.feeds.simulator.disturbance import disturb
from stream.feeds.simulator.records import SimulatedEvent
from stream.feeds.simulator.simulator import Simulator
from stream.simulation.settings import SimulatorSettings, Team

__all__ = ["SimulatedEvent", "Simulator", "SimulatorSettings", "Team", "disturb"]
