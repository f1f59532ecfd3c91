/** Runs a Go program that needs nothing but Debian's packages of Go and `golang.org/x/mod`. Installs them when absent. */
export async function runGo(program: string, ...args: string[]): Promise<{ exitCode: number; output: string }> {
  await requireGo()
  const child = Bun.spawn(['go', 'run', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' },
  })
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { exitCode: await child.exited, output: output + errors }
}

async function requireGo(): Promise<void> {
  const isThere = () => Bun.which('go') !== null && Bun.file(`${sumdb}/tlog/tlog.go`).exists()
  if (await isThere()) return
  const packages = ['golang-go', 'golang-golang-x-mod-dev']
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args]
    const child = Bun.spawn(command, { stdio: ['ignore', 'ignore', 'inherit'] })
    if ((await child.exited) !== 0) throw new Error(`Go is needed by this test: apt-get install ${packages.join(' ')}`)
  }
}

const sumdb = '/usr/share/gocode/src/golang.org/x/mod/sumdb'
