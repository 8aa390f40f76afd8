import { delegatedTemplateTopic, endpointTopic, reviewItemTopic, suiteTopic, wecomSuiteTopic } from '@daikaifa/contracts';
import type { Doors, OnlineTemplate } from '@daikaifa/demo';
import { SERVICES } from '@daikaifa/stack';
import { corpsOf, GET_PERMANENT_CODE, isObserved, type Corps, type Installation } from './corps';
import { bringTemplateOnline, untilHealthy } from './harness';
import { holdsOf, type Holds } from './holds';
import { makeKillStage, type KillStage } from './kill-stage';
import { isDone, makeTemplate, templateOf, type SuiteAtWecom, type Template } from './templates';

type Keys = Awaited<ReturnType<Template['issueKeys']>>;
type VerifiedTemplate = Template & { readonly suiteAtWecom: SuiteAtWecom };

let stage: KillStage;
let hold: Holds;
let online: OnlineTemplate;
let doors: Doors;
let corps: Corps;
/** Online; gets a second revision in the course of the tests. */
let launched: Template;
/** Complete and verified by WeCom, not submitted; their suites are not recorded yet. */
let first: VerifiedTemplate;
let second: VerifiedTemplate;
let third: VerifiedTemplate;
/** Its keys are issued and not typed into WeCom's console yet. */
let unverified: Template & { readonly keys: Keys };

const makeVerified = async (): Promise<VerifiedTemplate> => {
  const template = await makeTemplate(doors);
  const suiteAtWecom = await template.enterInConsole(await template.issueKeys());
  await template.edit();
  const { callbackEndpoint } = await template.until((one) => isDone(one, 'ENTER_CALLBACK'));
  await untilHealthy(stage.stack, doors, callbackEndpoint!.id);
  return { ...template, suiteAtWecom };
};

const makeUnverified = async () => {
  const template = await makeTemplate(doors);
  return { ...template, keys: await template.issueKeys() };
};

beforeAll(async () => {
  stage = await makeKillStage();
  hold = holdsOf(stage);
  await stage.stack.start();
  online = await bringTemplateOnline(stage.stack);
  ({ doors } = online);
  corps = corpsOf(online);
  launched = templateOf(doors, online.templateId);
  [first, second, third, unverified] = await Promise.all([
    makeVerified(),
    makeVerified(),
    makeVerified(),
    makeUnverified(),
  ]);
}, 120_000);

afterAll(() => stage?.stop(), 60_000);

let fresh: Template;
let customer: Installation;

describe('killed before the save', () => {
  let toldDeveloper: string | undefined;

  beforeAll(async () => {
    const holds = [
      hold.write('template', 'findAndModify', first.id),
      hold.write('review', 'insert', 'review_items'),
      hold.write('callback', 'insert', 'endpoints'),
      hold.write('authorization', 'insert', 'exchanges'),
    ];
    const submitting = first.submitInVain();
    await second.submit();
    fresh = await makeTemplate(doors);
    customer = await corps.scan(await corps.createCorp());
    await stage.killAndRestart(SERVICES, holds);
    toldDeveloper = await submitting;
  }, 90_000);

  it('template: the developer is told, nothing has happened, and can submit again', async () => {
    const untouched = await first.look();
    const itemsBefore = await first.items();
    await first.submit();
    const { submissionId } = await first.untilItem('PENDING');

    expect(toldDeveloper).toBe('UNAVAILABLE');
    expect(untouched).toMatchObject({ status: 'DRAFT', workingRevision: { status: 'DRAFT' } });
    expect(itemsBefore).toEqual([]);
    expect(await first.items()).toHaveLength(1);
    expect((await first.look()).workingRevision?.submission).toEqual({ id: submissionId });
  });

  it('review: the submission gets its one item', async () => {
    await second.untilItem('PENDING');

    expect(await second.items()).toHaveLength(1);
    expect(await second.look()).toMatchObject({ status: 'IN_REVIEW' });
  });

  it('callback: the template gets its endpoint', async () => {
    const { callbackEndpoint } = await fresh.until((one) => one.callbackEndpoint !== null);

    expect(callbackEndpoint).toMatchObject({ keysIssued: false, verifiedAt: null });
  });

  it('authorization: the auth code is exchanged, once', async () => {
    const granted = await corps.untilAuthorization(customer, isObserved);
    await corps.untilTakenIn(granted.id);

    expect(granted.epochs).toHaveLength(1);
    expect(await corps.exchanges()).toMatchObject([{ state: 'EXCHANGED', authorization: { id: granted.id } }]);
    expect(await corps.calls(GET_PERMANENT_CODE, online.suiteId)).toBe(1);
    expect(await corps.installs()).toBe(1);
  });
});

describe('killed between save and publication, and between publication and removal from the outbox', () => {
  beforeAll(async () => {
    const keys = await fresh.issueKeys();
    const endpoints = await Promise.all([fresh, unverified].map(async (one) => (await one.look()).callbackEndpoint!.id));
    const items = await Promise.all([first, second].map((one) => one.untilItem('PENDING')));
    await launched.edit({ introduction: '销售与客户服务管理' });
    await stage.untilSettled();

    const removals = [
      hold.removal('template', launched.id),
      hold.removal('review', items[1]!.id),
      hold.removal('callback', endpoints[0]!),
      hold.removal('authorization', second.id),
    ];
    const [suite] = await Promise.all([
      fresh.enterInConsole(keys),
      launched.submit().then(() => launched.untilItem('PENDING')),
      second.reject().then(() => second.until(({ status }) => status === 'REJECTED')),
      second.recordSuite(second.suiteAtWecom),
    ]);
    // What was published has reached the others.
    await fresh.until((one) => isDone(one, 'ENTER_CALLBACK'));
    await second.until((one) => isDone(one, 'CREATE_IN_CONSOLE'));

    const publications = [
      hold.publication('template', delegatedTemplateTopic, third.id),
      hold.publication('review', reviewItemTopic, items[0]!.id),
      hold.publication('callback', endpointTopic, endpoints[1]!),
      hold.publication('authorization', suiteTopic, fresh.id),
    ];
    await Promise.all([
      third.submit(),
      first.reject(),
      unverified.enterInConsole(unverified.keys),
      fresh.recordSuite(suite),
    ]);
    await stage.killAndRestart(SERVICES, [...removals, ...publications]);
  }, 90_000);

  it('template: a submission that nobody heard of is reviewed', async () => {
    await third.untilItem('PENDING');
    await stage.untilPublished('template');

    expect(await third.items()).toHaveLength(1);
  });

  it('template: a submission that was heard of twice is reviewed once', async () => {
    await stage.untilPublished('template');
    await stage.untilCaughtUp('review');
    const [newest, ...older] = await launched.items();

    expect(newest).toMatchObject({ state: 'PENDING', previousItem: { id: older[0]?.id } });
    expect(older).toMatchObject([{ state: 'LAUNCHED' }, { state: 'REJECTED' }]);
    expect(await launched.look()).toMatchObject({ status: 'ONLINE', workingRevision: { number: 2, status: 'IN_REVIEW' } });
  });

  it('review: a verdict that nobody heard of reaches the template', async () => {
    const rejected = await first.until(({ status }) => status === 'REJECTED');
    await stage.untilPublished('review');

    expect(rejected.revisions).toMatchObject([{ number: 1, status: 'REJECTED' }]);
  });

  it('review: a verdict that was heard of twice is one', async () => {
    await stage.untilPublished('review');
    await stage.untilCaughtUp('template');

    expect(await second.items()).toMatchObject([{ state: 'REJECTED', verdicts: [{ decision: 'REJECTED' }] }]);
    expect(await second.look()).toMatchObject({ status: 'REJECTED', revisions: [{ number: 1, status: 'REJECTED' }] });
  });

  it('callback: a verification that nobody heard of is known to the template', async () => {
    const { callbackEndpoint } = await unverified.until((one) => isDone(one, 'ENTER_CALLBACK'));
    await stage.untilPublished('callback');

    expect(callbackEndpoint?.verifiedAt).not.toBeNull();
  });

  it('callback: a verification that was heard of twice changes nothing', async () => {
    await stage.untilPublished('callback');
    await stage.untilCaughtUp('template');

    expect(isDone(await fresh.look(), 'ENTER_CALLBACK')).toBe(true);
  });

  it('authorization: a suite that nobody heard of is known, and its parked ticket arrives', async () => {
    const { suite } = await fresh.until((one) => isDone(one, 'RECEIVE_TICKET'));
    await stage.untilPublished('authorization');

    expect(suite?.ticket).toBe('FRESH');
  });

  it('authorization: a suite that was heard of twice is one, and its parked ticket arrives', async () => {
    const { suite } = await second.until((one) => isDone(one, 'RECEIVE_TICKET'));
    await stage.untilPublished('authorization');

    expect(suite).toEqual({ suiteId: second.suiteAtWecom.suiteId, ticket: 'FRESH' });
  });
});

describe('killed when an event was dealt with and that was not committed', () => {
  let drafted: Template;
  let endpointId: string;
  let secondCustomer: Installation;

  /** Every step begins when the services are done with the last one: what is held is the commit of this step. */
  beforeAll(async () => {
    await first.edit();
    await stage.untilSettled();
    const corp = await corps.createCorp();
    const holds = [hold.commit('review', delegatedTemplateTopic), hold.commit('authorization', wecomSuiteTopic)];
    await Promise.all([
      first.submit().then(() => first.untilItem('PENDING')),
      corps.scan(corp).then((app) => {
        secondCustomer = app;
        return corps.untilAuthorization(app, isObserved);
      }),
    ]);

    await stage.untilPublished('review');
    await stage.untilCaughtUp('template');
    holds.push(hold.commit('template', reviewItemTopic));
    await launched.approve();
    await launched.until(({ workingRevision }) => workingRevision?.status === 'APPROVED');

    await stage.untilPublished('template');
    await stage.untilCaughtUp('callback');
    holds.push(hold.commit('callback', delegatedTemplateTopic));
    drafted = await makeTemplate(doors);
    const { callbackEndpoint } = await drafted.until((one) => one.callbackEndpoint !== null);
    endpointId = callbackEndpoint!.id;
    await stage.killAndRestart(SERVICES, holds);
  }, 90_000);

  it('template: the verdict is applied once', async () => {
    await stage.untilCaughtUp('template');

    expect(await launched.look()).toMatchObject({
      status: 'ONLINE',
      onlineRevision: { number: 1 },
      workingRevision: { number: 2, status: 'APPROVED' },
      revisions: [{ number: 2 }, { number: 1 }],
    });
  });

  it('review: the submission has one item', async () => {
    await stage.untilCaughtUp('review');
    const [newest, ...older] = await first.items();

    expect(newest).toMatchObject({ state: 'PENDING', verdicts: [], previousItem: { id: older[0]?.id } });
    expect(older).toMatchObject([{ state: 'REJECTED', verdicts: [{ decision: 'REJECTED' }] }]);
  });

  it('callback: the template keeps its endpoint', async () => {
    await stage.untilCaughtUp('callback');
    await drafted.enterInConsole(await drafted.issueKeys());
    const { callbackEndpoint } = await drafted.until((one) => isDone(one, 'ENTER_CALLBACK'));

    expect(callbackEndpoint?.id).toBe(endpointId);
  });

  it('authorization: the auth code is exchanged once', async () => {
    await stage.untilCaughtUp('authorization');
    const granted = await corps.untilAuthorization(secondCustomer, isObserved);
    await corps.untilTakenIn(granted.id);

    expect(granted.epochs).toHaveLength(1);
    expect(await corps.exchanges()).toMatchObject([{ state: 'EXCHANGED' }, { state: 'EXCHANGED' }]);
    expect(await corps.calls(GET_PERMANENT_CODE, online.suiteId)).toBe(2);
    expect(await corps.installs()).toBe(2);
  });
});

it('goes on to the end of the journey after all of that', async () => {
  await launched.launch();
  const relaunched = await launched.until(({ onlineRevision }) => onlineRevision?.number === 2);
  await corps.cancel(customer);
  const gone = await corps.untilAuthorization(customer, ({ status }) => status === 'CANCELLED');
  await stage.untilSettled();

  expect(relaunched).toMatchObject({ status: 'ONLINE', workingRevision: null });
  expect(gone.current).toMatchObject({ epoch: 1, secretsDestroyed: true });
  expect(await Promise.all(SERVICES.map(stage.deadLetters))).toEqual(SERVICES.map(() => 0));
}, 60_000);
