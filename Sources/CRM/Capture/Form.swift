import Storage
/// placeholder until the form operations below
package struct Form: Sendable {}
package struct Import: Sendable {}
