import { CORP_APP_RULES, DELEGATED_TEMPLATE_RULES as rules, type Image } from '@daikaifa/rules';
import {
  HEALTH_REASON_TEXTS,
  endpointSubjectOf,
  maySoonBeVerified,
  precheck,
  type EndpointSignal,
  type HealthReason,
  type LogoInspection,
  type PrecheckFacts,
} from './prechecks';
import type { CorpAppSnapshot, PrecheckCode, TemplateSnapshot } from './review-item';

const now = new Date('2026-03-02T10:00:00.000Z');
const minutesAgo = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const url = 'https://callback.example.com/e1';
const logo: Image = { sha256: 'a'.repeat(64), contentType: 'image/png', widthPx: 750, heightPx: 750, sizeBytes: 9_000 };
const endpoint: EndpointSignal = {
  subjectId: 't1',
  publisherId: 'p1',
  sequence: 4,
  url,
  verifiedAt: minutesAgo(90),
  closed: false,
  health: { status: 'HEALTHY', reason: null, checkedAt: minutesAgo(5) },
};
const inspected = (changes: Partial<Image> = {}, matches: { name: string; distance: number }[] = []): LogoInspection => ({
  kind: 'INSPECTED',
  image: { ...logo, ...changes },
  likeness: { checked: true, matches },
});
const template: TemplateSnapshot = {
  kind: 'DELEGATED_TEMPLATE',
  logo,
  name: '云帆客户',
  introduction: '客户跟进管理',
  category: 'CUSTOMER_MANAGEMENT',
  targetIndustry: 'ANY',
  callbackUrl: url,
};
const facts: PrecheckFacts = {
  snapshot: template,
  rules,
  endpoint,
  logo: inspected(),
  corpApp: null,
  now,
};
const outcomes = (changes: Partial<PrecheckFacts>, code: PrecheckCode): string[] =>
  precheck({ ...facts, ...changes })
    .filter((one) => one.code === code)
    .map(({ outcome, reason, field }) => [outcome, reason, field].filter((part) => part !== null).join(' '));

it('passes what is as it should be, one finding per check', () => {
  expect(precheck(facts).map(({ code, outcome }) => `${code} ${outcome}`)).toEqual([
    'FIELD_RULES PASSED',
    'CALLBACK_VERIFIED PASSED',
    'CALLBACK_HEALTHY PASSED',
    'IMAGES PASSED',
    'LOGO_LIKENESS PASSED',
  ]);
});

it('applies the field rules again, every violation with its field', () => {
  const snapshot = { ...template, name: '免费微信', introduction: null };
  expect(outcomes({ snapshot }, 'FIELD_RULES')).toEqual([
    'FAILED NAME_WORDS name',
    'FAILED INTRODUCTION_REQUIRED introduction',
  ]);
});

it.each<[string, EndpointSignal | null, string]>([
  ['is missing', null, 'FAILED CALLBACK_MISSING callbackUrl'],
  ['is closed', { ...endpoint, closed: true }, 'FAILED CALLBACK_CLOSED callbackUrl'],
  ['is not verified', { ...endpoint, verifiedAt: null }, 'FAILED CALLBACK_NOT_VERIFIED callbackUrl'],
  ['is another one now', { ...endpoint, url: `${url}2` }, 'FAILED CALLBACK_URL_CHANGED callbackUrl'],
])('the callback %s', (_title, changed, expected) => {
  expect(outcomes({ endpoint: changed }, 'CALLBACK_VERIFIED')).toEqual([expected]);
});

describe('the health of the callback', () => {
  const health = (changes: Partial<EndpointSignal['health']>) =>
    outcomes({ endpoint: { ...endpoint, health: { ...endpoint.health, ...changes } } }, 'CALLBACK_HEALTHY');

  it.each(Object.keys(HEALTH_REASON_TEXTS) as HealthReason[])('fails with the reason %s in words', (reason) => {
    const unhealthy = { ...endpoint, health: { ...endpoint.health, status: 'UNHEALTHY' as const, reason } };
    const [finding] = precheck({ ...facts, endpoint: unhealthy }).filter(({ code }) => code === 'CALLBACK_HEALTHY');
    expect(finding).toMatchObject({ outcome: 'FAILED', reason, field: 'callbackUrl', text: HEALTH_REASON_TEXTS[reason] });
  });

  it('has its own text for each reason', () => {
    expect(new Set(Object.values(HEALTH_REASON_TEXTS).map(({ zh }) => zh)).size).toBe(9);
    expect(new Set(Object.values(HEALTH_REASON_TEXTS).map(({ en }) => en)).size).toBe(9);
  });

  it('says that it was not checked, and why, when nobody looked or not recently', () => {
    expect(health({ status: 'UNKNOWN', checkedAt: null })).toEqual(['NOT_CHECKED NEVER_PROBED callbackUrl']);
    expect(health({ checkedAt: minutesAgo(61) })).toEqual(['NOT_CHECKED PROBE_TOO_OLD callbackUrl']);
    expect(health({ status: 'UNHEALTHY', reason: 'TLS', checkedAt: minutesAgo(61) })).toEqual([
      'NOT_CHECKED PROBE_TOO_OLD callbackUrl',
    ]);
    expect(outcomes({ endpoint: null }, 'CALLBACK_HEALTHY')).toEqual(['NOT_CHECKED NO_ENDPOINT callbackUrl']);
  });
});

describe('the picture', () => {
  it('is judged by what its bytes are, not by what was said of them', () => {
    expect(outcomes({ logo: inspected({ widthPx: 640, sizeBytes: 1_048_577 }) }, 'IMAGES')).toEqual([
      'FAILED LOGO_SIZE logo',
      'FAILED LOGO_BYTES logo',
    ]);
  });

  it('that cannot be read fails; its likeness is then not checked', () => {
    const text = { zh: '坏', en: 'bad' };
    const broken: LogoInspection = {
      kind: 'REFUSED',
      violations: [{ field: 'file', code: 'IMAGE_UNREADABLE', severity: 'ERROR', text }],
    };
    expect(outcomes({ logo: broken }, 'IMAGES')).toEqual(['FAILED IMAGE_UNREADABLE logo']);
    expect(outcomes({ logo: broken }, 'LOGO_LIKENESS')).toEqual(['NOT_CHECKED NO_PICTURE logo']);
  });

  it('that resembles a known logo is a warning', () => {
    expect(outcomes({ logo: inspected({}, [{ name: 'known', distance: 3 }]) }, 'LOGO_LIKENESS')).toEqual([
      'WARNING LOGO_LIKENESS logo',
    ]);
  });

  it('is not compared where nothing is configured', () => {
    const unknown: LogoInspection = { kind: 'INSPECTED', image: logo, likeness: { checked: false, matches: [] } };
    expect(outcomes({ logo: unknown }, 'LOGO_LIKENESS')).toEqual(['NOT_CHECKED NO_FINGERPRINTS logo']);
    expect(outcomes({ logo: null }, 'IMAGES')).toEqual(['NOT_CHECKED NO_LOGO logo']);
  });
});

it('waits a minute for the event that says verified, not longer', () => {
  expect(maySoonBeVerified(null, minutesAgo(0.9), now)).toBe(true);
  expect(maySoonBeVerified({ ...endpoint, verifiedAt: null }, minutesAgo(0.9), now)).toBe(true);
  expect(maySoonBeVerified(null, minutesAgo(1), now)).toBe(false);
  expect(maySoonBeVerified(endpoint, minutesAgo(0), now)).toBe(false);
});

describe('a corp app', () => {
  const app: CorpAppSnapshot = {
    kind: 'CORP_APP',
    logo,
    name: '云帆客户',
    introduction: '客户跟进管理，记录每次拜访与商机',
    homePageUrl: 'https://crm.example.com/home',
    miniProgram: null,
    menu: [],
    trustedDomain: 'crm.example.com',
    ipWhitelist: [],
    callback: 'TEMPLATE',
    callbackUrl: url,
    trustedDomainProof: 'PROVED',
    selfTested: true,
  };
  const permissions = { corpAppId: 'c1', publisherId: 'p1', sequence: 3, isUnconfirmed: false };
  const corpApp = { environment: 'FORMAL', permissions } as const;
  const ofApp: PrecheckFacts = { ...facts, snapshot: app, rules: CORP_APP_RULES, corpApp };
  const appOutcomes = (changes: Partial<CorpAppSnapshot>, code: PrecheckCode, more: Partial<typeof ofApp> = {}) =>
    outcomes({ ...ofApp, ...more, snapshot: { ...app, ...changes } }, code);
  const entry = { kind: 'URL', target: 'https://crm.example.com/help' } as const;

  it('has the checks of a template by its own rules, and those of an app', () => {
    expect(precheck(ofApp).map(({ code, outcome }) => `${code} ${outcome}`)).toEqual([
      'FIELD_RULES PASSED',
      'CALLBACK_VERIFIED PASSED',
      'CALLBACK_HEALTHY PASSED',
      'IMAGES PASSED',
      'LOGO_LIKENESS PASSED',
      'MENU_WORDS PASSED',
      'TRUSTED_DOMAIN PASSED',
      'ICP_FILING NOT_CHECKED',
      'PERMISSIONS PASSED',
      'SELF_TEST PASSED',
      'PRICING_STRATEGY NOT_CHECKED',
    ]);
  });

  it('is refused by its own field rules, all at once', () => {
    const broken = { homePageUrl: null, trustedDomain: 'https://crm.example.com', introduction: '短', ipWhitelist: ['x'] };
    expect(appOutcomes(broken, 'FIELD_RULES')).toEqual([
      'FAILED INTRODUCTION_LENGTH introduction',
      'FAILED HOME_PAGE_URL_REQUIRED homePageUrl',
      'FAILED TRUSTED_DOMAIN_SCHEME trustedDomain',
      'FAILED IP_FORMAT ipWhitelist.0',
    ]);
  });

  it('is refused by reserved words in its menu, which are named once', () => {
    const menu = [{ name: '免费', entry: null, children: [{ name: '抽奖', ...entry }, { name: '帮助', ...entry }] }];
    expect(appOutcomes({ menu }, 'MENU_WORDS')).toEqual([
      'FAILED MENU_NAME_WORDS menu.0.name',
      'FAILED MENU_CHILD_NAME_WORDS menu.0.children.0.name',
    ]);
    expect(appOutcomes({ menu }, 'FIELD_RULES')).toEqual(['PASSED']);
    expect(appOutcomes({ menu: [{ name: '帮助', entry, children: [] }] }, 'MENU_WORDS')).toEqual(['PASSED']);
  });

  it('whose ownership file is missing is warned of, not refused', () => {
    expect(appOutcomes({ trustedDomainProof: 'FILE_MISSING' }, 'TRUSTED_DOMAIN')).toEqual([
      'WARNING FILE_MISSING trustedDomain',
    ]);
    expect(appOutcomes({ trustedDomainProof: 'NOT_CHECKED' }, 'TRUSTED_DOMAIN')).toEqual([
      'NOT_CHECKED PROOF_NOT_CHECKED trustedDomain',
    ]);
    expect(appOutcomes({ trustedDomain: null }, 'TRUSTED_DOMAIN')).toEqual(['NOT_CHECKED NO_TRUSTED_DOMAIN trustedDomain']);
  });

  it('declares its ICP filing, which nobody here can look up', () => {
    expect(appOutcomes({}, 'ICP_FILING')).toEqual(['NOT_CHECKED DECLARATION trustedDomain']);
  });

  it('with permissions that the corp has not confirmed is warned of', () => {
    const waiting = { corpApp: { ...corpApp, permissions: { ...permissions, isUnconfirmed: true } } };
    expect(appOutcomes({}, 'PERMISSIONS', waiting)).toEqual(['WARNING PERMISSIONS_UNCONFIRMED']);
    expect(appOutcomes({}, 'PERMISSIONS', { corpApp: { ...corpApp, permissions: null } })).toEqual([
      'NOT_CHECKED PERMISSIONS_UNKNOWN',
    ]);
  });

  it('without a self test is warned of, unless it is the self test', () => {
    expect(appOutcomes({ selfTested: false }, 'SELF_TEST')).toEqual(['WARNING NOT_SELF_TESTED']);
    expect(appOutcomes({ selfTested: false }, 'SELF_TEST', { corpApp: { ...corpApp, environment: 'TEST' } })).toEqual(['PASSED']);
  });

  it('reminds of the pricing strategy in words', () => {
    const [line] = precheck(ofApp).filter(({ code }) => code === 'PRICING_STRATEGY');
    expect(line).toMatchObject({ outcome: 'NOT_CHECKED', reason: 'CONSOLE_ONLY', field: null });
    expect(line?.text.zh).toContain('定价策略');
    expect(line?.text.en).toContain('pricing strategy');
  });

  it('is checked against its own endpoint or that of its template', () => {
    const subject = {
      kind: 'CORP_APP',
      id: 'c1',
      templateId: 't1',
      corpApp: { authorizationId: 'a1', suiteId: 'dk1', corpId: 'wp1', epoch: 1, environment: 'FORMAL' },
      revisionId: 'r1',
      submissionId: 's1',
      batchId: 'b1',
    } as const;
    expect(endpointSubjectOf({ subject, snapshot: { ...app, callback: 'OWN' } })).toBe('c1');
    expect(endpointSubjectOf({ subject, snapshot: app })).toBe('t1');
  });
});
