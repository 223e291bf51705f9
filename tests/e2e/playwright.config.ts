import { defineConfig } from '@playwright/test';

// The system's Chromium without what it would ask the internet for.
export const CHROMIUM = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
};

export default defineConfig({
  testDir: '.',
  outputDir: '../../build/test-results/e2e',
  fullyParallel: true,
  workers: 2,
  // Nothing is hidden here: test.sh runs what failed again alone, and names it.
  retries: 0,
  // The cores are shared with servers and browsers: slow is not broken. What passes waits for none of these.
  timeout: 240_000,
  globalTimeout: 870_000,
  expect: { timeout: 30_000 },
  use: {
    browserName: 'chromium',
    launchOptions: CHROMIUM,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    trace: 'off',
    screenshot: 'only-on-failure',
  },
});
