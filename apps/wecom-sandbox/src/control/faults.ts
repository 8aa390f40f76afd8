import { z } from 'zod';
import { newId, notFound, text } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import type { Fault } from '../store/types';
import type { Operation } from './operation';

const shared = {
  match: z.string().min(1),
  subject: z.string().optional(),
  times: z.number().int().min(1).default(1),
  delayMs: z.number().int().min(0).default(0),
};

const orderInput = z.discriminatedUnion('target', [
  z.strictObject({
    ...shared,
    target: z.literal('api'),
    kind: z.enum(['drop', 'delay', 'hold', 'error']),
    /** Whether the state change has been made when the fault strikes. */
    mode: z.enum(['before', 'after']).default('before'),
    errcode: z.number().int().default(-1),
  }),
  z.strictObject({
    ...shared,
    target: z.literal('push'),
    kind: z.enum(['drop', 'delay', 'hold', 'duplicate', 'reorder']),
    copies: z.number().int().min(1).max(20).default(1),
    /** reorder: the InfoType that overtakes; `*` is any but suite_ticket. */
    until: z.string().default('*'),
  }),
]);

const faultView = (sandbox: Sandbox, fault: Fault) => ({ ...fault, waiting: sandbox.faults.waiting(fault.id) });

const requireFault = (sandbox: Sandbox, id: string): Fault => {
  const fault = sandbox.store.faults.get(id);
  if (fault === undefined) {
    throw notFound(text('故障', 'fault'), id);
  }
  return fault;
};

export const orderFault: Operation<z.infer<typeof orderInput>, ReturnType<typeof faultView>> = {
  method: 'POST',
  path: '/faults',
  zh: '预订故障：丢弃、延迟、重复、乱序、扣住应答、下次返回错误码',
  en: 'order a fault: drop, delay, duplicate, re-order, hold a reply, error code next',
  fields:
    'target: api | push, match: path | InfoType | *, kind, subject?, times?, delayMs?; ' +
    'api: mode? before | after, errcode?; push: copies?, until?',
  input: orderInput,
  run: (sandbox, { subject, ...order }) =>
    faultView(
      sandbox,
      sandbox.store.faults.put({
        mode: 'before',
        errcode: -1,
        copies: 0,
        until: '*',
        ...order,
        ...(subject === undefined ? {} : { subject }),
        id: newId(),
        hits: 0,
        createdAt: sandbox.nowMs(),
      }),
    ),
};

export const listFaults: Operation<object, unknown> = {
  method: 'GET',
  path: '/faults',
  zh: '故障列表（含正在等待的数量）',
  en: 'all faults, with how many wait for each',
  input: z.object({}),
  run: (sandbox) => sandbox.store.faults.all().map((fault) => faultView(sandbox, fault)),
};

export const getFault: Operation<{ id: string }, unknown> = {
  method: 'GET',
  path: '/faults/:id',
  zh: '一个故障',
  en: 'one fault',
  input: z.object({ id: z.string() }),
  run: (sandbox, { id }) => faultView(sandbox, requireFault(sandbox, id)),
};

export const releaseFault: Operation<{ id: string }, { released: number }> = {
  method: 'POST',
  path: '/faults/:id/release',
  zh: '放行被扣住的应答或推送',
  en: 'let go what a hold or re-order keeps waiting',
  input: z.object({ id: z.string() }),
  run: (sandbox, { id }) => ({ released: sandbox.faults.release(requireFault(sandbox, id).id) }),
};

export const removeFault: Operation<{ id: string }, { removed: number }> = {
  method: 'DELETE',
  path: '/faults/:id',
  zh: '删除一个故障（放行等待者）',
  en: 'remove a fault; what waits goes on',
  input: z.object({ id: z.string() }),
  run: (sandbox, { id }) => {
    sandbox.faults.remove(requireFault(sandbox, id).id);
    return { removed: 1 };
  },
};

export const clearFaults: Operation<object, { removed: number }> = {
  method: 'DELETE',
  path: '/faults',
  zh: '清除全部故障',
  en: 'remove every fault',
  input: z.object({}),
  run: (sandbox) => {
    const all = sandbox.store.faults.all();
    all.forEach((fault) => sandbox.faults.remove(fault.id));
    return { removed: all.length };
  },
};
