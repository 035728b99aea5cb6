"""The evening and the next morning: clearing, settlement, payout, and whether every cent is right."""

from payments.shop.client import Client, Json
from payments.shop.reckoning import Reckoning
from payments.shop.telling import Teller

PAYOUT = "merchant_payouts"
"""The job of the morning after which everybody has their money."""

MOST_WINDS = 500

JOBS = {
    "clearing_cut_off": ("Clearing cut-off", "What was captured today is presented to the banks that promised it."),
    "close_window": ("The window closes", "Nothing more falls into today's settlement. What is owed is netted."),
    "settle_window": ("Settlement", "One payment per bank, through the reserve bank, all or nothing."),
    PAYOUT: ("Payout", "The shop gets what is its own."),
}
"""What the jobs of the night are called, and what they are for."""


def wind_through_settlement(client: Client, tell: Teller, quietly: bool = False) -> None:
    """Wind the clock from one thing due to the next, until the merchants have been paid out."""
    for _ in range(MOST_WINDS):
        wound = client.post("/v1/sandbox/clock/wind", {"next": True})
        if not quietly:
            tell_jobs(tell, wound["ran"])
        if any(job["job"] == PAYOUT for job in wound["ran"]):
            return


def tell_jobs(tell: Teller, jobs: list[Json]) -> None:
    """Tell which jobs ran, and what came of them."""
    for job in jobs:
        title, sentence = JOBS.get(job["job"], (job["job"].replace("_", " ").capitalize(), ""))
        tell.chapter(f"{job['at'][:10]} {job['at'][11:16]}  {title}", sentence)
    tell.listen()


def verdict(client: Client, tell: Teller, reckoning: Reckoning) -> bool:
    """Compare every balance with what it must be, and have the sandbox check its own books."""
    tell.chapter("Is every cent right?", "What the shop worked out from the price list, beside what the books say.")
    right = reckoning.close()
    reckoning.show(tell.console)
    verified = client.get("/v1/sandbox/verify")
    tell.console.print()
    for finding in verified["findings"]:
        tell.console.print(f"  ✗ {finding}", style="bold red")
    clean = bool(verified["clean"])
    said = "Every cent is right, and verify is clean." if right and clean else "Something is wrong: see above."
    tell.console.print(said, style="bold green" if right and clean else "bold red")
    return right and clean
