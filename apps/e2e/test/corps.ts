import type { OnlineTemplate } from '@daikaifa/demo';
import { eventually } from '@daikaifa/testing';

/** A customer corp at WeCom. */
export interface Corp {
  readonly corpId: string;
  readonly members: ReadonlyArray<{ readonly userId: string; readonly admin: boolean }>;
}

/** An app as it is installed at WeCom. */
export interface Installation {
  readonly id: string;
  readonly corpId: string;
  /** How the provider sees the corp. */
  readonly encryptedCorpId: string;
  readonly agentId: number;
}

export interface Epoch {
  readonly epoch: number;
  readonly status: string;
  readonly enabled: boolean;
  readonly cancelledAt: string | null;
  readonly secretsDestroyed: boolean;
  readonly observation: {
    readonly agent: { readonly agentId: number; readonly name: string } | null;
    readonly scope: { readonly users: number; readonly parties: number } | null;
  };
}

export interface Authorization {
  readonly id: string;
  readonly status: string;
  readonly corp: { readonly id: string; readonly name: string | null };
  readonly current: Epoch;
  readonly epochs: readonly Epoch[];
}

export interface Exchange {
  readonly id: string;
  readonly source: string;
  readonly state: string;
  readonly failure: string | null;
  readonly authorization: { readonly id: string } | null;
}

export type InfoType = 'suite_ticket' | 'create_auth' | 'change_auth' | 'cancel_auth' | 'reset_permanent_code';

interface Push {
  readonly id: string;
  readonly infoType: InfoType;
  readonly corpId: string | null;
  readonly outcome: string;
  readonly createdAt: string;
  readonly attempts: ReadonlyArray<{ readonly ok: boolean }>;
}

const EPOCH = `
  epoch status enabled cancelledAt secretsDestroyed
  observation { agent { agentId name } scope { users parties } }
`;

const AUTHORIZATIONS = `
  query AuthorizationsOfCorps($id: ID!) {
    delegatedTemplate(id: $id) {
      id
      authorizations(first: 50) {
        nodes { id status corp { id name } current { ${EPOCH} } epochs { ${EPOCH} } }
      }
    }
  }
`;

const EXCHANGES = `
  query Exchanges($id: ID!) {
    delegatedTemplate(id: $id) { id exchanges(first: 50) { nodes { id source state failure authorization { id } } } }
  }
`;

const LINK = `
  query Link($id: ID!) {
    delegatedTemplate(id: $id) { id authorizationLinks(first: 1) { nodes { state url installs } } }
  }
`;

const TICKET = 'query Ticket($id: ID!) { delegatedTemplate(id: $id) { id suite { ticketAt } } }';

interface Link {
  readonly state: string;
  readonly url: string | null;
  readonly installs: number;
}

export interface Fault {
  readonly id: string;
  /** How many calls or pushes it keeps waiting now. */
  waiting(): Promise<number>;
  release(): Promise<void>;
}

/** What people at corps do in WeCom, and what the platform shows of it; both through public doors. */
export const corpsOf = ({ doors, templateId, suiteId }: OnlineTemplate) => {
  const { sandbox, admin } = doors;

  const ask = async <T>(query: string): Promise<T> =>
    (await admin.ask<{ delegatedTemplate: T }>(query, { id: templateId })).delegatedTemplate;

  /** Made by an event after the template went online. */
  const link = (): Promise<Link> =>
    eventually(async () => (await ask<{ authorizationLinks: { nodes: Link[] } }>(LINK)).authorizationLinks.nodes[0]);

  const authorizations = async (corpId: string): Promise<Authorization[]> => {
    const found = await ask<{ authorizations: { nodes: Authorization[] } }>(AUTHORIZATIONS);
    return found.authorizations.nodes.filter(({ corp }) => corp.id === corpId);
  };

  const exchanges = async (): Promise<Exchange[]> =>
    (await ask<{ exchanges: { nodes: Exchange[] } }>(EXCHANGES)).exchanges.nodes;

  const pushes = async (corpId: string, infoType?: InfoType): Promise<Push[]> => {
    const all = await sandbox.call<Push[]>('GET', `/pushes?suiteId=${suiteId}`);
    return all.filter((push) => push.corpId === corpId && (infoType === undefined || push.infoType === infoType));
  };

  const act = (method: 'POST' | 'PUT', { id }: Installation, what: string, body?: object): Promise<unknown> =>
    sandbox.call(method, `/installations/${id}/${what}`, body);

  return {
    createCorp: (name = '示例企业'): Promise<Corp> => sandbox.call('POST', '/corps', { name }),
    /** An admin of the corp scans the QR and confirms. */
    scan: async (corp: Corp): Promise<Installation> => {
      const url = await eventually(async () => (await link()).url);
      const { installed } = await sandbox.call<{ installed: Installation[] }>(
        'POST',
        `/links/${new URL(url).pathname.split('/').at(-1)}/confirm`,
        { corpId: corp.corpId, adminUserId: corp.members.find(({ admin: isAdmin }) => isAdmin)!.userId },
      );
      return installed[0]!;
    },
    setScope: (app: Installation, parties: readonly number[]) =>
      act('PUT', app, 'visible-range', { users: ['admin'], parties, tags: [] }),
    disable: (app: Installation) => act('POST', app, 'disable'),
    enable: (app: Installation) => act('POST', app, 'enable'),
    cancel: (app: Installation) => act('POST', app, 'cancel'),
    resetSecret: (app: Installation) => act('POST', app, 'reset-secret'),

    installs: async () => (await link()).installs,
    authorizations,
    exchanges,
    /** The one authorization of the corp, once it is as wanted. */
    untilAuthorization: (app: Installation, isWanted: (authorization: Authorization) => boolean) =>
      eventually(async () => {
        const all = await authorizations(app.encryptedCorpId);
        if (all.length === 1 && isWanted(all[0]!)) {
          return all[0]!;
        }
        throw new Error(`the authorization is not as wanted: ${JSON.stringify(all)}`);
      }),

    /**
     * So many exchanges are behind the authorization. An exchange comes to its end after the grant; where the sweep has
     * woken the first reading, after that too.
     */
    untilTakenIn: async (authorizationId: string, count = 1): Promise<void> => {
      await eventually(async () => {
        const behind = (await exchanges()).filter(({ authorization }) => authorization?.id === authorizationId);
        return behind.length >= count;
      });
    },

    pushes,
    /** The TimeStamp of an event. */
    timeOf: async ({ id }: Push): Promise<Date> => {
      const { xml } = await sandbox.call<{ xml: string }>('GET', `/pushes/${id}`);
      return new Date(Number(/<TimeStamp>(\d+)</.exec(xml)?.[1]) * 1000);
    },
    /** @param sends how often each push must have been answered */
    untilDelivered: (app: Installation, infoType: InfoType, sends = 1): Promise<readonly Push[]> =>
      eventually(async () => {
        const found = await pushes(app.corpId, infoType);
        const isDelivered = ({ outcome, attempts }: Push): boolean =>
          outcome === 'DELIVERED' && attempts.filter(({ ok }) => ok).length >= sends;
        return found.length > 0 && found.every(isDelivered) ? found : null;
      }),
    /** One more send of an old push, encrypted anew; resolves when it was answered. */
    resend: async ({ id, attempts }: Push) => {
      await sandbox.call('POST', `/pushes/${id}/resend`);
      await eventually(async () => {
        const { attempts: now } = await sandbox.call<Push>('GET', `/pushes/${id}`);
        return now.length > attempts.length && now.at(-1)!.ok;
      });
    },
    /** Everything that was delivered before is dealt with: a ticket of the suite comes after it, in the same partition. */
    untilConsumed: async () => {
      const ticketAt = async () => (await ask<{ suite: { ticketAt: string } }>(TICKET)).suite.ticketAt;
      const before = await ticketAt();
      await sandbox.call('POST', `/templates/${suiteId}/ticket`);
      await eventually(async () => (await ticketAt()) > before);
    },

    orderFault: async (fault: object): Promise<Fault> => {
      const { id } = await sandbox.call<{ id: string }>('POST', '/faults', fault);
      return {
        id,
        waiting: async () => (await sandbox.call<{ waiting: number }>('GET', `/faults/${id}`)).waiting,
        release: async () => {
          await sandbox.call('DELETE', `/faults/${id}`);
        },
      };
    },
    forgetCalls: () => sandbox.call('DELETE', '/calls'),
    /** Calls of an API since `forgetCalls`. `subject`: suite_id or encrypted corp id. */
    calls: async (path: string, subject: string): Promise<number> => {
      const query = new URLSearchParams({ path, subject });
      return (await sandbox.call<{ total: number }>('GET', `/calls?${query.toString()}`)).total;
    },
  };
};

export type Corps = ReturnType<typeof corpsOf>;

export const GET_PERMANENT_CODE = '/cgi-bin/service/v2/get_permanent_code';
export const GET_AUTH_INFO = '/cgi-bin/service/v2/get_auth_info';
export const GET_TOKEN = '/cgi-bin/gettoken';

/** ACTIVE, and read once from beginning to end. */
export const isObserved = ({ status, current }: Authorization): boolean =>
  status === 'ACTIVE' && current.observation.agent !== null && current.observation.scope !== null;

/** The door for backends. */
export const askAppToken = async (
  serviceUrl: string,
  { doors }: OnlineTemplate,
  authorizationId: string,
): Promise<{ readonly status: number; readonly accessToken: string }> => {
  const answer = await fetch(`${serviceUrl}/v1/authorizations/${authorizationId}/app-token`, {
    headers: { authorization: `Bearer ${doors.backendToken}` },
  });
  const { accessToken = '' } = (await answer.json()) as { accessToken?: string };
  return { status: answer.status, accessToken };
};

/** errcode of WeCom for a call with this token; 0 when it works. */
export const tryAppToken = async (wecomUrl: string, app: Installation, accessToken: string): Promise<number> => {
  const query = new URLSearchParams({ access_token: accessToken, agentid: String(app.agentId) });
  const answer = await fetch(`${wecomUrl}/cgi-bin/agent/get?${query.toString()}`);
  return ((await answer.json()) as { errcode: number }).errcode;
};
