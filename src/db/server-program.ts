import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OperatorError } from '../lib/operator-error.ts'

/** A database server program found on this machine. */
export interface ServerProgram {
  path: string
  family: 'mariadb' | 'mysql'
}

/** Where a server keeps its files. */
export interface ServerFiles {
  data: string
  /** For this server alone: a server that starts deletes all temporary tables in its folder, whoever made them. */
  temporary: string
  socket: string
  pid: string
}

const usualMemory_mib = 256

const extraPath = '/usr/sbin:/usr/local/sbin:/usr/libexec:/opt/homebrew/bin:/usr/local/bin:/usr/bin'

/**
 * Finds MariaDB's or MySQL's server program. When there is none, installs it from the distribution's packages.
 * @throws {OperatorError} with the command to run, where it can't be installed.
 */
export async function databaseServerProgram(tell: (line: string) => void): Promise<ServerProgram> {
  const found = find()
  if (found) return found
  const canInstall = Bun.which('apt-get') !== null && process.getuid?.() === 0
  if (!canInstall)
    throw new OperatorError(`No MariaDB or MySQL server on this machine. Install one: ${installCommand()}`)
  tell('Installing the MariaDB server from the distribution’s packages …')
  await apt('update')
  await apt('install', '--yes', '--no-install-recommends', 'mariadb-server-core', 'mariadb-client-core')
  const installed = find()
  if (!installed) throw new OperatorError('the MariaDB server was installed but mariadbd is not to be found')
  return installed
}

/** Makes the data directory with the server's own tables: whole or not at all, even if this process is killed. */
export async function initialize(program: ServerProgram, files: ServerFiles): Promise<void> {
  const draft = `${files.data}.new`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  const prepare = (data: string, temporary: string) =>
    run(preparation(program, [`--datadir=${data}`, `--tmpdir=${temporary}`]), 'preparing the private database failed')
  if ([draft, files.temporary].every((path) => plainPath.test(path))) await prepare(draft, files.temporary)
  else await withPlainPaths(draft, files.temporary, prepare)
  renameSync(draft, files.data)
}

function preparation(program: ServerProgram, places: string[]): string[] {
  if (program.family === 'mysql') {
    return [program.path, '--no-defaults', '--initialize-insecure', ...places, ...asRoot()]
  }
  return [which('mariadb-install-db') ?? 'mysql_install_db', '--no-defaults', ...places, ...asRoot()].concat(
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    // Without it the script gives up on a machine that can't resolve its own name.
    '--force',
  )
}

/** A path that needs no quotes in a shell: MariaDB's script quotes none. */
const plainPath = /^[\w/.,:+@=-]+$/

/** Runs `work` with links to the two folders whose paths need no quotes. */
async function withPlainPaths(
  data: string,
  temporary: string,
  work: (data: string, temporary: string) => Promise<void>,
): Promise<void> {
  const place = mkdtempSync(join(plainPath.test(tmpdir()) ? tmpdir() : '/tmp', 'restaurant-points-'))
  const [dataLink, temporaryLink] = [join(place, 'data'), join(place, 'tmp')]
  try {
    symlinkSync(data, dataLink)
    symlinkSync(temporary, temporaryLink)
    await work(dataLink, temporaryLink)
  } finally {
    rmSync(place, { recursive: true })
  }
}

export interface ServerSettings {
  /** Whether each commit is flushed to disk before it is answered. */
  durable?: boolean | undefined
  /** How much of its tables the server keeps in memory. */
  memory_mib?: number | undefined
}

/** The command line of a server that listens on its socket only. */
export function serverCommand(
  program: ServerProgram,
  files: ServerFiles,
  { durable = true, memory_mib = usualMemory_mib }: ServerSettings,
): string[] {
  return [
    ...diesWithParent(),
    program.path,
    '--no-defaults',
    `--datadir=${files.data}`,
    `--tmpdir=${files.temporary}`,
    `--socket=${files.socket}`,
    `--pid-file=${files.pid}`,
    '--skip-networking',
    ...(program.family === 'mysql'
      ? ['--mysqlx=OFF', '--disable-log-bin', '--secure-file-priv=NULL']
      : ['--skip-log-bin']),
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    `--innodb-flush-log-at-trx-commit=${durable ? 1 : 2}`,
    `--innodb-buffer-pool-size=${memory_mib}M`,
    '--performance-schema=OFF',
    '--max-connections=300',
    ...asRoot(),
  ]
}

/** Makes Linux end the server when the process that started it is killed. */
function diesWithParent(): string[] {
  const setpriv = process.platform === 'linux' ? which('setpriv') : null
  return setpriv ? [setpriv, '--pdeathsig', 'TERM', '--'] : []
}

function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : []
}

function find(): ServerProgram | undefined {
  for (const [name, family] of [
    ['mariadbd', 'mariadb'],
    ['mysqld', 'mysql'],
  ] as const) {
    const path = which(name)
    if (path) return { path, family }
  }
  return undefined
}

function which(name: string): string | null {
  return Bun.which(name) ?? Bun.which(name, { PATH: extraPath })
}

function installCommand(): string {
  if (process.platform === 'darwin') return 'brew install mariadb'
  if (Bun.which('apt-get')) return 'sudo apt-get install mariadb-server-core mariadb-client-core'
  if (Bun.which('dnf')) return 'sudo dnf install mariadb-server'
  return 'your system’s MariaDB server package (or set DATABASE_URL)'
}

async function apt(...args: string[]): Promise<void> {
  await run(
    ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args],
    'installing the MariaDB server failed',
  )
}

async function run(command: string[], failure: string): Promise<void> {
  const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'pipe', stdin: 'ignore' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new OperatorError(`${failure}: ${(err || out).trim().slice(-800)}`)
}
