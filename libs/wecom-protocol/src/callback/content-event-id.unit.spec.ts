import { createHash } from 'node:crypto';
import { contentEventId } from './content-event-id';

describe('content identity', () => {
  it('is a UUIDv8 of SHA-256(endpoint, plaintext)', () => {
    const hex = createHash('sha256').update('endpoint-1\n').update('<xml></xml>').digest('hex');
    const id = contentEventId('endpoint-1', '<xml></xml>');

    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(id.slice(0, 8)).toBe(hex.slice(0, 8));
    expect(id.slice(-12)).toBe(hex.slice(20, 32));
  });

  it('is the same for the same bytes, as text or as bytes', () => {
    expect(contentEventId('e', Buffer.from('企业微信'))).toBe(contentEventId('e', '企业微信'));
  });

  it('differs with the endpoint, with the plaintext, and with where one ends', () => {
    const ids = [
      contentEventId('e1', 'text'),
      contentEventId('e2', 'text'),
      contentEventId('e1', 'text '),
      contentEventId('e1t', 'ext'),
    ];
    expect(new Set(ids).size).toBe(4);
  });
});
