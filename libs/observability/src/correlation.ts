import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** The id that ties together the HTTP call, the events and the jobs of one cause. */
export const currentCorrelationId = (): string | undefined => storage.getStore();

export const withCorrelation = <T>(correlationId: string, fn: () => T): T => storage.run(correlationId, fn);
