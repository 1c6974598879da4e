import Views

extension Sample {
    static let link = LinkPage(
        token: "t0ken", name: "Uma <Rao>", email: "uma@vantage.example", company: "Vantage",
        signInURL: "/sign-in?tenant=vantage&email=uma%40vantage.example", passwordMin: 8)

    static let outbox: OutboxPage = {
        var queued = OutboxLine(
            id: "m1", subject: "Your invitation to <Vantage>", recipient: "uma@vantage.example",
            state: .queued, when: "2 min ago")
        queued.text = "Welcome, <Uma>"
        queued.link = "https://crm.vantage.example/welcome/t0ken"
        queued.canSend = true
        var failed = OutboxLine(
            id: "m2", subject: "A new password", recipient: "leo@vantage.example", state: .failed,
            when: "1 h ago")
        failed.error = "550 5.1.1 No such <user>"
        failed.tries = 3
        failed.hasRunOut = true
        let sent = OutboxLine(
            id: "m3", subject: "Your password was changed", recipient: "asha@vantage.example",
            state: .sent, when: "Yesterday")
        return OutboxPage(
            messages: [queued, failed, sent], filter: nil, olderURL: "/outbox?cursor=x",
            hasRelay: false)
    }()
}
