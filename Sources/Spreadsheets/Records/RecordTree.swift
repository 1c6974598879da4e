/// What a file of records is made of, told as it is read: JSON and XML are one tree here.
///
/// An XML element, and a member of a JSON object, is a node with a name; an array is its member's
/// node once for each element. The root has no name.
protocol RecordTree: AnyObject {
    /// - Parameter isListed: Whether it is an element of a JSON array, and so one of several by
    ///   its nature.
    func open(_ name: String, isListed: Bool) throws
    func value(_ cell: Cell) throws
    func close() throws
}

/// A file that tells a tree what it is made of, piece by piece.
protocol RecordSource: AnyObject {
    /// Reads on; false at the end of the file.
    func readOn() throws -> Bool
}

/// Limits that a table of rows and columns does not need.
enum RecordLimits {
    /// Nodes within nodes.
    static let depth = 32
    /// Different places in the tree.
    static let places = 4_096
}
