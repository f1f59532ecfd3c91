import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Loads the page at `url` in a real browser. Returns its document as text, and what the browser complained about. */
export async function browse(url: string): Promise<{ dom: string; complaints: string[] }> {
  const profile = mkdtempSync(join(tmpdir(), 'points-browser-'))
  const command = [
    await chromium(),
    ...flags,
    `--user-data-dir=${profile}`,
    '--enable-logging=stderr',
    '--virtual-time-budget=3000',
    '--dump-dom',
    url,
  ]
  const child = Bun.spawn(command, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [dom, log] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  await child.exited
  rmSync(profile, { recursive: true, force: true })
  return { dom, complaints: log.split('\n').filter((line) => line.includes('CONSOLE')) }
}

/** Finds Chromium. When it isn't on the machine, installs it from the distribution's packages. */
export async function chromium(): Promise<string> {
  const find = () => Bun.which('chromium') ?? Bun.which('chromium-browser') ?? Bun.which('google-chrome')
  const found = find()
  if (found) return found
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium']]) {
    const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args]
    const child = Bun.spawn(command, { stdio: ['ignore', 'ignore', 'inherit'] })
    if ((await child.exited) !== 0) throw new Error('Chromium is needed by this test: apt-get install chromium')
  }
  const installed = find()
  if (!installed) throw new Error('Chromium was installed but is not to be found')
  return installed
}
