declare const brand: unique symbol;

/** A string that cannot be mixed up with another kind of string. */
export type Brand<Name extends string> = string & { readonly [brand]?: Name };

export type PublisherId = Brand<'PublisherId'>;
export type TemplateId = Brand<'TemplateId'>;
export type EndpointId = Brand<'EndpointId'>;
export type ReviewTicketId = Brand<'ReviewTicketId'>;
export type ReviewItemId = Brand<'ReviewItemId'>;
export type AuthorizationId = Brand<'AuthorizationId'>;

/** UUIDv7 (RFC 9562): ids made later sort later, so that `_id` order is creation order. */
export const newId = (nowMs: number = Date.now()): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let rest = nowMs;
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
