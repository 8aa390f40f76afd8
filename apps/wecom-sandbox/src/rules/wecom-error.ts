/** The codes that the sandbox answers with. WeCom's own texts are not stable either: branch on the number only. */
const MESSAGES = {
  [-1]: 'system busy',
  40001: 'invalid credential',
  40013: 'invalid corpid',
  40014: 'invalid access_token',
  40056: 'invalid agentid',
  40058: 'invalid parameter',
  40078: 'invalid auth_code',
  40080: 'invalid suite_secret',
  40082: 'invalid suite_access_token',
  40083: 'invalid suite_id',
  40084: 'invalid permanent_code',
  40085: 'invalid suite_ticket',
  41001: 'access_token missing',
  41002: 'corpid missing',
  41004: 'secret missing',
  41008: 'auth code missing',
  41011: 'agentid missing',
  41021: 'suite_id missing',
  41022: 'suite_access_token missing',
  41023: 'suite_ticket missing',
  41024: 'suite secret missing',
  41025: 'permanent_code missing',
  42001: 'access_token expired',
  42009: 'suite_access_token expired',
  45009: 'api freq out of limit',
  48001: 'api unauthorized',
  48002: 'api forbidden for this app type',
  48004: 'auth relation invalid',
  50003: 'app is disabled',
  60020: 'not allow to access from your ip',
  84054: 'auth_corpid missing',
  301002: 'not allow operate another agent with this accesstoken',
  842002: 'customized app template not online',
  842003: 'not a customized app template',
  842004: 'invalid template list size',
} as const satisfies Record<number, string>;

export type Errcode = keyof typeof MESSAGES;

/** What an API of WeCom answers instead of a result; always with HTTP 200. */
export class WecomError extends Error {
  readonly errcode: number;

  constructor(errcode: Errcode) {
    super(MESSAGES[errcode]);
    this.name = 'WecomError';
    this.errcode = errcode;
  }
}

export const fail = (errcode: Errcode): never => {
  throw new WecomError(errcode);
};

/** As WeCom words it: text, hint, the caller's address and a link. */
export const errorAnswer = (
  errcode: number,
  call: { readonly atMs: number; readonly ip: string; readonly hint: string },
): { errcode: number; errmsg: string } => {
  const text = (MESSAGES as Record<number, string>)[errcode] ?? 'error';
  const hint = `hint: [${Math.floor(call.atMs / 1000)}_1_${call.hint}]`;
  const link = `more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`;
  return { errcode, errmsg: `${text}, ${hint}, from ip: ${call.ip}, ${link}` };
};
