import { z } from 'zod';
import { badUserInput } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { violation, type CallbackFields, type ConsoleViolation } from '../rules/fields';
import { verifyCallback, type VerificationFailure } from '../wire/verify-callback';

export const callbackInput = z.object({
  callbackUrl: z.string().trim(),
  token: z.string().trim(),
  encodingAesKey: z.string().trim(),
});

const verificationViolation = ({ reason, text }: VerificationFailure): ConsoleViolation =>
  violation(
    { field: 'callbackUrl', code: `CALLBACK_${reason}`, errcode: 40057 },
    `回调 URL 验证未通过：${text.zh}`,
    `callback verification failed: ${text.en}`,
  );

/**
 * The signed GET of a save; its receiveid is the provider's own corpid, for templates and apps alike.
 * @throws AppError BAD_USER_INPUT with the reason why the address did not pass
 */
export const requireVerified = async (sandbox: Sandbox, providerId: string, fields: CallbackFields): Promise<void> => {
  const failure = await verifyCallback({
    url: fields.callbackUrl,
    token: fields.token,
    encodingAesKey: fields.encodingAesKey,
    receiveId: providerId,
    nowMs: sandbox.nowMs(),
    limitMs: sandbox.limits().urgentAnswerMs,
    stop: sandbox.stop,
  });
  if (failure !== undefined) {
    throw badUserInput([verificationViolation(failure)]);
  }
};

/** @param owner the suite_id or installation that they were typed in for */
export const keepCallbackKeys = (sandbox: Sandbox, owner: string, fields: CallbackFields): void => {
  sandbox.keepSecret('callback_token', owner, fields.token);
  sandbox.keepSecret('encoding_aes_key', owner, fields.encodingAesKey);
};
