import { uniqueName } from '@daikaifa/testing';
import { CONNECTION_LOST, PATHS, refusal, startFakeWecom, type WecomRequest } from './fake-wecom';

/** One app in one corp, as WeCom has it. */
export interface FakeApp {
  readonly corpId: string;
  corpName: string;
  state: string | null;
  agentId: number;
  /** The permanent code that WeCom takes now; null once the corp has cancelled. */
  secret: string | null;
  /** A reset is answered, and takes effect when the spec says so. */
  resetsLate: boolean;
  resetSecret: string | null;
  disabled: boolean;
  /** WeCom has withdrawn its API rights because nobody used it. */
  inactive: boolean;
  /** Calls about it end in a system error. */
  unreadable: boolean;
  permissions: string[];
  /** app_permissions_ext; `expire_time` in seconds, 0 = never. */
  extended: { permission_name: string; expire_time: number }[];
  users: string[];
  publishStatus: number;
}

const newGate = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

/** WeCom with corps that authorize, cancel and change: every call answers from that state. */
export const startFakeCorps = async () => {
  const wecom = await startFakeWecom();
  /** A corp has one app of each template that it authorized. */
  const apps: FakeApp[] = [];
  const codes = new Map<string, FakeApp>();
  const appTokens = new Map<string, FakeApp>();
  /** What WeCom answers about a plain corp id. */
  const openCorpIds = new Map<string, object>();
  /** Everything that nobody but this service and WeCom may ever see. */
  const secrets = new Set<string>();
  let agentIds = 1_000_000;
  const codesWithoutAnswer = new Set<string>();
  let gate: Promise<void> | null = null;
  const readGates = new Map<unknown, Promise<void>>();

  const secret = (kind: string): string => {
    const made = uniqueName(`secret-${kind}`);
    secrets.add(made);
    return made;
  };

  const appsOf = (corpId: unknown): readonly FakeApp[] => apps.filter((app) => app.corpId === corpId);

  const suiteToken = secret('suite-token');
  const providerToken = secret('provider-token');

  wecom.answer(PATHS.suiteToken, { suite_access_token: suiteToken, expires_in: 7200 });
  wecom.answer(PATHS.providerToken, { provider_access_token: providerToken, expires_in: 7200 });

  wecom.answer(PATHS.permanentCode, async ({ query, body }: WecomRequest) => {
    if (query['suite_access_token'] !== suiteToken) {
      return refusal(40082);
    }
    const code = String(body['auth_code']);
    const app = codes.get(code);
    codes.delete(code);
    if (app === undefined) {
      return refusal(40078);
    }
    const made = secret('permanent-code');
    if (app.resetsLate) {
      app.resetSecret = made;
    } else {
      app.secret = made;
    }
    if (codesWithoutAnswer.has(code)) {
      return CONNECTION_LOST;
    }
    const answer = {
      permanent_code: made,
      auth_corp_info: { corpid: app.corpId, corp_name: app.corpName },
      ...(app.state !== null && { state: app.state }),
    };
    await gate;
    return answer;
  });

  const authInfoOf = ({ body }: WecomRequest): object => {
    const ofCorp = appsOf(body['auth_corpid']);
    if (ofCorp.some(({ unreadable }) => unreadable)) {
      return refusal(-1);
    }
    const app = ofCorp.find(({ secret: taken }) => taken === body['permanent_code']);
    if (app === undefined) {
      return refusal(ofCorp.every(({ secret: taken }) => taken === null) ? 48004 : 40084);
    }
    const privilege = { level: 0, allow_party: [1], allow_user: app.users, allow_tag: [] };
    return {
      auth_corp_info: { corpid: app.corpId, corp_name: app.corpName, corp_type: 'verified', corp_industry: 'IT服务' },
      auth_info: { agent: [{ agentid: app.agentId, name: 'CRM', auth_mode: 0, is_customized_app: true, privilege }] },
    };
  };
  wecom.answer(PATHS.authInfo, async (request: WecomRequest) => {
    const answer = authInfoOf(request);
    await readGates.get(request.body['auth_corpid']);
    return answer;
  });

  wecom.answer(PATHS.token, ({ query }: WecomRequest) => {
    const app = appsOf(query['corpid']).find(({ secret: taken }) => taken === query['corpsecret']);
    if (app === undefined || app.disabled) {
      return refusal(40001);
    }
    const token = secret('app-token');
    appTokens.set(token, app);
    return { access_token: token, expires_in: 7200 };
  });

  const ofToken = (answer: (app: FakeApp) => object) => ({ query }: WecomRequest): object => {
    const app = appTokens.get(String(query['access_token']));
    if (app === undefined || app.secret === null) {
      return refusal(40014);
    }
    if (app.inactive) {
      return refusal(48006);
    }
    return app.disabled ? refusal(50003) : answer(app);
  };

  wecom.answer(
    PATHS.agent,
    ofToken((app) => ({
      agentid: app.agentId,
      name: 'CRM',
      description: '客户跟进',
      close: 0,
      customized_publish_status: app.publishStatus,
    })),
  );
  wecom.answer(
    PATHS.permissions,
    ofToken((app) => ({ app_permissions: app.permissions, app_permissions_ext: app.extended })),
  );
  wecom.answer(PATHS.openCorpid, ({ body }: WecomRequest) => openCorpIds.get(String(body['corpid'])) ?? refusal(48001));

  /** An auth code for the app: WeCom sends it with create_auth or reset_permanent_code. */
  const newCode = (app: FakeApp): string => {
    const code = secret('auth-code');
    codes.set(code, app);
    return code;
  };

  return {
    ...wecom,
    secrets,
    /** A corp's admin confirms, for the first time or again. */
    authorize: (given: { readonly corpId?: string; readonly state?: string } = {}): { app: FakeApp; code: string } => {
      const corpId = given.corpId ?? uniqueName('wpCorp');
      agentIds += 1;
      const app: FakeApp = {
        corpId,
        corpName: '示例企业',
        state: given.state ?? null,
        agentId: agentIds,
        secret: null,
        resetsLate: false,
        resetSecret: null,
        disabled: false,
        inactive: false,
        unreadable: false,
        permissions: ['contact:base:base', 'app:message:send'],
        extended: [],
        users: ['woUser1'],
        publishStatus: 0,
      };
      apps.push(app);
      return { app, code: newCode(app) };
    },
    /** 重新获取 secret */
    reset: newCode,
    /** The late reset takes effect: the secret before is refused from now on. */
    takeReset: (app: FakeApp): void => {
      app.secret = app.resetSecret;
      app.resetsLate = false;
    },
    cancel: (app: FakeApp): void => {
      app.secret = null;
    },
    /** The plain id that stands on a publisher's list of test corps. */
    nameTestCorp: (plainCorpId: string, corpId: string): void => {
      openCorpIds.set(plainCorpId, { open_corpid: corpId });
    },
    refuseTestCorp: (plainCorpId: string, errcode: number): void => {
      openCorpIds.set(plainCorpId, refusal(errcode));
    },
    /** Codes are spent from now on, and their answers wait until the returned function is called. */
    holdAnswers: (): (() => void) => {
      const { opened, open } = newGate();
      gate = opened;
      return () => {
        gate = null;
        open();
      };
    },
    /** What get_auth_info says of the corp waits until the returned function is called. */
    holdReads: ({ corpId }: FakeApp): (() => void) => {
      const { opened, open } = newGate();
      readGates.set(corpId, opened);
      return () => {
        readGates.delete(corpId);
        open();
      };
    },
    /** The code will be spent, and its answer never arrives. */
    loseAnswer: (code: string): void => {
      codesWithoutAnswer.add(code);
    },
  };
};

export type FakeCorps = Awaited<ReturnType<typeof startFakeCorps>>;
