"""The evening and the next morning: clearing, settlement, payout, and whether every cent is right."""

from payments.shop.client import Client, Json
from payments.shop.reckoning import Reckoning
from payments.shop.telling import Teller

PAYOUT = "pay_merchants"
"""The job of the morning after which everybody has their money."""

MOST_WINDS = 500


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
        tell.chapter(f"{job['at'][:16].replace('T', ' ')}  {job['job'].replace('_', ' ').capitalize()}", "")
    tell.listen()


def verdict(client: Client, tell: Teller, reckoning: Reckoning) -> bool:
    """Compare every balance with what it must be, and have the sandbox check its own books."""
    tell.chapter(
        "Is every cent right?", "What the shop worked out from the price list, beside what the books say."
    )
    right = reckoning.close()
    reckoning.show(tell.console)
    verified = client.get("/v1/sandbox/verify")
    tell.console.print()
    for finding in verified["findings"]:
        tell.console.print(f"  ✗ {finding}", style="bold red")
    clean = bool(verified["clean"])
    said = (
        "Every cent is right, and verify is clean." if right and clean else "Something is wrong: see above."
    )
    tell.console.print(said, style="bold green" if right and clean else "bold red")
    return right and clean
