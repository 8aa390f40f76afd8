/** The part of the answer of WHOLE_TREE that is drawn. */
export interface WholeTree {
  readonly publisher: {
    readonly name: string;
    readonly status: string;
    readonly templates: {
      readonly nodes: ReadonlyArray<{
        readonly status: string;
        readonly onlineRevision: { readonly number: number; readonly content: { readonly name: string } } | null;
        readonly callbackEndpoint: { readonly health: { readonly status: string } } | null;
        readonly suite: { readonly suiteId: string; readonly ticket: string } | null;
        readonly reviewItems: { readonly nodes: ReadonlyArray<{ readonly state: string }> };
        readonly authorizationLinks: {
          readonly nodes: ReadonlyArray<{ readonly state: string; readonly source: string; readonly installs: number }>;
        };
        readonly authorizations: {
          readonly nodes: ReadonlyArray<{
            readonly status: string;
            readonly corp: { readonly id: string; readonly name: string | null };
            readonly current: {
              readonly epoch: number;
              readonly observation: {
                readonly agent: { readonly agentId: number } | null;
                readonly publishStatus: { readonly value: number } | null;
                readonly scope: { readonly users: number } | null;
              };
            };
          }>;
        };
      }>;
    };
  };
}

/** The tree as people read it, one line per node. */
export const drawTree = ({ publisher }: WholeTree): string[] => [
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
