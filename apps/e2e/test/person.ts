import { mkdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { findChromium, startChromium } from './chromium';
import { root } from './harness';

/** Somebody in front of a browser with one page. */
export interface Person {
  readonly page: Page;
  /** The path of every address that the page asked for. */
  readonly visited: readonly string[];
  press(button: string): Promise<void>;
  /** Resolves when the page behind the link is there, to its last line. */
  follow(link: string | Locator): Promise<void>;
  /** Keeps a picture of the whole page under `.local/e2e/screenshots`. */
  shoot(name: string): Promise<void>;
  leave(): Promise<void>;
}

const SCREENSHOTS = resolve(root, '.local/e2e/screenshots');

const NO_BROWSER =
  'no Chromium on this machine: install it (Debian, Ubuntu: apt-get install chromium) or name it in CHROMIUM_PATH';
const executable = findChromium();
const inCi = (process.env['CI'] ?? '') !== '' && process.env['CI'] !== 'false';

/** Without a browser nothing was shown: skipped and said on a developer's machine, a failure in CI. */
export const describeWithBrowser = (specFile: string, title: string, tests: () => void): void => {
  if (executable !== null || inCi) {
    describe(title, tests);
    return;
  }
  process.stderr.write(`SKIPPED ${basename(specFile)}: ${NO_BROWSER}\n`);
  describe.skip(title, tests);
};

export const openBrowser = async (): Promise<Person> => {
  if (executable === null) {
    throw new Error(NO_BROWSER);
  }
  mkdirSync(SCREENSHOTS, { recursive: true });
  const browser = await startChromium(executable);
  const page = await browser.context.newPage();
  const visited: string[] = [];
  /** A click ends when the next page begins: what is looked for at once need not be there yet. */
  const click = async (what: Locator): Promise<void> => {
    await what.click();
    await page.waitForLoadState();
  };
  page.on('request', (request) => visited.push(new URL(request.url()).pathname));
  return {
    page,
    visited,
    press: (button) => click(page.getByRole('button', { name: button })),
    follow: (link) => click(typeof link === 'string' ? page.getByRole('link', { name: link }).first() : link),
    shoot: async (name) => {
      await page.screenshot({ path: resolve(SCREENSHOTS, `${name}.png`), fullPage: true });
    },
    leave: () => browser.close(),
  };
};
