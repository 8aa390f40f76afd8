import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stack } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import { corpsOf, isObserved } from './corps';
import { bringTemplateOnline, makeStack } from './harness';

interface Span {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
}

interface Export {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: { readonly attributes: ReadonlyArray<{ key: string; value: { stringValue?: string } }> };
    readonly scopeSpans: ReadonlyArray<{ readonly spans: readonly Span[] }>;
  }>;
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** An OTLP/HTTP receiver of traces. */
const startReceiver = async (): Promise<{ readonly server: Server; readonly url: string; readonly spans: Span[] }> => {
  const spans: Span[] = [];
  const keep = ({ resourceSpans }: Export): void => {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
    }
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces') {
        keep(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Export);
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans };
};

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let stack: Stack;

beforeAll(async () => {
  receiver = await startReceiver();
  stack = await makeStack({ commonEnv: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
  await stack.start();
}, 90_000);

afterAll(async () => {
  await stack?.stop();
  receiver?.server.closeAllConnections();
  receiver?.server.close();
}, 60_000);

/** From the span up to the root of its trace. */
const lineageOf = (span: Span): readonly Span[] => {
  const parent = receiver.spans.find(({ traceId, spanId }) => traceId === span.traceId && spanId === span.parentSpanId);
  return parent === undefined ? [span] : [span, ...lineageOf(parent)];
};

const shown = ({ service, kind, name }: Span): string => `${service} ${KINDS[kind]} ${name}`;

/** Of calls that spent an auth code, as far as their traces begin at the callback; last link first. */
const lineagesOfExchanges = (): ReadonlyArray<readonly Span[]> =>
  receiver.spans
    // What is at WeCom's own side is the last link: the span that the stand-in made of the call that came in.
    .filter(({ name }) => name.includes('v2/get_permanent_code'))
    .map(lineageOf)
    .filter((lineage) => lineage.at(-1)!.service === 'daikaifa-callback');

it('follows a create_auth from the callback through Kafka and a job to the call of WeCom and on', async () => {
  const corps = corpsOf(await bringTemplateOnline(stack));
  // Several: the sweep of what is due may wake a step just before its cause does, and that step has a trace of its own.
  for (const name of ['甲企业', '乙企业', '丙企业']) {
    const app = await corps.scan(await corps.createCorp(name));
    await corps.untilAuthorization(app, isObserved);
  }

  await eventually(() => {
    expect(lineagesOfExchanges().map((lineage) => lineage.map(shown))).toContainEqual([
      'daikaifa-wecom-sandbox server POST /cgi-bin/service/v2/get_permanent_code',
      'daikaifa-authorization client wecom getPermanentCode',
      'daikaifa-authorization consumer job exchange',
      'daikaifa-authorization consumer consume wecom-suite',
      'daikaifa-callback server POST /callback/suite/:endpointId',
    ]);
    return true;
  });

  // The same cause goes on: the first reading of the corp's app, and the services that learn of the grant.
  await eventually(() => {
    const traces = lineagesOfExchanges().map(([{ traceId } = { traceId: '' }]) =>
      receiver.spans.filter((span) => span.traceId === traceId).map(shown),
    );
    expect(traces).toContainEqual(
      expect.arrayContaining([
        'daikaifa-authorization consumer job reread',
        'daikaifa-authorization client wecom getAuthInfo',
        'daikaifa-authorization client wecom getToken',
        'daikaifa-authorization client wecom getAgent',
        'daikaifa-template consumer consume authorization',
      ]),
    );
    return true;
  });
}, 90_000);
