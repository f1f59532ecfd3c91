import { afterAll, beforeAll } from 'bun:test'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { createTestDatabase } from './database.ts'
import { newPhone } from './people.ts'
import { runCommand, startProgram } from './process.ts'

/** A database without tables, and the program's commands on it. */
export function useCommands() {
  let databaseUrl: string
  let database: Database
  beforeAll(async () => {
    databaseUrl = await createTestDatabase(`points_commands_${process.pid}`)
    database = openDatabase({ address: { uri: databaseUrl }, poolSize: 2 })
  })
  afterAll(() => database.close())
  const run = (...args: string[]) => runCommand(args, { DATABASE_URL: databaseUrl })
  const start = () => startProgram({ DATABASE_URL: databaseUrl })
  /** Makes an account, by a program that ends afterwards. Returns its phone. */
  const account = async (): Promise<string> => {
    const phone = newPhone()
    const program = await start()
    await fetch(`${program.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ phone, code: '123456' }),
    })
    await program.kill()
    return phone
  }
  return {
    get databaseUrl() {
      return databaseUrl
    },
    get database() {
      return database
    },
    run,
    start,
    account,
  }
}
