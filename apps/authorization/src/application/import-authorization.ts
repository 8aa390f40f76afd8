import {
  AppError,
  authorize,
  badUserInput,
  conflict,
  derivedId,
  invalidState,
  text,
  type Viewer,
  type Violation,
} from '@daikaifa/kernel';
import type { AuthInfo } from '@daikaifa/wecom-protocol';
import { liveEpoch, type Authorization } from '../domain/authorization';
import { grantAgain, grantFirst, hasTakenIn, type Grant } from '../domain/authorization.decide';
import { secretViolations } from '../domain/secret-rules';
import { askAuthInfo } from './ask-auth-info';
import { authorizationIdOf } from './content-id';
import { findEnvironment } from './find-environment';
import type { Dependencies } from './ports';
import { templateInScope } from './template-in-scope';

export interface ImportAuthorization {
  readonly templateId: string;
  /** Encrypted corp id. */
  readonly corpId: string;
  /** Write-only. */
  readonly permanentCode: string;
  readonly idempotencyKey: string;
}

const CORP_ID = /^[0-9A-Za-z_-]{1,64}$/;

const corpViolation = (corpId: string, code: string, why: Violation['text']): Violation => ({
  ...{ field: 'corpId', code, severity: 'ERROR', text: why, given: corpId.slice(0, 80) },
});

const inputViolations = ({ corpId, permanentCode }: ImportAuthorization): readonly Violation[] => [
  ...(CORP_ID.test(corpId)
    ? []
    : [corpViolation(corpId, 'CORP_ID_FORMAT', text('不是有效的密文 corpid', 'is not an encrypted corp id'))]),
  ...secretViolations('permanentCode', permanentCode),
];

const REFUSED: Violation = {
  field: 'permanentCode',
  code: 'PERMANENT_CODE_REFUSED',
  severity: 'ERROR',
  text: text('企业微信不接受该永久授权码，或企业未授权该模版', 'WeCom does not take it for this corp and template'),
};

type Deps = Pick<
  Dependencies,
  'authorizations' | 'suites' | 'knownTemplates' | 'knownPublishers' | 'tokens' | 'wecom' | 'sealing' | 'wakeUps' | 'clock'
>;

/** @throws AppError BAD_USER_INPUT when WeCom refuses it, UNAVAILABLE when it cannot be asked */
const verified = async (deps: Deps, { templateId, corpId, permanentCode }: ImportAuthorization): Promise<AuthInfo> => {
  const answer = await askAuthInfo(deps, { templateId, corpId, permanentCode });
  if (answer.kind === 'GONE') {
    throw badUserInput([REFUSED]);
  }
  if (answer.kind === 'UNKNOWN') {
    const { zh, en } = answer.text;
    throw new AppError('UNAVAILABLE', text(`暂时无法向企业微信核实：${zh}`, `WeCom could not be asked: ${en}`));
  }
  if (answer.info.corp.corpId !== corpId) {
    const why = text('企业微信返回了另一个 corpid', 'WeCom names another corp id for this code');
    throw badUserInput([corpViolation(corpId, 'CORP_ID_DIFFERS', why)]);
  }
  return answer.info;
};

/** Null: nothing is stored that stands in the way. @throws AppError CONFLICT, INVALID_STATE */
const earlierImport = (
  { sealing }: Deps,
  current: Authorization | null,
  { importId, permanentCode }: { readonly importId: string; readonly permanentCode: string },
): Authorization | null => {
  const live = current && liveEpoch(current);
  if (current === null || live === null) {
    return null;
  }
  if (!hasTakenIn(current, importId)) {
    throw invalidState(text('该企业已授权', 'The corp has authorized already'), { id: current.id });
  }
  if (sealing.openPermanentCode(current.id, live.sealedPermanentCode ?? '') !== permanentCode) {
    throw conflict(text('该幂等键已用于不同的请求', 'This idempotency key was used with another input'), { id: current.id });
  }
  return current;
};

/**
 * An authorization that was granted before the platform: its corp will not scan again, so a person gives the permanent
 * code. Nothing is stored that WeCom does not take.
 * @throws AppError FORBIDDEN, NOT_FOUND (also for another tenant's template), BAD_USER_INPUT, INVALID_STATE without a
 * recorded suite or for a corp that has authorized already, CONFLICT, UNAVAILABLE
 */
export const importAuthorization = (deps: Deps) => {
  const environmentOf = findEnvironment(deps);

  const store = async (current: Authorization | null, grant: Grant, identity: Parameters<typeof grantFirst>[0]) => {
    const now = deps.clock.now();
    if (current === null) {
      const { next, facts } = grantFirst(identity, grant, now);
      return deps.authorizations.create(next, facts);
    }
    const decision = grantAgain(current, grant, 'CANCELLED', now);
    return decision === null ? current : deps.authorizations.save(decision.next, current.version, decision.facts);
  };

  return async (viewer: Viewer, input: ImportAuthorization): Promise<Authorization> => {
    const scope = authorize(viewer, ['PUBLISHER_ADMIN']);
    const { publisherId, id: templateId } = await templateInScope(deps, scope, input.templateId);
    const violations = inputViolations(input);
    if (violations.length > 0) {
      throw badUserInput(violations);
    }
    const suite = await deps.suites.byId(scope, templateId);
    if (suite === null) {
      throw invalidState(text('请先录入模版凭证（suite_id）', 'Record the suite of the template first'), { templateId });
    }
    const { corpId, permanentCode } = input;
    const { suiteId } = suite;
    const id = authorizationIdOf(suiteId, corpId);
    const importId = derivedId('import', id, input.idempotencyKey);
    const current = await deps.authorizations.byId(scope, id);
    const earlier = earlierImport(deps, current, { importId, permanentCode });
    if (earlier !== null) {
      return earlier;
    }
    // What WeCom sent before it was asked is about what was before.
    const causedAt = deps.clock.now();
    const { corp } = await verified(deps, input);
    const grant: Grant = {
      exchangeId: importId,
      sealedPermanentCode: deps.sealing.sealPermanentCode(id, permanentCode),
      causedAt,
      linkState: null,
      ...(await environmentOf({ publisherId, corpId })),
      corpName: corp.name,
    };
    const stored = await store(current, grant, { id, publisherId, templateId, suiteId, corpId });
    if (stored.reread.dueAt !== null) {
      await deps.wakeUps.reread({ id, dueAt: stored.reread.dueAt });
    }
    return stored;
  };
};
