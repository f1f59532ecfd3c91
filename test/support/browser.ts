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
