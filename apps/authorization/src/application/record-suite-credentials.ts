import {
  acceptedOrThrow,
  AppError,
  authorize,
  conflict,
  isAppError,
  notFound,
  text,
  type Scope,
  type Viewer,
} from '@daikaifa/kernel';
import type { SuiteCredentials } from '../domain/suite-credentials';
import { checkSuite, recordSuite } from '../domain/suite-credentials.decide';
import type { Dependencies } from './ports';
import { renewWaitingLinks } from './renew-link';
import { templateInScope } from './template-in-scope';

export interface RecordSuiteCredentials {
  readonly templateId: string;
  readonly suiteId: string;
  readonly suiteSecret: string;
  readonly expectedVersion: number | null;
}

type Deps = Pick<Dependencies, 'suites' | 'knownTemplates' | 'links' | 'sealing' | 'wakeUps' | 'clock'>;

const isRepetition = (deps: Deps, stored: SuiteCredentials, input: RecordSuiteCredentials): boolean =>
  input.expectedVersion === null &&
  stored.suiteId === input.suiteId &&
  deps.sealing.openSuiteSecret(stored.id, stored.sealedSecret) === input.suiteSecret;

/** The unique index knows only that something is taken; a person needs to know what. */
const explained = (error: unknown, suiteId: string): unknown => {
  const fields = isAppError(error) && error.code === 'CONFLICT' ? error.details['fields'] : undefined;
  return Array.isArray(fields) && fields.includes('suiteId')
    ? new AppError(
        'CONFLICT',
        text('该 suite_id 已用于其他模版', 'This suite id is recorded at another template already'),
        { cause: error, details: { suiteId } },
      )
    : error;
};

const store = async (
  deps: Deps,
  scope: Scope,
  command: { readonly stored: SuiteCredentials | null; readonly next: Parameters<typeof recordSuite>[1] },
): Promise<SuiteCredentials> => {
  const { stored, next } = command;
  const now = deps.clock.now();
  if (stored === null) {
    const decision = recordSuite(null, next, now);
    return deps.suites.create(decision.next, decision.facts);
  }
  const saved = await deps.suites.update(scope, next.templateId, (current) => {
    if (current.generation !== stored.generation) {
      throw conflict(
        text('凭证已被他人修改，请刷新后重试', 'The suite was changed in the meantime; load it again and retry'),
        { expectedVersion: stored.generation, currentVersion: current.generation },
      );
    }
    return recordSuite(current, next, now);
  });
  if (saved === null) {
    throw notFound(text('套件凭证', 'The suite'), next.templateId);
  }
  return saved;
};

/** suite_id and suite_secret as WeCom's console shows them. A repeated first recording changes nothing. */
export const recordSuiteCredentials =
  (deps: Deps) =>
  async (viewer: Viewer, input: RecordSuiteCredentials): Promise<SuiteCredentials> => {
    const scope = authorize(viewer, ['PUBLISHER_ADMIN']);
    const { publisherId } = await templateInScope(deps, scope, input.templateId);
    const stored = await deps.suites.byId(scope, input.templateId);
    if (stored !== null && isRepetition(deps, stored, input)) {
      return stored;
    }
    const { templateId, suiteId, suiteSecret } = { ...input, ...acceptedOrThrow(checkSuite(stored, input)) };
    const sealedSecret = deps.sealing.sealSuiteSecret(templateId, suiteSecret);
    const next = { templateId, publisherId, suiteId, sealedSecret, recordedBy: viewer.subject };
    try {
      const recorded = await store(deps, scope, { stored, next });
      await renewWaitingLinks(deps, scope);
      return recorded;
    } catch (error) {
      throw explained(error, suiteId);
    }
  };
