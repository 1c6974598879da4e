/// How long a store may take, and how often it is asked again.
package struct Patience: Sendable {
    /// In all, the first included.
    package var attempts = 4
    package var firstPause = Duration.milliseconds(200)
    package var longestPause = Duration.seconds(5)
    package var connectSeconds: Int64 = 5
    /// From sending a request, with as much as a part of a file, to the head of its answer.
    package var answerSeconds: Int64 = 120
    /// The longest silence within an answer.
    package var silenceSeconds: Int64 = 30

    package init() {}

    /// Twice as long each time, and never the same for two that failed together.
    func pause(after attempt: Int) -> Duration {
        let full = min(firstPause * (1 << min(attempt - 1, 16)), longestPause)
        return full * Double.random(in: 0.5...1)
    }
}
