extension Result where Failure == any Error {
    /// What came of it, so that something can be ended before it is thrown.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
