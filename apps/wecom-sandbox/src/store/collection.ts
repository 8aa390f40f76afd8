import type { DatabaseSync } from 'node:sqlite';

type Scalar = string | number | boolean;
type Match<T> = { readonly [K in keyof T]?: T[K] & Scalar };

/** Entities of one kind: a JSON body per row, found by indexed fields, in order of creation. */
export interface Collection<T extends { readonly id: string }> {
  get(id: string): T | undefined;
  find(match: Match<T>): T[];
  first(match: Match<T>): T | undefined;
  all(): T[];
  put(entity: T): T;
  remove(id: string): void;
  clear(): void;
}

/**
 * @param name table name, from code only
 * @param indexes fields of the body that `find` is asked for
 */
export const openCollection = <T extends { readonly id: string }>(
  database: DatabaseSync,
  name: string,
  indexes: ReadonlyArray<keyof T & string> = [],
): Collection<T> => {
  database.exec(
    `CREATE TABLE IF NOT EXISTS ${name} (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL)`,
  );
  for (const field of indexes) {
    database.exec(`CREATE INDEX IF NOT EXISTS ${name}_${field} ON ${name} (json_extract(body, '$.${field}'))`);
  }
  const byId = database.prepare(`SELECT body FROM ${name} WHERE id = ?`);
  const everything = database.prepare(`SELECT body FROM ${name} ORDER BY position`);
  const upsert = database.prepare(
    `INSERT INTO ${name} (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
  );
  const removal = database.prepare(`DELETE FROM ${name} WHERE id = ?`);
  const parse = (row: Record<string, unknown>): T => JSON.parse(row['body'] as string) as T;

  const find = (match: Match<T>): T[] => {
    const fields = Object.entries(match) as [string, Scalar][];
    const where = fields.map(([field]) => `json_extract(body, '$.${field}') = ?`).join(' AND ');
    // SQLite reads JSON booleans as 0 and 1.
    const values = fields.map(([, value]) => (typeof value === 'boolean' ? Number(value) : value));
    return database
      .prepare(`SELECT body FROM ${name} WHERE ${where === '' ? '1' : where} ORDER BY position`)
      .all(...values)
      .map(parse);
  };

  return {
    get: (id) => {
      const row = byId.get(id);
      return row === undefined ? undefined : parse(row);
    },
    find,
    first: (match) => find(match)[0],
    all: () => everything.all().map(parse),
    put: (entity) => {
      upsert.run(entity.id, JSON.stringify(entity));
      return entity;
    },
    remove: (id) => {
      removal.run(id);
    },
    clear: () => {
      database.exec(`DELETE FROM ${name}`);
    },
  };
};
