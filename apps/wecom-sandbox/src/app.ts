import { createHttpServer, createLogger, listen, startTelemetry, type Logger } from '@daikaifa/observability';
import { registerServerApi } from './api/cgi-bin';
import type { SandboxConfig } from './config';
import { registerSandboxApi } from './control/sandbox-api';
import { registerPages } from './pages/pages';
import { createSandbox } from './sandbox';
import { openStore } from './store/store';
import { startTicketSchedule } from './wire/ticket-schedule';

export interface SandboxApp {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The stand-in for WeCom: its server API, its pages and the calls that drive it, in one process with one file. */
export const createApp = (config: SandboxConfig, overrides: { readonly logger?: Logger } = {}): SandboxApp => {
  const logger = overrides.logger ?? createLogger({ service: 'wecom-sandbox', level: config.telemetry.logLevel });
  const { otlpUrl } = config.telemetry;
  const telemetry = startTelemetry({ service: 'wecom-sandbox', ...(otlpUrl === undefined ? {} : { otlpUrl }) });
  const stopping = new AbortController();
  const store = openStore(config.storePath);
  let url = '';
  let endSchedule = (): void => undefined;
  const sandbox = createSandbox({
    store,
    logger,
    limits: config.limits,
    publicUrl: () => (config.publicUrl ?? url).replace(/\/$/, ''),
    callbackIps: config.callbackIps,
    allowHttpCallbacks: config.allowHttpCallbacks,
    stop: stopping.signal,
  });
  const server = createHttpServer({ service: 'wecom-sandbox', logger, telemetry });
  registerServerApi(server, sandbox);
  registerSandboxApi(server, sandbox);
  registerPages(server, sandbox);

  return {
    get url() {
      return url;
    },
    start: async () => {
      url = await listen(server, config.http);
      sandbox.pusher.resume();
      endSchedule = startTicketSchedule(sandbox);
    },
    stop: async () => {
      endSchedule();
      stopping.abort();
      await server.close();
      await sandbox.pusher.idle();
      await telemetry.stop();
      store.close();
    },
  };
};
