import { isAppError, text, type LocalizedText } from '@daikaifa/kernel';
import type { AuthInfo } from '@daikaifa/wecom-protocol';
import type { Authorization, Epoch } from '../domain/authorization';
import type { Dependencies } from './ports';

export type AuthInfoAnswer =
  | { readonly kind: 'ACCEPTED'; readonly info: AuthInfo }
  /** 40084, 48004: WeCom does not take this permanent code (any more). */
  | { readonly kind: 'GONE' }
  /** It could not be asked, or its answer says nothing about the code. */
  | { readonly kind: 'UNKNOWN'; readonly text: LocalizedText };

/** v2/get_auth_info: whether WeCom takes a permanent code, and what it says about the authorization. */
export const askAuthInfo = async (
  { tokens, wecom }: Pick<Dependencies, 'tokens' | 'wecom'>,
  asked: { readonly templateId: string; readonly corpId: string; readonly permanentCode: string },
): Promise<AuthInfoAnswer> => {
  const { templateId, corpId, permanentCode } = asked;
  try {
    const answer = await tokens.withSuiteToken(templateId, (suiteAccessToken) =>
      wecom.getAuthInfo({ suiteAccessToken, corpId, permanentCode }),
    );
    if (answer.ok) {
      return { kind: 'ACCEPTED', info: answer.value };
    }
    return answer.error.classification === 'AUTHORIZATION_GONE'
      ? { kind: 'GONE' }
      : { kind: 'UNKNOWN', text: answer.error.text };
  } catch (error) {
    // Not made, for want of a token.
    if (isAppError(error)) {
      return { kind: 'UNKNOWN', text: text(error.text.zh, error.text.en) };
    }
    throw error;
  }
};

export type EpochAnswer =
  | { readonly kind: 'ACCEPTED'; readonly info: AuthInfo; readonly acceptedCode: string }
  | Exclude<AuthInfoAnswer, { readonly kind: 'ACCEPTED' }>;

/** Asks with the secret of an epoch and, where WeCom does not take that one (yet), with the one that it replaced. */
export const askAboutEpoch = async (
  parts: Pick<Dependencies, 'tokens' | 'wecom' | 'sealing'>,
  { id, templateId, corpId }: Authorization,
  { sealedPermanentCode, replacedPermanentCode }: Epoch,
): Promise<EpochAnswer> => {
  const ask = async (sealedCode: string): Promise<EpochAnswer> => {
    const permanentCode = parts.sealing.openPermanentCode(id, sealedCode);
    const answer = await askAuthInfo(parts, { templateId, corpId, permanentCode });
    return answer.kind === 'ACCEPTED' ? { ...answer, acceptedCode: sealedCode } : answer;
  };
  const answer = await ask(sealedPermanentCode ?? '');
  return answer.kind === 'GONE' && replacedPermanentCode !== null ? ask(replacedPermanentCode) : answer;
};
