import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import type { WecomFault } from './wecom-fault';
import { wecomFaultToAppError } from './wecom-fault';
import { createWecomClient, readPermanentCodeAnswer, type CallRecord, type WecomClient } from './wecom-client';

interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

type Respond = (response: ServerResponse, received: Received) => void;

let server: Server;
let client: WecomClient;
let baseUrl: string;
let respond: Respond;
let received: Received[];
let records: CallRecord[];
let traceparent: string | undefined;

const json =
  (answer: unknown, status = 200): Respond =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  };

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url!, 'http://localhost');
      const body = Buffer.concat(chunks).toString();
      received.push({
        method: request.method!,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        body: body === '' ? undefined : JSON.parse(body),
        headers: request.headers,
      });
      respond(response, received.at(-1)!);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

beforeEach(() => {
  received = [];
  records = [];
  traceparent = undefined;
  client = createWecomClient({
    baseUrl: `${baseUrl}/`,
    timeoutMs: 2_000,
    onCall: (record) => records.push(record),
    traceparent: () => traceparent,
  });
});

afterEach(() => client.close());

const faultOf = async (answer: Promise<{ ok: true } | { ok: false; error: WecomFault }>): Promise<WecomFault> => {
  const result = await answer;
  if (result.ok) {
    throw new Error('expected a fault');
  }
  return result.error;
};

/** Everything a log could print of a fault. */
const printed = (fault: WecomFault): string =>
  [
    inspect(fault, { depth: 9, showHidden: true }),
    JSON.stringify(fault),
    JSON.stringify(records),
    inspect(wecomFaultToAppError(fault), { depth: 9 }),
    JSON.stringify(wecomFaultToAppError(fault).details),
  ].join('\n');

const secrets = {
  token: 'tok+en/=VALUE1',
  secret: 'sec"ret&VALUE2',
  ticket: 'ticket@VALUE3',
  code: 'auth code VALUE4',
};

interface Case {
  readonly name: string;
  readonly run: (client: WecomClient) => Promise<{ ok: true; value: unknown } | { ok: false; error: WecomFault }>;
  readonly request: Omit<Received, 'headers'>;
  readonly answer: Record<string, unknown>;
  readonly value: unknown;
}

const cases: readonly Case[] = [
  {
    name: 'getProviderToken',
    run: (api) => api.getProviderToken({ corpId: 'wwProvider', providerSecret: secrets.secret }),
    request: {
      method: 'POST',
      path: '/cgi-bin/service/get_provider_token',
      query: {},
      body: { corpid: 'wwProvider', provider_secret: secrets.secret },
    },
    answer: { provider_access_token: 'T', expires_in: 7200 },
    value: { token: 'T', expiresInSec: 7200 },
  },
  {
    name: 'getSuiteToken',
    run: (api) => api.getSuiteToken({ suiteId: 'dk1', suiteSecret: secrets.secret, suiteTicket: secrets.ticket }),
    request: {
      method: 'POST',
      path: '/cgi-bin/service/get_suite_token',
      query: {},
      body: { suite_id: 'dk1', suite_secret: secrets.secret, suite_ticket: secrets.ticket },
    },
    answer: { suite_access_token: 'T', expires_in: 7100 },
    value: { token: 'T', expiresInSec: 7100 },
  },
  {
    name: 'getCustomizedAuthUrl',
    run: (api) =>
      api.getCustomizedAuthUrl({ providerAccessToken: secrets.token, state: 'abc1', templateIds: ['dk1', 'dk2'] }),
    request: {
      method: 'POST',
      path: '/cgi-bin/service/get_customized_auth_url',
      query: { provider_access_token: secrets.token },
      body: { state: 'abc1', templateid_list: ['dk1', 'dk2'] },
    },
    answer: { qrcode_url: 'https://example.com/qr?x=1', expires_in: 864000 },
    value: { qrcodeUrl: 'https://example.com/qr?x=1', expiresInSec: 864000 },
  },
  {
    name: 'getPermanentCode',
    run: async (api) => {
      const result = await api.getPermanentCode({ suiteAccessToken: secrets.token, authCode: secrets.code });
      return result.ok ? { ok: true, value: result.value.answer } : result;
    },
    request: {
      method: 'POST',
      path: '/cgi-bin/service/v2/get_permanent_code',
      query: { suite_access_token: secrets.token },
      body: { auth_code: secrets.code },
    },
    answer: { permanent_code: 'P', auth_corp_info: { corpid: 'wpCase', corp_name: '示例' }, state: 'abc1' },
    value: { permanentCode: 'P', corpId: 'wpCase', corpName: '示例', authUser: null, state: 'abc1' },
  },
  {
    name: 'getAuthInfo',
    run: (api) =>
      api.getAuthInfo({ suiteAccessToken: secrets.token, corpId: 'wpCase', permanentCode: secrets.secret }),
    request: {
      method: 'POST',
      path: '/cgi-bin/service/v2/get_auth_info',
      query: { suite_access_token: secrets.token },
      body: { auth_corpid: 'wpCase', permanent_code: secrets.secret },
    },
    answer: {
      auth_corp_info: { corpid: 'wpCase', corp_name: '示例', corp_type: 'verified', corp_user_max: 200, subject_type: 1 },
      auth_info: {
        agent: [
          {
            agentid: 1000012,
            name: 'App',
            auth_mode: 0,
            is_customized_app: true,
            appid: 1,
            privilege: { level: 0, allow_party: [1], allow_user: ['wo1'], allow_tag: [] },
          },
        ],
      },
    },
    value: {
      corp: {
        corpId: 'wpCase',
        name: '示例',
        fullName: '',
        verified: true,
        squareLogoUrl: '',
        userMax: 200,
        verifiedEndTimeSec: null,
        subjectType: 1,
        scale: '',
        industry: '',
        subIndustry: '',
      },
      agents: [
        {
          agentId: 1000012,
          name: 'App',
          roundLogoUrl: '',
          squareLogoUrl: '',
          mode: 'ADMIN',
          isCustomizedApp: true,
          authFromThirdApp: false,
          privilege: {
            allowParties: [1],
            allowUsers: ['wo1'],
            allowTags: [],
            extraParties: [],
            extraUsers: [],
            extraTags: [],
          },
        },
      ],
      dealerCorp: null,
    },
  },
  {
    name: 'getToken',
    run: (api) => api.getToken({ corpId: 'wpCase', corpSecret: secrets.secret }),
    request: {
      method: 'GET',
      path: '/cgi-bin/gettoken',
      query: { corpid: 'wpCase', corpsecret: secrets.secret },
      body: undefined,
    },
    answer: { access_token: 'T', expires_in: 7200 },
    value: { token: 'T', expiresInSec: 7200 },
  },
  {
    name: 'getAgent',
    run: (api) => api.getAgent({ accessToken: secrets.token, agentId: 1000012 }),
    request: {
      method: 'GET',
      path: '/cgi-bin/agent/get',
      query: { access_token: secrets.token, agentid: '1000012' },
      body: undefined,
    },
    answer: {
      agentid: 1000012,
      name: 'App',
      description: 'D',
      close: 1,
      home_url: 'https://example.com',
      redirect_domain: 'example.com',
      customized_publish_status: 3,
      allow_userinfos: { user: [{ userid: 'wo1' }] },
      allow_partys: { partyid: [1, 2] },
      allow_tags: { tagid: [] },
    },
    value: {
      agentId: 1000012,
      name: 'App',
      description: 'D',
      squareLogoUrl: '',
      homeUrl: 'https://example.com',
      redirectDomain: 'example.com',
      disabled: true,
      reportsLocation: false,
      reportsEnter: false,
      customizedPublishStatus: 3,
      allowUsers: ['wo1'],
      allowParties: [1, 2],
      allowTags: [],
    },
  },
  {
    name: 'getPermissions',
    run: (api) => api.getPermissions({ accessToken: secrets.token }),
    request: {
      method: 'POST',
      path: '/cgi-bin/agent/get_permissions',
      query: { access_token: secrets.token },
      body: {},
    },
    answer: {
      app_permissions: ['contact:base:base', 'unheard:of:it'],
      app_permissions_ext: [
        { permission_name: 'a:b:c', expire_time: 1700000000 },
        { permission_name: 'd:e:f', expire_time: 0 },
      ],
    },
    value: {
      permissions: ['contact:base:base', 'unheard:of:it'],
      expiring: [
        { permission: 'a:b:c', expireTimeSec: 1700000000 },
        { permission: 'd:e:f', expireTimeSec: null },
      ],
    },
  },
  {
    name: 'getCallbackIp',
    run: (api) => api.getCallbackIp({ accessToken: secrets.token }),
    request: { method: 'GET', path: '/cgi-bin/getcallbackip', query: { access_token: secrets.token }, body: undefined },
    answer: { ip_list: ['101.226.103.*'] },
    value: { ipList: ['101.226.103.*'] },
  },
  {
    name: 'corpidToOpencorpid',
    run: (api) => api.corpidToOpencorpid({ providerAccessToken: secrets.token, corpId: 'wwPlain' }),
    request: {
      method: 'POST',
      path: '/cgi-bin/service/corpid_to_opencorpid',
      query: { provider_access_token: secrets.token },
      body: { corpid: 'wwPlain' },
    },
    answer: { open_corpid: 'wpCase' },
    value: { openCorpId: 'wpCase' },
  },
];

describe.each(cases)('$name', ({ name, run, request, answer, value }) => {
  it('sends what is documented and reads the answer, without errcode and with 0', async () => {
    respond = json(answer);
    expect(await run(client)).toEqual({ ok: true, value });
    respond = json({ errcode: 0, errmsg: 'ok', field_of_next_year: [1], ...answer });
    expect(await run(client)).toEqual({ ok: true, value });

    expect(received).toEqual([expect.objectContaining(request), expect.objectContaining(request)]);
    expect(records).toEqual([
      { call: name, outcome: 'OK', durationMs: expect.any(Number) },
      { call: name, outcome: 'OK', durationMs: expect.any(Number) },
    ]);
  });

  it('shows no secret, whatever fails and whatever WeCom repeats of the request', async () => {
    const answers: readonly Respond[] = [
      (response, request) => {
        const { query, body } = request;
        const errmsg = [
          JSON.stringify(query),
          new URLSearchParams(query).toString(),
          encodeURIComponent(Object.values(query).join()),
          JSON.stringify(body),
          Object.values(body ?? {}).join(),
        ].join(' ');
        json({ errcode: 40014, errmsg })(response, request);
      },
      (response, request) =>
        json(`<html>${Object.values(request.query).join()} ${JSON.stringify(request.body)}</html>`)(response, request),
      json({ errcode: secrets.token, [secrets.secret]: secrets.ticket }),
      json({ echo: secrets.code, permanent_code: 1, auth_corp_info: secrets.secret }),
      json(secrets.secret, 502),
      (response) => response.destroy(),
    ];
    for (const next of answers) {
      respond = next;
      const text = printed(await faultOf(run(client)));
      expect(text).not.toMatch(/VALUE\d/);
    }
  });
});

describe('refusals of WeCom', () => {
  const getToken = () => client.getToken({ corpId: 'wpCase', corpSecret: secrets.secret });

  it.each([
    [-1, 'RETRY', true],
    [40001, 'SECRET_REFUSED', false],
    [45009, 'RATE_LIMITED', true],
    [42001, 'TOKEN_EXPIRED', true],
    [77777, 'UNKNOWN', false],
  ])('%d is %s', async (errcode, classification, retryable) => {
    respond = json({ errcode, errmsg: 'hint: [1_2_3]' });
    const fault = await faultOf(getToken());

    expect(fault).toMatchObject({ kind: 'ERRCODE', call: 'getToken', errcode, classification, retryable });
    expect(fault.reached).toBe('YES');
    expect(fault.message).toContain(String(errcode));
    expect(records).toMatchObject([{ call: 'getToken', outcome: 'ERRCODE', errcode }]);
  });

  it('an access token beside an errcode is not a success', async () => {
    respond = json({ errcode: 40085, errmsg: 'x', access_token: 'T', expires_in: 7200 });
    expect((await faultOf(getToken())).classification).toBe('TICKET_INVALID');
  });

  it('60020 names the address that WeCom saw', async () => {
    const errmsg = 'not allow to access from your ip, hint: [1_2], from ip: 203.0.113.7, more info';
    respond = json({ errcode: 60020, errmsg });
    expect(await faultOf(getToken())).toMatchObject({ classification: 'IP_REFUSED', callerIp: '203.0.113.7' });
  });

  it.each([
    [500, 'RETRY', true],
    [429, 'RATE_LIMITED', true],
    [404, 'REQUEST', false],
    [302, 'REQUEST', false],
  ])('HTTP %d is %s', async (httpStatus, classification, retryable) => {
    respond = (response) => {
      response.writeHead(httpStatus, { location: `${baseUrl}/elsewhere` });
      response.end('{"access_token":"T","expires_in":7200}');
    };
    expect(await faultOf(getToken())).toMatchObject({ kind: 'HTTP', httpStatus, classification, retryable });
    expect(received).toHaveLength(1);
  });

  it.each([
    ['an empty body', ''],
    ['broken JSON', '{"access_token":"T"'],
    ['a list', '[]'],
    ['an errcode that is no number', { errcode: 'zero' }],
    ['a missing field', { expires_in: 7200 }],
    ['a field of another type', { access_token: 'T', expires_in: 'soon' }],
  ])('%s breaks the contract', async (_name, body) => {
    respond = json(body);
    const fault = await faultOf(getToken());
    expect(fault).toMatchObject({ kind: 'CONTRACT', retryable: false, reached: 'YES' });
    expect(fault).not.toHaveProperty('rawAnswer');
  });

  it('an answer without end is cut off', async () => {
    respond = (response) => {
      response.writeHead(200);
      const chunk = 'x'.repeat(256 * 1024);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        response.once('drain', more);
      };
      more();
    };
    const fault = await faultOf(getToken());
    expect(fault).toMatchObject({ kind: 'CONTRACT', message: expect.stringContaining('longer than') });
  });
});

describe('getPermanentCode', () => {
  const exchange = () => client.getPermanentCode({ suiteAccessToken: secrets.token, authCode: secrets.code });

  it('hands over the whole answer as it came', async () => {
    const rawText = '{ "permanent_code":"P", "auth_corp_info":{"corpid":"wpCase"},\n "more": 4561255354251345929 }';
    respond = json(rawText);
    const result = await exchange();

    expect(result).toMatchObject({ ok: true, value: { rawText, answer: { permanentCode: 'P', corpId: 'wpCase' } } });
    expect(readPermanentCodeAnswer(rawText)).toMatchObject({ permanentCode: 'P', corpName: '', state: null });
  });

  it('keeps an answer that it does not understand, hidden from every log', async () => {
    respond = json('{"permanent_code":"PERMANENT","auth_corp_info":{}}');
    const fault = await faultOf(exchange());

    expect(fault.kind).toBe('CONTRACT');
    expect(fault.rawAnswer?.reveal()).toBe('{"permanent_code":"PERMANENT","auth_corp_info":{}}');
    expect(printed(fault)).not.toContain('PERMANENT"');
    expect(readPermanentCodeAnswer(fault.rawAnswer!.reveal())).toBeNull();
    expect(readPermanentCodeAnswer('no json')).toBeNull();
  });

  it('reads the authorizing person where WeCom sends one', async () => {
    respond = json({
      permanent_code: 'P',
      auth_corp_info: { corpid: 'wpCase' },
      auth_user_info: { userid: '', open_userid: 'wo1', name: 'N' },
      state: '',
    });
    expect(await exchange()).toMatchObject({
      value: { answer: { authUser: { userId: null, openUserId: 'wo1', name: 'N', avatar: null }, state: null } },
    });
  });

  it('has a time limit of its own', async () => {
    const patient = createWecomClient({ baseUrl, timeoutMs: 30 });
    let answerHeld = (): void => undefined;
    const held = new Promise<void>((arrived) => {
      respond = (response, request) => {
        answerHeld = () => json({ permanent_code: 'P', auth_corp_info: { corpid: 'wpCase' } })(response, request);
        arrived();
      };
    });
    const exchanged = patient.getPermanentCode({ suiteAccessToken: 't', authCode: 'c' });
    await held;

    respond = () => undefined;
    expect(await faultOf(patient.getPermissions({ accessToken: 't' }))).toMatchObject({ kind: 'TIMEOUT' });
    answerHeld();
    expect(await exchanged).toMatchObject({ ok: true });
    await patient.close();

    const hasty = createWecomClient({ baseUrl, timeoutsMs: { getPermanentCode: 30 } });
    const spent = await faultOf(hasty.getPermanentCode({ suiteAccessToken: 't', authCode: 'c' }));
    expect(spent).toMatchObject({ kind: 'TIMEOUT', reached: 'MAYBE' });
    await hasty.close();
  });
});

describe('the way to WeCom', () => {
  const getToken = (options?: Parameters<WecomClient['getToken']>[1]) =>
    client.getToken({ corpId: 'wpCase', corpSecret: secrets.secret }, options);

  it('times out while nothing comes', async () => {
    respond = () => undefined;
    expect(await faultOf(getToken({ timeoutMs: 50 }))).toMatchObject({
      kind: 'TIMEOUT',
      classification: 'RETRY',
      retryable: true,
      reached: 'MAYBE',
      message: 'getToken: no answer within 50 ms',
    });
    expect(records).toMatchObject([{ outcome: 'TIMEOUT' }]);
  });

  it('times out although the caller would still wait', async () => {
    respond = () => undefined;
    const waiting = new AbortController();
    expect(await faultOf(getToken({ timeoutMs: 50, signal: waiting.signal }))).toMatchObject({ kind: 'TIMEOUT' });
  });

  it('times out while the body trickles', async () => {
    respond = (response) => {
      response.writeHead(200);
      response.write('{"access_token":');
    };
    expect(await faultOf(getToken({ timeoutMs: 50 }))).toMatchObject({ kind: 'TIMEOUT', reached: 'MAYBE' });
  });

  it('stops when the caller does', async () => {
    const stop = new AbortController();
    respond = () => stop.abort();
    expect(await faultOf(getToken({ signal: stop.signal }))).toMatchObject({
      kind: 'TIMEOUT',
      message: 'getToken: the caller stopped waiting',
    });
  });

  it('knows that a refused connection reached nobody, and that a broken one may have', async () => {
    respond = (response) => response.destroy();
    expect(await faultOf(getToken())).toMatchObject({ kind: 'TRANSPORT', retryable: true, reached: 'MAYBE' });

    const closed = createServer();
    await new Promise<void>((listening) => closed.listen(0, '127.0.0.1', listening));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    const nowhere = createWecomClient({ baseUrl: `http://127.0.0.1:${port}` });
    expect(await faultOf(nowhere.getCallbackIp({ accessToken: 't' }))).toMatchObject({
      kind: 'TRANSPORT',
      reached: 'NO',
      message: 'getCallbackIp: the connection to WeCom failed (ECONNREFUSED)',
    });
    await nowhere.close();
  });

  it('sends the trace context when there is one', async () => {
    respond = json({ access_token: 'T', expires_in: 7200 });
    await getToken();
    traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await getToken();
    expect(received.map(({ headers }) => headers.traceparent)).toEqual([undefined, traceparent]);
  });

  it('runs each call inside what the caller puts around it, and asks for the trace context there', async () => {
    respond = json({ access_token: 'T', expires_in: 7200 });
    const around: string[] = [];
    const traced = createWecomClient({
      baseUrl,
      aroundCall: async (call, perform) => {
        traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
        const result = await perform();
        around.push(`${call} ${result.ok}`);
        return result;
      },
      traceparent: () => traceparent,
    });
    await traced.getToken({ corpId: 'c', corpSecret: 's' });
    await traced.close();
    expect(around).toEqual(['getToken true']);
    expect(received.map(({ headers }) => headers.traceparent)).toEqual([traceparent]);
  });

  it('becomes an error of the product that says whether to try again', async () => {
    respond = json({ errcode: 45009, errmsg: 'x' });
    expect(wecomFaultToAppError(await faultOf(getToken()))).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    respond = json({ errcode: 48002, errmsg: 'x' });
    expect(wecomFaultToAppError(await faultOf(getToken()))).toMatchObject({
      code: 'INVALID_STATE',
      retryable: false,
      details: { call: 'getToken', kind: 'ERRCODE', errcode: 48002, classification: 'FORBIDDEN', reached: 'YES' },
    });
    respond = json('', 503);
    expect(wecomFaultToAppError(await faultOf(getToken()))).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  });
});
