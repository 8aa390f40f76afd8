import { operations } from '@daikaifa/client';
import type { Stack } from '@daikaifa/stack';
import { authorize, findAuthorizations } from './authorization';
import { connectCallback } from './callback';
import { found } from './doors';
import { registerProvider, type Doors } from './provider';
import { reviewAndLaunch } from './review';
import { writeTemplate } from './template';
import type { Timeline } from './timeline';
import { drawTree } from './tree';
import { until } from './until';

const FORGED_BODY = `<xml><ToUserName><![CDATA[forged]]></ToUserName><AgentID></AgentID><Encrypt><![CDATA[${Buffer.alloc(64, 1).toString('base64')}]]></Encrypt></xml>`;

const observeAndCancel = async (
  stack: Stack,
  doors: Doors,
  known: Awaited<ReturnType<typeof authorize>> & { readonly templateId: string; readonly endpointUrl: string },
  timeline: Timeline,
): Promise<void> => {
  const { admin, sandbox, publisherId, backendToken } = doors;
  const { installation, corp, authorization, templateId, endpointUrl } = known;
  const askAuthorizations = () => findAuthorizations(doors, templateId);
  const askToken = () =>
    fetch(`${stack.urls.authorization}/v1/authorizations/${authorization.id}/app-token`, {
      headers: { authorization: `Bearer ${backendToken}` },
    });

  await timeline.step('HTTP', '后端获取应用 token · a backend fetches the app token', async () => {
    const answer = await askToken();
    const body = (await answer.json()) as { accessToken?: string; expiresAt?: string };
    if (!answer.ok || body.accessToken === undefined) {
      throw new Error(`the token was refused: ${answer.status}`);
    }
    return { observed: `valid until ${body.expiresAt}`, value: undefined };
  });
  await timeline.step('GraphQL', '一次查询整棵树 · one query, four services', async () => {
    const { publisher } = await admin.ask(operations.WholeTreeDocument, { id: publisherId });
    drawTree(found(publisher, 'the publisher')).forEach((line) => timeline.note(line));
    return { observed: 'publisher → template → review → link → authorization → corp', value: undefined };
  });
  await timeline.step('WeCom admin', '调整可见范围 · the visible range changes', async () => {
    const users = corp.members.map((member) => member.userId);
    await sandbox.call('PUT', `/installations/${installation.id}/visible-range`, { users, parties: [1], tags: [] });
    return { observed: `${users.length} members, 1 department; change_auth pushed`, value: undefined };
  });
  await timeline.step('machine', '变更已观测到 · the change is observed', async () => {
    const [changed] = await until(
      'the new scope',
      askAuthorizations,
      (all) => all[0]?.current.observation.scope?.parties === 1,
    );
    const scope = changed!.current.observation.scope!;
    return { observed: `${scope.users} users, ${scope.parties} parties`, value: undefined };
  });
  await timeline.step('WeCom push', '伪造的回调被拒 · a forged callback is refused', async () => {
    const answer = await fetch(`${endpointUrl}?msg_signature=${'0'.repeat(40)}&timestamp=1700000000&nonce=1`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: FORGED_BODY,
    });
    const ask = async () =>
      found((await admin.ask(operations.RefusalsDocument, { id: templateId })).delegatedTemplate?.callbackEndpoint, 'the endpoint')
        .refusals.nodes;
    const [refusal] = await until('the recorded refusal', ask, (all) => all.length > 0);
    if (answer.ok) {
      throw new Error('the forged callback was accepted');
    }
    return { observed: `HTTP ${answer.status}, ${refusal!.reason}: ${refusal!.text.zh}`, value: undefined };
  });
  await timeline.step('WeCom admin', '企业取消授权 · the corp cancels', async () => {
    await sandbox.call('POST', `/installations/${installation.id}/cancel`);
    return { observed: 'cancel_auth pushed', value: undefined };
  });
  await timeline.step('machine', '已取消, 密钥已销毁 · cancelled, secrets gone', async () => {
    const [cancelled] = await until('the cancelled authorization', askAuthorizations, (all) => all[0]?.status === 'CANCELLED');
    const answer = await askToken();
    if (!cancelled!.current.secretsDestroyed || answer.ok) {
      throw new Error(`secrets are still there: ${JSON.stringify(cancelled)}, token door answered ${answer.status}`);
    }
    return { observed: `epoch ${cancelled!.current.epoch} CANCELLED; the token door answers ${answer.status}`, value: undefined };
  });
};

/** The first half of the delegated-development life cycle, through public doors only. */
export const runScenario = async (stack: Stack, timeline: Timeline): Promise<void> => {
  timeline.section('服务商与模版 · provider and template');
  const doors = await registerProvider(stack, timeline);
  const template = await writeTemplate(doors, timeline);

  timeline.section('回调与凭证 · callback and credentials');
  const { suite, endpoint } = await connectCallback(doors, template.id, timeline);

  timeline.section('审核与上线 · review and launch');
  await reviewAndLaunch(doors, template.id, suite.suiteId, timeline);

  timeline.section('企业授权 · a corp authorizes');
  const granted = await authorize(doors, template.id, timeline);

  timeline.section('运行与取消 · running and cancelling');
  await observeAndCancel(stack, doors, { ...granted, templateId: template.id, endpointUrl: endpoint.url }, timeline);
};

