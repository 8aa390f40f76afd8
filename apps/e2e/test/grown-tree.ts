import { randomBytes } from 'node:crypto';
import { corpAppIdOf, derivedId, newId } from '@daikaifa/kernel';
import { connectMongo } from '@daikaifa/mongo';
import type { Stack } from '@daikaifa/stack';
import { silentLogger, testServers } from '@daikaifa/testing';
import { mongo } from 'mongoose';
import type { Service } from './progress';

/** The branch that was made through the doors. */
export interface Branch {
  readonly templateId: string;
  readonly suiteId: string;
  readonly authorizationId: string;
  readonly corpId: string;
  readonly corpAppId: string;
}

export interface TreeSize {
  readonly templates: number;
  /** Of each template. */
  readonly authorizations: number;
  /** Of each list of an app. */
  readonly entries: number;
}

type Stored = Record<string, unknown> & { readonly _id: string };
type Collection = mongo.Collection<Stored>;
/** What an id of the original is called in its copy. */
type Names = Readonly<Record<string, string>>;

interface Part {
  readonly service: Service;
  readonly collection: string;
  /** Names the parent. */
  readonly by: string;
  /** What two of them may not share. */
  readonly own?: () => object;
}

const PARTS_OF_TEMPLATE: readonly Part[] = [
  { service: 'template', collection: 'delegated_templates', by: '_id' },
  { service: 'authorization', collection: 'suites', by: '_id' },
  { service: 'authorization', collection: 'authorization_links', by: 'templateIds', own: () => ({ stateParameter: newId() }) },
  { service: 'callback', collection: 'endpoints', by: 'templateId' },
  { service: 'review', collection: 'review_items', by: 'subjectId' },
];
const PARTS_OF_AUTHORIZATION: readonly Part[] = [
  { service: 'authorization', collection: 'authorizations', by: '_id' },
  { service: 'app-config', collection: 'corp_apps', by: 'authorizationId' },
  { service: 'permission', collection: 'permission_sets', by: 'authorizationId' },
];
const ENTRIES_OF_APP: readonly Part[] = [
  { service: 'review', collection: 'review_items', by: 'subjectId' },
  // What a backend answered is sealed for the delivery that it answered.
  { service: 'callback', collection: 'deliveries', by: 'corpAppId', own: () => ({ attempts: [] }) },
];

/** A copy repeats no call, has nothing to publish, and nothing is due for it. */
const NOT_COPIED = [
  ...['idempotency', 'outbox', 'outboxBytes', 'pendingSince', 'openSubject', 'rereadDueAt', 'nextAttemptAt', 'nextProbeAt'],
  ...['launchDueAt', 'precheckDueAt', 'noticeDueAt', 'remindAt', 'expireAt'],
];

/** Few enough for the time limit of one write, on a machine that is busy. */
const BATCH = 100;

const { EJSON } = mongo.BSON;
const EXACT = { relaxed: false };

const range = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

const copiesOf = (original: Stored, named: readonly Names[], own: () => object): readonly Stored[] => {
  const text = EJSON.stringify(original, EXACT);
  return named.map((names) => {
    const renamed = Object.entries(names).reduce((all, [from, to]) => all.replaceAll(from, to), text);
    const copy = EJSON.parse(renamed, EXACT) as Stored;
    const kept = Object.entries(copy).filter(([field]) => !NOT_COPIED.includes(field));
    return { ...Object.fromEntries(kept), ...own(), _id: names[original._id] ?? newId() };
  });
};

const endpointIdOf = (templateId: string): string => derivedId('endpoint', 'suite', templateId);

/** As long as the text that it takes the place of. */
const otherEnding = (text: string): string => `${text.slice(0, -12)}${randomBytes(6).toString('hex')}`;

const anotherTemplate = (branch: Branch): Branch => ({
  ...branch,
  templateId: newId(),
  suiteId: otherEnding(branch.suiteId),
});

const anotherAuthorization = (branch: Branch): Branch => {
  const authorizationId = newId();
  return { ...branch, authorizationId, corpId: otherEnding(branch.corpId), corpAppId: corpAppIdOf(authorizationId, 1) };
};

const namesOf = (original: Branch, copy: Branch): Names => ({
  ...Object.fromEntries(Object.entries(original).map(([key, id]) => [id, copy[key as keyof Branch]])),
  [endpointIdOf(original.templateId)]: endpointIdOf(copy.templateId),
});

/** Makes many branches of one: documents as the services have stored them, under other ids. */
export const growTree = async (stack: Stack, original: Branch, size: TreeSize): Promise<void> => {
  const { MONGO_DATABASE_PREFIX: prefix = '' } = stack.envOf('callback');
  const { mongoUrl: url } = testServers();
  const connected = await connectMongo({ url, database: `${prefix}canary`, logger: silentLogger() });
  const client = connected.connection.getClient() as unknown as mongo.MongoClient;
  const collectionOf = ({ service, collection }: Pick<Part, 'service' | 'collection'>): Collection =>
    client.db(`${prefix}${service}`).collection<Stored>(collection);

  const copy = async (part: Part, parentId: string, copies: readonly Branch[], limit = 0): Promise<void> => {
    const collection = collectionOf(part);
    const found = await collection.find({ [part.by]: parentId } as mongo.Filter<Stored>).limit(limit).toArray();
    if (found.length === 0) {
      throw new Error(`${part.collection} of ${part.service} has nothing of ${parentId}`);
    }
    const named = copies.map((branch) => namesOf(original, branch));
    const made = found.flatMap((document) => copiesOf(document, named, part.own ?? (() => ({}))));
    for (let at = 0; at < made.length; at += BATCH) {
      await collection.insertMany(made.slice(at, at + BATCH) as mongo.OptionalUnlessRequiredId<Stored>[]);
    }
  };

  const lengthenRequests = async (): Promise<void> => {
    const sets = collectionOf({ service: 'permission', collection: 'permission_sets' });
    const { requests } = (await sets.findOne({ _id: original.corpAppId })) as unknown as { requests: readonly object[] };
    const many = range(size.entries).map((index) => ({ ...requests.at(-1), id: newId(), number: index + 1 }));
    await sets.updateOne({ _id: original.corpAppId }, { $set: { requests: many } });
  };

  try {
    await lengthenRequests();
    const templates = range(size.templates - 1).map(() => anotherTemplate(original));
    const firsts = templates.map(anotherAuthorization);
    const others = [original, ...templates].flatMap((template) =>
      range(size.authorizations - 1).map(() => anotherAuthorization(template)),
    );
    const branches = [original, ...firsts, ...others];
    for (const part of PARTS_OF_TEMPLATE) {
      await copy(part, original.templateId, templates);
    }
    for (const part of PARTS_OF_AUTHORIZATION) {
      await copy(part, original.authorizationId, [...firsts, ...others]);
    }
    for (const part of ENTRIES_OF_APP) {
      await copy(part, original.corpAppId, branches.flatMap((branch) => range(size.entries).map(() => branch)), 1);
    }
  } finally {
    await connected.close();
  }
};
