/// What is wrong with a provider or with what it says: a sentence for who signs in, or for the
/// admin who sets it up.
package struct ProviderFault: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    static func token(_ words: String) -> ProviderFault {
        ProviderFault("The provider's answer cannot be trusted: \(words)")
    }
}
