import { createHash } from 'node:crypto';
import { AppError, invalidState, isAppError, notFound, platformScope, text, type Clock } from '@daikaifa/kernel';
import type { WecomClient } from '@daikaifa/wecom-protocol';
import type { AuthorizationDependencies } from '../application/authorization-ports';
import type {
  KnownPublishers,
  ProviderCredentialsStore,
  SuiteCredentialsStore,
  TokenSource,
} from '../application/ports';
import type { Sealing } from '../application/sealing';
import { liveEpoch } from '../domain/authorization';
import { confirmRecording, noteRefusal } from '../domain/recording';
import type { Grant, TokenCustody } from './token-custody';

interface Options {
  readonly custody: TokenCustody;
  readonly wecom: WecomClient;
  readonly sealing: Sealing;
  readonly providerCredentials: ProviderCredentialsStore;
  readonly suites: SuiteCredentialsStore;
  readonly knownPublishers: KnownPublishers;
  readonly authorizations: AuthorizationDependencies['authorizations'];
  readonly clock: Clock;
}

interface AppGrants {
  readonly current: Grant;
  readonly replaced: Grant | null;
}

const scope = platformScope('get a token of WeCom');

const missing = (zh: string, en: string): AppError => invalidState(text(zh, en), { reason: 'CREDENTIALS_MISSING' });

/** What is sealed never looks the same twice: another code, another name. */
const appTokenName = (authorizationId: string, sealedCode: string): string =>
  `app:${authorizationId}:${createHash('sha256').update(sealedCode).digest('hex').slice(0, 16)}`;

/** The three kinds of token, each from its own credentials. */
export const createTokenSource = (options: Options): TokenSource => {
  const { custody, wecom, sealing, providerCredentials, suites, knownPublishers, authorizations, clock } = options;

  const providerGrant = async (publisherId: string): Promise<Grant> => {
    const [credentials, publisher] = await Promise.all([
      providerCredentials.byId(scope, publisherId),
      knownPublishers.find(publisherId),
    ]);
    if (credentials === null || publisher === null) {
      throw missing('尚未录入服务商密钥（provider_secret）', 'provider_secret of the publisher was not recorded yet');
    }
    const { generation } = credentials;
    const name = `provider:${publisherId}:${generation}`;
    return {
      name,
      fetch: () =>
        wecom.getProviderToken({
          corpId: publisher.corpId,
          providerSecret: sealing.openProviderSecret(publisherId, credentials.sealedSecret),
        }),
      onGranted: async () => {
        await providerCredentials.update(scope, publisherId, (stored) => {
          const next = confirmRecording(stored, generation, clock.now());
          return next && { next, facts: [] };
        });
      },
      onRefused: async (fault) => {
        await providerCredentials.update(scope, publisherId, (stored) => {
          const next = noteRefusal(stored, { generation, error: fault.text }, clock.now());
          return next && { next, facts: [] };
        });
      },
    };
  };

  const suiteGrant = async (templateId: string): Promise<Grant> => {
    const suite = await suites.byId(scope, templateId);
    if (suite === null) {
      throw missing('尚未录入模版凭证（suite_id）', 'suite_id of the template was not recorded yet');
    }
    const { generation, ticket } = suite;
    const name = `suite:${templateId}:${generation}`;
    return {
      name,
      ticketStopName: `${name}:ticket-${ticket?.issuedAt.getTime() ?? 'none'}`,
      fetch: async () => {
        if (ticket === null) {
          throw new AppError(
            'UNAVAILABLE',
            text('尚未收到 suite_ticket', 'no suite_ticket has arrived yet'),
            { details: { reason: 'TICKET_MISSING' } },
          );
        }
        return wecom.getSuiteToken({
          suiteId: suite.suiteId,
          suiteSecret: sealing.openSuiteSecret(templateId, suite.sealedSecret),
          suiteTicket: sealing.openSuiteTicket(templateId, ticket.sealed),
        });
      },
      onGranted: async () => {
        await suites.update(scope, templateId, (stored) => {
          const next = confirmRecording(stored, generation, clock.now());
          return next && { next, facts: [] };
        });
      },
      onRefused: async (fault) => {
        await suites.update(scope, templateId, (stored) => {
          const next = noteRefusal(stored, { generation, error: fault.text }, clock.now());
          return next && { next, facts: [] };
        });
      },
    };
  };

  const appGrants = async (authorizationId: string): Promise<AppGrants> => {
    const authorization = await authorizations.byId(scope, authorizationId);
    if (authorization === null) {
      throw notFound(text('授权', 'The authorization'), authorizationId);
    }
    const live = liveEpoch(authorization);
    const sealedCode = live?.sealedPermanentCode ?? null;
    if (sealedCode === null) {
      throw invalidState(text('授权已取消', 'The authorization was cancelled'), { reason: 'CANCELLED' });
    }
    const grantOf = (code: string): Grant => ({
      name: appTokenName(authorizationId, code),
      fetch: () =>
        wecom.getToken({
          corpId: authorization.corpId,
          corpSecret: sealing.openPermanentCode(authorizationId, code),
        }),
    });
    const replaced = live?.replacedPermanentCode ?? null;
    return { current: grantOf(sealedCode), replaced: replaced === null ? null : grantOf(replaced) };
  };

  /** While WeCom refuses a new secret, the one that it replaced goes on. */
  const withAppGrant = async <T>(authorizationId: string, work: (grant: Grant) => Promise<T>): Promise<T> => {
    const { current, replaced } = await appGrants(authorizationId);
    return work(current).catch((error: unknown) => {
      if (replaced === null || !isAppError(error) || error.details['classification'] !== 'SECRET_REFUSED') {
        throw error;
      }
      return work(replaced);
    });
  };

  return {
    providerToken: async (publisherId) => custody.token(await providerGrant(publisherId)),
    suiteToken: async (templateId) => custody.token(await suiteGrant(templateId)),
    appToken: (authorizationId) => withAppGrant(authorizationId, custody.token),
    withProviderToken: async (publisherId, call) => custody.use(await providerGrant(publisherId), call),
    withSuiteToken: async (templateId, call) => custody.use(await suiteGrant(templateId), call),
    withAppToken: (authorizationId, call) => withAppGrant(authorizationId, (grant) => custody.use(grant, call)),
    allowAppTokenAgain: async (authorizationId) => custody.allowAgain((await appGrants(authorizationId)).current.name),
    forgetAppTokens: async (authorizationId, { sealedPermanentCode, replacedPermanentCode }) => {
      for (const sealedCode of [sealedPermanentCode, replacedPermanentCode]) {
        if (sealedCode !== null) {
          await custody.forget(appTokenName(authorizationId, sealedCode));
        }
      }
    },
  };
};
