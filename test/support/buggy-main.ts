// The program with a bug: at SIGUSR2 a statement fails, and nobody catches its error.
import { DrizzleQueryError } from 'drizzle-orm'

process.on('SIGUSR2', () => {
  const cause = Object.assign(new Error("Unknown column '13812345678'"), { errno: 1054, sqlState: '42S22' })
  void Promise.reject(new DrizzleQueryError('SELECT canary WHERE mobile = ?', ['13812345678'], cause))
})

await import('../../src/main.ts')
