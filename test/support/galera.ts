import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { $, type Subprocess } from 'bun'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { initialize, type ServerFiles } from '../../src/db/server-program.ts'
import { freePorts } from './free-ports.ts'

/** A Galera cluster of three MariaDB servers on loopback. */
export interface GaleraCluster {
  /** The URL of database `name` on each server. */
  urls(name: string): string[]
  /** An operator's connection to each server. */
  admins: readonly Database[]
  /** Cuts a server off from the others, or lets it back. */
  isolate(server: number, isIsolated?: boolean): Promise<void>
  stop(): Promise<void>
}

const size = 3
const startTimeout_ms = 60_000
const providers = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so']
const provider = () => providers.find((path) => existsSync(path))
const program = () => Bun.which('mariadbd') ?? Bun.which('mariadbd', { PATH: '/usr/sbin:/usr/libexec' })
const packages = ['mariadb-server', 'galera-4', 'rsync', 'lsof']
const isInstalled = () => provider() && program() && Bun.which('wsrep_sst_rsync') && Bun.which('rsync')

/** Why no cluster can run here; undefined when one can. Installs the distribution's packages if it has the right to. */
export async function whyNoGalera(): Promise<string | undefined> {
  if (isInstalled()) return undefined
  if (!Bun.which('apt-get') || process.getuid?.() !== 0)
    return 'Galera is not installed, and this account may not do it'
  const apt = $.env({ ...process.env, DEBIAN_FRONTEND: 'noninteractive' })
  await apt`apt-get -qq update`.quiet().nothrow()
  await apt`apt-get -qq install --yes --no-install-recommends ${packages}`.quiet().nothrow()
  return isInstalled() ? undefined : 'Galera can’t be installed here'
}

export async function startGalera(): Promise<GaleraCluster> {
  const home = mkdtempSync(join(tmpdir(), 'points-galera-'))
  const servers = serversIn(home)
  // rsync copies the data to the other servers, and its daemon does not take data as root.
  const account = process.getuid?.() === 0 ? 'mysql' : userInfo().username
  await $`chmod 755 ${home}`.quiet()
  for (const [index, server] of servers.entries()) {
    const { files } = server
    if (index === 0) await initialize({ path: program() ?? '', family: 'mariadb' }, files)
    else mkdirSync(files.data)
    await $`chown -R ${account} ${home}`.quiet()
    server.start(account, index === 0)
    await joined(server, index + 1)
  }
  const [first] = servers as [GaleraServer]
  await first.admin.query(`CREATE USER 'points'@'127.0.0.1'`)
  await first.admin.query(`GRANT ALL ON *.* TO 'points'@'127.0.0.1'`)
  const admins = servers.map(({ admin }) => admin)

  return {
    urls: (name) => servers.map(({ port }) => `mysql://points@127.0.0.1:${port}/${name}`),
    admins,
    async isolate(server, isIsolated = true) {
      await admins[server]?.query(`SET GLOBAL wsrep_provider_options = 'gmcast.isolate=${isIsolated ? 1 : 0}'`)
    },
    async stop() {
      await Promise.all(admins.map((admin) => admin.close()))
      for (const server of servers) await server.end()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

interface GaleraServer {
  files: ServerFiles
  port: number
  log: string
  admin: Database
  isRunning(): boolean
  start(account: string, isFirst: boolean): void
  end(): Promise<void>
}

function serversIn(home: string): GaleraServer[] {
  const all = freePorts(4 * size)
  const [ports, groupPorts, copyPorts, stepPorts] = [0, 1, 2, 3].map((row) =>
    all.slice(row * size, (row + 1) * size),
  ) as [number[], number[], number[], number[]]
  const seeds = groupPorts.map((port) => `127.0.0.1:${port}`).join(',')
  return ports.map((port, index) => {
    const dir = join(home, String(index))
    mkdirSync(join(dir, 'tmp'), { recursive: true })
    const files = {
      data: join(dir, 'data'),
      temporary: join(dir, 'tmp'),
      socket: join(dir, 's'),
      pid: join(dir, 'pid'),
    }
    const log = join(dir, 'log')
    const groupPort = groupPorts[index]
    const options = [
      ...[`--datadir=${files.data}`, `--tmpdir=${files.temporary}`],
      ...[`--socket=${files.socket}`, `--pid-file=${files.pid}`, `--port=${port}`, '--bind-address=127.0.0.1'],
      ...['--binlog-format=ROW', '--innodb-autoinc-lock-mode=2', '--innodb-flush-log-at-trx-commit=0'],
      ...['--innodb-buffer-pool-size=64M', '--character-set-server=utf8mb4'],
      ...['--collation-server=utf8mb4_unicode_ci', '--wsrep-on=ON', `--wsrep-provider=${provider()}`],
      ...['--wsrep-cluster-name=points', `--wsrep-cluster-address=gcomm://${seeds}`, '--wsrep-sst-method=rsync'],
      `--wsrep-sst-receive-address=127.0.0.1:${copyPorts[index]}`,
      ...[`--wsrep-node-name=node-${index}`, `--wsrep-node-address=127.0.0.1:${groupPort}`],
      `--wsrep-provider-options=base_port=${groupPort};gmcast.listen_addr=tcp://127.0.0.1:${groupPort};ist.recv_addr=127.0.0.1:${stepPorts[index]};gcache.size=32M;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT4S;evs.keepalive_period=PT0.5S`,
    ]
    let child: Subprocess | undefined
    return {
      files,
      port,
      log,
      admin: openDatabase({ address: { socketPath: files.socket, user: 'root', database: '' }, poolSize: 2 }),
      isRunning: () => child?.exitCode === null && child.signalCode === null,
      start(account, isFirst) {
        const command = [
          program() ?? '',
          '--no-defaults',
          `--user=${account}`,
          ...options,
          ...(isFirst ? ['--wsrep-new-cluster'] : []),
        ]
        child = Bun.spawn(command, { stdio: ['ignore', 'ignore', Bun.file(log)] })
      },
      async end() {
        child?.kill('SIGKILL')
        await child?.exited
      },
    }
  })
}

async function joined({ admin, isRunning, log }: GaleraServer, servers: number): Promise<void> {
  for (const deadline = Date.now() + startTimeout_ms; ; await Bun.sleep(100)) {
    const rows = await admin
      .query<{ Value: string }>(`SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_cluster_size')`)
      .catch(() => [])
    const values = rows.map(({ Value }) => Value)
    if (values.includes(String(servers)) && values.includes('ON')) return
    if (!isRunning() || Date.now() > deadline)
      throw new Error(`a server did not join:\n${readFileSync(log, 'utf8').slice(-2_000)}`)
  }
}
