import { err, inputRejection, ok, type Rejection, type Result } from '@daikaifa/kernel';
import type { ProviderCredentials } from './provider-credentials';
import { secretViolations } from './secret-rules';

export const checkProviderSecret = (providerSecret: string): Result<string, Rejection> => {
  const violations = secretViolations('providerSecret', providerSecret);
  return violations.length > 0 ? err(inputRejection(violations)) : ok(providerSecret);
};

/** Recording again, also the same secret, forgets what WeCom said about the one before. */
export const recordProviderSecret = (
  stored: ProviderCredentials | null,
  command: { readonly publisherId: string; readonly sealedSecret: string; readonly recordedBy: string },
  now: Date,
): ProviderCredentials => ({
  id: command.publisherId,
  publisherId: command.publisherId,
  version: stored?.version ?? 0,
  createdAt: stored?.createdAt ?? now,
  updatedAt: now,
  generation: (stored?.generation ?? 0) + 1,
  sealedSecret: command.sealedSecret,
  recordedAt: now,
  recordedBy: command.recordedBy,
  confirmedAt: null,
  lastError: null,
});
