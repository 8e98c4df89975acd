"""The door of partnerships: so far the timetable of bilateral meetings."""

from jusur.partnerships.rules.timetable import Impossible, Meeting, Placement, Room, Slot, Week, arrange, clashes

__all__ = ["Impossible", "Meeting", "Placement", "Room", "Slot", "Week", "arrange", "clashes"]
