import { AppError, text } from '@daikaifa/kernel';
import { mongo, MongooseError } from 'mongoose';
import { duplicateKeyOf, isMongoFault, orUnavailable } from './mongo-fault';

const server = (code: number, labels: string[] = []): Error =>
  new mongo.MongoServerError({ message: `code ${code}`, code, errorLabels: labels });

/** As the driver throws it from `insertMany` and `bulkWrite`; its constructor is the driver's own. */
const bulkWrite = (met: Error): Error => Reflect.construct(mongo.MongoBulkWriteError, [met, {}]) as Error;

describe('isMongoFault', () => {
  it.each<[string, unknown]>([
    ['a broken connection', new mongo.MongoNetworkError('reset')],
    ['a silent connection', new mongo.MongoNetworkTimeoutError('timed out')],
    ['a server that is not primary', server(10_107)],
    ['a server that shuts down', server(11_600)],
    ['a write concern that was not met', server(64)],
    ['a bulk write whose answer did not come', bulkWrite(new mongo.MongoNetworkTimeoutError('timed out'))],
    ['what the server calls retryable', server(1, ['RetryableWriteError'])],
    ['mongoose without a connection', new MongooseError('Operation `x.find()` buffering timed out after 10000ms')],
    ['a fault behind another error', new Error('handler failed', { cause: new mongo.MongoNetworkError('reset') })],
    [
      'a write refused because the broker takes nothing',
      new AppError('UNAVAILABLE', text('满', 'full'), { details: { reason: 'OUTBOX_FULL' } }),
    ],
  ])('recognises %s', (_, error) => {
    expect(isMongoFault(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a duplicate key', server(11_000)],
    ['a bulk write that a unique index refused', bulkWrite(server(11_000))],
    ['a document the schema refuses', new MongooseError('validation failed')],
    ['an application error', new AppError('UNAVAILABLE', text('微信', 'WeCom'))],
    ['a bug', new TypeError('x is not a function')],
    ['no error at all', 'MongoNetworkError'],
  ])('does not take %s for one', (_, error) => {
    expect(isMongoFault(error)).toBe(false);
  });

  it('ends on a circle of causes', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });

    expect(isMongoFault(error)).toBe(false);
  });
});

describe('orUnavailable', () => {
  it('turns a fault into UNAVAILABLE that is still recognised', async () => {
    const fault = new mongo.MongoNetworkError('reset');

    const error = await orUnavailable(() => Promise.reject(fault)).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: 'UNAVAILABLE', cause: fault });
    expect(isMongoFault(error)).toBe(true);
  });

  it('passes on everything else unchanged', async () => {
    const bug = new TypeError('no');

    await expect(orUnavailable(() => Promise.reject(bug))).rejects.toBe(bug);
    await expect(orUnavailable(async () => 7)).resolves.toBe(7);
  });
});

describe('duplicateKeyOf', () => {
  it('names the keys of the index', () => {
    const error = new mongo.MongoServerError({ message: 'E11000', code: 11_000, keyPattern: { tenant: 1, name: 1 } });

    expect(duplicateKeyOf(error)).toEqual(['tenant', 'name']);
    expect(duplicateKeyOf(server(1))).toBeUndefined();
  });
});
