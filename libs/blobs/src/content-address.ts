import { hash } from 'node:crypto';

/** SHA-256 in lowercase hexadecimal. */
export const contentAddress = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

export const isContentAddress = (value: string): boolean => /^[0-9a-f]{64}$/.test(value);
