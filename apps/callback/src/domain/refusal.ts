import { text, type LocalizedText } from '@daikaifa/kernel';

/** Why a callback was turned away. Nothing of it was published. */
export type RefusalReason = 'ENVELOPE' | 'SIGNATURE' | 'AES' | 'RECEIVE_ID' | 'UNKNOWN_ENDPOINT' | 'TOO_LARGE';

/** What is kept of a refused request; never its content. */
export interface Refusal {
  readonly id: string;
  /** Null where no endpoint has the address. */
  readonly publisherId: string | null;
  readonly endpointId: string | null;
  readonly reason: RefusalReason;
  readonly method: 'GET' | 'POST';
  /** Of the body; for a GET of `echostr`, which stands in its place. */
  readonly sizeBytes: number;
  /** Of the same bytes; of the part that was read where the body is too large. */
  readonly bodySha256: string;
  readonly remoteAddress: string;
  readonly refusedAt: Date;
}

const TEXTS: Readonly<Record<RefusalReason, LocalizedText>> = {
  ENVELOPE: text(
    '请求缺少参数，或外层报文无法读取',
    'A parameter is missing, or the outer document cannot be read',
  ),
  SIGNATURE: text('签名与任何一组 Token 都不符', 'The signature fits no Token of this endpoint'),
  AES: text('签名正确，但密文无法解密', 'The signature is right, but the ciphertext cannot be decrypted'),
  RECEIVE_ID: text(
    'receiveid 或明文中的企业、应用模版不属于这个回调端点',
    'The receiveid, or the corp or suite named inside, does not belong to this endpoint',
  ),
  UNKNOWN_ENDPOINT: text('没有这个回调端点，或端点已关闭', 'There is no such endpoint, or it is closed'),
  TOO_LARGE: text('请求超过大小上限', 'The request is larger than allowed'),
};

export const refusalText = (reason: RefusalReason): LocalizedText => TEXTS[reason];
