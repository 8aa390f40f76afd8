import type { Stack } from '@daikaifa/stack';
import { authorize } from './authorization';
import { connectBackend, sendMessage, startBackend, type Backend } from './backend';
import { connectCallback } from './callback';
import { configure } from './corp-app';
import { found } from './doors';
import { launchBatch, testInTestCorp } from './launch';
import { grantPermissions } from './permissions';
import { registerProvider, type Doors } from './provider';
import { reviewAndLaunch } from './review';
import { cancel, meetTrouble, openToMembers, showTree, type Customers } from './running';
import { writeTemplate } from './template';
import type { Timeline } from './timeline';

/** From the template to the first corp that authorizes. */
const bringCustomer = async (doors: Doors, timeline: Timeline): Promise<Customers> => {
  const { id: templateId } = await writeTemplate(doors, timeline);

  timeline.section('回调与凭证 · callback and credentials');
  const { suite } = await connectCallback(doors, templateId, timeline);

  timeline.section('审核与上线 · review and launch');
  await reviewAndLaunch(doors, templateId, suite.suiteId, timeline);

  timeline.section('企业授权 · a corp authorizes');
  const { corp, installation, authorization, link } = await authorize(doors, templateId, timeline);

  timeline.section('应用代开发 · the app of the corp');
  const { corpAppId } = await configure(
    doors,
    { templateId, authorizationId: authorization.id, installationId: installation.id },
    timeline,
  );
  return {
    doors,
    of: { templateId, suiteId: suite.suiteId, linkUrl: found(link.url, 'the URL of the link') },
    first: { corp, installation, authorizationId: authorization.id, corpAppId },
  };
};

const runApp = async (stack: Stack, customers: Customers, backend: Backend, timeline: Timeline): Promise<void> => {
  const { doors, of, first } = customers;
  timeline.section('后端与消息 · the backend and its messages');
  const destinationId = await connectBackend(doors, backend, timeline);

  timeline.section('自定义权限 · custom permissions');
  const known = { corpAppId: first.corpAppId, installationId: first.installation.id };
  await grantPermissions(stack, doors, known, timeline);

  timeline.section('自行测试 · self test in a test corp');
  await testInTestCorp(doors, of, first, timeline);

  timeline.section('应用上线 · a batch of two apps');
  await launchBatch(doors, of, first, timeline);

  timeline.section('运行 · running');
  await openToMembers(doors, first, timeline);
  const userId = found(first.corp.members[0], 'a member').userId;
  await sendMessage(doors, backend, { installationId: first.installation.id, userId, destinationId }, timeline);
  await meetTrouble(stack, customers, timeline);
  await showTree(doors, timeline);

  timeline.section('取消授权 · the corp leaves');
  await cancel(stack, customers, timeline);
};

/** The whole delegated-development life cycle of a registered provider's template. */
export const liveThrough = async (stack: Stack, doors: Doors, timeline: Timeline): Promise<void> => {
  const customers = await bringCustomer(doors, timeline);
  const backend = await startBackend();
  try {
    await runApp(stack, customers, backend, timeline);
  } finally {
    await backend.stop();
  }
};

/** The whole delegated-development life cycle, through public doors only. */
export const runScenario = async (stack: Stack, timeline: Timeline): Promise<void> => {
  timeline.section('服务商与模版 · provider and template');
  await liveThrough(stack, await registerProvider(stack, timeline), timeline);
};
