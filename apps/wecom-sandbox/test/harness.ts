import { loadConfig } from '@daikaifa/config';
import { eventually, silentLogger } from '@daikaifa/testing';
import { createApp, type SandboxApp } from '../src/app';
import { configShape } from '../src/config';
import { KEYS, startFakeProvider, type FakeProvider, type Received } from './fake-provider';

export type Json = Record<string, never> & Record<string, unknown>;

export interface Harness {
  readonly url: string;
  readonly provider: FakeProvider;
  /** A call below /sandbox/api; throws for anything but 200. */
  control<T = Record<string, string>>(method: string, path: string, body?: unknown): Promise<T>;
  /** A call below /sandbox/api whatever it answers. */
  rawControl(method: string, path: string, body?: unknown): Promise<{ status: number; json: Record<string, unknown> }>;
  /** A call of the server API. */
  api(path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Ends the process' work and starts it again on the same file. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const newApp = async (env: Record<string, string>): Promise<SandboxApp> => {
  const app = createApp(loadConfig(configShape, { HTTP_PORT: '0', SANDBOX_STORE_PATH: ':memory:', ...env }), {
    logger: silentLogger(),
  });
  await app.start();
  return app;
};

/** A stalled machine answers late, and a push that was sent again would count twice: who tests the limits sets them. */
export const PATIENT = { urgentAnswerMs: 60_000, answerMs: 60_000 } as const;

export const startHarness = async (env: Record<string, string> = {}): Promise<Harness> => {
  const provider = await startFakeProvider();
  let app = await newApp(env);

  const rawControl: Harness['rawControl'] = async (method, path, body) => {
    const response = await fetch(`${app.url}/sandbox/api${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };

  await rawControl('PATCH', '/limits', PATIENT);

  return {
    get url() {
      return app.url;
    },
    provider,
    rawControl,
    control: async <T>(method: string, path: string, body?: unknown) => {
      const { status, json } = await rawControl(method, path, body);
      if (status !== 200) {
        throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
      }
      return json as T;
    },
    api: async (path, body) => {
      const response = await fetch(`${app.url}/cgi-bin/${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      expect(response.status).toBe(200);
      return (await response.json()) as Record<string, unknown>;
    },
    restart: async () => {
      await app.stop();
      app = await newApp(env);
    },
    stop: async () => {
      await app.stop();
      await provider.close();
    },
  };
};

export interface Scene {
  readonly provider: { readonly corpId: string; readonly providerSecret: string };
  readonly corp: { readonly corpId: string };
  readonly template: { readonly suiteId: string; readonly suiteSecret: string; readonly qrcodeUrl: string };
}

/** A provider with one launched template, and a corp. */
export const makeScene = async (harness: Harness, names: { readonly online?: boolean } = {}): Promise<Scene> => {
  const provider = await harness.control<Scene['provider']>('POST', '/providers', { name: '云启软件' });
  const corp = await harness.control<Scene['corp']>('POST', '/corps', { name: '晨星贸易' });
  const made = await harness.control<Scene['template']>('POST', '/templates', {
    providerCorpId: provider.corpId,
    name: '云启订单',
    intro: '订单跟进与提醒',
    callbackUrl: harness.provider.url,
    ...KEYS,
  });
  const template =
    names.online === false
      ? made
      : await harness.control<Scene['template']>('POST', `/templates/${made.suiteId}/launch`);
  return { provider, corp, template };
};

/** The newest event of a kind, once `count` of them have arrived. */
export const arrived = async (harness: Harness, infoType: string, count = 1): Promise<Received> =>
  eventually(() => (harness.provider.of(infoType).length >= count ? harness.provider.of(infoType).at(-1)! : null));

/** Of the scene's template alone: what the others are sent comes in between. */
const eventsOf = (harness: Harness, { template }: Scene, infoType: string): Received[] =>
  harness.provider.of(infoType).filter((event) => event.value('SuiteId') === template.suiteId);

export const ticketOf = async (harness: Harness, scene: Scene): Promise<string> =>
  eventually(() => eventsOf(harness, scene, 'suite_ticket').at(-1)?.value('SuiteTicket'));

/** The corp's admin confirms, and the code arrives. */
export const newAuthCode = async (
  harness: Harness,
  scene: Scene,
): Promise<{ readonly installed: { id: string; agentId: number }; readonly authCode: string }> => {
  const before = eventsOf(harness, scene, 'create_auth').length;
  const installed = await confirm(harness, scene);
  const authCode = await eventually(() => eventsOf(harness, scene, 'create_auth')[before]?.value('AuthCode'));
  return { installed, authCode };
};

export const suiteToken = async (harness: Harness, scene: Scene): Promise<string> => {
  const ticket = await ticketOf(harness, scene);
  const answer = await harness.api('service/get_suite_token', {
    suite_id: scene.template.suiteId,
    suite_secret: scene.template.suiteSecret,
    suite_ticket: ticket,
  });
  return answer['suite_access_token'] as string;
};

export const providerToken = async (harness: Harness, scene: Scene): Promise<string> => {
  const body = { corpid: scene.provider.corpId, provider_secret: scene.provider.providerSecret };
  return (await harness.api('service/get_provider_token', body))['provider_access_token'] as string;
};

export interface Authorized {
  readonly installationId: string;
  readonly corpId: string;
  readonly agentId: number;
  readonly permanentCode: string;
  readonly suiteToken: string;
}

const linkIdOf = (url: string): string => url.split('/').at(-1)!;

/** The corp's admin confirms behind the given QR. */
export const confirm = async (
  harness: Harness,
  scene: Scene,
  url = scene.template.qrcodeUrl,
): Promise<{ id: string; agentId: number }> => {
  const answer = await harness.control<{ installed: { id: string; agentId: number }[] }>(
    'POST',
    `/links/${linkIdOf(url)}/confirm`,
    { corpId: scene.corp.corpId, adminUserId: 'admin' },
  );
  return answer.installed[0]!;
};

/** From scan to permanent code. */
export const authorize = async (harness: Harness, scene: Scene): Promise<Authorized> => {
  const token = await suiteToken(harness, scene);
  const { installed, authCode } = await newAuthCode(harness, scene);
  const granted = await harness.api(`service/v2/get_permanent_code?suite_access_token=${token}`, {
    auth_code: authCode,
  });
  return {
    installationId: installed.id,
    agentId: installed.agentId,
    suiteToken: token,
    permanentCode: granted['permanent_code'] as string,
    corpId: (granted['auth_corp_info'] as { corpid: string }).corpid,
  };
};

export const appToken = async (harness: Harness, app: Authorized): Promise<string> =>
  (await harness.api(`gettoken?corpid=${app.corpId}&corpsecret=${app.permanentCode}`))['access_token'] as string;

/** What a provider fills in at 开始代开发, where nothing comes from the template. */
export const APP_FIELDS = {
  logoUrl: 'https://cdn.example.com/logo.png',
  homePageUrl: 'https://order.example.com/home',
  trustedDomain: 'order.example.com',
} as const;

/** Submitted, approved and launched. */
export const launch = async (harness: Harness, scene: Scene, installationId: string): Promise<void> => {
  await harness.control('POST', `/templates/${scene.template.suiteId}/submit-apps`, {
    installationIds: [installationId],
  });
  await harness.control('POST', `/installations/${installationId}/verdict`, { verdict: 'APPROVED' });
  await harness.control('POST', `/installations/${installationId}/launch`);
};

/** From 开始代开发 to the launch. */
export const bringOnline = async (
  harness: Harness,
  scene: Scene,
  installationId: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<void> => {
  await harness.control('POST', `/installations/${installationId}/app`, { ...APP_FIELDS, ...fields });
  await launch(harness, scene, installationId);
};
