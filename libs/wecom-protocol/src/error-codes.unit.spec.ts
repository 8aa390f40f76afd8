import { classifyErrorCode, errorCodeHelpUrl, isRetryable, WECOM_ERROR_CODES } from './error-codes';

describe('error codes', () => {
  it('knows each code that credentials, authorization, addresses and throttling can give', () => {
    const needed = [
      -1, 6000, 40001, 40013, 40014, 40029, 40077, 40078, 40080, 40082, 40083, 40084, 40085, 40086, 40091, 41001, 41002,
      41004, 41008, 41011, 41021, 41022, 41023, 41024, 41025, 42001, 42003, 42007, 42009, 42022, 48001, 48002, 48003,
      48004, 48005, 48006, 48008, 48009, 48011, 50001, 50002, 50003, 84054, 84075, 84076, 84085, 90351, 301002, 301007,
      610019, 610020, 610021, 610022, 710000, 842002, 842003, 842004, 842005, 842006, 846000, 2000002, 60020, 85111,
      60028, 45009, 45033, 45035, 45036, 45029,
    ];
    expect(needed.filter((code) => !WECOM_ERROR_CODES.has(code))).toEqual([]);
  });

  it.each([
    [-1, 'RETRY', true],
    [45009, 'RATE_LIMITED', true],
    [40014, 'TOKEN_EXPIRED', true],
    [42001, 'TOKEN_EXPIRED', true],
    [42009, 'TOKEN_EXPIRED', true],
    [40085, 'TICKET_INVALID', true],
    [40001, 'SECRET_REFUSED', false],
    [40078, 'CODE_INVALID', false],
    [40084, 'AUTHORIZATION_GONE', false],
    [48004, 'AUTHORIZATION_GONE', false],
    [60020, 'IP_REFUSED', false],
    [50003, 'APP_UNAVAILABLE', false],
    [842002, 'TEMPLATE_NOT_ONLINE', false],
    [842006, 'AUTHORIZATION_EXISTS', false],
    [45011, 'UNKNOWN', false],
  ] as const)('%d means %s', (code, classification, retryable) => {
    expect(classifyErrorCode(code)).toMatchObject({ code, classification });
    expect(isRetryable(classifyErrorCode(code).classification)).toBe(retryable);
  });

  it('explains every code in both languages, under a name of its own', () => {
    const codes = [...WECOM_ERROR_CODES.values()];
    expect(codes.filter(({ text }) => !/[\u4e00-\u9fff]/.test(text.zh) || !/^[\x20-\x7e]+$/.test(text.en))).toEqual([]);
    expect(new Set(codes.map(({ name }) => name)).size).toBe(codes.length);
  });

  it("links to WeCom's page about a code", () => {
    expect(errorCodeHelpUrl(60020)).toBe('https://open.work.weixin.qq.com/devtool/query?e=60020');
  });
});
