import type { Sandbox } from '../sandbox';
import { fail, type Errcode } from '../rules/wecom-error';

const idOf = (path: string, ip: string): string => `${path} ${ip}`;

/** An address that kept sending wrong secrets to this path is answered 45009 until its ban ends. */
export const rejectIfBanned = (sandbox: Sandbox, path: string, ip: string): void => {
  const attempts = sandbox.store.secretAttempts.get(idOf(path, ip));
  if (attempts !== undefined && attempts.bannedUntil > sandbox.nowMs()) {
    fail(45009);
  }
};

export const rejectWrongSecret = (sandbox: Sandbox, path: string, ip: string, errcode: Errcode): never => {
  const nowMs = sandbox.nowMs();
  const { banMs, wrongSecretsBeforeBan } = sandbox.limits();
  const id = idOf(path, ip);
  const known = sandbox.store.secretAttempts.get(id);
  const isSameWindow = known !== undefined && known.bannedUntil === 0 && nowMs - known.windowStart < banMs;
  const wrong = isSameWindow ? known.wrong + 1 : 1;
  sandbox.store.secretAttempts.put({
    id,
    path,
    ip,
    wrong,
    windowStart: isSameWindow ? known.windowStart : nowMs,
    bannedUntil: wrong >= wrongSecretsBeforeBan ? nowMs + banMs : 0,
  });
  return fail(errcode);
};

export const forgetWrongSecrets = (sandbox: Sandbox, path: string, ip: string): void =>
  sandbox.store.secretAttempts.remove(idOf(path, ip));
