import { encrypt, getSignature } from '@wecom/crypto';
import { text, type LocalizedText } from '@daikaifa/kernel';
import { generate } from '../store/generate';
import { callWithin, withParameters } from './http-call';

export interface VerificationFailure {
  readonly reason: 'TIMEOUT' | 'UNREACHABLE' | 'STATUS' | 'BODY' | 'STOPPED';
  readonly text: LocalizedText;
}

const describeBody = (body: Buffer, expected: string): LocalizedText => {
  const answered = body.toString('utf8');
  if (answered === '') {
    return text('返回内容为空', 'the answer was empty');
  }
  if (
    answered
      .replace(/^\uFEFF/, '')
      .replaceAll('"', '')
      .trim() === expected
  ) {
    return text(
      '返回了明文，但带有引号、BOM 或换行，须原样返回',
      'the plaintext came with quotes, a BOM or a line break around it; it has to be bare',
    );
  }
  return text('返回内容不是解密后的 echostr', 'the answer is not the decrypted echostr');
};

/**
 * What WeCom does when a callback configuration is saved: one signed GET, answered in time with the bare plaintext.
 * @returns undefined when the address passed
 */
export const verifyCallback = async (target: {
  readonly url: string;
  readonly token: string;
  readonly encodingAesKey: string;
  /** On the provider's side every GET verification carries the provider's own corpid. */
  readonly receiveId: string;
  readonly nowMs: number;
  readonly limitMs: number;
  readonly stop: AbortSignal;
}): Promise<VerificationFailure | undefined> => {
  const expected = generate.echo();
  const echostr = encrypt(target.encodingAesKey, expected, target.receiveId);
  const timestamp = String(Math.floor(target.nowMs / 1000));
  const nonce = generate.nonce();
  const signature = getSignature(target.token, timestamp, nonce, echostr);
  const url = withParameters(target.url, { msg_signature: signature, timestamp, nonce, echostr });
  const outcome = await callWithin(url, { method: 'GET', limitMs: target.limitMs, stop: target.stop });

  if (outcome.problem === 'TIMEOUT') {
    return {
      reason: 'TIMEOUT',
      text: text(`${target.limitMs} 毫秒内没有响应`, `no answer within ${target.limitMs} ms`),
    };
  }
  if (outcome.problem !== undefined) {
    return {
      reason: outcome.problem,
      text: text(`无法连接：${outcome.reason}`, `cannot be reached: ${outcome.reason}`),
    };
  }
  if (outcome.status !== 200) {
    return {
      reason: 'STATUS',
      text: text(`返回 HTTP ${outcome.status}，应为 200`, `answered HTTP ${outcome.status}, not 200`),
    };
  }
  return outcome.body.equals(Buffer.from(expected))
    ? undefined
    : { reason: 'BODY', text: describeBody(outcome.body, expected) };
};
