import Foundation
import Logging

/// How many files and connections this process may have open at the same time.
enum OpenFiles {
    /// What a server must be able to have open without a word: each open page is one.
    private static let enough = 8192
    /// No more than this is asked for: some systems say "any number", and mean less.
    private static let most = 65_536

    /// Takes as many as there are to be had, and returns how many that is.
    @discardableResult
    static func raise() -> Int {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0 else { return 0 }
        let wanted = min(limit.rlim_max, rlim_t(most))
        if limit.rlim_cur < wanted {
            limit.rlim_cur = wanted
            setrlimit(kind, &limit)
            getrlimit(kind, &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Takes what there is, and says so when that is little.
    static func raise(complainingTo log: Logger) {
        let count = raise()
        guard count < enough else { return }
        log.warning(
            "Few files may be open at once, and each open page is one: raise the limit (ulimit -n)",
            metadata: ["limit": "\(count)", "wanted": "\(enough)"])
    }
}
