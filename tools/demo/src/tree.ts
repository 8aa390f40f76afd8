import type { operations } from '@daikaifa/client';

type Publisher = NonNullable<operations.WholeTreeQuery['publisher']>;
type Template = Publisher['templates']['nodes'][number];
type Authorization = Template['authorizations']['nodes'][number];

type CorpApp = NonNullable<Authorization['corpApp']>;

const listed = (words: readonly string[], separator: string): string => words.join(separator) || 'none';

const appLine = ({ status, onlineRevision, usable, drift }: CorpApp): string =>
  `├─ 应用 ${onlineRevision?.content.name ?? '–'} ${status}, usable ${usable}, drift ${drift.length}`;

const revisionLine = ({ revisions }: CorpApp): string =>
  `├─ 版本 ${listed(revisions.map(({ number, status }) => `${number} ${status}`), ' ← ')}`;

const permissionLine = ({ permissions }: CorpApp): string => {
  const confirmed = permissions?.confirmed?.permissions.map(({ name }) => name.zh) ?? [];
  const requests = permissions?.requests.nodes.map(({ state }) => state) ?? [];
  return `├─ 权限 ${listed(confirmed, ', ')}; requests ${listed(requests, ' ← ')}`;
};

const corpLine = ({ status, corp, current }: Authorization): string => {
  const { agent, scope } = current.observation;
  return `企业 ${corp.name ?? corp.id} ${status}, ${current.environment}, epoch ${current.epoch}, agentid ${agent?.agentId ?? '–'}, ${scope?.users ?? '–'} members named`;
};

const appLines = (authorization: Authorization): string[] => {
  const { corpApp } = authorization;
  return corpApp === null
    ? [corpLine(authorization)]
    : [
        corpLine(authorization),
        appLine(corpApp),
        revisionLine(corpApp),
        permissionLine(corpApp),
        `├─ 审核 ${listed(corpApp.reviewItems.nodes.map(({ state }) => state), ' ← ')}`,
        `└─ 投递 ${listed(corpApp.deliveries.nodes.map(({ eventType, state }) => `${eventType} ${state}`), ', ')}`,
      ];
};

const indented = (lines: readonly string[], isLast: boolean): string[] =>
  lines.map((line, index) => `   ${index === 0 ? (isLast ? '└─ ' : '├─ ') : isLast ? '   ' : '│  '}${line}`);

const templateLines = (template: Template): string[] => {
  const { authorizations } = template;
  return [
    `└─ 模版 ${template.onlineRevision?.content.name ?? ''} ${template.status}, revision ${template.onlineRevision?.number ?? '–'}`,
    `   ├─ 回调 endpoint ${template.callbackEndpoint?.health.status ?? '–'}, suite ${template.suite?.suiteId ?? '–'}, ticket ${template.suite?.ticket ?? '–'}`,
    `   ├─ 审核 review items, newest first: ${template.reviewItems.nodes.map((item) => item.state).join(' ← ')}`,
    ...template.authorizationLinks.nodes.map((link) => `   ├─ 授权链接 link ${link.state} (${link.source}), ${link.installs} installed`),
    ...authorizations.nodes.flatMap((one, index) => indented(appLines(one), index === authorizations.nodes.length - 1)),
  ];
};

/** The tree as people read it, one line per node. */
export const drawTree = (publisher: Publisher): string[] => [
  `主体 ${publisher.name} ${publisher.status}`,
  ...publisher.templates.nodes.flatMap(templateLines),
];
