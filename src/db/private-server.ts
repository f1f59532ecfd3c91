import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { OperatorError } from '../lib/operator-error.ts'
import { within } from '../lib/within.ts'
import type { DatabaseAddress } from './address.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import {
  databaseServerProgram,
  initialize,
  type ServerFiles,
  type ServerSettings,
  serverCommand,
} from './server-program.ts'
import { shortFolderOf } from './short-folder.ts'

/** The program's own database server. It listens only on a unix socket, which nobody else can reach. */
export interface PrivateServer {
  readonly address: DatabaseAddress
  /** Stops the server if this process runs it. If another live process runs it, it is left alone. */
  stop(): Promise<void>
}

export interface PrivateServerOptions extends ServerSettings {
  database: string
  tell: (line: string) => void
}

const startTimeout_ms = 60_000
/** Then the server is killed: MariaDB hangs when it is stopped during its start. It recovers as from a power cut. */
const stopTimeout_ms = 5_000
const restartPause_ms = 1_000
const lookPause_ms = 250
const failedPause_ms = 10_000

/**
 * Starts the private server in `dataDir` and keeps it up. If a live process already runs one there, joins it, and takes
 * it over when that process ends. Installs the server's programs from Debian's or Ubuntu's packages if they are absent.
 * @throws {OperatorError} with the platform's command when they can't be installed.
 */
export async function startPrivateServer(dataDir: string, options: PrivateServerOptions): Promise<PrivateServer> {
  const home = resolve(dataDir, 'database')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const files = filesIn(home)
  mkdirSync(files.temporary, { recursive: true, mode: 0o700 })
  const address = { socketPath: files.socket, user: 'root', database: options.database }
  const run = async (lock: FolderLock) => {
    try {
      await endOrphan(files)
      const stop = await runServer(files, options)
      return () => stop().finally(lock.release)
    } catch (error) {
      lock.release()
      throw error
    }
  }
  const lock = await lockUnlessJoined(home, files, options.database)
  return { address, stop: lock ? await run(lock) : standBy(home, run, options.tell) }
}

/** The folder's lock; undefined when another process has it and its server answers. */
async function lockUnlessJoined(home: string, files: ServerFiles, database: string): Promise<FolderLock | undefined> {
  for (const deadline = Date.now() + startTimeout_ms; Date.now() < deadline; await Bun.sleep(25)) {
    const lock = lockFolder(home)
    if (lock || (await joins(files, database))) return lock
  }
  throw new OperatorError(`another process has ${home}, and its database didn't answer within ${startTimeout_ms} ms`)
}

/** False while the process that runs the server is still starting it, or is ending. */
async function joins({ socket }: ServerFiles, database: string): Promise<boolean> {
  try {
    await createDatabase(socket, database)
    return true
  } catch {
    return false
  }
}

/** Waits until the process that runs the server has ended, then runs it here. Returns what stops both. */
function standBy(
  home: string,
  run: (lock: FolderLock) => Promise<() => Promise<void>>,
  tell: (line: string) => void,
): () => Promise<void> {
  const stopping = Promise.withResolvers<void>()
  const takeOver = async () => {
    const lock = lockFolder(home)
    if (!lock) return undefined
    tell('The process that ran the private database has ended; this one runs it from now on.')
    return run(lock)
  }
  const watch = async () => {
    while ((await within(stopping.promise, lookPause_ms, 'late')) === 'late') {
      try {
        const stop = await takeOver()
        if (stop) return stop
      } catch (error) {
        tell(`The private database can't be taken over: ${(error as Error).message}`)
        await within(stopping.promise, failedPause_ms, undefined)
      }
    }
    return async () => {}
  }
  const watching = watch()
  return async () => {
    stopping.resolve()
    await (await watching)()
  }
}

async function runServer(files: LoggedFiles, options: PrivateServerOptions): Promise<() => Promise<void>> {
  const program = await databaseServerProgram(options.tell)
  if (!existsSync(files.data)) {
    options.tell('Preparing the private database …')
    await initialize(program, files)
  }
  const spawn = () =>
    Bun.spawn(serverCommand(program, files, options), {
      stdio: ['ignore', 'ignore', Bun.file(files.log)],
      detached: true,
    })
  let server = spawn()
  let stopping = false
  await answering(files, () => server.exitCode ?? server.signalCode)
  await createDatabase(files.socket, options.database)
  const keepUp = async () => {
    for (await server.exited; !stopping; await server.exited) {
      options.tell('The private database ended; it is started again.')
      await Bun.sleep(restartPause_ms)
      if (!stopping) server = spawn()
    }
  }
  void keepUp()
  return async () => {
    stopping = true
    server.kill('SIGTERM')
    const exit = await within(server.exited, stopTimeout_ms, 'late')
    if (exit === 'late') server.kill('SIGKILL')
    await server.exited
  }
}

interface LoggedFiles extends ServerFiles {
  log: string
}

/** The longest path of a unix socket, in bytes, less a margin for the suffixes that the server adds. */
const longestSocketPath = 96

function filesIn(home: string): LoggedFiles {
  const near = join(home, 'server.sock')
  return {
    data: join(home, 'data'),
    // The server reads this value as a list separated by colons, so the path may hold none.
    temporary: join(home.includes(':') ? shortFolderOf(home) : home, 'tmp'),
    socket: Buffer.byteLength(near) <= longestSocketPath ? near : join(shortFolderOf(home), 'server.sock'),
    pid: join(home, 'server.pid'),
    log: join(home, 'server.log'),
  }
}

/** Stops the server that a killed process left behind. */
async function endOrphan(files: ServerFiles): Promise<void> {
  const server = pidIn(files.pid)
  if (server === undefined || !isAlive(server) || !runsOn(server, files.data)) return
  process.kill(server, 'SIGTERM')
  for (const deadline = Date.now() + stopTimeout_ms; isAlive(server) && Date.now() < deadline; ) await Bun.sleep(50)
  if (isAlive(server)) process.kill(server, 'SIGKILL')
  while (isAlive(server)) await Bun.sleep(50)
}

async function answering(files: LoggedFiles, exit: () => number | string | null): Promise<void> {
  for (const deadline = Date.now() + startTimeout_ms; Date.now() < deadline; await Bun.sleep(25)) {
    if (exit() !== null) throw new OperatorError(`the private database stopped (${exit()}); its log is ${files.log}`)
    if (await answers(files)) return
  }
  throw new OperatorError(`the private database didn't answer within ${startTimeout_ms} ms; its log is ${files.log}`)
}

async function answers({ socket }: ServerFiles): Promise<boolean> {
  if (!existsSync(socket)) return false
  try {
    const connection = await createConnection({ socketPath: socket, user: 'root', connectTimeout: 1_000 })
    await connection.end()
    return true
  } catch {
    // The socket exists before the server takes connections.
    return false
  }
}

async function createDatabase(socketPath: string, name: string): Promise<void> {
  const connection = await createConnection({ socketPath, user: 'root' })
  await connection.query(`CREATE DATABASE IF NOT EXISTS \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  await connection.end()
}

function pidIn(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch {
    return false
  }
}

/** Whether this process is our server. The pid of a server that died may belong to another process now. */
function runsOn(pid: number, dataDir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(`--datadir=${dataDir}`)
  } catch {
    return false
  }
}

/** A dead process that its parent has not reaped still accepts signal 0. */
function isZombie(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
