import type { SignalEvent, StateEvent, WecomAppSignal, WecomSuiteSignal } from '@daikaifa/contracts';
import type { KeyRing } from '@daikaifa/security';
import type { DeliverableEvent } from '../application/deliver-event';

/** Their content holds what authorizes somebody: it goes to the authorization service only, which uses it up. */
const SECRET_INFO_TYPES: readonly string[] = ['suite_ticket', 'create_auth', 'reset_permanent_code', 'unknown'];
/** Whatever the event is called: an unknown one may carry them too. */
const CODE = /auth_?code|permanent_?code|suite_?ticket/i;

type Envelope = Omit<StateEvent<unknown>, 'data' | 'sequence'> & { readonly sequence?: number };

/** The CloudEvent that leaves; what only concerns our own processes stays. */
const bodyOf = (event: Envelope, data: unknown): string =>
  JSON.stringify({
    specversion: event.specversion,
    id: event.id,
    type: event.type,
    source: event.source,
    subject: event.subject,
    time: event.time,
    datacontenttype: event.datacontenttype,
    tenant: event.tenant,
    correlationid: event.correlationid,
    ...(event.sequence !== undefined && { sequence: event.sequence }),
    ...(event.suite !== undefined && { suite: event.suite }),
    ...(event.corp !== undefined && { corp: event.corp }),
    ...(event.epoch !== undefined && { epoch: event.epoch }),
    data,
  });

const identityOf = ({ id, type, time, tenant }: Envelope) => ({ id, type, time: new Date(time), publisherId: tenant });

/** What the state of an aggregate may say about whom it is about. */
interface Named {
  readonly id: string;
  readonly templateId?: string;
  readonly suiteId?: string | null;
  readonly corpId?: string;
  readonly epoch?: number;
  readonly corpApp?: { readonly templateId: string; readonly epoch: number } | null;
  readonly subject?: { readonly kind: 'DELEGATED_TEMPLATE' | 'CORP_APP'; readonly id: string };
  readonly epochs?: ReadonlyArray<{ readonly epoch: number }>;
}

/** Where the id of the aggregate itself is that of a template, of a corp app or of neither. */
export type AggregateIs = 'TEMPLATE' | 'CORP_APP' | 'OTHER';

const firstOf = <T>(...given: ReadonlyArray<T | null | undefined>): T | null =>
  given.find((one) => one !== undefined && one !== null) ?? null;

const subjectId = ({ subject }: Named, kind: 'DELEGATED_TEMPLATE' | 'CORP_APP'): string | null =>
  subject?.kind === kind ? subject.id : null;

export const ofState = (event: StateEvent<object>, is: AggregateIs): DeliverableEvent => {
  const data = event.data as Named;
  const ownId = (wanted: AggregateIs): string | null => (is === wanted ? data.id : null);
  return {
    ...identityOf(event),
    templateId: firstOf(
      ownId('TEMPLATE'),
      data.templateId,
      data.corpApp?.templateId,
      subjectId(data, 'DELEGATED_TEMPLATE'),
    ),
    corpAppId: firstOf(ownId('CORP_APP'), subjectId(data, 'CORP_APP')),
    suiteId: firstOf(event.suite, data.suiteId),
    corpId: firstOf(data.corpId, event.corp),
    epoch: firstOf(event.epoch, data.epoch, data.epochs?.at(-1)?.epoch, data.corpApp?.epoch),
    body: () => bodyOf(event, event.data),
  };
};

/** The content as WeCom sent it, for those events only that hold no code and no ticket. */
const suiteRaw = (keyRing: KeyRing, { id, data }: SignalEvent<WecomSuiteSignal>): { readonly raw?: string } => {
  const { sealed, infoType } = data;
  if (sealed.authCode !== undefined || sealed.suiteTicket !== undefined || SECRET_INFO_TYPES.includes(infoType.toLowerCase())) {
    return {};
  }
  const raw = keyRing.open(sealed.raw, `${id}:raw`);
  return CODE.test(raw) ? {} : { raw };
};

export const ofSuiteSignal = (keyRing: KeyRing, event: SignalEvent<WecomSuiteSignal>): DeliverableEvent => ({
  ...identityOf(event),
  templateId: null,
  corpAppId: null,
  suiteId: event.data.suiteId,
  corpId: event.data.authCorpId,
  epoch: null,
  // What is undefined is not written.
  body: () => bodyOf(event, { ...event.data, sealed: undefined, ...suiteRaw(keyRing, event) }),
});

/** A member's message or an event of the app: whole, for the backend that the corp has chosen. */
export const ofAppSignal = (keyRing: KeyRing, event: SignalEvent<WecomAppSignal>): DeliverableEvent => ({
  ...identityOf(event),
  templateId: null,
  corpAppId: null,
  suiteId: event.data.suiteId,
  corpId: event.data.corpId,
  epoch: null,
  body: () =>
    bodyOf(event, { ...event.data, sealed: undefined, raw: keyRing.open(event.data.sealed.raw, `${event.id}:raw`) }),
});
