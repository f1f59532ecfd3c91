import { join } from 'node:path'
import { type Settings, testSettings } from './service.ts'

/** The service as a process of its own. */
export interface Replica {
  readonly url: string
  /** Everything it wrote to its terminal. */
  output(): string
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** Asks it to stop, and answers its exit code. */
  stop(): Promise<number>
}

const main = join(import.meta.dir, '../../src/main.ts')
const startTimeout_ms = 20_000

/** Starts `serve` on `databaseUrl` and resolves when it listens. */
export async function startReplica(databaseUrl: string, settings: Settings = {}): Promise<Replica> {
  const child = Bun.spawn([process.execPath, main, 'serve'], {
    env: { PATH: process.env.PATH ?? '', ...testSettings(databaseUrl, settings) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const bytes of stream) output += new TextDecoder().decode(bytes)
  }
  void read(child.stdout)
  void read(child.stderr)
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setInterval(() => {
      const [, found] = /Serving on (\S+)/.exec(output) ?? []
      if (found) resolve(found)
      if (child.exitCode !== null) reject(new Error(`the replica ended: ${output}`))
    }, 20)
    setTimeout(() => reject(new Error(`the replica did not start: ${output}`)), startTimeout_ms).unref()
    void child.exited.finally(() => clearInterval(timer))
  })
  return {
    url,
    output: () => output,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async kill() {
      child.kill('SIGKILL')
      await child.exited
    },
    async stop() {
      child.kill('SIGTERM')
      return child.exited
    },
  }
}
