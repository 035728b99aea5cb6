"""Examples of batches in every format: they work as they are in the seeded world."""

from typing import Any, Final

BATCH: Final[dict[str, Any]] = {
    "relief for two": {
        "summary": "The City of Alder pays Nora and Omar at once",
        "value": {
            "sender": "snd_city_of_alder",
            "currency": "USD",
            "business_application": "GD",
            "label": "October relief",
            "start": True,
            "lines": [
                {
                    "reference": "relief-0001",
                    "amount": 2500,
                    "card": {"number": "4000121111104242"},
                    "recipient_name": "Nora Patel",
                },
                {
                    "reference": "relief-0002",
                    "amount": 2500,
                    "card": {"number": "4000341111140091"},
                    "recipient_name": "Omar Diallo",
                    "statement_text": "City of Alder, relief",
                },
            ],
        },
    },
}


BATCH_NDJSON: Final = (
    '{"reference":"relief-0001","amount":2500,"card":{"number":"4000121111104242"},"recipient_name":"Nora Patel"}\n'
    '{"reference":"relief-0002","amount":2500,"card":{"number":"4000341111140091"},"recipient_name":"Omar Diallo"}\n'
)


BATCH_CSV: Final = (
    "reference,card_number,amount,recipient_name\n"
    "relief-0001,4000121111104242,25.00,Nora Patel\n"
    "relief-0002,4000341111140091,25.00,Omar Diallo\n"
)


BATCH_PAIN001: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>OCTOBER-RELIEF</MsgId><CreDtTm>2026-10-14T12:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><CtrlSum>25.00</CtrlSum>
<InitgPty><Nm>City of Alder</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>OCTOBER-RELIEF-1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>2026-10-14</Dt></ReqdExctnDt>
<Dbtr><Nm>City of Alder</Nm></Dbtr>
<CdtTrfTxInf><PmtId><EndToEndId>relief-0001</EndToEndId></PmtId><Amt><InstdAmt Ccy="USD">25.00</InstdAmt></Amt>
<Cdtr><Nm>Nora Patel</Nm></Cdtr><CdtrAcct><Id><Othr><Id>4000121111104242</Id></Othr></Id></CdtrAcct>
<RmtInf><Ustrd>City of Alder, relief</Ustrd></RmtInf></CdtTrfTxInf>
</PmtInf></CstmrCdtTrfInitn></Document>
"""
