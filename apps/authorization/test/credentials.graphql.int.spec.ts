import { suiteTopic } from '@daikaifa/contracts';
import { capturedLogger, eventually, uniqueName, viewerOf } from '@daikaifa/testing';
import type { App } from '../src/app';
import {
  createPublisher,
  createSteps,
  graphqlOf,
  must,
  newSuiteId,
  ownConfig,
  RECORD_PROVIDER,
  startApp,
  watchTopic,
  type Graphql,
  type Publisher,
} from './harness';

const config = ownConfig({ ROLES: 'api,consumer' });
const { logger, lines } = capturedLogger();
let app: App;
let graphql: Graphql;
let publisher: Publisher;
let steps: ReturnType<typeof createSteps>;

beforeAll(async () => {
  app = await startApp(config, { logger });
  graphql = graphqlOf(app);
  publisher = await createPublisher(config);
  steps = createSteps(graphql, publisher);
});
afterAll(async () => {
  await publisher.stop();
  await app.stop();
});

const OTHERS = ['PUBLISHER_DEVELOPER', 'REVIEWER', 'BACKEND', 'VIEWER', 'OPERATOR'] as const;

describe('recordProviderCredentials', () => {
  it('stores the secret and shows only that it was recorded', async () => {
    const { publisherId, admin } = await steps.newTemplate();
    expect(await steps.providerCredentials(admin, publisherId)).toBeNull();
    await steps.recordProviderWhenKnown(admin, publisherId, 'provider-secret-A1');
    expect(await steps.providerCredentials(admin, publisherId)).toEqual({
      recordedBy: admin.subject,
      confirmedAt: null,
      lastError: null,
    });
  });

  it('replaces it without a version: whoever has the console in view is right', async () => {
    const { publisherId, admin } = await steps.newTemplate();
    await steps.recordProviderWhenKnown(admin, publisherId, 'provider-secret-B1');
    const second = await steps.recordProvider(admin, publisherId, 'provider-secret-B2');
    expect(second.fault).toBeUndefined();
  });

  it.each(OTHERS)('is refused to %s', async (role) => {
    const { publisherId } = await steps.newTemplate();
    const { fault } = await steps.recordProvider(viewerOf([role], [publisherId]), publisherId, 'provider-secret');
    expect(fault?.code).toBe('FORBIDDEN');
  });

  it("is refused for another tenant's publisher", async () => {
    const { publisherId } = await steps.newTemplate();
    const stranger = viewerOf(['PUBLISHER_ADMIN'], ['somebody-else']);
    expect((await steps.recordProvider(stranger, publisherId, 'provider-secret')).fault?.code).toBe('FORBIDDEN');
  });

  it('is refused for a publisher that nobody registered', async () => {
    const id = uniqueName('nobody');
    const { fault } = await steps.recordProvider(viewerOf(['PUBLISHER_ADMIN'], [id]), id, 'provider-secret');
    expect(fault?.code).toBe('NOT_FOUND');
  });

  it('reports all faults at once, without the secret', async () => {
    const { publisherId, admin } = await steps.newTemplate();
    const response = await graphql<null>(admin, RECORD_PROVIDER, {
      input: { publisherId, providerSecret: `has space ${'x'.repeat(600)}` },
    });
    expect(response.fault).toEqual({ code: 'BAD_USER_INPUT', violations: ['SECRET_LENGTH', 'SECRET_WHITESPACE'] });
  });
});

describe('recordSuiteCredentials', () => {
  it('records the suite and announces it', async () => {
    const topic = await watchTopic(config, suiteTopic);
    const { templateId, publisherId, admin } = await steps.newTemplate();
    const suiteId = newSuiteId();
    const suite = await steps.recordSuiteWhenKnown(admin, templateId, { suiteId });
    expect(suite).toMatchObject({ version: 1, suiteId, ticket: 'NONE', ticketAt: null });
    const [event] = await eventually(() => (topic.of(templateId).length > 0 ? topic.of(templateId) : null));
    expect(event).toMatchObject({
      type: 'suite.recorded',
      sequence: 1,
      state: { id: templateId, publisherId, suiteId, ticket: 'NONE', ticketAt: null },
    });
    expect(JSON.stringify(event)).not.toContain('suite-secret');
    await topic.stop();
  });

  it('answers the same for a repeated first recording', async () => {
    const { templateId, admin } = await steps.newTemplate();
    const suiteId = newSuiteId();
    const first = await steps.recordSuiteWhenKnown(admin, templateId, { suiteId });
    const { data } = await steps.recordSuite(admin, { templateId, suiteId, suiteSecret: 'suite-secret' });
    expect(data.recordSuiteCredentials.template.suite).toEqual(first);
  });

  it('needs the version once it was recorded, and refuses an old one', async () => {
    const { templateId, admin } = await steps.newTemplate();
    const suiteId = newSuiteId();
    const { version } = await steps.recordSuiteWhenKnown(admin, templateId, { suiteId });
    const input = { templateId, suiteId, suiteSecret: 'other-secret' };
    expect((await steps.recordSuite(admin, input)).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['EXPECTED_VERSION_MISSING'],
    });
    const second = await must(steps.recordSuite(admin, { ...input, expectedVersion: version }));
    expect(second.recordSuiteCredentials.template.suite.version).toBe(version + 1);
    expect((await steps.recordSuite(admin, { ...input, expectedVersion: version })).fault?.code).toBe('CONFLICT');
  });

  it.each(OTHERS)('is refused to %s', async (role) => {
    const { templateId, publisherId } = await steps.newTemplate();
    const input = { templateId, suiteId: newSuiteId(), suiteSecret: 'suite-secret' };
    expect((await steps.recordSuite(viewerOf([role], [publisherId]), input)).fault?.code).toBe('FORBIDDEN');
  });

  it("does not find another tenant's template, nor shows its suite", async () => {
    const { templateId, admin } = await steps.newTemplate();
    await steps.recordSuiteWhenKnown(admin, templateId);
    const stranger = viewerOf(['PUBLISHER_ADMIN'], ['somebody-else']);
    const input = { templateId, suiteId: newSuiteId(), suiteSecret: 'suite-secret' };
    expect((await steps.recordSuite(stranger, input)).fault?.code).toBe('NOT_FOUND');
    expect((await steps.template(stranger, templateId)).suite).toBeNull();
  });

  it('reports all faults at once', async () => {
    const { templateId, admin } = await steps.newTemplate();
    await steps.recordSuiteWhenKnown(admin, templateId);
    const { fault } = await steps.recordSuite(admin, { templateId, suiteId: 'ww-1', suiteSecret: 'with space' });
    expect(fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['SUITE_ID_FORMAT', 'SECRET_WHITESPACE', 'EXPECTED_VERSION_MISSING'],
    });
  });

  it('refuses a suite_id that another template has', async () => {
    const one = await steps.newTemplate();
    const other = await steps.newTemplate();
    const suiteId = newSuiteId();
    await steps.recordSuiteWhenKnown(one.admin, one.templateId, { suiteId });
    await expect(steps.recordSuiteWhenKnown(other.admin, other.templateId, { suiteId })).rejects.toThrow('CONFLICT');
  });
});

describe('suite_ticket', () => {
  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);

  it('becomes FRESH with the first ticket, once, and is announced', async () => {
    const topic = await watchTopic(config, suiteTopic);
    const { templateId, admin } = await steps.newTemplate();
    const { suiteId } = await steps.recordSuiteWhenKnown(admin, templateId);
    const ticket = { suiteId, infoType: 'suite_ticket' };
    await publisher.suiteEvent({ ...ticket, suiteTicket: 'ticket-1', receivedAt: minutesAgo(2) });
    await publisher.suiteEvent({ ...ticket, suiteTicket: 'ticket-2', receivedAt: minutesAgo(1) });
    await publisher.suiteEvent({ suiteId, infoType: 'hello_from_the_future', receivedAt: minutesAgo(1) });
    const newest = minutesAgo(0);
    await publisher.suiteEvent({ ...ticket, suiteTicket: 'ticket-3', receivedAt: newest });
    const view = await steps.templateWhen(admin, templateId, ({ suite }) => suite?.ticketAt === newest.toISOString());
    expect(view.suite).toMatchObject({ version: 1, ticket: 'FRESH' });
    // Events of one suite come in order: the last one tells that nothing came between.
    await must(steps.recordSuite(admin, { templateId, suiteId, suiteSecret: 'another-secret', expectedVersion: 1 }));
    const types = await eventually(() => (topic.of(templateId).length >= 3 ? topic.of(templateId) : null));
    expect(types.map(({ type }) => type)).toEqual(['suite.recorded', 'suite-ticket.fresh', 'suite.recorded']);
    await topic.stop();
  });

  it('keeps the newest by TimeStamp, whatever arrives later', async () => {
    const { templateId, admin } = await steps.newTemplate();
    const { suiteId } = await steps.recordSuiteWhenKnown(admin, templateId);
    const first = minutesAgo(3);
    const ticket = { suiteId, infoType: 'suite_ticket' };
    await publisher.suiteEvent({ ...ticket, suiteTicket: 'newest', timestampSec: secondsOf(first), receivedAt: first });
    const older = { timestampSec: secondsOf(first) - 60, receivedAt: minutesAgo(2) };
    await publisher.suiteEvent({ ...ticket, suiteTicket: 'older', ...older });
    const after = await publisher.suiteEvent({ suiteId, infoType: 'hello_from_the_future' });
    await eventually(() => lines.find((one) => one['event.id'] === after));
    expect((await steps.template(admin, templateId)).suite?.ticketAt).toBe(first.toISOString());
    // Of the same second: the later arrival wins.
    const sameSecond = { timestampSec: secondsOf(first), receivedAt: minutesAgo(1) };
    await publisher.suiteEvent({ ...ticket, suiteTicket: 'same second', ...sameSecond });
    const view = await steps.templateWhen(
      admin,
      templateId,
      ({ suite }) => suite?.ticketAt === sameSecond.receivedAt.toISOString(),
    );
    expect(view.suite?.ticket).toBe('FRESH');
  });

  it('is forgotten when another suite_id is recorded', async () => {
    const { templateId, admin } = await steps.newTemplate();
    const { suiteId, version } = await steps.recordSuiteWhenKnown(admin, templateId);
    await publisher.suiteEvent({ suiteId, infoType: 'suite_ticket', suiteTicket: 'ticket-1' });
    await steps.templateWhen(admin, templateId, ({ suite }) => suite?.ticket === 'FRESH');
    const input = { templateId, suiteId: newSuiteId(), suiteSecret: 'suite-secret', expectedVersion: version };
    const { recordSuiteCredentials } = await must(steps.recordSuite(admin, input));
    expect(recordSuiteCredentials.template.suite.ticket).toBe('NONE');
  });

  it('is left alone for a suite that nobody recorded, with a warning', async () => {
    const suiteId = newSuiteId();
    const id = await publisher.suiteEvent({ suiteId, infoType: 'suite_ticket', suiteTicket: 'ticket-lost' });
    const line = await eventually(() => lines.find((one) => one['event.id'] === id));
    expect(line).toMatchObject({ level: 'warn', 'suite.id': suiteId });
  });
});

it('writes no secret into its logs', () => {
  const text = JSON.stringify(lines);
  expect(text).toContain('access across tenants');
  for (const secret of ['provider-secret-A1', 'provider-secret-B2', 'suite-secret', 'ticket-3', 'ticket-lost']) {
    expect(text).not.toContain(secret);
  }
});
