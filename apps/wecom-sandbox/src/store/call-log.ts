import type { DatabaseSync } from 'node:sqlite';

export interface ApiCallRecord {
  readonly at: number;
  readonly path: string;
  /** The suite_id, corpid or provider that called, where the call told it. */
  readonly subject: string;
  readonly ip: string;
  /** 0 for success; -1 too when a fault on order left the call without an answer. */
  readonly errcode: number;
  readonly ms: number;
}

export interface PathCount {
  readonly count: number;
  readonly byErrcode: Readonly<Record<string, number>>;
}

/** Every call of the server API, counted. */
export interface CallLog {
  add(call: ApiCallRecord): void;
  counts(filter: { readonly path?: string; readonly subject?: string }): Record<string, PathCount>;
  recent(limit: number): ApiCallRecord[];
  clear(): void;
}

export const openCallLog = (database: DatabaseSync): CallLog => {
  database.exec(
    `CREATE TABLE IF NOT EXISTS api_call
       (id INTEGER PRIMARY KEY, at INTEGER, path TEXT, subject TEXT, ip TEXT, errcode INTEGER, ms REAL)`,
  );
  database.exec('CREATE INDEX IF NOT EXISTS api_call_path ON api_call (path, subject)');
  const insert = database.prepare(
    'INSERT INTO api_call (at, path, subject, ip, errcode, ms) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const grouped = database.prepare(
    `SELECT path, errcode, count(*) AS amount FROM api_call
       WHERE (? IS NULL OR path = ?) AND (? IS NULL OR subject = ?) GROUP BY path, errcode ORDER BY path`,
  );
  const latest = database.prepare('SELECT at, path, subject, ip, errcode, ms FROM api_call ORDER BY id DESC LIMIT ?');

  return {
    add: (call) => {
      insert.run(call.at, call.path, call.subject, call.ip, call.errcode, call.ms);
    },
    counts: ({ path = null, subject = null }: { path?: string | null; subject?: string | null }) => {
      const counts: Record<string, { count: number; byErrcode: Record<string, number> }> = {};
      for (const row of grouped.all(path, path, subject, subject)) {
        const entry = (counts[row['path'] as string] ??= { count: 0, byErrcode: {} });
        entry.count += row['amount'] as number;
        entry.byErrcode[String(row['errcode'])] = row['amount'] as number;
      }
      return counts;
    },
    recent: (limit) =>
      latest.all(limit).map((row) => ({
        at: row['at'] as number,
        path: row['path'] as string,
        subject: row['subject'] as string,
        ip: row['ip'] as string,
        errcode: row['errcode'] as number,
        ms: row['ms'] as number,
      })),
    clear: () => database.exec('DELETE FROM api_call'),
  };
};
