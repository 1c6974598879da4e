/// What the people of the demo company write. `{first}`, `{company}`, `{erp}` and `{product}`
/// stand for the prospect's.
enum DemoPhrases {
    static let formMessages = [
        "We run 14 vans and still take orders on paper. Can {product} work offline?",
        "Please send prices for about 40 users.",
        "Looking for something that talks to {erp}. Is there a demo next week?",
        "Saw your talk on route planning. We would like to see it with our own data.",
        "We outgrew our spreadsheets. Who can call me in the morning?",
        "Do you have references in our line of business?",
        "Our distributors keep asking for stock levels. Does {product} show them?",
        "How long does it usually take to go live? We are 3 warehouses.",
    ]

    static let again = [
        "I wrote a while ago and would still like a demo.",
        "Following up on my earlier message. Is {product} available in two languages?",
        "A colleague sent me here. Please call in the afternoon.",
    ]

    static let manualNotes = [
        "Met at the trade fair, hall 4. Wants to see the app on a tablet.",
        "Called the main line and asked for a price list.",
        "Old contact of mine, now head of operations here.",
        "Stopped by our stand; three regional managers to convince.",
    ]

    static let referralNotes = [
        "Recommended by a customer; same {erp} set-up.",
        "Came through an introduction over lunch. Warm.",
        "Their sister company uses {product} already.",
    ]

    static let firstSteps = [
        "Introduce ourselves", "Ask about number of users", "Thank for the enquiry, ask for a time",
    ]

    static let founderReasons = [
        "Asha knows their managing director.", "Strategic account; Asha takes it herself.",
        "Asked for a conversation between founders.",
    ]

    static let managerReasons = [
        "Large roll-out; the regional lead takes it.", "Needs somebody with tender experience.",
        "Key account of the region.",
    ]

    static let held = [
        "Budget is decided after their year-end.",
        "They change ERP first. {first} asked us to wait.",
        "Warehouse move; nobody has time until it is over.",
        "{first} is on parental leave; the deputy does not decide.",
        "Audit until the end of next month.",
    ]

    static let reactivated = [
        "New budget year: {first} wrote that they want to start again.",
        "The other vendor could not connect to {erp}.",
        "{first} is back with a smaller scope.",
        "Missed go-live with the competitor; they asked for a new offer.",
    ]

    static let lost: [String: [String]] = [
        "price_too_high": [
            "A third above what they have set aside.",
            "Per-user price does not work for seasonal staff.",
            "Wanted 40 % off for a two-year term.",
        ],
        "competitor": [
            "Signed with the vendor of their ERP.",
            "Stayed in the family: a cousin's software house.",
            "Competitor included the tablets.",
        ],
        "budget": [
            "All projects frozen until next year.", "Spending went into the new warehouse.",
            "{first} had no approval after all.",
        ],
        "timing": [
            "Reorganising; ask again in a year.", "ERP change first.",
            "Nobody to run the project this year.",
        ],
        "feature_gaps": [
            "Needs batch tracking down to the pallet.", "Wanted cash handling in the van.",
            "No connector to {erp} for returns yet.",
        ],
        "other": [
            "Number and mail both dead.", "{first} left the company.",
            "A student project, not a company.", "No answer after five attempts.",
        ],
    ]

    static let nextNotes: [String: [String]] = [
        "open": ["Try again in the morning", "Ask who decides", "Send the one-pager first"],
        "first_contact": ["Try again in the morning", "Ask who decides", "Try the mobile number"],
        "connected": [
            "Settle a date for the demo", "Ask for the number of users", "Check ERP version",
        ],
        "demo_given": [
            "Proposal promised", "Answer the questions on offline mode", "Ask for a decision date",
        ],
        "proposal_sent": [
            "Has the board seen it?", "Chase the proposal", "Talk through the price page",
        ],
        "negotiation": ["Discount approved?", "Get legal on the call", "Confirm the scope"],
        "integration_approved": ["Signature", "Purchase order number", "Settle the kick-off"],
    ]

    static let notes: [DemoTalk.Topic: [String]] = [
        .connected: [
            "{first} runs operations. 25 people in the field, all on {erp}. Wants to see stock in the app.",
            "Good talk. They lose about a day a week retyping orders. Budget owner is the CFO.",
            "{first} is interested but has to convince the sales director. Send two references.",
            "Currently on {erp} and WhatsApp groups. Main pain: nobody knows who visited whom.",
            "Friendly. They compare three vendors until the end of the month.",
            "Spoke with {first}: pilot with one region first, 8 users.",
            "They want {product} before the season starts. Decision by the managing director.",
        ],
        .noAnswer: ["Rang out twice.", "Voicemail full.", "Engaged; will try after lunch."],
        .leftMessage: ["Left a message with reception.", "Voicemail, asked {first} to call back."],
        .introduction: [
            "Introduced us and asked for a good time to call.",
            "Thanked them for the enquiry; sent the two-page overview of {product}.",
            "Short hello with a link to the customer story.",
        ],
        .chase: [
            "Reminder with a proposed time.", "Asked whether {first} is still the right person.",
            "Second reminder, with the short video.",
            "Sent the comparison they asked for, no reply so far.",
        ],
        .replied: [
            "“Thursday afternoon works. Please include the integration price.”",
            "“In a meeting, call me after four.”", "“Can you send this to our IT as well?”",
            "“Yes, still interested. It is just busy here.”",
        ],
        .booked: [
            "Demo agreed. {first} brings the warehouse manager and IT.",
            "Demo with the regional managers; show offline mode and returns.",
            "Booked. They want to see their own price list in {product}.",
            "Demo fixed, 45 minutes. Decision maker joins for the last part.",
        ],
        .declined: [
            "{first} was open about it; we part as friends.",
            "Long call, the answer is no for now.",
            "They have decided. Asked what would have changed it.",
            "Could not turn it around.",
        ],
        .callback: [
            "In a meeting, asked for a call next week.",
            "{first} needs the numbers for the board first.",
            "Waiting for IT to confirm access to {erp}.",
            "Still keen, but month-end closing comes first.",
        ],
        .details: [
            "Sent the security sheet and the list of {erp} connectors.",
            "Sent references and the roll-out plan of a similar customer.",
            "Answered the questions on offline use and languages.",
        ],
        .demo: [
            "Liked: order entry offline, route view. Concern: moving customer data out of {erp}.",
            "Five people in the room. The field staff were convinced at once; IT wants a test system.",
            "{first} asked for a proposal for 30 users with {product}.",
            "Went well. Open question: discounts by customer group.",
            "They compared it live with what they have. Clear win on visit planning.",
        ],
        .postponed: [
            "{first} was called away; new date to be agreed.",
            "Two of three could not make it. They ask for another slot.",
        ],
        .questions: [
            "Walked through the open questions. Only returns are left.",
            "{first} wants to know how training works for drivers.",
            "Price is fine; IT asks about single sign-on.",
        ],
        .proposal: [
            "Sent the proposal: {product}, three-year term, onboarding included.",
            "Proposal sent to {first} and the CFO.",
            "Second version with the smaller pilot.",
        ],
        .price: [
            "They ask for 12 % off in exchange for a reference.",
            "{first} has the budget if the onboarding moves to January.",
            "Agreed on the per-user price; payment terms still open.",
            "Procurement joined. They want quarterly invoices.",
        ],
        .integration: [
            "Their IT and ours went through {erp}. Green light for the connector.",
            "Test connection to {erp} works, stock and prices both ways.",
            "Integration approved by IT; only the signature is missing.",
        ],
        .contract: [
            "Contract sent for signature.", "Legal came back with two remarks, both fine.",
            "Asked for the purchase order number.",
        ],
        .signed: [
            "Signed! Kick-off in two weeks, {first} leads the project.",
            "Contract is back. They start with one region.",
            "Verbal yes and the signed order in the mail an hour later.",
        ],
        .handover: [
            "Handed over to onboarding with the {erp} notes.",
            "Onboarding has the data export; first training is booked.",
        ],
    ]
}
