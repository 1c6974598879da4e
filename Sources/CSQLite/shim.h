// What Swift does not import of SQLite, because it takes any number of arguments.
// sqlite3.h is GRDB's to import; two modules with the same types would be two types.
int sqlite3_config(int option, ...);

/// Turns the count of memory in use off, which makes every allocation of any connection wait for
/// one lock (sqlite.org/c3ref/c_config_covering_index_scan.html, SQLITE_CONFIG_MEMSTATUS). Only
/// before SQLite is used for the first time; returns 0 then.
static inline int sqlite_count_no_memory(void) {
    enum { SQLITE_CONFIG_MEMSTATUS_OPTION = 9 };
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS_OPTION, 0);
}
