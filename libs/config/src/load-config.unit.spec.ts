import { inspect } from 'node:util';
import { describeConfig, httpSettings, identitySettings, kafkaSettings, loadConfig, rolesSetting } from './index';

const shape = {
  http: httpSettings(4001),
  kafka: kafkaSettings(),
  identity: identitySettings(),
  roles: rolesSetting(['api', 'consumer', 'worker']),
};
const identitySecret = 'an identity secret of forty characters!!';
const good = { KAFKA_BROKERS: 'one:9092, two:9092', GATEWAY_IDENTITY_SECRET: identitySecret };

describe('loadConfig', () => {
  it('reads nested values, lists and defaults', () => {
    const config = loadConfig(shape, { ...good, ROLES: 'api,worker' });

    expect(config.http.port).toBe(4001);
    expect(config.kafka.brokers).toEqual(['one:9092', 'two:9092']);
    expect(config.roles).toEqual(['api', 'worker']);
    expect(config.identity.secret.reveal()).toBe(identitySecret);
  });

  it('reports every fault at once and never prints a secret', () => {
    const load = () => loadConfig(shape, { HTTP_PORT: 'door', GATEWAY_IDENTITY_SECRET: 'too-short', ROLES: 'api,cook' });

    expect(load).toThrow(/HTTP_PORT[\s\S]*KAFKA_BROKERS[\s\S]*GATEWAY_IDENTITY_SECRET[\s\S]*ROLES/);
    expect(load).toThrow(/有 4 处错误/);
    expect(load).not.toThrow(/too-short/);
  });

  it('is frozen, and a secret stays hidden in JSON, templates and inspection', () => {
    const config = loadConfig(shape, good);

    expect(Object.isFrozen(config.http)).toBe(true);
    expect(JSON.stringify(config)).not.toContain(identitySecret);
    expect(inspect(config, { depth: 9 })).not.toContain(identitySecret);
    expect(`${config.identity.secret}`).toBe('[redacted]');
  });

  it('describes itself as a table', () => {
    expect(describeConfig(shape)).toContain('| `KAFKA_BROKERS` | **required** |');
  });
});
