import { claimOf, judgeApp, type AppVerdict } from '../domain/app-receive-id';
import { judgeReceiveId, type ReceiveIdVerdict } from '../domain/receive-id';
import type { LiveCorps } from './live-corps';
import type { LiveEndpoint, LiveEndpoints } from './live-endpoints';
import type { OpenedMessage } from './open-message';
import type { ReadDocument } from './ports';

type Accepted<Verdict> = Extract<Verdict, { verdict: 'ACCEPTED' | 'PARKED' }>;

/** Whose a genuine document is, and what becomes of it. */
export type Ruling =
  | ({ readonly class: 'SUITE' } & Accepted<ReceiveIdVerdict>)
  | ({ readonly class: 'APP' } & Accepted<AppVerdict>)
  | { readonly class: 'APP'; readonly verdict: 'DROPPED' }
  | { readonly class: 'SYSTEM'; readonly verdict: 'TOLERATED' };

interface Case {
  readonly opened: OpenedMessage;
  readonly document: ReadDocument;
  readonly occurredAt: Date;
}

type CorpLookUp = LiveCorps['find'];

const ruleOnSuite = ({ opened, document }: Case, endpoint: LiveEndpoint): Ruling | null => {
  const verdict = judgeReceiveId(endpoint, { receiveId: opened.receiveId, innerSuiteId: document.suiteId });
  return verdict.verdict === 'REFUSED' ? null : { class: 'SUITE', ...verdict };
};

const ruleOnApp = async (
  { opened, document, occurredAt }: Case,
  endpoint: LiveEndpoint,
  corpOf: CorpLookUp,
): Promise<Ruling | null> => {
  const claim = claimOf(endpoint, { receiveId: opened.receiveId, toUserName: document.toUserName });
  if (claim === null) {
    return null;
  }
  const standing = await corpOf(claim.corpKey);
  const verdict = judgeApp(claim, standing?.templateId === endpoint.templateId ? standing : null, occurredAt);
  switch (verdict.verdict) {
    case 'REFUSED':
      return null;
    case 'DROPPED':
      return { class: 'APP', verdict: 'DROPPED' };
    default:
      return { class: 'APP', ...verdict };
  }
};

/** Events of the provider itself have an address of their own, which does not exist yet. */
const ruleOnSystem = ({ opened, document }: Case, { providerCorpId }: LiveEndpoint): Ruling | null =>
  providerCorpId !== null && opened.receiveId === providerCorpId && document.serviceCorpId === providerCorpId
    ? { class: 'SYSTEM', verdict: 'TOLERATED' }
    : null;

/** The class comes from the content; what has none is taken by whom the receiveid speaks of. */
const rule = async (one: Case, endpoint: LiveEndpoint, corpOf: CorpLookUp): Promise<Ruling | null> => {
  switch (one.document.class) {
    case 'SYSTEM':
      return ruleOnSystem(one, endpoint);
    case 'APP':
      return ruleOnApp(one, endpoint, corpOf);
    case 'SUITE':
      // The keys of one corp's app must not speak for the suite.
      return endpoint.kind === 'SUITE' ? ruleOnSuite(one, endpoint) : null;
    case 'UNKNOWN':
      return (endpoint.kind === 'SUITE' ? ruleOnSuite(one, endpoint) : null) ?? ruleOnApp(one, endpoint, corpOf);
  }
};

const isFinal = (ruling: Ruling | null): ruling is Ruling => ruling !== null && ruling.verdict !== 'PARKED';

/**
 * Null: refused. A suite id or a corp that is not known may have become known a moment ago, in another process, so that
 * nothing is turned away or parked on what is in memory alone.
 */
export const ruleOnDocument =
  ({ live, corps }: { readonly live: LiveEndpoints; readonly corps: LiveCorps }) =>
  async (one: Case, arrivedAt: number): Promise<Ruling | null> => {
    const { endpoint } = one.opened;
    const ruling = await rule(one, endpoint, corps.find);
    if (isFinal(ruling)) {
      return ruling;
    }
    const reread = await live.reread(endpoint.id, arrivedAt);
    return rule(one, reread ?? endpoint, (corpKey) => corps.reread(corpKey, arrivedAt));
  };
