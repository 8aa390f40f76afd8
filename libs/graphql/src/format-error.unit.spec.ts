import { AppError, badUserInput, ERROR_CODES, text, type ErrorCode } from '@daikaifa/kernel';
import { withCorrelation } from '@daikaifa/observability';
import { capturedLogger } from '@daikaifa/testing';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { z } from 'zod';
import { createErrorFormatter, errorResult } from './format-error';

// As Apollo Server calls the formatter: with what it would send, and what was thrown.
const thrown = (error: Error, extensions: Record<string, unknown> = {}) => {
  const wrapped = new GraphQLError(error.message, { originalError: error, path: ['template', 'name'], extensions });
  const formatted: GraphQLFormattedError = {
    ...wrapped.toJSON(),
    extensions: { code: 'INTERNAL_SERVER_ERROR', ...wrapped.extensions },
  };
  return [formatted, wrapped] as const;
};

const publicCodes = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => code !== 'INTERNAL_SERVER_ERROR');

describe('the error formatter', () => {
  it.each(publicCodes)('sends %s with both texts, details and the correlation id', (code) => {
    const formatError = createErrorFormatter({ logger: capturedLogger().logger });
    const error = new AppError(code, text('不行', 'no'), { details: { limit: 3 } });

    const sent = withCorrelation('c-1', () => formatError(...thrown(error)));

    expect(sent).toEqual({
      message: 'no',
      path: ['template', 'name'],
      extensions: { code, text: { zh: '不行', en: 'no' }, details: { limit: 3 }, correlationId: 'c-1' },
    });
  });

  it('sends all violations', () => {
    const formatError = createErrorFormatter({ logger: capturedLogger().logger });
    const violations = ['name', 'description'].map((field) => ({
      field,
      code: 'LENGTH',
      severity: 'ERROR' as const,
      text: text('太长', 'too long'),
    }));

    expect(formatError(...thrown(badUserInput(violations))).extensions?.['violations']).toEqual(violations);
  });

  it.each([
    ['a bug', new TypeError('password=hunter2 is not a function')],
    ['a broken contract', new z.ZodError([{ code: 'custom', path: ['x'], message: 'password=hunter2', input: 1 }])],
    ['an internal AppError', new AppError('INTERNAL_SERVER_ERROR', text('hunter2', 'hunter2'))],
    ['a foreign code', new GraphQLError('hunter2', { extensions: { code: 'HUNTER2' } })],
  ])('masks %s, names the correlation id and logs the cause once', (_kind, error) => {
    const { logger, lines } = capturedLogger();
    const formatError = createErrorFormatter({ logger });

    const sent = withCorrelation('c-2', () => formatError(...thrown(error)));

    expect(sent.extensions).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      text: { zh: expect.stringContaining('内部错误'), en: expect.stringContaining('Internal error') },
      correlationId: 'c-2',
    });
    expect(JSON.stringify(sent)).not.toContain('hunter2');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'error', correlationId: 'c-2', 'graphql.path': 'template.name' });
    expect(JSON.stringify(lines[0])).toContain('hunter2');
  });

  it('keeps the code and the message of a request that breaks the schema', () => {
    const formatError = createErrorFormatter({ logger: capturedLogger().logger });
    const error = new GraphQLError('Cannot query field "x".', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });

    const sent = formatError({ ...error.toJSON(), extensions: error.extensions }, error);

    expect(sent.extensions).toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
      text: { zh: '操作不符合 schema：Cannot query field "x".', en: 'Cannot query field "x".' },
    });
  });

  it('does not believe a request code on an error that was thrown by our own code', () => {
    const formatError = createErrorFormatter({ logger: capturedLogger().logger });
    const [formatted, error] = thrown(new Error('hunter2'), { code: 'BAD_REQUEST' });

    expect(formatError(formatted, error).extensions?.['code']).toBe('INTERNAL_SERVER_ERROR');
  });

  it('logs a refusal that the caller can mend without its stack', () => {
    const { logger, lines } = capturedLogger();
    createErrorFormatter({ logger })(...thrown(new AppError('CONFLICT', text('冲突', 'conflict'))));

    expect(lines).toEqual([expect.objectContaining({ level: 'info', code: 'CONFLICT' })]);
    expect(lines[0]).not.toHaveProperty('err');
  });

  it('never throws, whatever is thrown and whatever the logger does', () => {
    const broken = { error: () => { throw new Error('log is full'); } };
    const { logger } = capturedLogger();
    const formatError = createErrorFormatter({ logger: Object.assign(Object.create(logger), broken) });

    for (const error of [undefined, null, 'text', 42, new Error('x'), Object.create(null)]) {
      expect(formatError({ message: 'x' }, error).extensions?.['code']).toBe('INTERNAL_SERVER_ERROR');
    }
  });
});

describe('the error formatter of the gateway', () => {
  const ofSubgraph = (extensions: Record<string, unknown>) =>
    thrown(new Error('from afar'), { serviceName: 'template', ...extensions });

  it('passes on what a subgraph decided, without logging it again', () => {
    const { logger, lines } = capturedLogger();
    const formatError = createErrorFormatter({ logger, forwardsSubgraphErrors: true });
    const decided = {
      code: 'INVALID_STATE',
      text: { zh: '状态不符', en: 'wrong state' },
      violations: [{ field: 'status', code: 'STATE' }],
      details: { status: 'ONLINE' },
      correlationId: 'c-3',
    };

    expect(formatError(...ofSubgraph(decided))).toEqual({
      message: 'wrong state',
      path: ['template', 'name'],
      extensions: decided,
    });
    expect(lines).toEqual([]);
  });

  it.each(['GRAPHQL_VALIDATION_FAILED', 'DOWNSTREAM_SERVICE_ERROR', 'toString'])(
    'masks and logs %s of a subgraph: no caller can have caused it',
    (code) => {
      const { logger, lines } = capturedLogger();
      const formatError = createErrorFormatter({ logger, forwardsSubgraphErrors: true });

      const sent = formatError(...ofSubgraph({ code }));

      expect(sent.extensions?.['code']).toBe('INTERNAL_SERVER_ERROR');
      expect(JSON.stringify(sent)).not.toContain('from afar');
      expect(lines).toHaveLength(1);
    },
  );

  it('masks the text of an internal error of a subgraph and keeps its correlation id', () => {
    const formatError = createErrorFormatter({ logger: capturedLogger().logger, forwardsSubgraphErrors: true });

    const sent = formatError(...ofSubgraph({ code: 'INTERNAL_SERVER_ERROR', correlationId: 'c-4', details: { a: 1 } }));

    expect(sent.extensions).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      text: expect.anything(),
      correlationId: 'c-4',
    });
    expect(JSON.stringify(sent)).not.toContain('from afar');
  });

  it('a subgraph does not forward: extensions of a foreign error are not believed', () => {
    const formatError = createErrorFormatter({ logger: capturedLogger().logger });

    expect(formatError(...ofSubgraph({ code: 'NOT_FOUND' })).extensions?.['code']).toBe('INTERNAL_SERVER_ERROR');
  });
});

describe('errorResult', () => {
  const formatError = createErrorFormatter({ logger: capturedLogger().logger });

  it('answers an AppError with the status of its code', () => {
    const { status, body } = errorResult(formatError, new AppError('UNAUTHENTICATED', text('未登录', 'who are you')));

    expect(status).toBe(401);
    expect(body.errors[0]).toMatchObject({ message: 'who are you', extensions: { code: 'UNAUTHENTICATED' } });
  });

  it('answers an oversized body with 413 and a reason', () => {
    const fault = Object.assign(new Error('too large'), { statusCode: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' });

    const { status, body } = errorResult(formatError, fault);

    expect(status).toBe(413);
    expect(body.errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      text: { zh: '请求体过大', en: 'The request body is too large' },
      details: { reason: 'BODY_TOO_LARGE' },
    });
  });

  it('masks a fault of its own', () => {
    const { status, body } = errorResult(formatError, new Error('hunter2'));

    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });
});
