import Storage

/// Questions to PostgreSQL's catalog about the product's tables.
enum Catalog {
    /// Table, column, type, and whether a row may be added without it. What is computed is none.
    static let columns: SQL = """
        SELECT t.relname, a.attname, y.typname, NOT a.attnotnull OR a.atthasdef OR a.attidentity <> ''
        FROM pg_class t
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type y ON y.oid = a.atttypid
        WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
            AND NOT t.relispartition AND a.attgenerated = ''
            AND t.relname NOT IN ('iperform_migrations', 'iperform_move')
        ORDER BY t.relname, a.attnum
        """

    /// Table and column of each primary key, in the key's order.
    static let keys: SQL = """
        SELECT t.relname, a.attname
        FROM pg_constraint c
        JOIN pg_class t ON t.oid = c.conrelid
        CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
        WHERE t.relnamespace = 'public'::regnamespace AND c.contype = 'p'
        ORDER BY t.relname, k.place
        """

    /// Table and column of what numbers itself.
    static let numbered: SQL = """
        SELECT t.relname, a.attname
        FROM pg_class t
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
            AND pg_get_serial_sequence(format('%I', t.relname), a.attname) IS NOT NULL
        ORDER BY t.relname
        """

    /// Table and the last number given out there; null when none was.
    static let counters: SQL = """
        SELECT t.relname, s.last_value
        FROM pg_depend d
        JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'
        JOIN pg_class t ON t.oid = d.refobjid
        JOIN pg_sequences s ON s.schemaname = 'public' AND s.sequencename = q.relname
        WHERE d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
            AND t.relnamespace = 'public'::regnamespace
        """

    /// What is taken away while rows are added, and how it comes back in the reverse order.
    ///
    /// What was written elsewhere belongs to transaction 0, before all of this server's: so the
    /// places in the feed that readers and open pages remember stay what they were.
    static let loosening: SQL = """
        SELECT undo, again FROM (
            SELECT 0 AS part, t.relname AS name,
                format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %L', t.relname, a.attname, '0')
                    AS undo,
                format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %s', t.relname, a.attname,
                    pg_get_expr(d.adbin, d.adrelid)) AS again
            FROM pg_attrdef d JOIN pg_class t ON t.oid = d.adrelid
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.adnum
            WHERE t.relnamespace = 'public'::regnamespace
                AND pg_get_expr(d.adbin, d.adrelid) = 'pg_current_xact_id()'
            UNION ALL
            SELECT 1 AS part, c.conname AS name,
                format('ALTER TABLE %I DROP CONSTRAINT %I', t.relname, c.conname) AS undo,
                format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, c.conname,
                    pg_get_constraintdef(c.oid)) AS again
            FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
            WHERE t.relnamespace = 'public'::regnamespace AND c.contype = 'f'
            UNION ALL
            SELECT 2, n.relname, format('DROP INDEX %I', n.relname), pg_get_indexdef(n.oid)
            FROM pg_index i
            JOIN pg_class n ON n.oid = i.indexrelid
            JOIN pg_class t ON t.oid = i.indrelid
            WHERE t.relnamespace = 'public'::regnamespace
                AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = n.oid)
            UNION ALL
            SELECT 3, t.relname, format('ALTER TABLE %I DISABLE TRIGGER USER', t.relname),
                format('ALTER TABLE %I ENABLE TRIGGER USER', t.relname)
            FROM pg_class t
            WHERE t.relnamespace = 'public'::regnamespace
                AND EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgrelid = t.oid AND NOT g.tgisinternal)
        ) AS changes
        ORDER BY part, name
        """
}
