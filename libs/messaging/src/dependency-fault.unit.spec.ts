import { AppError, text, type ErrorCode } from '@daikaifa/kernel';
import { anyFault, isDependencyFault } from './dependency-fault';

const named = (name: string, message = 'x'): Error => Object.assign(new Error(message), { name });
const coded = (code: string): Error => Object.assign(new Error('x'), { code });
const appError = (code: ErrorCode, cause?: unknown): AppError =>
  new AppError(code, text('错误', 'error'), cause === undefined ? {} : { cause });

describe('isDependencyFault', () => {
  it.each([
    ['AppError UNAVAILABLE', appError('UNAVAILABLE')],
    ['AppError CONFLICT', appError('CONFLICT')],
    ['AppError RATE_LIMITED', appError('RATE_LIMITED')],
    ['an internal error that a refused connection caused', appError('INTERNAL_SERVER_ERROR', coded('ECONNREFUSED'))],
    ['ECONNRESET two causes down', new Error('a', { cause: new Error('b', { cause: coded('ECONNRESET') }) })],
    ['EAI_AGAIN among several errors', new AggregateError([new Error('a'), coded('EAI_AGAIN')])],
    ['EPIPE', coded('EPIPE')],
    ['ETIMEDOUT', coded('ETIMEDOUT')],
    ['an undici time limit', coded('UND_ERR_HEADERS_TIMEOUT')],
    ['a kafkajs error', named('KafkaJSNumberOfRetriesExceeded')],
    ['a lost MongoDB connection', named('MongoNetworkTimeoutError')],
    ['no MongoDB server', named('MongooseServerSelectionError')],
    ['a cleared MongoDB pool', named('MongoPoolClearedError')],
    ['a closed Redis connection', new Error('Connection is closed.')],
    ['Redis that loads', named('ReplyError', 'LOADING Redis is loading the dataset in memory')],
    ['an aborted time limit', named('TimeoutError')],
  ])('is true for %s', (_, error) => {
    expect(isDependencyFault(error)).toBe(true);
  });

  it.each([
    ['AppError BAD_USER_INPUT', appError('BAD_USER_INPUT')],
    ['AppError INVALID_STATE with a network cause', appError('INVALID_STATE', coded('ECONNREFUSED'))],
    ['AppError NOT_FOUND', appError('NOT_FOUND')],
    ['an internal error without a cause', appError('INTERNAL_SERVER_ERROR')],
    ['a bug', new TypeError('x is not a function')],
    ['a duplicate key', named('MongoServerError', 'E11000 duplicate key error')],
    ['a thrown string', 'ECONNREFUSED'],
    ['undefined', undefined],
  ])('is false for %s', (_, error) => {
    expect(isDependencyFault(error)).toBe(false);
  });

  it('ends on a cause that goes in a circle', () => {
    const error = new Error('a');
    error.cause = error;
    expect(isDependencyFault(error)).toBe(false);
  });

  it('can be widened', () => {
    const wider = anyFault(isDependencyFault, (error) => error instanceof RangeError);
    expect([new RangeError(), coded('EPIPE'), new TypeError()].map(wider)).toEqual([true, true, false]);
  });
});
