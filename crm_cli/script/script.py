"""What a program gets when it opens a store: the records of every kind, and the verbs of the desk."""

from __future__ import annotations

from crm_cli.crm import Crm
from crm_cli.script.block import Block
from crm_cli.script.house import Accounts, Campaigns, Contacts, Reps
from crm_cli.script.leads import Leads
from crm_cli.script.work import Claims, Deals, Events


class Script(Block):
    """An open store; see open_crm."""

    def __init__(self, crm: Crm, *, readonly: bool = False) -> None:
        """`crm` is the desk of the whole operation, which is committed by whoever opened it."""
        super().__init__(crm, readonly=readonly)
        self.leads = Leads(self)
        self.campaigns = Campaigns(self)
        self.reps = Reps(self)
        self.accounts = Accounts(self)
        self.contacts = Contacts(self)
        self.deals = Deals(self)
        self.events = Events(self)
        self.claims = Claims(self)
