import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

// An instant needs its zone: `2026-03-02T09:00:00` would mean another moment on each machine.
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

const refused = (): GraphQLError =>
  new GraphQLError('DateTime wants an ISO 8601 instant with a time zone, such as 2026-03-02T09:00:00Z', {
    extensions: { code: 'BAD_USER_INPUT' },
  });

const toInstant = (value: unknown): Date => {
  if (typeof value !== 'string' || !INSTANT.test(value)) {
    throw refused();
  }
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) {
    throw refused();
  }
  return instant;
};

const toText = (value: unknown): string => (value instanceof Date ? value : toInstant(value)).toISOString();

/** `scalar DateTime`: a Date in resolvers, an ISO 8601 instant in UTC on the wire. */
export const dateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'Instant in ISO 8601 with a time zone 带时区的时间',
  serialize: toText,
  parseValue: toInstant,
  parseLiteral: (node) => toInstant(node.kind === Kind.STRING ? node.value : undefined),
});
