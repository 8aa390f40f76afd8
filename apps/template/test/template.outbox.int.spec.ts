import { delegatedTemplateTopic, type DelegatedTemplateState } from '@daikaifa/contracts';
import type { Viewer } from '@daikaifa/kernel';
import { connectMongo, type MongoConnection } from '@daikaifa/mongo';
import { eventually, silentLogger } from '@daikaifa/testing';
import type { App } from '@daikaifa/service';
import { graphqlOf, must, watchTopic } from '@daikaifa/harness';
import { change, createSteps, EDIT, ownConfig, startApp } from './harness';

const config = ownConfig();
let app: App;
let mongo: MongoConnection;
let steps: ReturnType<typeof createSteps>;
let tenant: { id: string; admin: Viewer; developer: Viewer };
let topic: Awaited<ReturnType<typeof watchTopic<DelegatedTemplateState>>>;

beforeAll(async () => {
  app = await startApp(config);
  steps = createSteps(graphqlOf(app));
  tenant = await steps.registerProvider();
  topic = await watchTopic(config, delegatedTemplateTopic);
  mongo = await connectMongo({
    url: config.mongo.url,
    database: `${config.mongo.databasePrefix}template`,
    maxPoolSize: 2,
    logger: silentLogger(),
  });
});
afterAll(async () => {
  await mongo.close();
  await topic.stop();
  await app.stop();
});

const pendingOf = async (id: string): Promise<number> => {
  const documents = mongo.connection.collection<{ _id: string; outbox: unknown[] }>('delegated_templates');
  return (await documents.findOne({ _id: id }))?.outbox.length ?? 0;
};

describe('what happens to a template is announced', () => {
  it('each step with the whole state after it, in order, and nothing is left behind', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    const input = { templateId: draft.id, expectedVersion: 1, content: { name: '云帆二号' } };
    await must(graphqlOf(app)(tenant.developer, EDIT, { input }));
    await steps.changeNow(tenant.developer, 'delete', { id: draft.id, version: 2 });
    await eventually(() => topic.of(draft.id).length === 3);
    expect(topic.of(draft.id)).toMatchObject([
      { type: 'template.created', sequence: 1, state: { status: 'DRAFT', workingRevision: { content: { name: '云帆客户' } } } },
      { type: 'template.edited', sequence: 2, state: { workingRevision: { content: { name: '云帆二号' } } } },
      { type: 'template.deleted', sequence: 3, state: { status: 'DELETED', availability: 'DELETED' } },
    ]);
    await eventually(async () => (await pendingOf(draft.id)) === 0);
  });

  it('holds no event for what was refused', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    const input = { templateId: draft.id, expectedVersion: 1 };
    await graphqlOf(app)(tenant.developer, change('submit'), { input });
    const edit = { ...input, content: { name: '云帆二号' } };
    await must(graphqlOf(app)(tenant.developer, EDIT, { input: edit }));
    await eventually(() => topic.of(draft.id).length === 2);
    expect(topic.of(draft.id).map(({ type }) => type)).toEqual(['template.created', 'template.edited']);
  });
});
