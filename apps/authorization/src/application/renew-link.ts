import { isAppError, platformScope, text, type LocalizedText, type Scope } from '@daikaifa/kernel';
import type { AuthorizationLink } from '../domain/authorization-link';
import { beginRenewal, completeRenewal, expireLink, failRenewal, renewSoon } from '../domain/authorization-link.decide';
import type { Dependencies } from './ports';

const BATCH = 200;
/** What is left after them is due in the link and found by the sweep. */
const TRIES = 3;

const SUITE_MISSING = text('尚未录入模版凭证（suite_id）', 'suite_id of the template was not recorded yet');

type Deps = Pick<Dependencies, 'links' | 'suites' | 'tokens' | 'wecom' | 'clock'>;

type Asked =
  | { readonly ok: true; readonly url: string; readonly expiresInSec: number }
  | { readonly ok: false; readonly error: LocalizedText };

const ask = async ({ suites, tokens, wecom }: Deps, scope: Scope, link: AuthorizationLink): Promise<Asked> => {
  const { templateIds: asked } = link;
  const found = await suites.byIds(scope, asked);
  const templateIds = asked.flatMap((id) => found.get(id)?.suiteId ?? []);
  if (templateIds.length < asked.length) {
    return { ok: false, error: SUITE_MISSING };
  }
  try {
    const answer = await tokens.withProviderToken(link.publisherId, (providerAccessToken) =>
      wecom.getCustomizedAuthUrl({
        providerAccessToken,
        state: link.stateParameter,
        templateIds,
      }),
    );
    return answer.ok
      ? { ok: true, url: answer.value.qrcodeUrl, expiresInSec: answer.value.expiresInSec }
      : { ok: false, error: answer.error.text };
  } catch (error) {
    // No token, so WeCom was not asked: the link says why, and is tried again as after a refusal.
    if (isAppError(error) && error.code !== 'INTERNAL_SERVER_ERROR') {
      return { ok: false, error: error.text };
    }
    throw error;
  }
};

/** @returns false when somebody has changed the link during the call: what they wrote decides whether to ask again */
const renewOnce = async (deps: Deps, linkId: string): Promise<boolean> => {
  const scope = platformScope('renew an authorization link');
  const askedAt = deps.clock.now();
  let isDue = false;
  const intent = await deps.links.update(scope, linkId, (link) => {
    const over = expireLink(link, askedAt);
    const begun = over === null ? beginRenewal(link, askedAt) : null;
    isDue = begun !== null;
    const next = over ?? begun;
    return next === null ? null : { next, facts: [] };
  });
  if (intent === null || !isDue) {
    return true;
  }
  const asked = await ask(deps, scope, intent);
  const now = deps.clock.now();
  const next = asked.ok ? completeRenewal(intent, { ...asked, askedAt }, now) : failRenewal(intent, asked.error, now);
  try {
    await deps.links.save(next, intent.version, []);
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === 'CONFLICT') {
      return false;
    }
    throw error;
  }
};

/**
 * Asks WeCom for the URL of a link that is due, or ends one that is not renewed. Intent, call, conditional write: an answer that met a changed link is
 * dropped and never decided on again; WeCom is asked anew where that is still due.
 */
export const renewLink =
  (deps: Deps) =>
  async (linkId: string): Promise<void> => {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      if (await renewOnce(deps, linkId)) {
        return;
      }
    }
  };

/** Every link that is due now. One that fails does not hold up the others. */
export const renewDueLinks =
  (deps: Deps) =>
  async (): Promise<{ readonly due: number; readonly failures: readonly unknown[] }> => {
    const due = await deps.links.findDue(platformScope('renew the links that are due'), deps.clock.now(), BATCH);
    const failures: unknown[] = [];
    for (const { id } of due) {
      await renewLink(deps)(id).catch((error: unknown) => failures.push(error));
    }
    return { due: due.length, failures };
  };

/** Credentials were recorded: the links of these tenants that waited are tried at once. */
export const renewWaitingLinks = async (
  { links, wakeUps, clock }: Pick<Dependencies, 'links' | 'wakeUps' | 'clock'>,
  scope: Scope,
): Promise<void> => {
  for (const id of await links.findWaiting(scope, BATCH)) {
    await links.update(scope, id, (link) => {
      const next = renewSoon(link, clock.now());
      return next === null ? null : { next, facts: [] };
    });
    await wakeUps.linkRenewal(id);
  }
};
