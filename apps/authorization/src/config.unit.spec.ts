import { loadConfig } from '@daikaifa/config';
import { authorizationSettings, productionFaults } from './config';

const ring = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const development = {
  MONGO_URL: 'mongodb://localhost',
  REDIS_URL: 'redis://localhost',
  KAFKA_BROKERS: 'localhost:9092',
  GATEWAY_IDENTITY_SECRET: 'x'.repeat(32),
  AUTHORIZATION_KEY_RING: ring,
  TRANSPORT_KEY_RING: ring,
  AUTH_DEVELOPMENT_SECRET: 'x'.repeat(32),
  WECOM_API_BASE_URL: 'http://127.0.0.1:4100',
};
const production = {
  ...development,
  DAIKAIFA_ENV: 'production',
  AUTH_DEVELOPMENT_SECRET: '',
  AUTH_JWKS_URL: 'https://identity.example.com/keys',
  WECOM_API_BASE_URL: '',
  PUBLIC_LINK_BASE_URL: 'https://links.example.com',
};
const faultsOf = (env: Record<string, string>) => productionFaults(loadConfig(authorizationSettings, env));

it('takes plain http and the development issuer in development', () => {
  expect(faultsOf(development)).toEqual([]);
});

it('takes a safe configuration in production', () => {
  expect(faultsOf(production)).toEqual([]);
});

it('refuses plain http and the development issuer in production, all at once', () => {
  expect(faultsOf({ ...development, DAIKAIFA_ENV: 'production', PUBLIC_LINK_BASE_URL: 'http://links' })).toEqual([
    'WECOM_API_BASE_URL must be https',
    'PUBLIC_LINK_BASE_URL must be https',
    'AUTH_DEVELOPMENT_SECRET is for development only',
    'AUTH_JWKS_URL is missing',
  ]);
});

it('names every key ring that is missing', () => {
  const without = { ...development, AUTHORIZATION_KEY_RING: '', TRANSPORT_KEY_RING: '' };
  expect(() => loadConfig(authorizationSettings, without)).toThrow(/AUTHORIZATION_KEY_RING[^]*TRANSPORT_KEY_RING/);
});
