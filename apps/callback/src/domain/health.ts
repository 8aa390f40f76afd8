import { text, type LocalizedText } from '@daikaifa/kernel';

/** Why the public address does not answer as it must. The values are those of the event contract. */
export type HealthReason =
  | 'NO_KEYS'
  | 'WRONG_KEY'
  | 'NAME_NOT_RESOLVED'
  | 'UNREACHABLE'
  | 'TLS'
  | 'TOO_SLOW'
  | 'WRONG_STATUS'
  | 'WRONG_ANSWER'
  | 'ADDRESS_REFUSED';

export type Health =
  | { readonly status: 'UNKNOWN'; readonly reason: null; readonly checkedAt: null }
  | { readonly status: 'HEALTHY'; readonly reason: null; readonly checkedAt: Date }
  | { readonly status: 'UNHEALTHY'; readonly reason: HealthReason; readonly checkedAt: Date };

export const HEALTH_UNKNOWN: Health = { status: 'UNKNOWN', reason: null, checkedAt: null };

const TEXTS: Readonly<Record<HealthReason, LocalizedText>> = {
  NO_KEYS: text('尚未生成 Token 与 EncodingAESKey', 'No Token and EncodingAESKey were issued yet'),
  WRONG_KEY: text(
    '公网地址由使用其他密钥的服务应答，或请求被中间网关拒绝',
    'The public address is served with other keys, or something in front of it forbids the request',
  ),
  NAME_NOT_RESOLVED: text('回调域名无法解析', 'The host name of the callback URL cannot be resolved'),
  UNREACHABLE: text('无法连接回调地址，或连接中断', 'The callback URL cannot be reached, or breaks the connection'),
  TLS: text('TLS 握手失败或证书不受信任', 'The TLS handshake failed, or the certificate is not trusted'),
  TOO_SLOW: text('连续三次在 1 秒内没有应答', 'There was no answer within one second, three times in a row'),
  WRONG_STATUS: text('应答的状态码不是 200', 'The answer has another status than 200'),
  WRONG_ANSWER: text('应答内容不是解密后的明文', 'The answer is not the decrypted text'),
  ADDRESS_REFUSED: text(
    '回调地址指向内部或保留网络，部署未允许访问',
    'The callback URL leads to an internal or reserved network, which this deployment does not open',
  ),
};

export const healthText = (reason: HealthReason): LocalizedText => TEXTS[reason];
