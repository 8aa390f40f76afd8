import { defineSignalTopic, defineStateTopic } from '@daikaifa/contracts';
import { z } from 'zod';

export const thingTopic = defineStateTopic({
  producer: 'test',
  aggregate: 'thing',
  types: ['thing.made', 'thing.changed'],
  state: z.object({ id: z.string(), status: z.string() }),
});

export const otherTopic = defineStateTopic({
  producer: 'test',
  aggregate: 'other',
  types: ['other.made'],
  state: z.object({ id: z.string() }),
});

export const signalTopic = defineSignalTopic({
  producer: 'test',
  name: 'test.signal',
  payload: z.object({ code: z.string() }),
});
