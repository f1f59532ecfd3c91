import { join } from 'node:path'
import type { Config } from '../../src/config.ts'

const main = join(import.meta.dir, '../../src/main.ts')

/** The program as its own process. */
export interface Program {
  url: string
  kill(signal?: NodeJS.Signals): Promise<number>
  /** Everything it has written. */
  output(): string
}

export type Settings = Partial<Record<keyof Config, string>>

const testSettings: Settings = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  RATE_LIMIT: 'off',
  DAILY_LOTTERY_LIMIT: '0',
  JWT_SECRET: 'tests-only-0123456789-abcdefghijklmnop',
  LOG_LEVEL: 'info',
}

/** Nothing of this process's settings reaches the program but what finding its tools takes. */
function environment(settings: Settings): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR } = process.env
  return { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...testSettings, ...settings }
}

/** Starts `serve`, of `program` instead if it is given, and resolves when it says where it listens. */
export async function startProgram(settings: Settings, program = main): Promise<Program> {
  const child = Bun.spawn([process.execPath, program, 'serve'], {
    env: environment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
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
  return { url: /Serving on (\S+)/.exec(text)?.[1] ?? '', kill, output: () => text }
}

/** Runs a command to its end. */
export async function runCommand(
  args: string[],
  settings: Settings,
): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn([process.execPath, main, ...args], {
    env: environment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}
