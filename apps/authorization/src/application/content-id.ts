import { createHash } from 'node:crypto';
import { derivedId } from '@daikaifa/kernel';

/** Unique by suite and code; the code itself goes in as its hash. */
export const exchangeIdOf = (suiteId: string, authCode: string): string =>
  derivedId('exchange', suiteId, createHash('sha256').update(authCode).digest('hex'));

/** Encrypted corp ids are case-sensitive, so they go in as they are. */
export const authorizationIdOf = (suiteId: string, corpId: string): string =>
  derivedId('authorization', suiteId, corpId);

/** One per cancelled epoch. */
export const erasureRecordIdOf = (authorizationId: string, epoch: number): string =>
  derivedId('erasure-record', authorizationId, String(epoch));
