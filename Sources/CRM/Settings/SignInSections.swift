import Storage
import Tenancy
import Views
import Web

extension SignInPolicyPage {
    /// How people sign in besides by password, and where from.
    mutating func fill(
        for call: Call, in scope: Scope, _ keys: MasterKeys, _ mailing: Mailing
    ) async throws {
        let slug = try await Tenants.find(scope.tenant, in: scope.tx).slug
        redirectURL = mailing.openID(slug)
        provider = try await OpenIDProviders(scope, keys).find().map { found in
            ProviderPanel(
                issuer: found.issuer, clientID: found.clientID, label: found.label,
                passwords: found.passwords.rawValue, secondStep: found.secondStep.rawValue)
        }
        addresses = try await AddressList(scope).find().lines
        ownAddress = call.remote
    }
}
