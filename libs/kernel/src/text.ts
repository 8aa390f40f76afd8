/** A text for people, always in both languages of the product. */
export interface LocalizedText {
  readonly zh: string;
  readonly en: string;
}

export const text = (zh: string, en: string): LocalizedText => ({ zh, en });
