import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis for one test, on its own port on loopback. It can be paused, killed and started again. */
export interface TestRedis {
  readonly url: string
  kill(): Promise<void>
  start(): Promise<void>
  pause(): void
  resume(): void
}

/** Starts Redis or Valkey. On Debian and Ubuntu, as root, it installs the program when that is absent. */
export async function startRedis(): Promise<TestRedis> {
  const program = await redisProgram()
  const port = freePort()
  const dir = mkdtempSync(join(tmpdir(), 'points-redis-'))
  let server: ReturnType<typeof spawn> | undefined
  const spawn = () =>
    Bun.spawn(
      [program, '--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'],
      {
        argv0: program.endsWith('valkey-server') ? 'valkey-server' : 'redis-server',
        stdio: ['ignore', 'ignore', 'ignore'],
      },
    )
  const start = async () => {
    mkdirSync(dir, { recursive: true })
    server = spawn()
    for (let tries = 0; tries < 200; tries += 1) {
      if (await answers(port)) return
      await Bun.sleep(25)
    }
    throw new Error('Redis did not start')
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    async kill() {
      server?.kill('SIGKILL')
      await server?.exited
      rmSync(dir, { recursive: true, force: true })
    },
    pause: () => server?.kill('SIGSTOP'),
    resume: () => server?.kill('SIGCONT'),
  }
}

export interface RedisProxy {
  readonly url: string
  /** From now on nothing reaches the subscribers, but their connections stay open. */
  deafen(): void
  stop(): void
}

/** Starts a proxy to Redis that can cut subscribers off without a sign, as a firewall does that forgot a connection. */
export function startRedisProxy(target: string): RedisProxy {
  const { hostname, port } = new URL(target)
  let isDeafening = false
  const listener = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    let subscribed = false
    client.on('data', (data) => {
      subscribed ||= data.includes('SUBSCRIBE')
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (!(isDeafening && subscribed)) client.write(data)
    })
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('close', end).on('error', end)
  }).listen(0, '127.0.0.1')
  return {
    url: `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    deafen() {
      isDeafening = true
    },
    stop: () => listener.close(),
  }
}

/** Debian's `redis-tools` has the server's program under another name. Unlike `redis-server` it starts no service. */
async function redisProgram(): Promise<string> {
  const found = find()
  if (found) return found
  if (!Bun.which('apt-get') || process.getuid?.() !== 0) throw new Error('redis-server or valkey-server is needed')
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'redis-tools']]) {
    const apt = Bun.spawn(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await apt.exited
  }
  const installed = find()
  if (!installed) throw new Error('redis-tools was installed, but holds no server')
  return installed
}

function find(): string | null {
  return Bun.which('redis-server') ?? Bun.which('valkey-server') ?? Bun.which('redis-check-rdb')
}

function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  probe.stop(true)
  return probe.port
}

async function answers(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } })
    socket.end()
    return true
  } catch {
    return false
  }
}
