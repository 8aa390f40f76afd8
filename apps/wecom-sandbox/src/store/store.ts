import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { openCallLog, type CallLog } from './call-log';
import { openCollection, type Collection } from './collection';
import type { AdminMessage, PermissionRequest } from './app-types';
import type {
  AccessToken,
  AuthCode,
  AuthorizationLink,
  Corp,
  EncryptedId,
  Fault,
  GivenSecret,
  Installation,
  Provider,
  Push,
  SecretAttempts,
  SuiteTicket,
  Template,
} from './types';

/** Everything the sandbox knows, in one SQLite file. All calls are synchronous. */
export interface Store {
  readonly providers: Collection<Provider>;
  readonly corps: Collection<Corp>;
  readonly templates: Collection<Template>;
  readonly links: Collection<AuthorizationLink>;
  readonly installations: Collection<Installation>;
  readonly permissionRequests: Collection<PermissionRequest>;
  readonly adminMessages: Collection<AdminMessage>;
  readonly authCodes: Collection<AuthCode>;
  readonly tokens: Collection<AccessToken>;
  readonly tickets: Collection<SuiteTicket>;
  readonly encryptedIds: Collection<EncryptedId>;
  readonly pushes: Collection<Push>;
  readonly faults: Collection<Fault>;
  readonly secretAttempts: Collection<SecretAttempts>;
  readonly secrets: Collection<GivenSecret>;
  readonly calls: CallLog;
  readSetting(key: string): unknown;
  writeSetting(key: string, value: unknown): void;
  /** All writes of `work`, or none. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** @param path a file, made with its folders when absent, or `:memory:` */
export const openStore = (path: string): Store => {
  if (path !== ':memory:') {
    mkdirSync(dirname(resolve(path)), { recursive: true });
  }
  const database = new DatabaseSync(path);
  // WAL with NORMAL survives a killed process, which is the restart that is promised.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
  database.exec('CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)');
  const readSetting = database.prepare('SELECT value FROM setting WHERE name = ?');
  const writeSetting = database.prepare(
    'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  let depth = 0;

  return {
    providers: openCollection<Provider>(database, 'provider'),
    corps: openCollection<Corp>(database, 'corp'),
    templates: openCollection<Template>(database, 'template', ['providerId']),
    links: openCollection<AuthorizationLink>(database, 'link', ['providerId']),
    installations: openCollection<Installation>(database, 'installation', ['suiteId', 'corpId', 'providerId']),
    permissionRequests: openCollection<PermissionRequest>(database, 'permission_request', ['installationId', 'state']),
    adminMessages: openCollection<AdminMessage>(database, 'admin_message', ['corpId']),
    authCodes: openCollection<AuthCode>(database, 'auth_code', ['installationId']),
    tokens: openCollection<AccessToken>(database, 'access_token', ['ownerId']),
    tickets: openCollection<SuiteTicket>(database, 'suite_ticket', ['suiteId']),
    encryptedIds: openCollection<EncryptedId>(database, 'encrypted_id', ['key']),
    pushes: openCollection<Push>(database, 'push', ['suiteId', 'infoType', 'outcome', 'installationId']),
    faults: openCollection<Fault>(database, 'fault'),
    secretAttempts: openCollection<SecretAttempts>(database, 'secret_attempts'),
    secrets: openCollection<GivenSecret>(database, 'given_secret'),
    calls: openCallLog(database),
    readSetting: (key) => {
      const row = readSetting.get(key);
      return row === undefined ? undefined : (JSON.parse(row['value'] as string) as unknown);
    },
    writeSetting: (key, value) => {
      writeSetting.run(key, JSON.stringify(value));
    },
    transaction: (work) => {
      if (depth > 0) {
        return work();
      }
      database.exec('BEGIN IMMEDIATE');
      depth += 1;
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      } finally {
        depth -= 1;
      }
    },
    close: () => database.close(),
  };
};
