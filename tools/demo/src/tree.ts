import type { operations } from '@daikaifa/client';

type Publisher = NonNullable<operations.WholeTreeQuery['publisher']>;

/** The tree as people read it, one line per node. */
export const drawTree = (publisher: Publisher): string[] => [
  `主体 ${publisher.name} ${publisher.status}`,
  ...publisher.templates.nodes.flatMap((template) => [
    `└─ 模版 ${template.onlineRevision?.content.name ?? ''} ${template.status}, revision ${template.onlineRevision?.number ?? '–'}`,
    `   ├─ 回调 endpoint ${template.callbackEndpoint?.health.status ?? '–'}, suite ${template.suite?.suiteId ?? '–'}, ticket ${template.suite?.ticket ?? '–'}`,
    `   ├─ 审核 review items, newest first: ${template.reviewItems.nodes.map((item) => item.state).join(' ← ')}`,
    ...template.authorizationLinks.nodes.map(
      (link) => `   ├─ 授权链接 link ${link.state} (${link.source}), ${link.installs} installed`,
    ),
    ...template.authorizations.nodes.map(({ status, corp, current }) => {
      const { agent, publishStatus, scope } = current.observation;
      return `   └─ 企业 ${corp.name ?? corp.id} ${status}, epoch ${current.epoch}, agentid ${agent?.agentId ?? '–'}, publish status ${publishStatus?.value ?? '–'}, ${scope?.users ?? '–'} in the visible range`;
    }),
  ]),
];
