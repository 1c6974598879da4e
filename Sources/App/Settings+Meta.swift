import Meta

extension Settings {
    /// Where Facebook is asked.
    ///
    /// - Throws: A sentence naming the setting that is wrong.
    func graph() throws -> MetaGraph {
        let address = GraphAddress(
            metaGraphURL ?? GraphAddress.facebook, version: metaGraphVersion ?? GraphAddress.newest)
        guard let address else {
            throw Refusal(
                """
                IPERFORM_META_GRAPH_URL must begin with https://, or be on this machine, and \
                IPERFORM_META_GRAPH_VERSION be like \(GraphAddress.newest).
                """)
        }
        return MetaGraph(address)
    }
}
