/** Headless Chromium on a VS Code window. */
import { ensureInstalled } from './setup/install.mjs';
import { ensureChromium } from './tools/chromium.mjs';

/** The size of every window and picture. */
export const WINDOW = { width: 1440, height: 900 };

/** Starts Chromium; the caller closes it. */
export async function launchBrowser() {
  ensureInstalled();
  const { chromium } = await import('playwright-core');
  // Chromium refuses to sandbox itself for root, and a container's /dev/shm is often too small for it.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: ensureChromium(), args: [...asRoot, '--disable-dev-shm-usage'] });
}
