import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { $ } from 'bun'
import { seedProducts, seedWheel } from '../src/composition/seed.ts'
import { createServices } from '../src/composition/services.ts'
import { loadConfig } from '../src/config/config.ts'
import type { Database } from '../src/db/client.ts'
import { migrate } from '../src/db/migrate.ts'
import { startPrivateServer } from '../src/db/private-server.ts'
import { addProduct } from '../src/exchange/add-product.ts'
import { createLogger } from '../src/lib/logger.ts'
import { newId } from '../src/lib/random.ts'
import { stopInOrder } from '../src/lib/stop-in-order.ts'
import { adjust } from '../src/merchant/counter/adjust.ts'
import { findMismatches, type Mismatch } from '../src/reconcile/checks.ts'
import { systemActor } from '../src/staff/actor.ts'
import { databasePidIn } from './process.ts'

/** A fresh database server that flushes each commit to disk, and the programs that are measured on it. */
export interface Stage {
  database: Database
  databaseVersion: string
  /** The settings of a service on the stage's database, and its folder. */
  settings: Readonly<Record<string, string>>
  dir: string
  /**
   * Starts the service as a process. `settings`, by their environment names, override those of the stage.
   * @param command the program; left out: the one of this checkout's sources
   */
  startService(settings?: Record<string, string>, command?: readonly string[]): Promise<Program>
  /** Builds the executable in the stage's folder, and returns its path. */
  buildExecutable(): Promise<string>
  /** Starts a program of this folder, with these variables. Its only argument is its port. */
  startBare(file: string, options?: { runtime?: string; env?: Record<string, string> }): Promise<Program>
  /** Gives points by corrections, as an operator would. */
  givePoints(userIds: readonly number[], points: number): Promise<void>
  /** Adds a product on sale and returns its id. */
  addProduct(points: number, stock: number): Promise<number>
  /** Every row that breaks an invariant. */
  mismatches(): Promise<Mismatch[]>
  close(): Promise<void>
}

/** A process that is measured. */
export interface Program {
  url: string
  pid: number
  /** The database server that it works on. */
  databasePid?: number
  stop(): Promise<void>
}

const startTimeout_ms = 30_000
const root = resolve(import.meta.dir, '..')

/** @param memory_mib how much of its tables the database server keeps in memory; the private server's own, if left out */
export async function openStage({
  foreignKeys = true,
  memory_mib,
}: {
  foreignKeys?: boolean
  memory_mib?: number
} = {}): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'points-bench-'))
  const server = await startPrivateServer(dir, { database: 'bench', tell, memory_mib })
  const socketPath = 'socketPath' in server.address ? server.address.socketPath : ''
  const settings = {
    // In development the service makes a key for the log and seeds by itself, and its draws are proven.
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    DATA_DIR: dir,
    DATABASE_URL: `mysql://root@localhost/bench?socketPath=${encodeURIComponent(socketPath)}`,
    JWT_SECRET: newId('bench-secret').padEnd(48, '.'),
    RATE_LIMIT: 'off',
    DAILY_LOTTERY_LIMIT: '0',
    PENDING_ORDERS: '0',
  }
  const services = await openServices({ ...settings, TILL_QUEUE: '1000000' })
  if (!foreignKeys) await dropForeignKeys(services.database)
  const programs: Program[] = []
  const start = async (command: string[], port: number, env: Record<string, string>) => {
    const program = await startProgram(command, port, env, join(dir, `${port}.log`))
    programs.push(program)
    return program
  }

  return {
    database: services.database,
    databaseVersion:
      (await services.database.query<{ version: string }>('SELECT VERSION() AS version'))[0]?.version ?? '',
    async startService(more = {}, command = sources()) {
      const port = freePort()
      const program = await start([...command, 'serve'], port, { ...settings, ...more, PORT: String(port) })
      return Object.assign(program, { databasePid: databasePidIn(dir) })
    },
    async buildExecutable() {
      const executable = join(dir, 'restaurant-points')
      await $`${process.execPath} ops/build.ts --outfile ${executable}`.cwd(root).quiet()
      return executable
    },
    startBare(file, { runtime = process.execPath, env = {} } = {}) {
      const port = freePort()
      return start([runtime, join(import.meta.dir, file), String(port)], port, env)
    },
    settings,
    dir,
    async givePoints(userIds, points) {
      const reason = 'load'
      await Promise.all(
        userIds.map((userId) =>
          services.till.run(adjust, { userId, points, reason, adjustmentId: newId('ADJ'), actor: systemActor() }),
        ),
      )
    },
    async addProduct(points, stock) {
      const fields = { name: '秒杀商品', category: '套餐', exchange_points: points, sort_order: 1_000 }
      return (await services.till.run(addProduct, { fields, stock, movementId: newId('MV'), actor: systemActor() }))
        .answer.product_id
    },
    mismatches: () => findMismatches(services.database),
    async close() {
      await Promise.all(programs.map((program) => program.stop()))
      await stopInOrder(services.closing, 30_000)
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function sources(): string[] {
  const flags = (process.env.BENCH_BUN_FLAGS ?? '').split(' ').filter(Boolean)
  return [process.execPath, ...flags, 'src/main.ts']
}

/** Opens services of the bench's own, for operations beside the services under load. */
async function openServices(settings: Record<string, string>) {
  const config = loadConfig(settings)
  const { DATABASE_URL: uri = '', JWT_SECRET: secret = '' } = config
  const logger = createLogger({ level: 'warn', format: 'json' })
  const services = createServices({
    config,
    address: { uri },
    secret,
    logKey: undefined,
    drawSeed: undefined,
    logger,
    print: tell,
    now: () => new Date(),
  })
  await migrate(services.database)
  await seedWheel(services)
  await seedProducts(services)
  return services
}

async function dropForeignKeys(database: Database): Promise<void> {
  const keys = await database.query<{ table: string; name: string }>(
    `SELECT table_name AS \`table\`, constraint_name AS name FROM information_schema.table_constraints
      WHERE table_schema = DATABASE() AND constraint_type = 'FOREIGN KEY'`,
  )
  for (const { table, name } of keys) await database.query(`ALTER TABLE \`${table}\` DROP FOREIGN KEY \`${name}\``)
}

async function startProgram(
  command: string[],
  port: number,
  env: Record<string, string>,
  log: string,
): Promise<Program> {
  const child = Bun.spawn(command, {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'ignore', Bun.file(log)],
  })
  const url = `http://127.0.0.1:${port}`
  for (const deadline = Date.now() + startTimeout_ms; ; await Bun.sleep(50)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`no start: ${await Bun.file(log).text()}`)
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      break
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await child.exited
  }
  return { url, pid: child.pid, stop }
}

export function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = probe
  probe.stop(true)
  return port
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}
