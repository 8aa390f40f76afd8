import { text, type Violation } from '@daikaifa/kernel';
import type { CorpApp } from './corp-app';

/** How the trusted domain (可信域名) stands; FILE_MISSING: OAuth2 only, JS-SDK is limited. */
export type TrustedDomainProof = 'PROVED' | 'FILE_MISSING' | 'NOT_CHECKED';

/** The file that WeCom's console hands out, to be put into the web root of the domain. */
export interface OwnershipFile {
  readonly fileName: string;
  readonly content: string;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

/** What one fetch of the ownership file has shown. */
export interface DomainProof {
  readonly domain: string;
  readonly result: Exclude<TrustedDomainProof, 'NOT_CHECKED'>;
  /** Why it is not proved; null when it is. */
  readonly reason: string | null;
  readonly checkedAt: Date;
}

/** What the domain answered. */
export type FetchedFile =
  | { readonly kind: 'FOUND'; readonly content: string }
  | { readonly kind: 'MISSING'; readonly reason: string };

const FILE_NAME = /^WW_verify_[A-Za-z0-9]{1,64}\.txt$/;
const MAX_CONTENT_BYTES = 1_024;

/** Everything that is wrong with a file that a person copied from the console. */
export const checkOwnershipFile = (file: { readonly fileName: string; readonly content: string }): readonly Violation[] => [
  ...(FILE_NAME.test(file.fileName)
    ? []
    : [
        {
          field: 'fileName',
          code: 'OWNERSHIP_FILE_NAME',
          severity: 'ERROR' as const,
          text: text('文件名须形如 WW_verify_xxxxxxxx.txt', 'The file is called WW_verify_xxxxxxxx.txt'),
          given: file.fileName.slice(0, 60),
        },
      ]),
  ...(file.content !== '' && Buffer.byteLength(file.content) <= MAX_CONTENT_BYTES
    ? []
    : [
        {
          field: 'content',
          code: 'OWNERSHIP_FILE_CONTENT',
          severity: 'ERROR' as const,
          text: text('文件内容须为 1–1024 字节', 'The file has 1 to 1024 bytes'),
          limit: '1–1024 bytes',
          given: `${Buffer.byteLength(file.content)} bytes`,
        },
      ]),
];

export const proofOf = (
  fetched: FetchedFile,
  { domain, file, now }: { readonly domain: string; readonly file: OwnershipFile; readonly now: Date },
): DomainProof => {
  if (fetched.kind === 'MISSING') {
    return { domain, result: 'FILE_MISSING', reason: fetched.reason, checkedAt: now };
  }
  return fetched.content.trim() === file.content
    ? { domain, result: 'PROVED', reason: null, checkedAt: now }
    : { domain, result: 'FILE_MISSING', reason: 'OTHER_CONTENT', checkedAt: now };
};

/** Of this domain: the proof of another one is worth nothing. */
export const trustedDomainProofOf = ({ domainProof }: CorpApp, domain: string | null): TrustedDomainProof =>
  domainProof !== null && domainProof.domain === domain ? domainProof.result : 'NOT_CHECKED';

const CHINA_OFFSET_MS = 8 * 3_600_000;
const monthOf = (at: Date): string => new Date(at.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 7);

/** WeCom counts by calendar month, in China. */
export const changesInMonth = (changes: readonly Date[], now: Date): number =>
  changes.filter((at) => monthOf(at) === monthOf(now)).length;

/** What is set in WeCom as far as we know, and when it was set anew: WeCom allows so many a month. */
export interface DomainRecord {
  /** Null: never set by us nor seen to be set. */
  readonly domain: string | null;
  /** Of this month; older ones are of no use any more. */
  readonly changes: readonly Date[];
}

export const NO_DOMAIN_RECORD: DomainRecord = { domain: null, changes: [] };

export const withDomainChange = ({ changes }: DomainRecord, domain: string, now: Date): DomainRecord => ({
  domain,
  changes: [...changes.filter((at) => monthOf(at) === monthOf(now)), now],
});
