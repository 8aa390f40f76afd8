import { Agent, get } from 'node:http';
import { PassThrough } from 'node:stream';
import { setImmediate as immediately } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { AppError } from '@daikaifa/kernel';
import { createHttpServer, createLogger, currentCorrelationId, listen, startTelemetry } from './index';

const telemetry = startTelemetry({ service: 'test' });
afterAll(() => telemetry.stop());

const serverWith = (readiness: Record<string, () => Promise<void>> = {}) => {
  const written: string[] = [];
  const destination = new PassThrough();
  destination.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));
  const server = createHttpServer({
    service: 'test',
    logger: createLogger({ service: 'test', level: 'info', destination }),
    telemetry,
    readiness,
  });
  server.post('/echo', async () => ({
    correlationId: currentCorrelationId(),
    traceId: trace.getActiveSpan()?.spanContext().traceId,
  }));
  server.post('/refused', async () => {
    throw new AppError('CONFLICT', { zh: '版本过旧', en: 'old version' }, { details: { version: 3 } });
  });
  server.post('/crash', async () => {
    throw new Error('password 123');
  });
  return { server, written };
};

describe('createHttpServer', () => {
  it('carries correlation id and trace through a request with a body', async () => {
    const { server } = serverWith();
    const traceId = '0af7651916cd43dd8448eb211c80319c';

    const answer = await server.inject({
      method: 'POST',
      url: '/echo',
      headers: { 'x-correlation-id': 'one-two', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
      payload: { some: 'body' },
    });

    expect(answer.json()).toEqual({ correlationId: 'one-two', traceId });
    expect(answer.headers['x-correlation-id']).toBe('one-two');
  });

  it('replaces a correlation id that could break a log line', async () => {
    const { server } = serverWith();

    const answer = await server.inject({ method: 'POST', url: '/echo', headers: { 'x-correlation-id': 'a b"{' } });

    expect(answer.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers public errors in both languages and hides the others', async () => {
    const { server, written } = serverWith();

    const refused = await server.inject({ method: 'POST', url: '/refused' });
    const crashed = await server.inject({ method: 'POST', url: '/crash' });

    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({ code: 'CONFLICT', message: { zh: '版本过旧' }, details: { version: 3 } });
    expect(crashed.statusCode).toBe(500);
    expect(crashed.body).not.toContain('password');
    expect(written.join('')).toContain('request failed');
  });

  it('names the missing dependency when it is not ready', async () => {
    const { server } = serverWith({ mongo: async () => undefined, kafka: () => Promise.reject(new Error('away')) });

    const ready = await server.inject('/health/ready');
    const live = await server.inject('/health/live');

    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ status: 'not-ready', missing: ['kafka'] });
    expect(live.statusCode).toBe(200);
  });

  it('never logs a field that holds a secret', () => {
    const written: string[] = [];
    const destination = new PassThrough();
    destination.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));

    createLogger({ service: 'test', level: 'info', destination }).info({ wecom: { permanent_code: 's3cret' } }, 'read');

    expect(written.join('')).toContain('[redacted]');
    expect(written.join('')).not.toContain('s3cret');
  });

  it('exposes metrics of the requests it answered', async () => {
    const { server } = serverWith();
    await server.inject({ method: 'POST', url: '/echo' });

    const answer = await server.inject('/metrics');

    expect(answer.body).toContain('http_server_request_duration_seconds');
  });

  it('ends although a client keeps the connection alive whose request was under way', async () => {
    const { server } = serverWith();
    const arrived = Promise.withResolvers<void>();
    const mayAnswer = Promise.withResolvers<void>();
    server.get('/slow', async () => {
      arrived.resolve();
      await mayAnswer.promise;
      return 'done';
    });
    const url = await listen(server, { host: '127.0.0.1', port: 0 });
    const agent = new Agent({ keepAlive: true });
    const answered = new Promise<string>((resolve, reject) => {
      get(`${url}/slow`, { agent }, (response) => response.setEncoding('utf8').on('data', resolve)).on('error', reject);
    });
    await arrived.promise;

    const closed = server.close();
    while (server.server.listening) {
      await immediately();
    }
    mayAnswer.resolve();

    expect(await answered).toBe('done');
    await closed;
    agent.destroy();
  });
});
