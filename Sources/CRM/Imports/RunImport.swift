import Background
import Storage
import Tenancy

/// Works on an import: its dry run, or the run that makes leads, from where the last chunk ended.
struct RunImport: Job {
    /// What is wrong with the machine passes, so it is never given up. What ends an import ends
    /// its job.
    static let kind = JobKind(
        "imports.run", urgency: .bulk, atOnce: 4, failuresMax: .max,
        pause: Pause(firstSeconds: 2, mostSeconds: 60))

    let run: ID<Import>
}
