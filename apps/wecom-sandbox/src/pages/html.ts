/** Markup that is safe to put into a page as it is. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | false | null | undefined | readonly Part[];

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (value: string): string => value.replace(/[&<>"']/g, (character) => ESCAPES[character]!);

const render = (part: Part): string => {
  if (part === false || part === null || part === undefined) {
    return '';
  }
  if (typeof part === 'string' || typeof part === 'number') {
    return escape(String(part));
  }
  return 'markup' in part ? part.markup : part.map(render).join('');
};

/** Everything that is put in is escaped, unless it is markup made here. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: strings.map((text, index) => text + render(parts[index])).join(''),
});

/** Only for markup that no input can reach: the stylesheet, a drawn QR code. */
export const trusted = (markup: string): Html => ({ markup });

/** Chinese with its English subtitle. */
export const both = (zh: string, en: string): Html => html`${zh}<small class="en">${en}</small>`;
