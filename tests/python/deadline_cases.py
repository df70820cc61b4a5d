"""Deadlines worked by hand from section 10 of the Act and checked against two calendars.

Dates are texts as a register has them. Where the law leaves two dates, `due` is that of the Act's
words and the published holidays and `alternative` the other; the earlier of them is the one to
keep to. Sources: FOIA 2000 section 10; section 45 Code of Practice (2018), paragraph 4.2;
published cases of mySociety; J. Baines on the state funeral (informationrightsandwrongs.com,
23 September 2022); dracos.co.uk/wrote/bad-bank-holidays on holidays for which no Royal
Proclamation was made.
"""


def _case(ref, received, due, alternative="None", **more):
    return {
        "request_ref": ref,
        "received_on": received,
        "due": due,
        "alternative": alternative,
        **more,
    }


CASES = [
    # No holiday in the window.
    _case("D01", "2008-10-01", "2008-10-29"),
    # St Patrick's Day in Northern Ireland, Good Friday, Easter Monday (not in Scotland).
    _case("D02", "2009-03-16", "2009-04-16"),
    # Received on a Saturday: the Act, and the Code of Practice.
    _case("D03", "2009-03-14", "2009-04-15", "2009-04-16"),
    # Spring bank holiday moved to 4 June 2012, Diamond Jubilee on the 5th.
    _case("D05", "2012-05-21", "2012-06-20"),
    # Christmas and New Year substituted; 4 January in Scotland only.
    _case("D08", "2021-12-06", "2022-01-07"),
    # The state funeral of 19 September 2022, proclaimed on the 10th.
    _case("D10", "2022-09-01", "2022-09-30", "2022-09-29"),
    # St Patrick's Day on a Monday, in Northern Ireland only.
    _case("D12", "2025-03-03", "2025-04-01"),
    # St Andrew's Day kept on Monday 1 December; 2 January in Scotland.
    _case("D16", "2025-12-08", "2026-01-09"),
    # A clarification restarts the clock on the day it arrives, however quickly it comes.
    _case("D19", "2026-03-06", "2026-04-10", clock_started_on="2026-03-10"),
    # Days from the fees notice to the payment, both included, are disregarded.
    _case("D22", "2026-01-05", "2026-03-02", fee_notice_on="2026-01-14", fee_paid_on="2026-02-10"),
    # Scotland has Monday 4 January 2027 only if it is proclaimed.
    _case("D27", "2026-12-07", "2027-01-08", "2027-01-07"),
    # The notice of an extension is due by day 20, the answer by day 40 (17 March a holiday).
    _case(
        "D28",
        "2026-02-02",
        "2026-03-02",
        extension_claimed_on="2026-02-25",
        extended_due="2026-03-31",
    ),
]
