import Foundation
import Synchronization
import Web

/// This program as another process, on the data of the benchmark.
final class ChildProcess: Sendable {
    private let process: Mutex<Process>
    private let output = Pipe()
    let pid: Int32

    /// Starts `iperform` with these arguments.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            [
                "IPERFORM_REQUESTS_A_MINUTE": "1000000000", "IPERFORM_TRUSTS_PROXY": "true",
                "IPERFORM_LOG_LEVEL": "error",
            ]
        ) { $1 }
        .merging(environment) { $1 }
        process.standardOutput = output
        try process.run()
        pid = process.processIdentifier
        self.process = Mutex(process)
    }

    /// Waits for the line of a server that says where it is.
    ///
    /// - Throws: A sentence when it ends instead.
    func port() throws -> Int {
        var text = ""
        while !text.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Refusal("The server did not start: \(text)") }
            text += String(decoding: data, as: UTF8.self)
        }
        guard let port = text.trimmed.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw Refusal("The server did not say where it is: \(text)")
        }
        return port
    }

    /// Waits for the end. Returns the exit code and the most memory it took, in bytes.
    func ended() -> (code: Int32, memoryMax: Int) {
        var most = 0
        // What it prints is read away, so that it never waits for us.
        let reader = Thread { [output] in
            while !output.fileHandleForReading.availableData.isEmpty {}
        }
        reader.start()
        while process.withLock({ $0.isRunning }) {
            most = max(most, memory(.most))
            usleep(20_000)
        }
        return (process.withLock { $0.terminationStatus }, most)
    }

    func stop() {
        process.withLock { process in
            process.terminate()
            process.waitUntilExit()
        }
    }

    enum Memory: String {
        case now = "VmRSS:"
        case most = "VmHWM:"
    }

    /// Resident memory in bytes; 0 when the process has gone.
    func memory(_ which: Memory) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(which.rawValue) }
        return (line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) * 1024
    }
}
