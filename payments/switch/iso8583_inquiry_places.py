"""Where the attributes that only inquiries have go in an ISO 8583 form."""

from typing import Final

from payments.switch.inquiry_message import CardAttributes, HolderAddress, HolderName
from payments.switch.iso8583_place import Place, at, integer, nested, text


def _flag(tag: str) -> Place:
    """Return the place of a yes or no, in a tag that is there for a yes."""
    return at(tag, lambda _: "Y", lambda value: value == "Y", False)


_ATTRIBUTES: Final = nested(
    CardAttributes,
    {
        "issuer": text("48.EI"),
        "issuer_name": text("48.EN"),
        "country": text("48.EC"),
        "product": text("48.EP"),
        "platform": text("48.EF"),
        "currency": text("48.EB"),
        "fast_funds": text("48.EW"),
        "reloadable": _flag("48.ER"),
        "gambling": _flag("48.EG"),
        "push_domestic": _flag("48.PD"),
        "push_cross_border": _flag("48.PX"),
        "pull_domestic": _flag("48.LD"),
        "pull_cross_border": _flag("48.LX"),
    },
)
_HOLDER: Final = nested(HolderName, {"first": text("123.HF"), "middle": text("123.HM"), "last": text("123.HL")})

INQUIRY_PLACES: Final[dict[str, Place]] = {
    "origin": text("48.OC"),
    "attributes": _ATTRIBUTES,
    "cross_border": _flag("48.XB"),
    "geo_blocked": _flag("48.GB"),
    "push_allowed": _flag("48.PA"),
    "pull_allowed": _flag("48.LA"),
    "refusal": text("48.WY"),
    "funds_within_seconds": at("48.FS", str, integer, 0),
    "funds_within_business_days": at("48.FD", str, integer, 0),
    "address": nested(HolderAddress, {"street": text("123.AS"), "postal_code": text("123.AZ")}),
    "holder": _HOLDER,
    "cvv_result": text("48.VC"),
    "address_result": text("48.VA"),
    "name_result": text("48.VN"),
    "first_name_result": text("48.VF"),
    "middle_name_result": text("48.VM"),
    "last_name_result": text("48.VL"),
}
