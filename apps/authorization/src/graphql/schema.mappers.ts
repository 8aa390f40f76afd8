import type { Authorization, CorpFacts, Epoch, Observation } from '../domain/authorization';
import type { AuthorizationLink } from '../domain/authorization-link';
import type { ErasureAnswer, ErasureRecord } from '../domain/erasure-record';
import type { BatchScan, ScanAnswer } from '../domain/batch-scan';
import type { Exchange } from '../domain/exchange';
import type { Reconciliation } from '../domain/reconciliation';
import type { ProviderCredentials } from '../domain/provider-credentials';
import type { SuiteCredentials } from '../domain/suite-credentials';
import type { TokenDoorEntry } from '../domain/token-door-entry';

/** What the resolvers of a GraphQL type get: the domain's own objects. */

/** Owned by the template service: here only what hangs on its id. */
export interface PublisherMapper {
  readonly id: string;
}
export interface DelegatedTemplateMapper {
  readonly id: string;
}
export type ProviderCredentialsMapper = ProviderCredentials;
export type SuiteMapper = SuiteCredentials;
export type AuthorizationLinkMapper = AuthorizationLink;

export type AuthorizationMapper = Authorization;
/** With whose epoch it is, for its erasure record. */
export type AuthorizationEpochMapper = Epoch & { readonly authorizationId: string };
export type ErasureRecordMapper = ErasureRecord;
/** `erasedAt` is null while the service has not answered. */
export type ServiceErasureMapper = Omit<ErasureAnswer, 'erasedAt'> & { readonly erasedAt: Date | null };
export type ObservationMapper = Observation;
export type ExchangeMapper = Exchange;
export type TokenDoorEntryMapper = TokenDoorEntry;
export type BatchScanMapper = BatchScan;
export type ScanAnswerMapper = ScanAnswer;
export type ReconciliationMapper = Reconciliation;
/** `id` is the encrypted corp id; `facts` are erased with the last authorization. */
export interface CorpMapper {
  readonly id: string;
  readonly facts: CorpFacts | null;
}
