import * as contracts from './index';
import { stateEnvelopeSchema, type AnyTopic } from './index';

const topics = (Object.values(contracts) as unknown[]).filter(
  (value): value is AnyTopic => typeof value === 'object' && value !== null && 'topic' in value,
);

describe('topics', () => {
  it('have names of one form, each once', () => {
    const names = topics.map(({ topic }) => topic);

    expect(names).toHaveLength(16);
    expect(new Set(names).size).toBe(names.length);
    names.forEach((name) => expect(name).toMatch(/^daikaifa\.[a-z-]+\.[a-z-]+\.v1$/));
  });

  // A key decides its partition: another number would scatter the events of an aggregate over two of them.
  it.each(topics.map((one) => [one.topic, one.partitions]))('%s keeps its %d partitions for life', (_topic, partitions) => {
    expect(partitions).toBe(3);
  });

  it('carry types that no other topic carries', () => {
    const types = topics.flatMap((one) => (one.kind === 'state' ? one.types : []));

    expect(new Set(types).size).toBe(types.length);
  });
});

describe('the envelope', () => {
  const event = {
    specversion: '1.0',
    id: '1',
    type: 'template.created',
    source: 'daikaifa/template',
    subject: 't1',
    time: '2026-03-02T09:00:00.000Z',
    datacontenttype: 'application/json',
    tenant: 'p1',
    correlationid: 'c1',
    sequence: 1,
    data: {},
  };

  it('takes an event and keeps attributes that it does not know', () => {
    expect(stateEnvelopeSchema.parse({ ...event, later: 'x' })).toMatchObject({ later: 'x', sequence: 1 });
  });

  it.each(['id', 'type', 'subject', 'time', 'tenant', 'correlationid', 'sequence'])('refuses an event without %s', (name) => {
    const rest = Object.fromEntries(Object.entries(event).filter(([field]) => field !== name));

    expect(stateEnvelopeSchema.safeParse(rest).success).toBe(false);
  });
});
