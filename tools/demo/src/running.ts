import { randomUUID } from 'node:crypto';
import { operations } from '@daikaifa/client';
import type { Stack } from '@daikaifa/stack';
import { findAuthorizations } from './authorization';
import { findCorpApp, untilCorpApp, type CorpApp, type Customer } from './corp-app';
import { found } from './doors';
import type { AppOfTemplate } from './launch';
import type { Doors } from './provider';
import type { Timeline } from './timeline';
import { drawTree } from './tree';
import { until } from './until';

/** A template's first customer, and what else belongs to it. */
export interface Customers {
  readonly doors: Doors;
  readonly of: AppOfTemplate;
  readonly first: Customer;
}

const FORGED_BODY = `<xml><ToUserName><![CDATA[forged]]></ToUserName><AgentID></AgentID><Encrypt><![CDATA[${Buffer.alloc(64, 1).toString('base64')}]]></Encrypt></xml>`;

const isTicked = ({ checklist }: CorpApp, wanted: string): boolean => checklist.some(({ step, done }) => step === wanted && done);

const setRange = (doors: Doors, { installation }: Customer, users: readonly string[], parties: readonly number[]): Promise<unknown> =>
  doors.sandbox.call('PUT', `/installations/${installation.id}/visible-range`, { users, parties, tags: [] });

/** 先小范围, 无问题再扩大: the corp's admin opens the app to a few, then to more. */
export const openToMembers = async (doors: Doors, customer: Customer, timeline: Timeline): Promise<void> => {
  const users = customer.corp.members.map(({ userId }) => userId);
  await timeline.step('WeCom admin', '先设小范围可见 · a small range first', async () => {
    await setRange(doors, customer, users.slice(0, 1), []);
    const app = await untilCorpApp(doors, customer.corpAppId, 'the small range', (one) => isTicked(one, 'SMALL_RANGE'));
    return { observed: `${app.visibleRange?.users} member, usable: ${app.usable}`, value: undefined };
  });
  await timeline.step('WeCom admin', '无问题再扩大 · then a wider one', async () => {
    await setRange(doors, customer, users, [1]);
    const app = await untilCorpApp(doors, customer.corpAppId, 'the wider range', (one) => isTicked(one, 'WIDEN_RANGE'));
    return { observed: `${app.visibleRange?.users} members, ${app.visibleRange?.parties} department`, value: undefined };
  });
};

/** Somebody edits in WeCom's console; somebody's event is lost; somebody resets the secret. */
export const meetTrouble = async (stack: Stack, { doors, of, first: customer }: Customers, timeline: Timeline): Promise<void> => {
  const { admin, developer, sandbox } = doors;
  const askToken = () =>
    fetch(`${stack.urls.authorization}/v1/authorizations/${customer.authorizationId}/app-token`, {
      headers: { authorization: `Bearer ${doors.backendToken}` },
    });
  const reconcile = async (): Promise<{ changed: number }> => {
    const input = { templateId: of.templateId, idempotencyKey: randomUUID() };
    const { id } = (await developer.ask(operations.ReconcileAuthorizationsDocument, { input })).reconcileAuthorizations.reconciliation;
    const ask = async () => found((await developer.ask(operations.ReconciliationDocument, { id })).reconciliation, 'the reconciliation');
    return (await until('the end of the reconciliation', ask, ({ progress }) => progress.finished)).progress;
  };

  await timeline.step('WeCom console', '后台直接修改 → 漂移 · edited in the console: drift', async () => {
    await sandbox.call('PATCH', `/installations/${customer.installation.id}/app`, { homePageUrl: 'https://crm.example.com/new' });
    await reconcile();
    const app = await untilCorpApp(doors, customer.corpAppId, 'the drift', ({ drift }) => drift.length > 0);
    app.drift.forEach(({ field, before, after }) => timeline.note(`  ≠ ${field}: ${before} → ${after}`));
    return { observed: `${app.drift.length} drift, publish status ${app.publishStatus}`, value: undefined };
  });
  await timeline.step('GraphQL', '丢失的 change_auth 由对账发现 · a lost event is found', async () => {
    await sandbox.call('POST', '/faults', { target: 'push', kind: 'drop', match: 'change_auth' });
    await setRange(doors, customer, customer.corp.members.map(({ userId }) => userId), [1, 2]);
    const { changed } = await reconcile();
    const app = await untilCorpApp(doors, customer.corpAppId, 'the range nobody told of', ({ visibleRange }) => visibleRange?.parties === 2);
    return { observed: `${changed} changed: ${app.visibleRange?.parties} departments`, value: undefined };
  });
  await timeline.step('WeCom console', '重新获取 secret · the secret is reset', async () => {
    await sandbox.call('POST', `/installations/${customer.installation.id}/reset-secret`);
    const { status } = await until('a token with the new secret', askToken, ({ ok }) => ok);
    const [authorization] = (await findAuthorizations(doors, of.templateId)).filter(({ id }) => id === customer.authorizationId);
    return { observed: `epoch ${authorization?.current.epoch} ${authorization?.status}, the token door answers ${status}`, value: undefined };
  });
  await timeline.step('WeCom push', '伪造的回调被拒 · a forged callback is refused', async () => {
    const ask = async () =>
      found((await admin.ask(operations.RefusalsDocument, { id: of.templateId })).delegatedTemplate?.callbackEndpoint, 'the endpoint');
    const { url } = found((await admin.ask(operations.TemplateEndpointDocument, { id: of.templateId })).delegatedTemplate?.callbackEndpoint, 'the endpoint');
    const answer = await fetch(`${url}?msg_signature=${'0'.repeat(40)}&timestamp=1700000000&nonce=1`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: FORGED_BODY,
    });
    const { refusals } = await until('the recorded refusal', ask, (one) => one.refusals.nodes.length > 0);
    if (answer.ok) {
      throw new Error('the forged callback was accepted');
    }
    return { observed: `HTTP ${answer.status}, ${refusals.nodes[0]?.reason}: ${refusals.nodes[0]?.text.zh}`, value: undefined };
  });
};

export const showTree = async (doors: Doors, timeline: Timeline): Promise<void> => {
  await timeline.step('GraphQL', '一次查询整棵树 · one query, six services', async () => {
    const { publisher } = await doors.admin.ask(operations.WholeTreeDocument, { id: doors.publisherId });
    drawTree(found(publisher, 'the publisher')).forEach((line) => timeline.note(line));
    return { observed: 'publisher → template → authorization → app → permissions, reviews, deliveries', value: undefined };
  });
};

export const cancel = async (stack: Stack, { doors, of, first: customer }: Customers, timeline: Timeline): Promise<void> => {
  await timeline.step('WeCom admin', '企业取消授权 · the corp cancels', async () => {
    await doors.sandbox.call('POST', `/installations/${customer.installation.id}/cancel`);
    return { observed: 'cancel_auth pushed', value: undefined };
  });
  await timeline.step('machine', '已取消, 密钥已销毁 · cancelled, secrets gone', async () => {
    const ask = () => findAuthorizations(doors, of.templateId);
    const isCancelled = ({ id, status }: { id: string; status: string }): boolean => id === customer.authorizationId && status === 'CANCELLED';
    const cancelled = found((await until('the cancelled authorization', ask, (all) => all.some(isCancelled))).find(isCancelled), 'it');
    const token = await fetch(`${stack.urls.authorization}/v1/authorizations/${customer.authorizationId}/app-token`, {
      headers: { authorization: `Bearer ${doors.backendToken}` },
    });
    if (!cancelled.current.secretsDestroyed || token.ok) {
      throw new Error(`secrets are still there: ${JSON.stringify(cancelled)}, token door answered ${token.status}`);
    }
    return { observed: `epoch ${cancelled.current.epoch} CANCELLED; the token door answers ${token.status}`, value: undefined };
  });
  await timeline.step('machine', '数据删除记录 · what every service has erased', async () => {
    const ask = async () =>
      found((await doors.admin.ask(operations.ErasuresDocument, { id: customer.authorizationId })).authorization, 'the authorization').erasures.nodes[0];
    const record = found(await until('the finished erasure', ask, (one) => one?.state === 'ERASED'), 'the erasure record');
    record.services.forEach(({ service, counts }) =>
      timeline.note(`  ⌫ ${service}: ${counts.map(({ kind, count }) => `${kind} ${count}`).join(', ') || 'nothing kept'}`),
    );
    const app = await findCorpApp(doors, customer.corpAppId);
    return { observed: `${record.state}, app ${app.status}; Kafka empty at ${record.kafkaEmptyAt}`, value: undefined };
  });
};
