import { loadConfig } from '@daikaifa/config';
import { capturedLogger } from '@daikaifa/testing';
import { createApp } from '../src/app';
import { configShape } from '../src/config';
import { APP_KEYS, KEYS, startFakeProvider } from './fake-provider';
import {
  APP_FIELDS,
  appToken,
  authorize,
  makeScene,
  PATIENT,
  providerToken,
  startHarness,
  type Harness,
} from './harness';

describe('secrets', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) {
      await end();
    }
  });

  it('are all listed for those who search for leaks', async () => {
    const harness = await startHarness();
    ends.push(harness.stop);
    const scene = await makeScene(harness);
    const app = await authorize(harness, scene);
    const given = [
      await appToken(harness, app),
      await providerToken(harness, scene),
      app.suiteToken,
      app.permanentCode,
    ];
    await harness.control('POST', `/installations/${app.installationId}/app`, {
      ...{ ...APP_FIELDS, ...APP_KEYS, callbackUrl: harness.provider.appUrl },
    });
    const listed = await harness.control<{ kind: string; value: string }[]>('GET', '/secrets');

    expect(listed.map(({ value }) => value)).toEqual(
      expect.arrayContaining([
        ...given,
        scene.provider.providerSecret,
        scene.template.suiteSecret,
        KEYS.token,
        KEYS.encodingAesKey,
        APP_KEYS.token,
        APP_KEYS.encodingAesKey,
      ]),
    );
    expect(new Set(listed.map(({ kind }) => kind))).toEqual(
      new Set([
        'provider_secret',
        'suite_secret',
        'callback_token',
        'encoding_aes_key',
        'suite_ticket',
        'auth_code',
        'permanent_code',
        'provider_access_token',
        'suite_access_token',
        'app_access_token',
      ]),
    );
  });

  it('are in no log line', async () => {
    const { logger, lines } = capturedLogger();
    const provider = await startFakeProvider();
    const app = createApp(loadConfig(configShape, { HTTP_PORT: '0', SANDBOX_STORE_PATH: ':memory:' }), { logger });
    await app.start();
    ends.push(app.stop, provider.close);
    const call = async (path: string, init?: RequestInit): Promise<unknown> =>
      (await fetch(`${app.url}${path}`, init)).json();
    const harness = {
      url: app.url,
      provider,
      control: async <T>(method: string, path: string, body?: unknown) =>
        (await call(`/sandbox/api${path}`, {
          method,
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        })) as T,
      api: async (path: string, body?: unknown) =>
        (await call(
          `/cgi-bin/${path}`,
          body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
        )) as Record<string, unknown>,
    } as Harness;
    await harness.control('PATCH', '/limits', PATIENT);
    const installed = await authorize(harness, await makeScene(harness));
    await appToken(harness, installed);
    await harness.control('POST', `/installations/${installed.installationId}/app`, {
      ...{ ...APP_FIELDS, ...APP_KEYS, callbackUrl: provider.appUrl },
    });
    const listed = await harness.control<{ value: string }[]>('GET', '/secrets');

    const written = lines.map((line) => JSON.stringify(line));
    expect(written.length).toBeGreaterThan(5);
    expect(listed.filter(({ value }) => written.some((line) => line.includes(value)))).toEqual([]);
  });
});
