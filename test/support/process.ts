import { join } from 'node:path'
import type { Config } from '../../src/config/config.ts'

const main = join(import.meta.dir, '../../src/main.ts')

/** The program as its own process. */
export interface Program {
  url: string
  pid: number
  kill(signal?: NodeJS.Signals): Promise<number>
  /** Everything it has written. */
  output(): string
}

export type Settings = Partial<Record<keyof Config, string>>

/** Each test file has its own: an image store that another database filled is not swept, and that job then fails. */
const dataDir = join(import.meta.dir, '../../.data/test/programs', crypto.randomUUID())

const testSettings: Settings = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  DATA_DIR: dataDir,
  PORT: '0',
  RATE_LIMIT: 'off',
  DAILY_LOTTERY_LIMIT: '0',
  PENDING_ORDERS: '0',
  JWT_SECRET: 'tests-only-0123456789-abcdefghijklmnop',
  LOG_LEVEL: 'info',
}

/** The command that runs the program, its environment and its folder. */
export interface Executable {
  command: string[]
  env: Record<string, string>
  cwd?: string
}

/** The program from its source. Of this process's environment it gets only what it needs to find its tools. */
export function source(settings: Settings, program = main): Executable {
  const { PATH = '', HOME = '', TMPDIR } = process.env
  const env = { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...testSettings, ...settings }
  return { command: [process.execPath, program], env }
}

/** Starts `serve` of `program` and resolves when it says where it listens. */
export function startProgram(settings: Settings, program = main): Promise<Program> {
  return startExecutable(source(settings, program))
}

/** Starts `serve` of an executable and resolves when it says where it listens. */
export async function startExecutable({ command, ...options }: Executable): Promise<Program> {
  const child = Bun.spawn([...command, 'serve'], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true })
  }
  void collect(child.stdout)
  void collect(child.stderr)
  for (const deadline = Date.now() + 30_000; !/Serving on/.test(text); await Bun.sleep(10)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the program did not start:\n${text}`)
  }
  const kill = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return child.exited
  }
  return { url: /Serving on (\S+)/.exec(text)?.[1] ?? '', pid: child.pid, kill, output: () => text }
}

interface Ended {
  code: number
  out: string
  err: string
}

/** Runs a command to its end. */
export function runCommand(args: string[], settings: Settings): Promise<Ended> {
  return runExecutable(source(settings), args)
}

/** Runs a command of an executable to its end. */
export async function runExecutable({ command, ...options }: Executable, args: string[]): Promise<Ended> {
  const child = Bun.spawn([...command, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}
