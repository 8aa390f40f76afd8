import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { Clock, Role, Viewer } from '@daikaifa/kernel';
import { createLogger, type Logger } from '@daikaifa/observability';

/** For databases, topic prefixes, consumer groups: each spec file owns what it makes. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomBytes(6).toString('hex')}`;

export interface ManualClock extends Clock {
  advance(ms: number): void;
  set(at: Date): void;
}

export const manualClock = (start: Date = new Date('2026-03-02T09:00:00.000Z')): ManualClock => {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms;
    },
    set: (at) => {
      now = at.getTime();
    },
  };
};

/** A logger whose lines are kept as parsed objects. */
export const capturedLogger = (): { readonly logger: Logger; readonly lines: Record<string, unknown>[] } => {
  const lines: Record<string, unknown>[] = [];
  const destination = new PassThrough();
  destination.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString('utf8').split('\n').filter(Boolean)) {
      lines.push(JSON.parse(line) as Record<string, unknown>);
    }
  });
  return { logger: createLogger({ service: 'test', level: 'trace', destination }), lines };
};

export const silentLogger = (): Logger => createLogger({ service: 'test', level: 'silent' });

export const testIdentitySecret = 'identity-secret-of-the-test-suites-0123456789';

/** A key ring spec with one key, for `createKeyRing`. */
export const testKeyRingSpec = `test:${Buffer.alloc(32, 7).toString('base64')}`;

export const viewerOf = (
  roles: readonly Role[],
  publisherIds: readonly string[] = [],
  subject = `test-${roles.join('-').toLowerCase()}`,
): Viewer => ({ subject, roles, publisherIds });
