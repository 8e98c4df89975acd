"""The bell of every page counts the notifications not seen."""

from jusur.desk.kit import bell
from jusur.desk.today import notifying

bell.register(notifying.unseen)
