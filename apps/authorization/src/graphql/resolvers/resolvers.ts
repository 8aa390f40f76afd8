import type { Resolvers } from '../schema.generated';
import { Authorization, AuthorizationEpoch, Observation } from './authorization';
import { AuthorizationLink } from './authorization-link';
import { BatchScan, ScanAnswer } from './batch-scan';
import { Corp } from './corp';
import { DelegatedTemplate, Suite } from './delegated-template';
import { ErasureRecord, ServiceErasure } from './erasure-record';
import { Exchange } from './exchange';
import { Mutation } from './mutation';
import { Publisher } from './publisher';
import { Query } from './query';
import { TokenDoorEntry } from './token-door-entry';
import { Reconciliation } from './reconciliation';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  Publisher,
  DelegatedTemplate,
  Suite,
  AuthorizationLink,
  Authorization,
  AuthorizationEpoch,
  Observation,
  Corp,
  Exchange,
  BatchScan,
  ScanAnswer,
  TokenDoorEntry,
  Reconciliation,
  ErasureRecord,
  ServiceErasure,
};
