import type { Sealer } from './ports';

/**
 * Every secret that this service stores, and the place it is bound to: opened anywhere else it is refused.
 * The only file that writes additional data (AAD) of the authorization key ring.
 */
export const createSealing = (ring: Sealer) => {
  const at = (id: string, field: string): string => `${id}:${field}`;
  return {
    sealProviderSecret: (publisherId: string, secret: string) => ring.seal(secret, at(publisherId, 'providerSecret')),
    openProviderSecret: (publisherId: string, sealed: string) => ring.open(sealed, at(publisherId, 'providerSecret')),
    sealSuiteSecret: (templateId: string, secret: string) => ring.seal(secret, at(templateId, 'suiteSecret')),
    openSuiteSecret: (templateId: string, sealed: string) => ring.open(sealed, at(templateId, 'suiteSecret')),
    sealSuiteTicket: (templateId: string, ticket: string) => ring.seal(ticket, at(templateId, 'suiteTicket')),
    openSuiteTicket: (templateId: string, sealed: string) => ring.open(sealed, at(templateId, 'suiteTicket')),
    sealPermanentCode: (authorizationId: string, code: string) => ring.seal(code, at(authorizationId, 'permanentCode')),
    openPermanentCode: (authorizationId: string, sealed: string) =>
      ring.open(sealed, at(authorizationId, 'permanentCode')),
    sealAuthCode: (exchangeId: string, code: string) => ring.seal(code, at(exchangeId, 'authCode')),
    openAuthCode: (exchangeId: string, sealed: string) => ring.open(sealed, at(exchangeId, 'authCode')),
    /** WeCom's whole answer to get_permanent_code. */
    sealAnswer: (exchangeId: string, rawText: string) => ring.seal(rawText, at(exchangeId, 'answer')),
    openAnswer: (exchangeId: string, sealed: string) => ring.open(sealed, at(exchangeId, 'answer')),
    /** A token in the shared cache, under its name there. */
    sealToken: (name: string, token: string) => ring.seal(token, at(name, 'token')),
    openToken: (name: string, sealed: string) => ring.open(sealed, at(name, 'token')),
  };
};

export type Sealing = ReturnType<typeof createSealing>;
