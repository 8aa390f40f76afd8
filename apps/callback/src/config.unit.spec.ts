import { loadConfig } from '@daikaifa/config';
import { callbackSettings, refuseUnsafe } from './config';

const env = {
  MONGO_URL: 'mongodb://127.0.0.1',
  REDIS_URL: 'redis://127.0.0.1',
  KAFKA_BROKERS: '127.0.0.1:9092',
  GATEWAY_IDENTITY_SECRET: 'x'.repeat(32),
  PUBLIC_CALLBACK_BASE_URL: 'http://callback.example.com',
  CALLBACK_KEY_RING: 'a:b',
  TRANSPORT_KEY_RING: 'a:b',
};

describe('the configuration', () => {
  it('allows plain http in development only', () => {
    expect(() => refuseUnsafe(loadConfig(callbackSettings, env))).not.toThrow();
    const production = { ...env, DAIKAIFA_ENV: 'production' };
    expect(() => refuseUnsafe(loadConfig(callbackSettings, production))).toThrow(/PUBLIC_CALLBACK_BASE_URL.*https/);
    const safe = { ...production, PUBLIC_CALLBACK_BASE_URL: 'https://callback.example.com' };
    expect(() => refuseUnsafe(loadConfig(callbackSettings, safe))).not.toThrow();
  });

  it('leaves room for the fallback inside WeCom’s second', () => {
    const config = loadConfig(callbackSettings, { ...env, CALLBACK_KAFKA_WAIT_MS: '800' });
    expect(() => refuseUnsafe(config)).toThrow(/CALLBACK_KAFKA_WAIT_MS/);
  });

  it('reads the allowed ranges as a list, empty by default', () => {
    expect(loadConfig(callbackSettings, env).probe.allowedRanges).toEqual([]);
    const config = loadConfig(callbackSettings, { ...env, GUARDED_CLIENT_ALLOWED_RANGES: '127.0.0.0/8, ::1/128' });
    expect(config.probe.allowedRanges).toEqual(['127.0.0.0/8', '::1/128']);
  });
});
